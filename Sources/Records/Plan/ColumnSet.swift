// SPDX-License-Identifier: Apache-2.0

/// Columns of a stream, by index.
struct ColumnSet: BitwiseCopyable {
  /// A stream has not more columns.
  static let columnsMax = UInt64.bitWidth

  private var bits: UInt64 = 0

  var first: Int? { bits == 0 ? nil : bits.trailingZeroBitCount }

  mutating func insert(_ column: Int) { bits |= 1 << UInt64(column) }

  mutating func formUnion(_ other: ColumnSet) { bits |= other.bits }

  func contains(_ column: Int) -> Bool { bits >> UInt64(truncatingIfNeeded: column) & 1 != 0 }

  /// The lowest column, which leaves the set.
  mutating func popFirst() -> Int? {
    let first = first
    bits &= bits &- 1
    return first
  }
}
