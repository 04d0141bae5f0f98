// SPDX-License-Identifier: Apache-2.0

/// Names of models behind a path: `models/gemini-2.5-pro` of Google's SDK, Vertex AI's
/// `projects/p/locations/l/publishers/anthropic/models/claude-sonnet-4-5@20250929`, Bedrock's
/// `arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0`, LiteLLM's
/// `converse/amazon.nova-pro-v1:0`.
///
/// No other path is one of these: endpoints, tuned models, application inference profiles and
/// provisioned models have ids, which do not say what they cost.
struct ResourceName {
  let model: UnsafeRawBufferPointer
  /// Where it is called, as the path says it.
  private(set) var region: UnsafeRawBufferPointer?
  /// Who made the model, with the slash behind it, where Vertex AI's path says it.
  private(set) var publisher: UnsafeRawBufferPointer?

  /// Nil for every other name.
  init?(_ name: UnsafeRawBufferPointer) {
    var path = Path(rest: name)
    if path.take("arn:aws") {
      guard path.take(through: ":") != nil, path.take("bedrock:"),
        let region = path.take(through: ":"), path.take(through: ":") != nil,
        path.take("foundation-model/") || path.take("inference-profile/")
      else { return nil }
      self.region = UnsafeRawBufferPointer(rebasing: region.dropLast())
    } else if path.take("projects/") {
      guard path.take(through: "/") != nil, path.take("locations/"),
        let region = path.take(through: "/"), path.take("publishers/"),
        let publisher = path.take(through: "/"), path.take("models/")
      else { return nil }
      self.region = UnsafeRawBufferPointer(rebasing: region.dropLast())
      self.publisher = publisher
    } else if path.take("publishers/") {
      guard let publisher = path.take(through: "/"), path.take("models/") else { return nil }
      self.publisher = publisher
    } else if !path.take("models/"), !path.take("converse/"), !path.take("invoke/") {
      return nil
    }
    model = path.rest
  }

  private struct Path {
    private(set) var rest: UnsafeRawBufferPointer

    init(rest: UnsafeRawBufferPointer) { self.rest = rest }

    /// Whether the rest began with `word`, which it then does not any more.
    mutating func take(_ word: StaticString) -> Bool {
      let word = UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
      guard rest.count > word.count,
        isSame(UnsafeRawBufferPointer(rebasing: rest[..<word.count]), word)
      else { return false }
      rest = UnsafeRawBufferPointer(rebasing: rest[word.count...])
      return true
    }

    /// What stands before the next `end`, and the end.
    mutating func take(through end: Unicode.Scalar) -> UnsafeRawBufferPointer? {
      guard let index = rest.firstIndex(of: UInt8(ascii: end)) else { return nil }
      defer { rest = UnsafeRawBufferPointer(rebasing: rest[(index + 1)...]) }
      return UnsafeRawBufferPointer(rebasing: rest[...index])
    }
  }
}
