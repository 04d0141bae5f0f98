// SPDX-License-Identifier: Apache-2.0
import CopyFormat

extension Amount {
  /// Parses a sum as PostgreSQL writes a `numeric(38,12)`: more digits before the point than one
  /// amount has.
  init?(sum text: String) {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let fraction = parts.count == 2 ? parts[1] : ""
    guard let integer = parts.first, fraction.utf8.count <= Self.scale,
      fraction.utf8.allSatisfy({ (48...57).contains($0) })
    else { return nil }
    let zeros = String(repeating: "0", count: Self.scale - fraction.utf8.count)
    guard let units = Int128(integer + fraction + zeros) else { return nil }
    self.init(units: units)
  }
}
