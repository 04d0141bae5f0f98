// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import PriceCatalog

/// The calls and lines of calls whose costs are computed again.
struct PriceCheckScope: InSchema {
  let schema: String
  var extent = PriceCheckExtent.all
  /// Calls of its billing days and lines that are billed in it; nil for all.
  var month: Month?
  var tenant: String?

  /// Pages of a table that a sample reads, some ten rows each.
  static var samplePages: Int { 1_000 }

  /// Without those that were priced again: what they are left with is what their last line says.
  var calls: String {
    let repriced = """
      NOT EXISTS (SELECT FROM \(qualified("cost_adjustments")) l WHERE l.kind = 'reprice'
        AND l.tenant_id = i.tenant_id AND l.occurred_at = i.occurred_at
        AND l.invocation_id = i.invocation_id)
      """
    var conditions = ["i.cost_source = 'computed'", repriced] + ofTenant("i")
    if let month {
      conditions.append(
        CallSpan(billingMonth: month).condition(schema: SQL.identifier(schema)))
    }
    return """
      SELECT \(RepriceRow.columns), price_version,
        (extract(epoch FROM ingested_at) * 1000000)::bigint
      FROM \(qualified("invocations")) i \(sample(of: "invocations"))
      WHERE \(conditions.joined(separator: " AND "))
      """
  }

  /// The last line of each call that has been billed by then, with the cost that it leaves the call
  /// with in its currency, and what it leaves in others. A wrong line that a later one has put
  /// right is history.
  var lines: String {
    var conditions = ["a.kind = 'reprice'"] + ofTenant("a")
    var later = "l.adjustment_id > a.adjustment_id"
    if let month {
      conditions.append("a.billing_month = '\(month)-01'")
      later += " AND l.billing_month <= a.billing_month"
    }
    let sameCall = """
      l.kind = 'reprice' AND l.tenant_id = line_tenant AND l.occurred_at = line_time
        AND l.invocation_id = line_call AND l.adjustment_id <= line_id
      """
    return """
      SELECT \(RepriceRow.columns), line_id, line_currency, line_catalogue, line_price,
        CASE WHEN currency = line_currency THEN cost ELSE 0 END + (
          SELECT sum(l.cost) FROM \(qualified("cost_adjustments")) l
          WHERE \(sameCall) AND l.currency = line_currency),
        CASE WHEN currency <> line_currency THEN cost ELSE 0 END + (
          SELECT coalesce(sum(l.cost), 0) FROM \(qualified("cost_adjustments")) l
          WHERE \(sameCall) AND l.currency <> line_currency)
      FROM (
        SELECT a.tenant_id AS line_tenant, a.occurred_at AS line_time, a.invocation_id AS line_call,
          a.adjustment_id AS line_id, a.currency AS line_currency, a.to_price_version AS line_price,
          r.price_version AS line_catalogue
        FROM \(qualified("cost_adjustments")) a \(sample(of: "cost_adjustments"))
        JOIN \(qualified("reprice_runs")) r USING (run_id)
        WHERE \(conditions.joined(separator: " AND ")) AND NOT EXISTS (
          SELECT FROM \(qualified("cost_adjustments")) l WHERE l.kind = 'reprice'
            AND l.tenant_id = a.tenant_id AND l.occurred_at = a.occurred_at
            AND l.invocation_id = a.invocation_id AND \(later))) AS line
      JOIN \(qualified("invocations")) ON tenant_id = line_tenant AND occurred_at = line_time
        AND invocation_id = line_call
      """
  }

  private func ofTenant(_ alias: String) -> [String] {
    tenant.map { ["\(alias).tenant_id = \(SQL.literal($0))"] } ?? []
  }

  /// Other pages each time.
  private func sample(of table: String) -> String {
    guard extent == .sample else { return "" }
    let name = SQL.literal(qualified(table))
    return """
      TABLESAMPLE SYSTEM ((SELECT least(100, 100.0 * \(Self.samplePages) / greatest(1, sum(
        pg_relation_size(oid) / current_setting('block_size')::bigint)))::real
        FROM pg_class WHERE oid = \(name)::regclass
          OR oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = \(name)::regclass)))
      """
  }
}
