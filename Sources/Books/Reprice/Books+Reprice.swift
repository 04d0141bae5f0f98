// SPDX-License-Identifier: Apache-2.0
import CopyFormat
package import Postgres
import PriceCatalog
import Pricing
import Records
import Telemetry

extension Books {
  /// Records read at a time, in a short transaction; as many are posted at a time at most.
  private static let repriceRows = 5_000
  private static let postDeadline = Duration.seconds(300)
  private static let postAttempts = 5

  /// Prices calls of a range again and posts the differences as signed adjustments.
  ///
  /// What is right already is passed over: a run that was cut off is made good by running it again.
  /// `progress` is told the number of records looked at. Throws SQLSTATE 55000 for an empty
  /// catalogue.
  package mutating func reprice(
    _ request: RepriceRequest, progress: (Int64) -> Void
  ) throws(PostgresError) -> RepriceReport {
    let sql = RepriceSQL(request, schema: schema)
    let catalog = PriceCatalog(schema: schema)
    guard try catalog.version(&connection) > 0 else {
      throw PostgresError(
        .notInPrerequisiteState, "the price catalogue is empty", phase: .answered, recovery: .stop,
        remedy: "enter prices first: daybook prices import")
    }
    var runID: Int64?
    var version: Int64?
    if !request.isDryRun {
      let begin = sql.begin()
      runID = try connection.query(begin.sql, begin.parameters).int64(0, 0)
      version = try connection.query(sql.priceVersionOfRun, [runID.map { String($0) }]).int64(0, 0)
    }
    let book = try catalog.load(&connection, asOf: version)
    let openFrom = try connection.query(sql.firstOpenMonth).text(0, 0) ?? ""
    var tally = RepriceTally()
    for month in sql.months {
      var last: RepriceRow?
      while let chunk = try chunk(sql, month.from, month.to, after: last) {
        last = chunk.rows.last
        let items = try judge(chunk, book, openFrom, &tally)
        if let runID, !items.isEmpty { try post(items, runID, sql, &tally) }
        progress(tally.rowsExamined)
      }
    }
    var report = RepriceReport(priceVersion: book.version)
    report.runID = runID
    report.rowsExamined = tally.rowsExamined
    report.rowsAdjusted = tally.rowsAdjusted
    report.unpriced = tally.sortedUnpriced
    report.refused = tally.sortedRefused
    report.retiredMonths = try retiredMonths(sql)
    report.moves =
      try runID.map { (id) throws(PostgresError) in
        try finish(id, tally.rowsExamined, sql)
      } ?? tally.sortedMoves
    return report
  }

  private struct Item {
    let row: RepriceRow
    /// For `daybook_post_adjustments`.
    let json: String
  }

  private struct Chunk {
    let rows: [RepriceRow]
    /// What each of the rows with adjustments costs now, by its place.
    let now: [RepriceCost?]
  }

  private mutating func chunk(
    _ sql: RepriceSQL, _ from: Timestamp, _ to: Timestamp, after last: RepriceRow?
  ) throws(PostgresError) -> Chunk? {
    try connection.execute(Begin.snapshot)
    do throws(PostgresError) {
      let found = try connection.execute(
        sql.rows(from: from, to: to, after: last, limit: Self.repriceRows),
        deadline: Self.exportDeadline)
      let rows = try (0..<found.rowCount).map { (row) throws(PostgresError) in
        guard let record = RepriceRow(found, row) else {
          throw PostgresError(
            .internalError, "a record of invocations cannot be read", phase: .answered,
            remedy: "is the schema newer than the program? see daybook migrate status")
        }
        return record
      }
      var lines: [String: [RepriceCost: Int64]] = [:]
      if let first = rows.first, let last = rows.last {
        let posted = try connection.execute(
          sql.adjustments(from: first, to: last, in: (from, to)), deadline: Self.exportDeadline)
        for row in 0..<posted.rowCount {
          let key = Self.key((0..<3).map { posted.text(row, $0) ?? "" })
          guard let cost = posted.text(row, 4).flatMap({ Amount(sum: $0) }) else {
            throw PostgresError(
              .internalError, "an adjustment of \(key) cannot be read", phase: .answered)
          }
          let entry = RepriceCost(cost: cost, currency: posted.text(row, 3) ?? "")
          lines[key, default: [:]][entry] = posted.int64(row, 5) ?? 0
        }
      }
      try connection.execute("COMMIT")
      let now = try rows.map { (row) throws(PostgresError) in try Self.currentCost(row, lines) }
      return rows.isEmpty ? nil : Chunk(rows: rows, now: now)
    } catch {
      if connection.isUsable { _ = try? connection.execute("ROLLBACK") }
      throw error
    }
  }

  private static func key(_ parts: [String]) -> String { parts.joined(separator: " ") }

  /// A record counts once, in the currency where its lines leave it.
  private static func currentCost(
    _ row: RepriceRow, _ lines: [String: [RepriceCost: Int64]]
  ) throws(PostgresError) -> RepriceCost? {
    guard let posted = lines[key([row.invocationID, row.occurredAt, row.tenant])] else {
      return row.recorded
    }
    let currency = row.recorded?.currency ?? ExportLine.noCurrency
    var sums = [currency: (cost: row.recorded?.cost ?? .zero, records: Int64(1))]
    for (line, records) in posted {
      let sum = sums[line.currency] ?? (.zero, 0)
      sums[line.currency] = (try RepriceTally.sum(sum.cost, line.cost), sum.records + records)
    }
    guard let found = sums.first(where: { $0.value.records == 1 }),
      found.key != ExportLine.noCurrency
    else { return nil }
    return RepriceCost(cost: found.value.cost, currency: found.key)
  }

  /// What has to be posted.
  private func judge(
    _ chunk: Chunk, _ book: PriceBook, _ openFrom: String, _ tally: inout RepriceTally
  ) throws(PostgresError) -> [Item] {
    var items: [Item] = []
    for (row, now) in zip(chunk.rows, chunk.now) {
      tally.rowsExamined += 1
      switch row.outcome(book) {
      case nil:
        tally.note(unpriced: row, reason: PricingVerdict.noUsageReason, hasCost: now != nil)
      case .unpriced(let reason):
        tally.note(unpriced: row, reason: reason.rawValue, hasCost: now != nil)
      case .priced(let priced):
        let new = RepriceCost(cost: priced.cost, currency: priced.currency.description)
        guard new != now else { continue }
        items.append(Item(row: row, json: row.item(priced)))
        if !row.chargeMonth.isEmpty {
          tally.rowsAdjusted += 1
          try tally.note(row, now: now, openFrom: openFrom, new: new)
        }
      }
    }
    return items
  }

  /// Posts in one transaction of its own. A call whose price the database refuses is noted, and
  /// keeps no other one from its price.
  private mutating func post(
    _ items: [Item], _ runID: Int64, _ sql: RepriceSQL, _ tally: inout RepriceTally
  ) throws(PostgresError) {
    let parameters = Self.parameters(items, runID)
    do throws(PostgresError) {
      tally.rowsAdjusted += try post(parameters, sql)
    } catch {
      guard error.sqlState == .invalidParameterValue, connection.isUsable else { throw error }
      let found = try connection.query(sql.refused, parameters, deadline: Self.postDeadline)
      guard found.rowCount > 0 else { throw error }
      var rest: [Item?] = items
      for row in 0..<found.rowCount {
        guard let place = found.int64(row, 0).map({ Int($0) - 1 }), rest.indices.contains(place),
          let item = rest[place]
        else { throw error }
        tally.note(
          refused: item.row,
          reason: "price \(found.text(row, 1) ?? "") \(found.text(row, 2) ?? "")")
        rest[place] = nil
      }
      let posted = rest.compactMap(\.self)
      guard !posted.isEmpty else { return }
      tally.rowsAdjusted += try post(Self.parameters(posted, runID), sql)
    }
  }

  private static func parameters(_ items: [Item], _ runID: Int64) -> [String?] {
    [String(runID), "[\(items.map(\.json).joined(separator: ","))]"]
  }

  /// Tried again when it met another one.
  private mutating func post(
    _ parameters: [String?], _ sql: RepriceSQL
  ) throws(PostgresError) -> Int64 {
    for _ in 1..<Self.postAttempts {
      do throws(PostgresError) {
        let count = try postOnce(parameters, sql)
        RepriceFault.posted.reached()
        return count
      } catch {
        guard error.recovery == .retry, connection.isUsable else { throw error }
      }
    }
    return try postOnce(parameters, sql)
  }

  private mutating func postOnce(
    _ parameters: [String?], _ sql: RepriceSQL
  ) throws(PostgresError) -> Int64 {
    try transaction(RepriceSQL.beginPost) { (books: inout Books) throws(PostgresError) in
      try books.connection.query(sql.post, parameters, deadline: Self.postDeadline).int64(0, 0) ?? 0
    }
  }

  private mutating func finish(
    _ runID: Int64, _ examined: Int64, _ sql: RepriceSQL
  ) throws(PostgresError) -> [RepriceReport.Move] {
    try connection.query(sql.finish, [String(runID), String(examined)])
    let found = try connection.query(
      sql.moves, [String(runID)], deadline: Self.exportDeadline)
    return (0..<found.rowCount).map { row in
      RepriceReport.Move(
        key: RepriceReport.Move.Key(
          tenant: found.text(row, 0) ?? "", chargeMonth: found.text(row, 1) ?? "",
          billingMonth: found.text(row, 2) ?? "", currency: found.text(row, 3) ?? ""),
        cost: found.text(row, 4).flatMap { Amount(sum: $0) } ?? .zero,
        lines: found.int64(row, 5) ?? 0)
    }
  }

  private mutating func retiredMonths(_ sql: RepriceSQL) throws(PostgresError) -> [String] {
    let found = try connection.query(sql.retiredMonths)
    return (0..<found.rowCount).compactMap { found.text($0, 0) }
  }
}
