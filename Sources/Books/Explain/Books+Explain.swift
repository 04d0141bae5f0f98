// SPDX-License-Identifier: Apache-2.0
import CopyFormat
package import Postgres

extension Books {
  private static let explainDeadline = Duration.seconds(600)

  /// Walks a tenant's month from the bill down to the records, on one snapshot; whatever the
  /// checks find stands in the result.
  package mutating func explain(
    _ request: ExplainRequest
  ) throws(PostgresError) -> Explanation {
    try connection.execute(Begin.snapshot)
    do throws(PostgresError) {
      let result = try explainInSnapshot(request)
      try connection.execute("COMMIT")
      return result
    } catch {
      if connection.isUsable { _ = try? connection.execute("ROLLBACK") }
      throw error
    }
  }

  private mutating func explainInSnapshot(
    _ request: ExplainRequest
  ) throws(PostgresError) -> Explanation {
    let sql = ExplainSQL(schema: schema)
    let scope: [String?] = [
      request.tenant, "\(request.month)-01", request.model, request.day?.description,
    ]
    var result = Explanation()
    let period = try connection.query(sql.period, scope)
    let isClosed = period.text(0, 0) == "closed"
    result.sections.append(
      Self.section(
        "period", "month \(request.month)",
        "status,#version,#lines,closed_at,closed_by,reason,sha256",
        period))
    if isClosed, period.bool(0, 7) != true {
      result.checks.append(
        Explanation.Check(
          what: Explanation.hashCheck, currency: nil, above: "as stored",
          parts: "another", recordsAbove: 0, recordsOfParts: 0))
    }
    try append(
      "billed", isClosed ? "billed, by the statement in force" : "would be billed now",
      "currency,#charges,#corrections,#total,#total_rounded,#records,#unpriced_records,time_zone",
      sql.billed(isClosed: isClosed), scope, Int.max, &result)
    if isClosed {
      try check("the statement is rollup and corrections", sql.statementCheck, scope, &result)
    }
    try check("the month is the sum of its days", sql.daysCheck, scope, &result)
    try append(
      "rollups", "rollups",
      "provider,model,project_id,service_tier,currency,#cost,#records,"
        + "#failed_records,#input_tokens,#output_tokens", sql.rollups, scope, request.limit, &result
    )
    try appendRecords(sql, scope, request, &result)
    return result
  }

  private mutating func appendRecords(
    _ sql: ExplainSQL, _ scope: [String?], _ request: ExplainRequest, _ result: inout Explanation
  ) throws(PostgresError) {
    if let gone = try connection.query(sql.retired, scope).text(0, 0) {
      result.notes.append(
        "records of the month have left with \(gone): their sum is not checked; see daybook archive"
      )
    } else {
      try check(
        "the days are their records, repriced lines in, late ones out", sql.rowsCheck, scope,
        &result)
    }
    try append(
      "prices", "records by price",
      "cost_source,price_version,currency,#cost,#records,price,rates,"
        + "effective_from,effective_to,source,entered_by,entered_at", sql.sources, scope,
      request.limit, &result)
    try append(
      "adjustments", "adjustments from and to this month",
      "kind,#run_id,reason,created_by,created_at,charge_month,billing_month,currency,#cost,"
        + "#records,#lines,from_price_version,to_price_version", sql.adjustments, scope,
      request.limit, &result)
    try append(
      "calls", "the largest calls, as they cost now",
      "invocation_id,occurred_at,provider,model,currency,#cost,#input_tokens,#output_tokens,"
        + "cost_source,price_version,cluster,topic,#partition,#offset,#item,batch_id",
      sql.calls(limit: request.limit), scope, Int.max, &result)
    try append(
      "positions", "where the records came from",
      "topic,#partition,#first_offset,#last_offset,#records,first_ingested_at,last_ingested_at",
      sql.positions, scope, Int.max, &result)
    try append(
      "late_batches", "batches with late records",
      "batch_id,committed_at,cluster,topic,#partition,#from_offset,#next_offset", sql.lateBatches,
      scope, request.limit, &result)
  }

  private mutating func append(
    _ name: String, _ title: String, _ columns: String, _ question: String, _ scope: [String?],
    _ limit: Int, _ result: inout Explanation
  ) throws(PostgresError) {
    let found = try connection.query(
      limit == Int.max ? question : ExplainSQL.first(limit, of: question), scope,
      deadline: Self.explainDeadline)
    result.sections.append(Self.section(name, title, columns, found))
  }

  /// `columns`: names, numbers with `#`. What stands behind them is how many rows there are in all.
  private static func section(
    _ name: String, _ title: String, _ columns: String, _ found: borrowing QueryResult
  ) -> Explanation.Section {
    let columns = columns.split(separator: ",").map { column in
      Explanation.Section.Heading(
        name: String(column.drop { $0 == "#" }), isNumber: column.hasPrefix("#"))
    }
    let rows = (0..<found.rowCount).map { row in
      columns.indices.map { found.text(row, $0) }
    }
    let count = found.int64(0, columns.count)
    return Explanation.Section(
      name: name, title: title, columns: columns, rows: rows,
      more: count.map { $0 - Int64(rows.count) } ?? 0)
  }

  private mutating func check(
    _ what: String, _ question: String, _ scope: [String?], _ result: inout Explanation
  ) throws(PostgresError) {
    let found = try connection.query(question, scope, deadline: Self.explainDeadline)
    for row in 0..<found.rowCount {
      let currency = found.text(row, 0)
      result.checks.append(
        Explanation.Check(
          what: what, currency: currency == ExportLine.noCurrency ? nil : currency,
          above: found.text(row, 1) ?? "", parts: found.text(row, 2) ?? "",
          recordsAbove: found.int64(row, 3) ?? 0, recordsOfParts: found.int64(row, 4) ?? 0))
    }
  }
}
