// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres

/// Prices, zones and months of a test's database, as finance would change them.
struct Books {
  let database: TestDatabase

  /// The price of `BatchFixture.invocation`'s model; returns the version of the catalogue.
  @discardableResult
  func setPrice(input: String, output: String) throws -> Int64 {
    let price = """
      [{"provider":"anthropic","model":"claude-sonnet-4-5","service_tier":"standard",\
      "min_input_tokens":0,"currency":"USD","input_price":\(input),"output_price":\(output),\
      "effective_from":"2020-01-01T00:00:00Z"}]
      """
    let version = try database.value(
      """
      SELECT daybook_change_prices((SELECT coalesce(max(version), 0) FROM price_versions), 'test',
        'manual', NULL, '{}', '\(price)', '[]')
      """)
    return version.flatMap { Int64($0) } ?? -1
  }

  func setZone(_ zone: String, of tenant: String) throws {
    try database.value(
      "SELECT daybook_set_tenant('\(tenant)', '{\"time_zone\":\"\(zone)\"}', 'test')")
  }

  /// `month` is its first day.
  func close(_ month: String) throws {
    try database.value("SELECT daybook_close_period('\(month)', 'test')")
  }

  /// Makes a partition, however long ago the month is.
  func makePartition(_ month: String) throws {
    try database.value(
      """
      UPDATE partition_policies SET retention_months = 1200 WHERE table_name = 'invocations';
      SELECT daybook_ensure_partition('invocations', '\(month)');
      """)
  }

  /// What does not add up: every key of the rollups against rows and late lines, days and months.
  func differences() throws -> String? {
    try database.value(Self.comparison)
  }

  /// The rule of the contract, by the zone that was in force, without Daybook's own functions.
  private static let comparison = """
    WITH instants AS (
      SELECT i.*, (SELECT z FROM tenant_time_zones z WHERE z.tenant_id = i.tenant_id
        AND z.starts_at <= i.occurred_at ORDER BY z.starts_at DESC LIMIT 1) AS zone
      FROM invocations i
    ), expected AS (
      SELECT tenant_id, CASE WHEN zone IS NULL THEN (occurred_at AT TIME ZONE 'UTC')::date
          ELSE greatest((occurred_at AT TIME ZONE (zone).time_zone)::date, (zone).first_month) END AS day,
        coalesce(currency, 'XXX') AS currency, coalesce(sum(cost), 0) AS cost, count(*) AS records,
        sum(coalesce(input_tokens, 0)) AS tokens
      FROM instants GROUP BY 1, 2, 3
    ), found AS (
      SELECT tenant_id, day, currency, sum(cost) AS cost, sum(records) AS records, sum(input_tokens) AS tokens
      FROM (SELECT tenant_id, day, currency, cost, records, input_tokens FROM costs_daily
            UNION ALL
            SELECT tenant_id, charge_day, currency, cost, records, input_tokens FROM cost_adjustments
             WHERE kind = 'late') AS parts
      GROUP BY 1, 2, 3
    ), days AS (
      SELECT tenant_id, date_trunc('month', day)::date AS month, currency, sum(cost) AS cost, sum(records) AS records
      FROM costs_daily GROUP BY 1, 2, 3
    ), months AS (
      SELECT tenant_id, month, currency, sum(cost) AS cost, sum(records) AS records
      FROM costs_monthly GROUP BY 1, 2, 3
    )
    SELECT string_agg(line, E'\\n') FROM (
      SELECT concat_ws(' ', e.*, f.*) FROM expected e FULL JOIN found f USING (tenant_id, day, currency)
       WHERE (e.cost, e.records, e.tokens) IS DISTINCT FROM (f.cost, f.records, f.tokens)
      UNION ALL
      SELECT concat_ws(' ', d.*, m.*) FROM days d FULL JOIN months m USING (tenant_id, month, currency)
       WHERE (d.cost, d.records) IS DISTINCT FROM (m.cost, m.records)) AS differences(line)
    """
}
