// SPDX-License-Identifier: Apache-2.0

/// Unknown fields that may hold what the stream is for: they are counted by name, and a strict
/// decoder refuses their record.
package struct Watch: Sendable {
  /// An unknown field is told of when its name contains one of these, in either case.
  package let words: [String]
  /// More such words for records of the contract. Sources that profiles read have names of their
  /// own for how a call ended, and the profile says which one counts.
  package var ownWords: [String] = []
  /// More such words, of what went wrong. Where there is a ``doubt``, a field of the record whose
  /// name has no other says nothing when it is false or 0.
  package var failureWords: [String] = []
  /// Last words of names that tell more of an outcome, and not which one it was. Where a signal has
  /// decided, such a field casts no doubt, unless its name has one of ``failureWords``.
  package var remarks: [String] = []
  /// Words of whom a record belongs to, looked for in the sources of profiles. Such a field is only
  /// told of: it refuses nothing and casts no doubt. In lower case, without separators.
  package var identityWords: [String] = []
  /// Names that contain one and are known all the same: they say nothing that is not said
  /// elsewhere.
  package let exceptions: [String]
  /// Fields that must be the sum of the columns; one that is not is told of.
  package let totals: (keys: [String], of: [String])
  /// Also inside of the objects that spellings reach into; the names that lead to one count, too.
  package let isDeep: Bool
  /// The only such objects that are looked into where it is not deep; with dots.
  package var objects: [String] = []
  /// Instead of the default of the column, when such a field is there, or a signal that cannot be
  /// followed. An empty text, object or array says nothing.
  package let doubt: (column: String, text: String)?
}
