// SPDX-License-Identifier: Apache-2.0

/// Names of fine-tuned models: `ft:gpt-4o-2024-08-06:my-org:suffix:id`, also behind a provider or a
/// region (`openai/ft:…`), the older `curie:ft-my-org-2023-01-01`, and Azure's
/// `gpt-4o-mini-2024-07-18.ft-0e20a1`. They cost more than the model that they were made of.
enum FineTunedName {
  /// Behind a `:` or a `.`.
  private static let mark = "ft-"

  @inline(__always) static func isOne(_ name: UnsafeRawBufferPointer) -> Bool {
    for index in 0..<name.count {
      guard name[index] == UInt8(ascii: ":") || name[index] == UInt8(ascii: ".") else { continue }
      if endsPrefix(index, of: name) || name[(index + 1)...].starts(with: mark.utf8) {
        return true
      }
    }
    return false
  }

  /// `ft:gpt-4o-2024-08-06`: what such models of any organisation cost, with what stands in front
  /// of it; nil when there is nothing to take off.
  static func withoutOwner(_ name: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard let first = name.indices.first(where: { endsPrefix($0, of: name) }),
      let end = name[(first + 1)...].firstIndex(of: UInt8(ascii: ":"))
    else { return nil }
    return UnsafeRawBufferPointer(rebasing: name[..<end])
  }

  /// Whether `index` is the end of an `ft:` where the name begins, or behind a slash.
  @inline(__always) private static func endsPrefix(
    _ index: Int, of name: UnsafeRawBufferPointer
  ) -> Bool {
    guard index >= 2, name[index] == UInt8(ascii: ":"), name[index - 1] == UInt8(ascii: "t"),
      name[index - 2] == UInt8(ascii: "f")
    else { return false }
    return index == 2 || name[index - 3] == UInt8(ascii: "/")
  }
}
