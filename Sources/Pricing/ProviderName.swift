// SPDX-License-Identifier: Apache-2.0

/// Names of providers: OpenTelemetry's `gen_ai.provider.name` is the one that the catalogue keeps;
/// LiteLLM's and older ones mean the same. Another endpoint of a provider that has prices of its own is
/// another name: `bedrock_mantle` costs more than Bedrock, `codestral` is free.
package enum ProviderName {
  /// The name in the catalogue of what a record or a price list calls `name`, in lower case.
  package static func canonical(_ name: String) -> String {
    let lower = name.asciiLowercased
    if let known = table[lower] { return known }
    return lower.hasPrefix(vertexPrefix) ? vertex : lower
  }

  /// Other spellings of `canonical`, without its own.
  static func spellings(of canonical: String) -> [String] {
    table.filter { $0.value == canonical }.map(\.key)
  }

  /// LiteLLM names each publisher on Vertex AI apart, as `vertex_ai-anthropic_models`.
  static let vertexPrefix = "vertex_ai-"
  static let vertex = "gcp.vertex_ai"

  private static let table: [String: String] = [
    "bedrock": "aws.bedrock",
    "bedrock_converse": "aws.bedrock",
    "aws_bedrock": "aws.bedrock",
    "azure": "azure.ai.openai",
    "azure_openai": "azure.ai.openai",
    "azure_text": "azure.ai.openai",
    "az.ai.openai": "azure.ai.openai",
    "azure_ai": "azure.ai.inference",
    "az.ai.inference": "azure.ai.inference",
    "cohere_chat": "cohere",
    "fireworks_ai-embedding-models": "fireworks_ai",
    "vertex_ai": vertex,
    "vertex_ai_beta": vertex,
    "gcp_vertex_ai": vertex,
    "gemini": "gcp.gemini",
    "gcp_gemini": "gcp.gemini",
    "google_ai_studio": "gcp.gemini",
    "mistral": "mistral_ai",
    "mistralai": "mistral_ai",
    "text-completion-codestral": "codestral",
    "text-completion-openai": "openai",
    "xai": "x_ai",
    "x.ai": "x_ai",
    "watsonx": "ibm.watsonx.ai",
    "moonshot": "moonshot_ai",
    "moonshotai": "moonshot_ai",
  ]
}
