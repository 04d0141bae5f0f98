// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import Records
import Telemetry

/// What the writer does about an attempt that failed.
extension Writer {
  /// Acts on a failed attempt as `WriteDecision` says.
  func act(
    on failure: WriteBatch.Failure, _ part: BatchPart, _ plan: inout WritePlan,
    _ attempt: inout Attempt
  ) throws(PostgresError) -> Step {
    let error = failure.error
    attempt.history.isStaged = plan.stagesEverything || !part.isWhole
    let decision = WriteDecision(failure, after: attempt.history)
    BatchReport.failed(error, decision)
    if error.recovery == .reconnect { link.close() }
    switch decision {
    case .retry:
      if error.sqlState == .deadlockDetected { handoff.gate.take(part.batch) }
      return .again
    case .evict:
      try offsets.evict(of: part.movedSpans, link)
      attempt.waitsForBooks = part.batch.streams.contains { $0.rollup != nil }
      return .again
    case .settle:
      attempt.isOutcomeUnknown = true
      attempt.history.mayHaveCommittedSince = false
      return .againAtOnce
    case .halve: return halve(part)
    case .findDuplicates:
      handoff.gate.take(part.batch)
      try findDuplicates(part, &plan, &attempt)
      return .againAtOnce
    case .stageEverything:
      plan.stagesEverything = true
      return .againAtOnce
    case .remakeTables:
      plan.remakesTables = true
      attempt.history.hasRemadeTables = true
      return .againAtOnce
    case .ensurePartitions:
      // The ledger's own partitions may be the ones that are missing.
      try link.transaction { connection throws(PostgresError) in
        _ = try connection.query(sql.ensureRunway)
      }
      attempt.history.poisonSearches += 1
      months.forget()
      return .againAtOnce
    case .findPoison:
      let step = try refusePoison(part, &plan)
      attempt.history.poisonSearches += 1
      return step
    case .rereadReference:
      Metrics.calendarChanges.add(1)
      try references.refresh(link)
      return .fenced(error.message)
    case .drop: return fenced(error.message)
    case .stop: return .failed(IngestError("\(error)", exitCode: error.exitCode))
    }
  }

  /// Half of the records at a time; also of the batches that come.
  func halve(_ part: BatchPart) -> Step {
    handoff.limit(records: max(part.entries.count / 2, IngestLimits.halfRecordsMin))
    guard
      let (first, rest) = part.halves(
        recordCountMin: IngestLimits.halfRecordsMin, using: &random)
    else { return .again }
    return .cut(first, rest)
  }

  /// Settles a commit without an answer; nil when the batch has to be sent again.
  func resolve(_ part: BatchPart, _ attempt: inout Attempt) throws(PostgresError) -> Step? {
    let positions = try offsets.lock(part.movedSpans, link)
    let id = part.id.description
    let settlement = Settlement(batch: id, spans: part.movedSpans, positions: positions)
    BatchReport.settled(settlement)
    switch settlement {
    case .committed:
      let tables = try link.transaction { connection throws(PostgresError) in
        WriteBatch.tables(try connection.query(sql.batchTables, [id]))
      }
      return .committed(tables)
    case .notCommitted:
      attempt.isOutcomeUnknown = false
      attempt.history.mayHaveCommittedSince = true
      return nil
    case .void(let why): return fenced(why)
    }
  }

  private func fenced(_ why: String) -> Step {
    Metrics.fenced.add(1)
    return .fenced(why)
  }

  /// Stages the rows that the primary keys know; the next batch asks before it copies if this one
  /// had any.
  ///
  /// Where another client has left something under the name of the table that takes the question,
  /// the batch is written without an answer; if keys are stored already, all of it is staged.
  func findDuplicates(
    _ part: BatchPart, _ plan: inout WritePlan, _ attempt: inout Attempt
  ) throws(PostgresError) {
    let search = DuplicateSearch(sql: sql)
    do throws(PostgresError) {
      plan.duplicates = try link.use { connection throws(PostgresError) in
        try search(part, on: &connection)
      }
      attempt.history.duplicateSearches += 1
      handoff.asksFirst = !plan.duplicates.isEmpty
    } catch  where error.isAboutTables {
      BatchReport.unasked(error)
      attempt.history.duplicateSearches = WriteDecision.duplicateSearchesMax
    }
    attempt.asksFirst = false
  }

  /// Whoever has the books for himself, such as a change of a time zone, may take longer than a
  /// lock is waited for. Waited for here, nothing is held meanwhile and nothing was copied in vain.
  func waitForBooks(_ attempt: inout Attempt) throws(PostgresError) {
    try link.transaction { connection throws(PostgresError) in
      _ = try connection.query(sql.shareBooks)
    }
    attempt.waitsForBooks = false
  }

  /// Makes sure of a partition for every month of the batch; refuses the records that may not have
  /// one.
  func ensurePartitions(_ batch: Batch, _ plan: inout WritePlan) throws(PostgresError) {
    for (index, stream) in batch.streams.enumerated() {
      for (position, month) in batch.months(of: index).enumerated() {
        if try isOpen(month, of: stream.table) { continue }
        for entry in batch.entries(of: index, month: position) where plan.refused[entry] == nil {
          plan.refuse(entry, WritePlan.Refusal(rejection: MonthGate.rejection(stream)))
        }
      }
    }
  }

  private func isOpen(_ month: Month, of table: String) throws(PostgresError) -> Bool {
    if let known = months.state(month, of: table) { return known == .open }
    let name = try link.transaction { connection throws(PostgresError) in
      try connection.query(sql.ensurePartition, [table, "\(month)-01"]).text(0, 0)
    }
    months.learn(name == nil ? .refused : .open, month, of: table)
    return name != nil
  }

  /// Leaves out what the database refuses. Where the search came to its limits, what is decided is
  /// written, and then the rest tried.
  private func refusePoison(
    _ part: BatchPart, _ plan: inout WritePlan
  ) throws(PostgresError) -> Step {
    let search = PoisonSearch(sql: sql)
    let generation = part.batch.generation
    let found = try link.use { connection throws(PostgresError) in
      try search(
        part, plan, on: &connection, isAbandoned: { handoff.isAbandoned(generation) })
    }
    plan.stagesEverything = true
    plan.remakesTables = true
    for (entry, error) in found.refused {
      plan.refuse(
        entry,
        WritePlan.Refusal(
          rejection: Rejection(.databaseRefused),
          message: "the database refuses the record: \(error.message) (SQLSTATE \(error.sqlState))"
        ))
    }
    return part.cut(at: found.end, using: &random).map { .cut($0, $1) } ?? .againAtOnce
  }
}
