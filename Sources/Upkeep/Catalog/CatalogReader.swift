// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
package import Postgres

/// Reads every partitioned table that has a policy, with what the plan needs to know about it.
///
/// Three queries on one snapshot, whatever the number of partitions, and two more when an expired
/// partition lies under a hold or a set has a default partition. In a transaction of the caller's
/// it reads that one's snapshot. Takes no lock that a writer waits for; works for app_read and
/// through a pooler in transaction mode.
package struct CatalogReader: Sendable {
  let schema: String
  let readsSizes: Bool
  let asksRows: Bool

  /// For the three queries.
  static let catalogDeadline = Duration.seconds(30)
  /// For the rows under hold, which may have no index.
  static let rowsDeadline = Duration.seconds(600)

  /// `readsSizes` asks the file system for the size of every partition. Without `asksRows` no rows
  /// are looked at, and what a hold could cover counts as held: enough for whatever leaves nothing.
  package init(schema: String, readsSizes: Bool = false, asksRows: Bool = true) {
    self.schema = schema
    self.readsSizes = readsSizes
    self.asksRows = asksRows
  }

  /// The sets in order of their names, and the server's clock.
  package func read(
    _ connection: inout Connection
  ) throws(PostgresError) -> (now: Timestamp, sets: [PartitionSet]) {
    let isAlone = connection.transactionStatus == .idle
    if isAlone { try connection.execute(Begin.snapshot) }
    do throws(PostgresError) {
      let result = try readSnapshot(&connection)
      if isAlone { try connection.execute("COMMIT") }
      return result
    } catch {
      if isAlone, connection.isUsable { _ = try? connection.execute("ROLLBACK") }
      throw error
    }
  }

  private func readSnapshot(
    _ connection: inout Connection
  ) throws(PostgresError) -> (now: Timestamp, sets: [PartitionSet]) {
    let clock = try rows(CatalogSQL.clock, &connection)
    let now = clock.first?.time(0) ?? Timestamp(microseconds: 0)
    let sql = CatalogSQL(schema: schema, readsSizes: readsSizes, now: now)
    var draft = CatalogDraft(try rows(sql.tables, &connection), now: now)
    for row in try rows(sql.partitions, &connection) { draft.addPartition(row) }
    for row in try rows(sql.retirements, &connection) { draft.addRetirement(row) }
    var questions = draft.questions(schema: schema)
    guard asksRows else { return (now, draft.sets) }
    let conditions = questions.filter { $0.condition == nil }
    if !conditions.isEmpty {
      let answers = try rows(sql.heldConditions(conditions), &connection)
      for row in answers { questions[Int(row.integer(0))].condition = row.optional(1) ?? "false" }
    }
    if !questions.isEmpty {
      let sql = CatalogSQL.existence(questions)
      for row in try rows(sql, &connection, Self.rowsDeadline) {
        draft.answer(questions[Int(row.integer(0))].subject, row.text(1) == "t")
      }
    }
    return (now, draft.sets)
  }

  /// Bounds are printed and read by the server as UTC in ISO form: abbreviations of other forms,
  /// such as IST, mean several zones. Compiling these queries takes longer than running them.
  private func rows(
    _ sql: String, _ connection: inout Connection, _ deadline: Duration = Self.catalogDeadline
  ) throws(PostgresError) -> [CatalogRow] {
    let result = try connection.execute(
      "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, MDY'; SET LOCAL jit = off; "
        + sql, deadline: deadline)
    return (0..<result.rowCount).map { row in
      CatalogRow(values: (0..<result.columnCount).map { result.text(row, $0) })
    }
  }
}
