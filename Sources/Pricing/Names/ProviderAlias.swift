// SPDX-License-Identifier: Apache-2.0

/// One row of `provider_aliases`: another spelling of a provider.
package struct ProviderAlias: Sendable, Hashable {
  /// In lower case; with `*` at its end every name that begins so.
  package var alias: String
  /// As rows, rollups and the catalogue have it.
  package var provider: String

  package init(alias: String, provider: String) {
    self.alias = alias
    self.provider = provider
  }

  /// Those that come with the schema: what LiteLLM, OpenInference and older conventions of
  /// OpenTelemetry call the providers of `gen_ai.provider.name`.
  package static let documented = spellings.flatMap { provider, aliases in
    aliases.map { ProviderAlias(alias: $0, provider: provider) }
  }

  private static let spellings: [(provider: String, aliases: [String])] = [
    ("anthropic", ["anthropic_text"]),
    (
      "aws.bedrock",
      ["amazon_bedrock", "aws", "aws_bedrock", "bedrock", "bedrock_converse"]
    ),
    ("azure.ai.inference", ["az.ai.inference", "azure_ai"]),
    ("azure.ai.openai", ["az.ai.openai", "azure", "azure_openai", "azure_text"]),
    // Endpoints with prices of their own are providers of their own: bedrock_mantle, codestral.
    ("codestral", ["text-completion-codestral"]),
    ("cohere", ["cohere_chat"]),
    ("fireworks_ai", ["fireworks_ai-embedding-models"]),
    (
      "gcp.gemini",
      ["gcp.gen_ai", "gcp_gemini", "gemini", "google", "google_ai_studio", "google_genai"]
    ),
    (
      "gcp.vertex_ai",
      [
        "gcp_vertex_ai", "google_vertexai", "vertex_ai", "vertex_ai-*", "vertex_ai_beta",
        "vertexai",
      ]
    ),
    ("ibm.watsonx.ai", ["watsonx", "watsonx_text"]),
    ("mistral_ai", ["mistral", "mistralai"]),
    ("moonshot_ai", ["moonshot", "moonshotai"]),
    ("openai", ["text-completion-openai"]),
    ("x_ai", ["x.ai", "xai"]),
  ]
}
