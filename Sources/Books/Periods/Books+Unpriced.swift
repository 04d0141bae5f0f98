// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import PriceCatalog

extension Books {
  /// Records of the month that have no cost now: those of its rollups, those that came late, less
  /// those that were priced by corrections.
  mutating func unpricedRecords(_ month: Month) throws(PostgresError) -> Int64 {
    try connection.query(
      """
      SELECT (SELECT coalesce(sum(unpriced_records), 0) FROM \(qualified("costs_monthly")) WHERE month = $1)
        + (SELECT coalesce(sum(unpriced_records), 0) FROM \(qualified("cost_adjustments"))
          WHERE charge_month = $1 AND billing_month <> charge_month)
      """, ["\(month)-01"], deadline: Self.lookupDeadline
    ).int64(0, 0) ?? 0
  }

  /// Records of the month that have neither a cost nor what it could be computed from.
  mutating func recordsWithoutUsage(_ month: Month) throws(PostgresError) -> Int64 {
    let span = CallSpan(billingMonth: month).condition(schema: SQL.identifier(schema))
    return try connection.execute(
      """
      SELECT count(*) FROM \(qualified("invocations"))
      WHERE cost_source = 'none' AND (input_tokens IS NULL OR output_tokens IS NULL) AND \(span)
      """, deadline: scanDeadline
    ).int64(0, 0) ?? 0
  }

  /// Records of closed months that have come late, are billed in the month, and had no cost when
  /// they came.
  mutating func lateWithoutCost(_ month: Month) throws(PostgresError) -> [Month: Int64] {
    let found = try connection.query(
      """
      SELECT to_char(charge_month, 'YYYY-MM'), sum(unpriced_records)
      FROM \(qualified("cost_adjustments"))
      WHERE kind = 'late' AND billing_month = $1 AND charge_month <> billing_month
      GROUP BY 1 HAVING sum(unpriced_records) > 0
      """, ["\(month)-01"], deadline: Self.lookupDeadline)
    var late: [Month: Int64] = [:]
    for row in 0..<found.rowCount {
      if let origin = Month(found.text(row, 0) ?? "") { late[origin] = found.int64(row, 1) }
    }
    return late
  }

  /// Of those the ones that have no cost now. Sums say how many records have none and not which
  /// ones: no more than came without one, and no more than their month still has, where a close may
  /// have allowed some. `withoutUsage` has the month's records that nobody can price.
  mutating func lateUnpriced(
    _ month: Month, withoutUsage: [Month: Int64]
  ) throws(PostgresError) -> [CloseOutcome.LateUnpriced] {
    var result: [CloseOutcome.LateUnpriced] = []
    for (origin, late) in try lateWithoutCost(month).sorted(by: { $0.key < $1.key }) {
      let left = try unpricedRecords(origin) - (withoutUsage[origin] ?? 0)
      guard min(late, left) > 0 else { continue }
      result.append(CloseOutcome.LateUnpriced(chargeMonth: origin, records: min(late, left)))
    }
    return result
  }

  /// How many records of the month got their cost by corrections, and in which months these are
  /// billed.
  mutating func recordsPricedElsewhere(
    _ month: Month
  ) throws(PostgresError) -> [CloseOutcome.PricedElsewhere] {
    let found = try connection.query(
      """
      SELECT to_char(billing_month, 'YYYY-MM'), -sum(unpriced_records)
      FROM \(qualified("cost_adjustments"))
      WHERE kind = 'reprice' AND charge_month = $1 AND billing_month <> charge_month
      GROUP BY billing_month HAVING sum(unpriced_records) < 0 ORDER BY 1
      """, ["\(month)-01"], deadline: Self.lookupDeadline)
    return (0..<found.rowCount).compactMap { row in
      Month(found.text(row, 0) ?? "").map {
        CloseOutcome.PricedElsewhere(billingMonth: $0, records: found.int64(row, 1) ?? 0)
      }
    }
  }
}
