// SPDX-License-Identifier: Apache-2.0

/// Who is behind a provider's name, in the words of FOCUS.
struct FocusService: Sendable {
  /// Who sells the service.
  let provider: String
  /// Where it runs.
  let host: String
  let name: String

  /// By OpenTelemetry's names; one that is not known stands for itself.
  init(provider name: String) {
    self = Self.known[name] ?? FocusService(name, name)
  }

  private init(_ provider: String, _ name: String, host: String? = nil) {
    self.provider = provider
    self.host = host ?? provider
    self.name = name
  }

  private static let known: [String: FocusService] = [
    "anthropic": FocusService("Anthropic", "Anthropic API"),
    "aws.bedrock": FocusService("AWS", "Amazon Bedrock"),
    "azure.ai.inference": FocusService("Microsoft", "Azure AI Inference"),
    "azure.ai.openai": FocusService("Microsoft", "Azure OpenAI"),
    "cohere": FocusService("Cohere", "Cohere API"),
    "deepseek": FocusService("DeepSeek", "DeepSeek API"),
    "gcp.gemini": FocusService("Google", "Gemini API"),
    "gcp.gen_ai": FocusService("Google", "Google Generative AI"),
    "gcp.vertex_ai": FocusService("Google Cloud", "Vertex AI"),
    "groq": FocusService("Groq", "Groq API"),
    "ibm.watsonx.ai": FocusService("IBM", "watsonx.ai"),
    "mistral_ai": FocusService("Mistral AI", "Mistral AI API"),
    "openai": FocusService("OpenAI", "OpenAI API"),
    "perplexity": FocusService("Perplexity", "Perplexity API"),
    "x_ai": FocusService("xAI", "xAI API"),
  ]
}
