// SPDX-License-Identifier: Apache-2.0

/// A calendar month in UTC: the unit of partitions and of monthly costs.
package struct Month: Comparable, Hashable, Sendable {
  package let year: Int
  /// From 1 to 12.
  package let month: Int

  package init(year: Int, month: Int) {
    precondition((1...12).contains(month), "a month is 1 to 12")
    self.year = year
    self.month = month
  }

  /// Parses `YYYY-MM`.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count == 4, parts[1].utf8.count == 2,
      parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
      let year = Int(parts[0]), let month = Int(parts[1]), (1...12).contains(month)
    else { return nil }
    self.init(year: year, month: month)
  }

  /// The first instant of the month.
  package var start: Timestamp {
    let days = CivilDate(year: year, month: month, day: 1)?.daysSince2000 ?? 0
    return Timestamp(microseconds: days * Timestamp.microsecondsPerDay)
  }

  package var next: Month { advanced(by: 1) }

  package func advanced(by months: Int) -> Month {
    let index = year * 12 + month - 1 + months
    return Month(year: Int(floorDivide(Int64(index), by: 12)), month: (index % 12 + 12) % 12 + 1)
  }

  /// The suffix of pg_partman 5: `p20260101`.
  package var partitionSuffix: String {
    "p\(padded(Int64(year), 4))\(padded(Int64(month), 2))01"
  }

  package static func < (left: Month, right: Month) -> Bool {
    (left.year, left.month) < (right.year, right.month)
  }
}

extension Month: CustomStringConvertible {
  package var description: String { "\(padded(Int64(year), 4))-\(padded(Int64(month), 2))" }
}
