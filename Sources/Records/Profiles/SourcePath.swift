// SPDX-License-Identifier: Apache-2.0

/// What leads to a value of an item: `a.b[0]."c.d"[type = "User"].e`; without steps the item
/// itself.
struct SourcePath: Sendable, Hashable {
  var steps: [Step] = []

  enum Step: Sendable, Hashable {
    case member(String)
    /// An element of an array, from 0, or from -1 backwards.
    case element(Int)
    /// The first element that is an object with this text as a member.
    case match(member: String, text: String)
    /// Each element of an array: where the items of a record stand.
    case each
  }

  static let stepsMax = 16
}
