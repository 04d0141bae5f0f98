// SPDX-License-Identifier: Apache-2.0

/// What the key of an entry names: `bedrock/eu-west-2/nvidia.nemotron` is a model of Bedrock in a
/// region.
package struct LiteLLMName: Hashable {
  package let model: PriceModel
  package let region: String

  /// Deployments of Azure, as LiteLLM names them in a key: data zones, and those without one.
  private static let azureRegions: Set<Substring> = [
    "us", "eu", "apac", "us-gov", "global", "global-standard",
  ]
  private static let azure = "azure.ai.openai"
  private static let amazon: Set<String> = ["aws.bedrock", "bedrock_mantle"]

  init(model: PriceModel, region: String) {
    self.model = model
    self.region = region
  }

  /// The key without the provider and the region in front of it.
  package init(key: String, provider: String, _ names: ProviderNames) {
    let provider = names.canonical(provider)
    var rest = Substring(key)
    if let (head, tail) = Self.split(rest), names.canonical(String(head)) == provider {
      rest = tail
    }
    var region = ""
    if let (head, tail) = Self.split(rest), Self.isRegion(head, of: provider) {
      region = PriceRegion.canonical(String(head))
      rest = tail
    }
    model = PriceModel(provider: provider, model: String(rest))
    self.region = region
  }

  private static func split(_ text: Substring) -> (head: Substring, tail: Substring)? {
    guard let slash = text.firstIndex(of: "/") else { return nil }
    let tail = text[text.index(after: slash)...]
    return tail.isEmpty ? nil : (text[..<slash], tail)
  }

  private static func isRegion(_ text: Substring, of provider: String) -> Bool {
    if provider == azure { return azureRegions.contains(text) }
    guard amazon.contains(provider) else { return false }
    // `eu-west-2`, `us-gov-east-1`.
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    return (3...4).contains(parts.count) && parts[0].count == 2
      && parts.dropLast().allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { $0 &- 0x61 < 26 } }
      && parts.last.map { $0.count == 1 && $0.utf8.allSatisfy { $0 &- 0x30 < 10 } } == true
  }
}
