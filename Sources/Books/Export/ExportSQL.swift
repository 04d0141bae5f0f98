// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import Records

/// The statements of an export.
struct ExportSQL: InSchema {
  let request: ExportRequest
  let schema: String

  init(_ request: ExportRequest, schema: String) {
    self.request = request
    self.schema = schema
  }

  /// The order of the lines; together they name one.
  static let keys = [
    "l.billing_month", "l.tenant_id", "l.period_start", "l.provider", "l.model", "l.project_id",
    "l.service_tier", "l.currency", "l.kind", "l.run_id", "l.reason",
  ]

  /// Behind the cost, in the order of ``ExportLine``.
  private static let sums = Rollup.countColumns + ["estimated_cost"]

  func inRange(_ column: String) -> String {
    let tenant = request.tenant.map { " AND tenant_id = \(SQL.literal($0))" } ?? ""
    return "\(column) >= '\(request.first)-01'::date AND \(column)"
      + " < '\(request.last.next)-01'::date\(tenant)"
  }

  var rollup: (table: String, period: String) {
    switch request.granularity {
    case .day: ("costs_daily", "day")
    case .month: ("costs_monthly", "month")
    }
  }

  var corrections: String {
    "billing_month <> charge_month AND \(inRange("\(request.basis.rawValue)_month"))"
  }

  /// Lines of the rollups and corrections; those that stand for nothing are left out.
  private var source: String {
    let names = "project_id, provider, model, service_tier, currency"
    let lineStart = request.granularity == .day ? "charge_day" : "charge_month"
    let sums =
      (Rollup.countColumns.map { "sum(\($0))::bigint" } + ["sum(estimated_cost)"])
      .joined(separator: ", ")
    return """
      SELECT tenant_id, \(rollup.period) AS period_start,
        date_trunc('month', \(rollup.period)::timestamp)::date AS billing_month, time_zone,
        '' COLLATE "C" AS kind, 0::bigint AS run_id, '' COLLATE "C" AS reason, \(names), cost,
        \(Self.sums.joined(separator: ", "))
      FROM \(qualified(rollup.table)) WHERE \(inRange(rollup.period))
      UNION ALL
      SELECT tenant_id, \(lineStart), billing_month, max(time_zone), kind COLLATE "C",
        coalesce(run_id, 0), reason COLLATE "C", \(names), sum(cost), \(sums)
      FROM \(qualified("cost_adjustments")) WHERE \(corrections)
      GROUP BY tenant_id, \(lineStart), billing_month, 5, 6, 7, \(names)
      """ + (request.makesInvoices ? "\n" + roundings : "")
  }

  /// What makes the exact total of each line of a statement the amount due.
  private var roundings: String {
    let none = "'' COLLATE \"C\""
    let nothing =
      (Rollup.countColumns.map { _ in "0::bigint" } + ["0::numeric"])
      .joined(separator: ", ")
    return """
      UNION ALL
      SELECT tenant_id, month, month, time_zone, '\(ExportLine.rounding)' COLLATE "C", 0::bigint,
        \(none), \(none), \(none), \(none), \(none), currency, total_rounded - total, \(nothing)
      FROM \(qualified("statement_lines")) JOIN \(qualified("billing_periods")) p USING (month, version)
      WHERE p.status = 'closed' AND \(inRange("month"))
      """
  }

  /// Behind `key`, in order of the keys.
  func lines(after key: [String]?) -> String {
    let meaning = ["cost"] + Self.sums
    var conditions = "(" + meaning.map { "\($0) <> 0" }.joined(separator: " OR ") + ")"
    if let key {
      let values = key.map { SQL.literal($0) }.joined(separator: ", ")
      conditions += " AND (\(Self.keys.joined(separator: ", "))) > (\(values))"
    }
    return """
      SELECT l.tenant_id, t.display_name, t.payer, to_char(period_start, 'YYYY-MM-DD'),
        to_char(billing_month, 'YYYY-MM-DD'), l.time_zone, kind, run_id, reason, project_id,
        provider, model, service_tier, l.currency, cost, \(Self.sums.joined(separator: ", ")),
        billing_month < (SELECT \(qualified("daybook_first_open_month"))())\(instants)
      FROM (\(source)) AS l LEFT JOIN \(qualified("tenants")) t ON t.tenant_id = l.tenant_id
      WHERE \(conditions)
      ORDER BY \(Self.keys.joined(separator: ", "))
      """
  }

  /// The bounds of a line's periods in UTC: local days have 23 to 25 hours, and the first one of a
  /// zone begins when the zone before it ends.
  private var instants: String {
    guard case .focus = request.format else { return "" }
    let end = request.granularity == .day ? "period_start + 1" : Self.monthAfter("period_start")
    let zone = """
      coalesce((SELECT z.time_zone FROM \(qualified("tenant_time_zones")) z
        WHERE z.tenant_id = l.tenant_id AND z.first_month <= billing_month
        ORDER BY z.first_month DESC LIMIT 1), 'UTC')
      """
    return ", "
      + [
        instant("period_start", "l.time_zone"), instant(end, "l.time_zone"),
        // An account's period is that of its zone, also where a tenant came from another one.
        midnight("billing_month", zone), midnight(Self.monthAfter("billing_month"), zone), zone,
      ].joined(separator: ", ")
  }

  private static func monthAfter(_ column: String) -> String {
    "(\(column) + interval '1 month')::date"
  }

  /// The beginning of a tenant's day: the first one of a zone begins when the zone before it ends.
  private func instant(_ day: String, _ zone: String) -> String {
    let start = """
      (SELECT z.starts_at FROM \(qualified("tenant_time_zones")) z
        WHERE z.tenant_id = l.tenant_id AND z.first_month = \(day))
      """
    return "coalesce(\(Self.text(start)), \(midnight(day, zone)))"
  }

  /// Where clocks go back to midnight, as in Havana, PostgreSQL takes the second one; the day
  /// begins with the first.
  private func midnight(_ day: String, _ zone: String) -> String {
    Self.text(
      """
      (SELECT CASE WHEN ((midnight - interval '1 hour') AT TIME ZONE zone)::date = \(day)
          THEN midnight - interval '1 hour' ELSE midnight END
        FROM (SELECT zone, (\(day))::timestamp AT TIME ZONE zone FROM (SELECT \(zone)) AS z(zone))
          AS m(zone, midnight))
      """)
  }

  private static func text(_ instant: String) -> String {
    "to_char(\(instant) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
  }
}
