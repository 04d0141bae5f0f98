// SPDX-License-Identifier: Apache-2.0
import Pricing
import Testing

struct ProviderNamesTests {
  private func fold(_ name: String, _ names: ProviderNames = .documented) -> String? {
    var scratch = [UInt8](repeating: 0, count: ProviderNames.bytesMax)
    return scratch.withUnsafeMutableBytes { scratch in
      Array(name.utf8).withUnsafeBytes { name in
        names.fold(name, into: scratch).map { String(decoding: $0, as: UTF8.self) }
      }
    }
  }

  @Test(arguments: [
    ("bedrock", "aws.bedrock"), ("bedrock_converse", "aws.bedrock"), ("Bedrock", "aws.bedrock"),
    ("azure", "azure.ai.openai"), ("AZURE", "azure.ai.openai"), ("gemini", "gcp.gemini"),
    ("google", "gcp.gemini"), ("gcp.gen_ai", "gcp.gemini"), ("vertex_ai", "gcp.vertex_ai"),
    ("vertex_ai-anthropic_models", "gcp.vertex_ai"), ("Vertex_AI-x", "gcp.vertex_ai"),
    ("xai", "x_ai"), ("mistralai", "mistral_ai"), ("text-completion-openai", "openai"),
  ])
  func aSpellingHasOneProvider(alias: String, provider: String) {
    #expect(fold(alias) == provider)
    #expect(ProviderNames.documented.canonical(alias) == provider)
    // Folding what was folded changes nothing.
    #expect(fold(provider) == nil)
    #expect(ProviderNames.documented.canonical(provider) == provider)
  }

  @Test(arguments: ["openai", "anthropic", "bedrock_mantle", "vertex_a", "vertex_aix", "", "é"])
  func anyOtherStaysWhatItIs(name: String) {
    #expect(fold(name) == nil)
    #expect(ProviderNames.documented.canonical(name) == name)
  }

  @Test func anExactAliasGoesBeforeABeginning() {
    let names = ProviderNames([
      ProviderAlias(alias: "abc*", provider: "long"), ProviderAlias(alias: "a*", provider: "short"),
      ProviderAlias(alias: "abc", provider: "exact"),
    ])
    #expect(fold("abc", names) == "exact")
    #expect(fold("abcd", names) == "long")
    #expect(fold("ab", names) == "short")
    #expect(fold("a", names) == "short")
    #expect(fold("b", names) == nil)
    #expect(fold("anything", ProviderNames([])) == nil)
  }
}
