// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import PriceCatalog
import Text

/// The statements of a run of reprice.
struct RepriceSQL: InSchema {
  private let request: RepriceRequest
  let schema: String

  init(_ request: RepriceRequest, schema: String) {
    self.request = request
    self.schema = schema
  }

  private func literal(_ time: Timestamp) -> String { "'\(time)'::timestamptz" }

  private static func key(_ row: RepriceRow) -> String {
    "(\(SQL.literal(row.tenant)), '\(row.occurredAt)'::timestamptz, '\(row.invocationID)'::uuid)"
  }

  private static let keyColumns = "(tenant_id, occurred_at, invocation_id)"

  /// The next records of a range in order of the primary key, which is that of each partition.
  func rows(from: Timestamp, to: Timestamp, after last: RepriceRow?, limit: Int) -> String {
    var conditions =
      "occurred_at >= \(literal(from)) AND occurred_at < \(literal(to)) AND cost_source <> 'producer'"
    if let tenant = request.tenant { conditions += " AND tenant_id = \(SQL.literal(tenant))" }
    if let provider = request.provider { conditions += " AND provider = \(SQL.literal(provider))" }
    if let model = request.model {
      conditions += " AND coalesce(response_model, request_model) = \(SQL.literal(model))"
    }
    let quoted = SQL.identifier(schema)
    if let month = request.month {
      conditions += " AND \(CallSpan.isBilled(in: month, schema: quoted))"
    }
    if let last { conditions += " AND \(Self.keyColumns) > \(Self.key(last))" }
    let month =
      request.isDryRun ? ", to_char(\(CallSpan.billingDay(schema: quoted)), 'YYYY-MM')" : ""
    return """
      SELECT \(RepriceRow.columns)\(month) FROM \(qualified("invocations")) WHERE \(conditions)
      ORDER BY tenant_id, occurred_at, invocation_id LIMIT \(limit)
      """
  }

  /// What was posted for the records from `first` to `last`: one index range, not one look-up for
  /// each record as the view invocation_costs has it.
  func adjustments(
    from first: RepriceRow, to last: RepriceRow, in range: (from: Timestamp, to: Timestamp)
  ) -> String {
    """
    SELECT invocation_id, to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      tenant_id, currency, sum(cost), sum(records)
    FROM \(qualified("cost_adjustments"))
    WHERE kind = 'reprice' AND \(Self.keyColumns) >= \(Self.key(first))
      AND \(Self.keyColumns) <= \(Self.key(last))
      AND occurred_at >= \(literal(range.from)) AND occurred_at < \(literal(range.to))
    GROUP BY tenant_id, occurred_at, invocation_id, currency
    """
  }

  /// First moments of the range's months, which are its partitions.
  var months: [(from: Timestamp, to: Timestamp)] {
    var result: [(Timestamp, Timestamp)] = []
    var start = request.from
    while start < request.to {
      let end = min(start.month.next.start, request.to)
      result.append((start, end))
      start = end
    }
    return result
  }

  var firstOpenMonth: String {
    "SELECT to_char(nullif(\(qualified("daybook_first_open_month"))(), '-infinity'), 'YYYY-MM')"
  }

  /// Of partitions that the range needs and that are gone.
  var retiredMonths: String {
    """
    SELECT to_char(lower_bound AT TIME ZONE 'UTC', 'YYYY-MM') FROM \(qualified("partition_retirements"))
     WHERE table_name = 'invocations' AND lower_bound < \(literal(request.to))
       AND upper_bound > \(literal(request.from)) ORDER BY lower_bound
    """
  }

  func begin() -> (sql: String, parameters: [String?]) {
    let filters = [
      ("tenant_id", request.tenant), ("provider", request.provider), ("model", request.model),
      ("month", request.month?.description),
    ].compactMap { name, value in value.map { "\(JSONText.string(name)):\(JSONText.string($0))" } }
    return (
      "SELECT \(qualified("daybook_begin_reprice"))(\(literal(request.from)), \(literal(request.to)),"
        + " $1::jsonb, $2)",
      ["{\(filters.joined(separator: ","))}", request.reason]
    )
  }

  var priceVersionOfRun: String {
    "SELECT price_version FROM \(qualified("reprice_runs")) WHERE run_id = $1"
  }

  /// A server may have another default, at which the books cannot be changed.
  static let beginPost = Begin.readWrite

  var post: String { "SELECT \(qualified("daybook_post_adjustments"))($1, $2::jsonb)" }

  var refused: String {
    "SELECT item, price, fault FROM \(qualified("daybook_refused_items"))($1, $2::jsonb)"
  }

  var finish: String { "SELECT \(qualified("daybook_finish_reprice"))($1, $2)" }

  /// What the lines of a run say.
  var moves: String {
    """
    SELECT tenant_id, to_char(charge_month, 'YYYY-MM'), to_char(billing_month, 'YYYY-MM'), currency,
      sum(cost), count(*) FROM \(qualified("cost_adjustments")) WHERE run_id = $1
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    """
  }
}
