// SPDX-License-Identifier: Apache-2.0

/// How long a text may be, and of which characters.
///
/// Lengths are in characters (code points).
package struct TextRule: BitwiseCopyable, Sendable {
  package let charactersMin: Int
  package let charactersMax: Int
  package let alphabet: Alphabet
  /// Longer text is cut instead of refused.
  package let isTruncated: Bool

  package init(
    _ characters: ClosedRange<Int>, _ alphabet: Alphabet = .any, isTruncated: Bool = false
  ) {
    charactersMin = characters.lowerBound
    charactersMax = characters.upperBound
    self.alphabet = alphabet
    self.isTruncated = isTruncated
  }

  package enum Alphabet: BitwiseCopyable, Sendable {
    case any
    /// No control characters.
    case printable
    /// Nothing in `A` to `Z`, no control characters.
    case lowerCase
    /// `A-Z a-z 0-9 . _ : @ / -`.
    case identifier
    /// `0-9 a-f`, not all of them 0.
    case hexadecimal

    /// What a record may hold, as a regular expression (ECMA 262), for the JSON Schema; nil for
    /// anything. Capitals are folded, and an id that is none is left out.
    package var pattern: String? {
      switch self {
      case .any, .hexadecimal: nil
      case .printable, .lowerCase: #"^[^\u0001-\u001F\u007F]*$"#
      case .identifier: "^[A-Za-z0-9._:@/-]*$"
      }
    }
  }
}
