// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
package import Postgres
import Pricing

extension Books {
  /// Computes what calls cost once more, from their tokens and the catalogue that they were priced
  /// with: of calls that ingest priced, and of what repricing left each call with.
  ///
  /// SQL never computes a cost; so this is what tells a cost that the catalogue does not make.
  package mutating func checkPrices(
    _ extent: PriceCheckExtent, month: Month? = nil, tenant: String? = nil
  ) throws(PostgresError) -> PriceCheck {
    let scope = PriceCheckScope(schema: schema, extent: extent, month: month, tenant: tenant)
    return try transaction(Begin.snapshot) { (books: inout Books) throws(PostgresError) in
      // Our deadline alone would leave the server at work.
      try books.connection.execute("SET LOCAL statement_timeout = '\(books.scanSeconds)s'")
      var check = PriceCheck()
      var shelf = try CatalogueShelf(&books.connection, schema: books.schema)
      try books.each(scope.calls) {
        (books, result, row) throws(PostgresError) in
        check.note(try books.callProblem(result, row, &shelf))
      }
      try books.checkLines(scope, &check, &shelf)
      return check
    }
  }

  /// Every line that repricing posted and the month bills; in the caller's transaction.
  mutating func checkBilledLines(
    _ month: Month, of tenant: String?
  ) throws(PostgresError) -> PriceCheck {
    var check = PriceCheck()
    var shelf = try CatalogueShelf(&connection, schema: schema)
    try checkLines(PriceCheckScope(schema: schema, month: month, tenant: tenant), &check, &shelf)
    return check
  }

  private mutating func checkLines(
    _ scope: PriceCheckScope, _ check: inout PriceCheck, _ shelf: inout CatalogueShelf
  ) throws(PostgresError) {
    try each(scope.lines) { (books, result, row) throws(PostgresError) in
      check.note(try books.lineProblem(result, row, &shelf))
    }
  }

  /// Reads an answer of any size in pieces.
  private mutating func each(
    _ query: String,
    _ body: (inout Books, borrowing QueryResult, Int) throws(PostgresError) -> Void
  ) throws(PostgresError) {
    try connection.execute("DECLARE daybook_price_check NO SCROLL CURSOR FOR \(query)")
    while true {
      let piece = try connection.execute(
        "FETCH \(Self.pieceRows) FROM daybook_price_check", deadline: scanDeadline)
      for row in 0..<piece.rowCount { try body(&self, piece, row) }
      if piece.rowCount < Self.pieceRows { break }
    }
    try connection.execute("CLOSE daybook_price_check")
  }

  private static var pieceRows: Int { 5_000 }

  private mutating func callProblem(
    _ result: borrowing QueryResult, _ row: Int, _ shelf: inout CatalogueShelf
  ) throws(PostgresError) -> String? {
    let call = try call(result, row)
    let last = result.columnCount - 1
    let stamp = result.text(row, last - 1) ?? "none"
    guard let recorded = call.recorded, let price = Int64(stamp) else {
      return "\(call.name) has a computed cost without a price of the catalogue"
    }
    var found: PriceOutcome?
    for version in shelf.versions(of: price, at: result.int64(row, last) ?? 0) {
      found = call.outcome(try shelf.book(version, &connection))
      if Self.makes(found, recorded) { return nil }
    }
    return Self.sentence(call, recorded, stamp, found)
  }

  private mutating func lineProblem(
    _ result: borrowing QueryResult, _ row: Int, _ shelf: inout CatalogueShelf
  ) throws(PostgresError) -> String? {
    let call = try call(result, row)
    let first = result.columnCount - 6
    let name = "line \(result.text(row, first) ?? "") of \(call.name)"
    let sums = (4...5).map { result.text(row, first + $0).flatMap { Amount(sum: $0) } }
    guard let cost = sums[0], let elsewhere = sums[1] else {
      throw PostgresError(.internalError, "\(name) cannot be read", phase: .answered)
    }
    let billed = RepriceCost(cost: cost, currency: result.text(row, first + 1) ?? "")
    if elsewhere != .zero { return "\(name) leaves \(elsewhere) in a currency that it has left" }
    let stamp = result.text(row, first + 3) ?? "none"
    let found = call.outcome(
      try shelf.book(result.int64(row, first + 2) ?? 0, &connection))
    if Int64(stamp) != nil, Self.makes(found, billed) { return nil }
    return Self.sentence(call, billed, stamp, found, line: name)
  }

  private func call(
    _ result: borrowing QueryResult, _ row: Int
  ) throws(PostgresError) -> RepriceRow {
    guard let call = RepriceRow(result, row) else {
      throw PostgresError(
        .internalError, "a record of invocations cannot be read", phase: .answered,
        remedy: "is the schema newer than the program? see daybook migrate status")
    }
    return call
  }

  /// By whatever price: two models may cost the same, and repricing posts no line between them.
  private static func makes(_ found: PriceOutcome?, _ cost: RepriceCost) -> Bool {
    guard case .priced(let priced) = found else { return false }
    return priced.cost == cost.cost && priced.currency.description == cost.currency
  }

  private static func sentence(
    _ call: RepriceRow, _ cost: RepriceCost, _ stamp: String, _ found: PriceOutcome?,
    line: String? = nil
  ) -> String {
    let right =
      switch found {
      case .priced(let priced): "\(priced.cost) \(priced.currency) by price \(priced.priceID)"
      case .unpriced(let reason): "no cost (\(reason.rawValue))"
      case nil: "no cost"
      }
    return "\(line ?? call.name): \(cost) by price \(stamp), and the catalogue makes \(right)"
  }
}

extension RepriceRow {
  fileprivate var name: String { "call \(invocationID) of \(tenant) at \(occurredAt)" }
}

extension RepriceCost: CustomStringConvertible {
  var description: String { "\(cost) \(currency)" }
}
