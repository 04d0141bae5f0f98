// SPDX-License-Identifier: Apache-2.0

/// Names of fine-tuned models: `ft:gpt-4o-2024-08-06:my-org:suffix:id`, and the older
/// `curie:ft-my-org-2023-01-01`. They cost more than the model that they were made of.
enum FineTunedName {
  private static let prefix = "ft:"
  private static let mark = ":ft-"

  @inline(__always) static func isOne(_ name: UnsafeRawBufferPointer) -> Bool {
    for index in 0..<name.count where name[index] == UInt8(ascii: ":") {
      let rest = UnsafeRawBufferPointer(rebasing: name[index...])
      if index == 2 && name.starts(with: prefix.utf8) || rest.starts(with: mark.utf8) {
        return true
      }
    }
    return false
  }

  /// `ft:gpt-4o-2024-08-06`: what such models of any organisation cost; nil when there is nothing
  /// to take off.
  static func withoutOwner(_ name: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    let start = prefix.utf8.count
    guard name.starts(with: prefix.utf8),
      let end = name[start...].firstIndex(of: UInt8(ascii: ":"))
    else { return nil }
    return UnsafeRawBufferPointer(rebasing: name[..<end])
  }
}
