// SPDX-License-Identifier: Apache-2.0

/// What a column may hold, with every bound.
package enum ColumnKind: Sendable {
  case uuid
  /// RFC 3339 with an offset, within ``TimeBounds``.
  case timestamp
  case text(TextRule)
  /// One of these spellings; with `otherwise`, any other text that obeys the rule too.
  case choice([Choice], otherwise: TextRule? = nil)
  case integer(IntegerWidth, ClosedRange<Int64>)
  case boolean
  /// A decimal string of at most 12 + 12 digits, not negative.
  case amount
  /// Three letters of ISO 4217, stored in upper case.
  case currency
  /// Copied as the record spells it.
  case json(JSONRule)
  case textArray(countMax: Int, TextRule)
  /// An IPv4 or IPv6 address without port and zone.
  case inet
  /// Set by Daybook, as text.
  case set(Setting)

  package enum Setting: Sendable {
    case null
    /// One text when the record has the other column, else another.
    case given(column: String, then: String, else: String)
  }

  package enum IntegerWidth: String, BitwiseCopyable, Sendable {
    case bigint, integer
  }
}
