// SPDX-License-Identifier: Apache-2.0
package import Postgres

/// Reads what Daybook keeps about itself: costs, refusals, offsets, batches, partitions.
///
/// Every statement names its schema, so it works through a pooler in transaction mode. One thread
/// at a time.
package struct LedgerReader: InSchema, ~Copyable {
  /// For questions that read an index or a small table.
  static let lookupDeadline = Duration.seconds(30)
  private static let answerSeconds = 10

  var connection: Connection
  package let schema: String
  /// How long a question that reads every row may take.
  package var scanSeconds = 1_800

  /// Takes the connection over; `schema` is where the tables stand.
  package init(_ connection: consuming Connection, schema: String) {
    self.connection = connection
    self.schema = schema
  }

  var scanDeadline: Duration { .seconds(scanSeconds + Self.answerSeconds) }

  /// Rows of text, in memory: every question here has a bounded answer.
  mutating func rows(
    _ sql: String, _ parameters: [String?] = [], deadline: Duration = Self.lookupDeadline
  ) throws(PostgresError) -> [ResultRow] {
    let result = try connection.query(sql, parameters, deadline: deadline)
    return (0..<result.rowCount).map { row in
      ResultRow(values: (0..<result.columnCount).map { result.text(row, $0) })
    }
  }

  /// Runs `body` on one snapshot of the database.
  package mutating func snapshot<Result>(
    _ body: (inout LedgerReader) throws(PostgresError) -> Result
  ) throws(PostgresError) -> Result {
    // Our deadline alone would leave the server at work, with its snapshot and its locks.
    try connection.execute(
      "\(Begin.snapshot); SET LOCAL statement_timeout = '\(scanSeconds)s'; "
        + "SET LOCAL datestyle = 'ISO, MDY'")
    do throws(PostgresError) {
      let result = try body(&self)
      try connection.execute("COMMIT")
      return result
    } catch {
      if connection.isUsable { _ = try? connection.execute("ROLLBACK") }
      throw error.naming(scanSeconds: scanSeconds)
    }
  }
}

extension PostgresError {
  /// With the limit of a question that has taken too long.
  package func naming(scanSeconds: Int) -> PostgresError {
    guard sqlState == .queryCanceled else { return self }
    return PostgresError(
      sqlState, message, phase: phase,
      remedy: "it was cancelled, or took longer than \(scanSeconds) s: raise scan_timeout")
  }
}
