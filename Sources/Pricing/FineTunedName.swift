// SPDX-License-Identifier: Apache-2.0

/// Names of fine-tuned models: `ft:gpt-4o-2024-08-06:my-org:suffix:id`, and the older
/// `curie:ft-my-org-2023-01-01`. They cost more than the model that they were made of.
enum FineTunedName {
  private static let prefix = "ft:"
  private static let mark = ":ft-"

  static func isOne(_ name: UnsafeRawBufferPointer) -> Bool {
    if name.starts(with: prefix.utf8) { return true }
    let length = mark.utf8.count
    guard name.count > length else { return false }
    return (0...(name.count - length)).contains {
      name[$0..<($0 + length)].elementsEqual(mark.utf8)
    }
  }

  /// `ft:gpt-4o-2024-08-06`: what such models of any organisation cost; nil when there is nothing to take off.
  static func withoutOwner(_ name: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    let start = prefix.utf8.count
    guard name.starts(with: prefix.utf8),
      let end = name[start...].firstIndex(of: UInt8(ascii: ":"))
    else { return nil }
    return UnsafeRawBufferPointer(rebasing: name[..<end])
  }
}
