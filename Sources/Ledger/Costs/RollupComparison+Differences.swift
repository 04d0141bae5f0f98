// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import Records

extension RollupComparison {
  /// Common tables up to `differences`: granularity, tenant_id, period_start, keys, measures (what
  /// should be less what is) and wrong_zones, one row for each difference.
  var withDifferences: String {
    let columns = (["tenant_id", "period_start"] + Self.keys + Self.measures + ["wrong_zones"])
      .joined(separator: ", ")
    return """
      WITH \(hasZones ? zones + ", " : "")day_differences AS MATERIALIZED (
        \(differing(Self.union([rows, zonedRows, reprices, lateRecords, kept(.day)])))
      ), differences AS (
        SELECT 'day' AS granularity, \(columns) FROM day_differences
        UNION ALL SELECT 'month', \(columns) FROM (\(differing(months))) AS month_differences
      )
      """
  }

  private enum Granularity { case day, month }

  /// One row for each tenant's zone and the time and days for which it is in force.
  private var zones: String {
    """
    zones AS MATERIALIZED (
      SELECT tenant_id, time_zone, first_month, starts_at,
        lead(starts_at, 1, 'infinity') OVER (PARTITION BY tenant_id ORDER BY starts_at) AS ends_at,
        lead(first_month, 1, 'infinity') OVER (PARTITION BY tenant_id ORDER BY starts_at) AS end_month
      FROM (
        SELECT tenant_id, time_zone, first_month, starts_at FROM \(qualified("tenant_time_zones"))
        UNION ALL SELECT tenant_id, 'UTC', '-infinity', '-infinity' FROM \(qualified("tenant_time_zones"))
        GROUP BY tenant_id HAVING min(starts_at) > '-infinity') AS all_zones)
    """
  }

  /// Records of tenants that bill by UTC days.
  private var rows: String {
    var conditions = ["NOT \(daysLeftOut.condition(time: "occurred_at"))"] + ofTenant()
    if let month {
      conditions.append(
        "occurred_at >= '\(month.start)' AND occurred_at < '\(month.next.start)'")
    }
    if hasZones { conditions.append("tenant_id NOT IN (SELECT tenant_id FROM zones)") }
    return """
      SELECT tenant_id, (occurred_at AT TIME ZONE 'UTC')::date AS period_start, \(Self.sumsOfRows)
      FROM \(qualified("invocations")) WHERE \(conditions.joined(separator: " AND "))
      GROUP BY 1, 2, 3, 4, 5, 6, 7
      """
  }

  /// Records of the other tenants.
  private var zonedRows: String? {
    guard hasZones else { return nil }
    let day = "greatest((i.occurred_at AT TIME ZONE z.time_zone)::date, z.first_month)"
    return """
      SELECT tenant_id, period_start, \(Self.sumsOfRows)
      FROM (SELECT i.tenant_id, i.project_id, i.provider, i.response_model, i.request_model,
          i.service_tier, i.cost, i.currency, i.status, i.input_tokens, i.output_tokens,
          i.cache_read_input_tokens, i.cache_creation_input_tokens, i.reasoning_output_tokens,
          i.usage_source,
          \(day) AS period_start
        FROM zones z JOIN \(qualified("invocations")) i ON i.tenant_id = z.tenant_id
          AND i.occurred_at >= z.starts_at AND i.occurred_at < z.ends_at
        WHERE \(near("i.occurred_at"))) AS zoned WHERE \(days("period_start"))
      GROUP BY 1, 2, 3, 4, 5, 6, 7
      """
  }

  /// Lines of repriced records that are no corrections: a change of zone may have moved their day.
  private var reprices: String {
    let utc = "(a.occurred_at AT TIME ZONE 'UTC')::date"
    let day =
      hasZones
      ? "coalesce(greatest((a.occurred_at AT TIME ZONE z.time_zone)::date, z.first_month), \(utc))"
      : utc
    let zone =
      hasZones
      ? """
      LEFT JOIN zones z ON z.tenant_id = a.tenant_id AND a.occurred_at >= z.starts_at
        AND a.occurred_at < z.ends_at
      """ : ""
    return """
      SELECT \(columns(sign: "")) FROM (SELECT a.*, \(day) AS period_start
        FROM \(qualified("cost_adjustments")) a \(zone)
        WHERE a.kind = 'reprice' AND a.billing_month = a.charge_month AND \(near("a.occurred_at")))
        AS reprices WHERE \(days("period_start"))
      """
  }

  private var lateRecords: String {
    """
    SELECT \(columns(sign: "-")) FROM (SELECT *, charge_day AS period_start
      FROM \(qualified("cost_adjustments")) WHERE kind = 'late' AND \(days("charge_day"))) AS late
    """
  }

  private func kept(_ granularity: Granularity) -> String {
    let (name, period) =
      granularity == .day ? ("costs_daily", "day") : ("costs_monthly", "month")
    var conditions = granularity == .day ? [days(period)] : ofTenant()
    if granularity == .month, let month { conditions.append("\(period) = '\(month)-01'") }
    let expected = hasZones ? zone(at: "r.\(period)", of: "r.tenant_id") : "'UTC'"
    return """
      SELECT \(columns(sign: "-", wrongZones: "(time_zone <> \(expected))::integer"))
      FROM (SELECT *, \(period) AS period_start FROM \(qualified(name))) AS r
      WHERE \((["true"] + conditions).joined(separator: " AND "))
      """
  }

  private var months: String {
    var conditions = ["true"] + ofTenant()
    if let month { conditions.append("day >= '\(month)-01' AND day < '\(month.next)-01'") }
    let sums = Self.measures.map { "sum(\($0))" }.joined(separator: ", ")
    let keys = Self.keys.joined(separator: ", ")
    return """
      SELECT tenant_id, date_trunc('month', day::timestamp)::date AS period_start, \(keys), \(sums), 0
        AS wrong_zones
      FROM \(qualified("costs_daily")) WHERE \(conditions.joined(separator: " AND "))
      GROUP BY 1, 2, 3, 4, 5, 6, 7
      UNION ALL SELECT tenant_id, date_trunc('month', period_start::timestamp)::date, \(keys),
        \(Self.measures.joined(separator: ", ")), 0 FROM day_differences
      UNION ALL \(kept(.month))
      """
  }

  /// Sums what stands under one key and keeps what is not nothing.
  private func differing(_ amounts: String) -> String {
    let sums =
      Rollup.amountColumns.map { "sum(\($0)) AS \($0)" }
      + Rollup.countColumns.map { "sum(\($0))::bigint AS \($0)" }
    let isDifferent = (Self.measures + ["wrong_zones"]).map { "sum(\($0)) <> 0" }
    return """
      SELECT tenant_id, period_start, \(Self.keys.joined(separator: ", ")),
        \(sums.joined(separator: ", ")), sum(wrong_zones) AS wrong_zones
      FROM (\(amounts)) AS amounts (tenant_id, period_start, \(Self.keys.joined(separator: ", ")),
        \(Self.measures.joined(separator: ", ")), wrong_zones)
      GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING \(isDifferent.joined(separator: " OR "))
      """
  }

  private func columns(sign: String, wrongZones: String = "0") -> String {
    (["tenant_id", "period_start"] + Self.keys + Self.measures.map { sign + $0 } + [wrongZones])
      .joined(separator: ", ")
  }

  /// The condition that an instant may lie on one of the days, whatever the zone.
  private func near(_ column: String) -> String {
    guard let month else { return "true" }
    let from = Timestamp(microseconds: month.start.microseconds - Self.zoneShiftMax)
    let to = Timestamp(microseconds: month.next.start.microseconds + Self.zoneShiftMax)
    return "\(column) >= '\(from)' AND \(column) < '\(to)'"
  }

  private static func union(_ parts: [String?]) -> String {
    parts.compactMap { $0 }.joined(separator: "\nUNION ALL ")
  }

  /// The other keys and all measures of rows of `invocations`, in the order of `keys`.
  private static let sumsOfRows = """
    coalesce(project_id, '') COLLATE "C", provider COLLATE "C",
      coalesce(response_model, request_model) COLLATE "C", service_tier COLLATE "C",
      CASE WHEN cost IS NULL THEN 'XXX' ELSE currency END::char(3) COLLATE "C",
      coalesce(sum(cost), 0), coalesce(sum(cost) FILTER (WHERE usage_source = 'estimated'), 0),
      count(*), count(*) FILTER (WHERE status = 'failure'),
      count(*) FILTER (WHERE cost IS NULL), coalesce(sum(input_tokens), 0)::bigint,
      coalesce(sum(output_tokens), 0)::bigint, coalesce(sum(cache_read_input_tokens), 0)::bigint,
      coalesce(sum(cache_creation_input_tokens), 0)::bigint,
      coalesce(sum(reasoning_output_tokens), 0)::bigint,
      count(*) FILTER (WHERE usage_source = 'estimated'), 0
    """
}
