// SPDX-License-Identifier: Apache-2.0
import PriceCatalog
import Testing

struct ModelNameTests {
  @Test(arguments: [
    ("us.anthropic.claude-haiku-4-5-20251001-v1:0", "claude haiku", "4.5"),
    ("claude-haiku-4-5@20251001", "claude haiku", "4.5"),
    ("claude-4-5-haiku", "claude haiku", "4.5"),
    ("gpt-4.1-mini-2025-04-14", "gpt mini", "4.1"), ("gpt-4o", "gpt o", "4"),
    ("azure/eu/gpt-5", "gpt", "5"), ("o3-mini", "mini o", "3"),
    ("meta.llama3-1-70b-instruct-v1:0", "70b instruct llama", "3.1"),
    ("mistral-large-latest", "large mistral", ""), ("mistral-large-2407", "large mistral", ""),
    ("gemini-2.5-pro", "gemini pro", "2.5"), ("mixtral-8x7b", "8x7b mixtral", ""), ("", "", ""),
    ("...", "", ""), ("/", "", ""),
  ])
  func aNameTellsFamilyAndVersion(name: String, family: String, version: String) {
    let found = ModelName(name)
    #expect(found.family.joined(separator: " ") == family)
    #expect(found.version.map(String.init).joined(separator: ".") == version)
  }

  @Test func anotherFamilyOrVersionIsFarAway() {
    func distance(_ left: String, _ right: String) -> Int? {
      ModelName(left).distance(to: ModelName(right))
    }
    #expect(distance("us.anthropic.claude-haiku-4-5", "claude-haiku-5-5") == nil)
    #expect(distance("claude-haiku-4-5", "claude-sonnet-4-5") == nil)
    #expect(distance("claude-haiku-4-5", "claude-haiku") == nil)
    #expect(distance("llama3-1-70b", "llama3-1-8b") == nil)
    #expect(distance("gpt-4o", "gpt-4") == nil)
    #expect(distance("ft:gpt-4o:my-org::x", "gpt-4o") == nil)
    #expect(distance("us.anthropic.claude-haiku-4-5", "claude-haiku-4-5-20251001") == 0)
    // The older neighbour goes before the newer one.
    let older = distance("gpt-5.2", "gpt-5.1")
    let newer = distance("gpt-5.2", "gpt-5.3")
    #expect(older ?? 0 < newer ?? 0)
    #expect(newer ?? 0 < distance("gpt-5.2", "gpt-5") ?? 0)
  }
}
