// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Kafka
import Postgres
import Records
import Telemetry

/// The writing thread of a worker: takes batches from the hand-off and settles each of them.
final class Writer {
  private let handoff: Handoff
  private let months: MonthGate
  private let references: ReferenceCache
  private let link: DatabaseLink
  private let sql: IngestSQL
  private let owner: String
  private let cluster: String
  private let offsets: OffsetRows
  private let pulse: Pulse
  private var backoff = Backoff()
  /// After a unique violation the next batches probably hold duplicates too.
  private var stagedBatchesLeft = 0
  private var stagedBatchesNext = IngestLimits.stagedBatchesMin
  private var random = SystemRandomNumberGenerator()

  init(
    handoff: Handoff, months: MonthGate, references: ReferenceCache, settings: IngestSettings,
    owner: String, cluster: String, pulse: Pulse
  ) {
    self.handoff = handoff
    self.months = months
    self.references = references
    link = DatabaseLink(settings.database)
    sql = IngestSQL(schema: settings.schema)
    self.owner = owner
    self.cluster = cluster
    offsets = OffsetRows(sql: sql, cluster: cluster)
    self.pulse = pulse
  }

  /// Runs until the hand-off is closed.
  func run() {
    while let batch = handoff.takeReady() {
      handoff.finish(batch, settle(batch))
    }
    link.close()
  }

  /// Tries until the batch is committed or can never be; nil when it was abandoned meanwhile.
  private func settle(_ batch: Batch) -> Handoff.Receipt? {
    let startedAt = ContinuousClock.now
    batch.id = UUIDBytes.v7(using: &random)
    var plan = WritePlan(stagesEverything: takeStagedTurn())
    var attempt = Attempt()
    backoff.reset()
    while !handoff.isAbandoned(batch.generation) {
      switch write(batch, &plan, &attempt) {
      case .committed(let tables):
        let committed = receipt(batch, tables, since: startedAt)
        BatchReport.committed(committed, batch, plan)
        pulse.postgres(failure: nil)
        if !plan.stagesEverything { stagedBatchesNext = IngestLimits.stagedBatchesMin }
        return .committed(committed)
      case .fenced(let why): return .fenced(generation: batch.generation, why: why)
      case .failed(let error): return .failed(error)
      case .again:
        pulse.postgres(failure: "batch not committed")
        handoff.pause(milliseconds: backoff.next(), generation: batch.generation)
      case .againAtOnce: continue
      }
    }
    return nil
  }

  private enum Step {
    case committed([Committed.Table])
    case fenced(String)
    case failed(IngestError)
    case again
    case againAtOnce
  }

  /// What one batch has been through.
  private struct Attempt {
    var poisonSearches = 0
    var isOutcomeUnknown = false
  }

  private func write(_ batch: Batch, _ plan: inout WritePlan, _ attempt: inout Attempt) -> Step {
    do throws(PostgresError) {
      if attempt.isOutcomeUnknown, let step = try resolve(batch, &attempt) { return step }
      try ensurePartitions(batch, &plan)
      let writeBatch = WriteBatch(sql: sql, owner: owner, cluster: cluster)
      let result = try link.use { connection throws(PostgresError) in
        writeBatch.result(batch, plan, on: &connection)
      }
      switch result {
      case .success(let tables): return .committed(tables)
      case .failure(let failure): return try act(on: failure, batch, &plan, &attempt)
      }
    } catch {
      return infrastructure(error)
    }
  }

  /// Acts on a failed attempt as `WriteDecision` says.
  private func act(
    on failure: WriteBatch.Failure, _ batch: Batch, _ plan: inout WritePlan,
    _ attempt: inout Attempt
  ) throws(PostgresError) -> Step {
    let error = failure.error
    let decision = WriteDecision(
      failure, isStaged: plan.stagesEverything, poisonSearches: attempt.poisonSearches)
    BatchReport.failed(error, decision)
    if error.recovery == .reconnect { link.close() }
    switch decision {
    case .retry: return .again
    case .evict:
      try offsets.evict(of: batch.spans, link)
      return .again
    case .settle:
      attempt.isOutcomeUnknown = true
      return .againAtOnce
    case .stageEverything:
      plan.stagesEverything = true
      stagedBatchesLeft = stagedBatchesNext
      stagedBatchesNext = min(stagedBatchesNext * 2, IngestLimits.stagedBatchesMax)
      return .againAtOnce
    case .ensurePartitions:
      // The ledger's own partitions may be the ones that are missing.
      try link.use { connection throws(PostgresError) in
        _ = try connection.query(sql.ensureRunway)
      }
      attempt.poisonSearches += 1
      months.forget()
      return .againAtOnce
    case .findPoison:
      attempt.poisonSearches += 1
      try refusePoison(batch, &plan)
      return .againAtOnce
    case .rereadCalendar:
      Metrics.calendarChanges.add(1)
      try references.refresh(link)
      return .fenced(error.message)
    case .drop: return fenced(error.message)
    case .stop: return .failed(IngestError("\(error)", exitCode: error.exitCode))
    }
  }

  /// Settles a commit without an answer; nil when the batch has to be sent again.
  private func resolve(_ batch: Batch, _ attempt: inout Attempt) throws(PostgresError) -> Step? {
    let positions = try offsets.lock(batch.spans, link)
    let id = batch.id.description
    let settlement = Settlement(batch: id, spans: batch.spans, positions: positions)
    BatchReport.settled(settlement)
    switch settlement {
    case .committed:
      let tables = try link.use { connection throws(PostgresError) in
        WriteBatch.tables(try connection.query(sql.batchTables, [id]))
      }
      return .committed(tables)
    case .notCommitted:
      attempt.isOutcomeUnknown = false
      return nil
    case .void(let why): return fenced(why)
    }
  }

  private func fenced(_ why: String) -> Step {
    Metrics.fenced.add(1)
    return .fenced(why)
  }

  /// Makes sure of a partition for every month of the batch; refuses the records that may not have
  /// one.
  private func ensurePartitions(
    _ batch: Batch, _ plan: inout WritePlan
  ) throws(PostgresError) {
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
    let name = try link.use { connection throws(PostgresError) in
      try connection.query(sql.ensurePartition, [table, "\(month)-01"]).text(0, 0)
    }
    months.learn(name == nil ? .refused : .open, month, of: table)
    return name != nil
  }

  private func refusePoison(_ batch: Batch, _ plan: inout WritePlan) throws(PostgresError) {
    let search = PoisonSearch(sql: sql)
    let poison = try link.use { connection throws(PostgresError) in
      try search(batch, plan, on: &connection)
    }
    plan.stagesEverything = true
    for (entry, error) in poison {
      plan.refuse(
        entry,
        WritePlan.Refusal(
          rejection: Rejection(.databaseRefused),
          message: "the database refuses the record: \(error.message) (SQLSTATE \(error.sqlState))"
        ))
    }
  }

  /// An outage, or the server's own trouble: wait and try again, whatever the record.
  private func infrastructure(_ error: PostgresError) -> Step {
    BatchReport.failed(error, error.recovery == .stop ? .stop : .retry)
    return error.recovery == .stop
      ? .failed(IngestError("\(error)", exitCode: error.exitCode)) : .again
  }

  private func takeStagedTurn() -> Bool {
    guard stagedBatchesLeft > 0 else { return false }
    stagedBatchesLeft -= 1
    return true
  }

  private func receipt(
    _ batch: Batch, _ tables: [Committed.Table], since startedAt: ContinuousClock.Instant
  ) -> Committed {
    Committed(
      batch: batch.id, generation: batch.generation,
      positions: batch.spans.map { span in
        PartitionOffset(
          TopicPartition(topic: span.topic, partition: span.partition), offset: span.next)
      },
      tables: tables, byteCount: batch.byteCount, duration: startedAt.duration(to: .now))
  }
}
