// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
import Postgres
import Records

/// The question in what the rollups differ from the records and adjustments, as SQL.
///
/// A day of a rollup is the sum of its records, and of its repriced records' lines that are no
/// corrections, less its late records, whose lines are corrections. A month of the rollup is the
/// sum of what its days should be. Every part reads each table once; tenants without a time zone of
/// their own are grouped by a plain expression, so that their plan is that of a plain GROUP BY.
package struct RollupComparison: InSchema, Sendable {
  static let keys = ["project_id", "provider", "model", "service_tier", "currency"]
  static let measures = Rollup.amountColumns + Rollup.countColumns
  /// Microseconds: no zone, and no change of zones, moves a record so far from its UTC day.
  static let zoneShiftMax = 2 * Timestamp.microsecondsPerDay

  package let schema: String
  /// Only these days; nil for all.
  let month: Month?
  /// Only this one; nil for all.
  let tenant: String?
  /// Some tenant does not bill by UTC days.
  let hasZones: Bool
  /// Days that cannot be compared with rows, because rows of them have left.
  let daysLeftOut: RetiredDays

  /// All of it describes one snapshot: `hasZones` and `retired` come from there.
  package init(
    schema: String, month: Month? = nil, tenant: String? = nil, hasZones: Bool,
    retired: RetiredDays
  ) {
    self.schema = schema
    self.month = month
    self.tenant = tenant
    self.hasZones = hasZones
    daysLeftOut = hasZones ? retired.widened : retired
  }

  /// Whether some of the days are left out.
  package var leavesDaysOut: Bool {
    guard let month else { return !daysLeftOut.isEmpty }
    return daysLeftOut.touches(from: "\(month)-01", to: "\(month.next)-01")
  }

  /// One row for each difference of a day or month: granularity, records, and all of it as jsonb in
  /// the columns of reconciliation_drift. Days come first; at most `limit` rows.
  package func driftSQL(limit: Int) -> String {
    let columns =
      (["granularity", "tenant_id", "period_start"] + Self.keys + ["time_zone"])
      + Self.measures + ["cost_expected", "cost_found"]
    let pairs = columns.map { "'\($0)', \($0)" }.joined(separator: ", ")
    return """
      \(withDifferences)
      SELECT granularity, records, jsonb_build_object(\(pairs)) FROM (
        SELECT d.*, coalesce(f.cost, 0) + d.cost AS cost_expected, f.cost AS cost_found,
          \(zone(at: "d.period_start", of: "d.tenant_id")) AS time_zone
        FROM differences d LEFT JOIN \(found) USING (granularity, tenant_id, period_start, \
      \(Self.keys.joined(separator: ", ")))) AS drift
      ORDER BY granularity, tenant_id, period_start LIMIT \(limit)
      """
  }

  /// The same for people: granularity, tenant, period, provider, model, what it should be, what it
  /// is.
  var sentencesSQL: String {
    """
    \(withDifferences)
    SELECT granularity, tenant_id, period_start, provider, model,
      CASE WHEN coalesce(f.records, 0) + d.records = 0 AND coalesce(f.cost, 0) + d.cost = 0
           THEN 'nothing' ELSE \(shown { "coalesce(f.\($0), 0) + d.\($0)" }) END,
      CASE WHEN f.records IS NULL THEN 'nothing' ELSE \(shown { "f.\($0)" }) END, d.wrong_zones
    FROM differences d LEFT JOIN \(found) USING (granularity, tenant_id, period_start, \
    \(Self.keys.joined(separator: ", ")))
    ORDER BY granularity, tenant_id, period_start, provider, model
    """
  }

  /// How many records the compared days of the rollups and their late records count.
  package var countSQL: String {
    """
    SELECT (SELECT coalesce(sum(records), 0) FROM \(qualified("costs_daily")) WHERE \(days("day")))
      + (SELECT coalesce(sum(records), 0) FROM \(qualified("cost_adjustments"))
         WHERE kind = 'late' AND \(days("charge_day")))
    """
  }

  private func shown(_ value: (String) -> String) -> String {
    """
    trim_scale(\(value("cost"))) || ' ' || currency || ' ' || \(value("records")) || ' records '
        || \(value("input_tokens")) || ' in ' || \(value("output_tokens")) || ' out'
        || CASE WHEN \(value("estimated_records")) = 0 AND \(value("estimated_cost")) = 0 THEN ''
             ELSE ', of it ' || \(value("estimated_records")) || ' estimated ('
               || trim_scale(\(value("estimated_cost"))) || ')' END
    """
  }

  /// What the rollups say, by the columns of `differences`; looked up by key for the few rows.
  private var found: String {
    let columns = (Self.keys + Self.measures).joined(separator: ", ")
    return """
      LATERAL (
        SELECT 'day' AS granularity, tenant_id, day AS period_start, \(columns)
        FROM \(qualified("costs_daily")) r WHERE d.granularity = 'day' AND r.tenant_id = d.tenant_id
          AND r.day = d.period_start AND \(sameKeys)
        UNION ALL SELECT 'month', tenant_id, month, \(columns)
        FROM \(qualified("costs_monthly")) r WHERE d.granularity = 'month' AND r.tenant_id = d.tenant_id
          AND r.month = d.period_start AND \(sameKeys)) AS f
      """
  }

  private var sameKeys: String {
    Self.keys.map { "r.\($0) = d.\($0)" }.joined(separator: " AND ")
  }

  /// The condition that a row with a billing day takes part.
  func days(_ column: String) -> String {
    var conditions = ["NOT \(daysLeftOut.condition(date: column))"]
    if let month {
      conditions.append("\(column) >= '\(month)-01' AND \(column) < '\(month.next)-01'")
    }
    return (conditions + ofTenant()).joined(separator: " AND ")
  }

  func ofTenant() -> [String] { tenant.map { ["tenant_id = \(SQL.literal($0))"] } ?? [] }

  func zone(at day: String, of tenant: String) -> String {
    """
    coalesce((SELECT z.time_zone FROM \(qualified("tenant_time_zones")) z WHERE z.tenant_id = \(tenant)
      AND z.first_month <= \(day) ORDER BY z.first_month DESC LIMIT 1), 'UTC')
    """
  }
}
