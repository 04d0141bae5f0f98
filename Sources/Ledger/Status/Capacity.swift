// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// How large the database is, and how large it will be if every month to come is like the last one.
package struct Capacity: Sendable, Equatable {
  /// A table by months, with all its indexes.
  package struct MonthlyTable: Sendable, Equatable {
    package let name: String
    /// Whole months that are kept before the current one.
    package let retentionMonths: Int
    package var bytes: [Month: Int64]

    package init(name: String, retentionMonths: Int, bytes: [Month: Int64]) {
      self.name = name
      self.retentionMonths = retentionMonths
      self.bytes = bytes
    }
  }

  package let now: Month
  /// How much of the current month is over, above 0 and up to 1.
  package let monthPassed: Double
  package let databaseBytes: Int64
  package var tables: [MonthlyTable]
  /// Since the statistics were reset; nil when that was a moment ago.
  package let walBytesPerDay: Double?
  package let connections: Int64
  package let connectionsMax: Int64
  /// Records stored in the last 28 days, a day.
  package let recordsPerDay: Double

  /// Its size so many months from now, in bytes, when each month brings `growth` more than the one
  /// before (0.05: five per cent).
  ///
  /// What does not stand in months (rollups, prices, books) keeps its size.
  package func bytes(monthsAhead: Int, growth: Double) -> Double {
    let monthly = tables.reduce(0) { $0 + $1.bytes.values.reduce(0, &+) }
    let rest = Double(max(0, databaseBytes &- monthly))
    return tables.reduce(rest) { $0 + bytes(of: $1, monthsAhead, growth) }
  }

  private func bytes(of table: MonthlyTable, _ monthsAhead: Int, _ growth: Double) -> Double {
    let oldest = now.advanced(by: monthsAhead - table.retentionMonths)
    // What was made ahead of its month, or fell into a later one, is there already.
    let kept = table.bytes.filter { $0.key >= oldest && (monthsAhead == 0 || $0.key < now) }
    let stored = kept.values.reduce(0) { $0 + Double($1) }
    guard monthsAhead > 0 else { return stored }
    let month = monthBytes(of: table)
    var growing = 1.0
    var coming = 0.0
    for ahead in 0..<monthsAhead {
      if now.advanced(by: ahead) >= oldest { coming += month * growing }
      growing *= 1 + growth
    }
    return stored + coming + month * growing * monthPassed
  }

  /// What a month takes: the last whole one, or the current one as far as it goes.
  private func monthBytes(of table: MonthlyTable) -> Double {
    let last = table.bytes[now.advanced(by: -1)] ?? 0
    let current = Double(table.bytes[now] ?? 0) / monthPassed
    return max(Double(last), current)
  }

  /// How many months from now the database is larger than so many bytes; nil if not within the
  /// limit.
  package func monthsUntil(above limit: Double, growth: Double, atMost months: Int) -> Int? {
    (0...months).first { bytes(monthsAhead: $0, growth: growth) > limit }
  }
}
