// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import Records
import Telemetry

/// A writing thread of a worker: takes batches from the hand-off and settles each of them. Where
/// there are two, one copies while the other settles.
final class Writer {
  let handoff: Handoff
  let months: MonthGate
  let references: ReferenceCache
  let link: DatabaseLink
  let sql: IngestSQL
  let offsets: OffsetRows
  private let owner: String
  private let cluster: String
  private let workerHealth: WorkerHealth
  private var backoff = Backoff()
  var random = SystemRandomNumberGenerator()

  init(
    handoff: Handoff, months: MonthGate, references: ReferenceCache, settings: IngestSettings,
    owner: String, cluster: String, workerHealth: WorkerHealth
  ) {
    self.handoff = handoff
    self.months = months
    self.references = references
    link = DatabaseLink(settings.database)
    sql = IngestSQL(schema: settings.schema)
    self.owner = owner
    self.cluster = cluster
    offsets = OffsetRows(sql: sql, cluster: cluster)
    self.workerHealth = workerHealth
  }

  /// Runs until the hand-off is closed.
  func run() {
    while let batch = handoff.takeReady() {
      let receipt = settle(batch)
      workerHealth.waits.add(handoff.finish(batch, receipt), for: .database)
    }
    link.close()
  }

  /// Tries until the batch is committed, in one transaction or part by part, or can never be; nil
  /// when it was abandoned meanwhile.
  private func settle(_ batch: Batch) -> Handoff.Receipt? {
    handoff.gate.pass(batch)
    defer { handoff.gate.leave(batch) }
    batch.writtenAt = references.clock.reading.now
    batch.id = UUIDBytes.v7(at: batch.writtenAt, using: &random)
    var plan = WritePlan()
    var written = Committed(batch)
    var parts = [BatchPart(batch)]
    while let part = parts.popLast() {
      switch settle(part, &plan) {
      case .committed(let committed):
        written.add(committed)
        // Its refusals may be a reason to try no more of the batch.
        if !parts.isEmpty { handoff.report(.partCommitted(committed)) }
      case .cut(let first, let rest): parts += [rest, first]
      case .ended(let receipt): return receipt
      }
    }
    return .committed(written)
  }

  private enum Outcome {
    case committed(Committed)
    case cut(BatchPart, BatchPart)
    case ended(Handoff.Receipt?)
  }

  private func settle(_ part: BatchPart, _ plan: inout WritePlan) -> Outcome {
    let batch = part.batch
    let startedAt = ContinuousClock.now
    var attempt = Attempt(asksFirst: part.isWhole && (handoff.asksFirst || batch.isFirstOfClaim))
    backoff.reset()
    while !handoff.isAbandoned(batch.generation) {
      switch write(part, &plan, &attempt) {
      case .committed(let tables):
        let committed = Committed(part, plan, tables, duration: startedAt.duration(to: .now))
        BatchReport.committed(committed, part, plan)
        workerHealth.postgres(failure: nil)
        raiseLimit()
        return .committed(committed)
      case .cut(let first, let rest): return .cut(first, rest)
      case .fenced(let why): return .ended(.fenced(generation: batch.generation, why: why))
      case .failed(let error): return .ended(.failed(error))
      case .again:
        workerHealth.postgres(failure: "batch not committed")
        handoff.pause(milliseconds: backoff.next(), generation: batch.generation)
      case .againAtOnce: continue
      }
    }
    // Whoever has the partitions now says how the database is.
    workerHealth.postgres(failure: nil)
    return .ended(nil)
  }

  enum Step {
    case committed([Committed.Table])
    case cut(BatchPart, BatchPart)
    case fenced(String)
    case failed(IngestError)
    case again
    case againAtOnce
  }

  /// What one part of a batch has been through.
  struct Attempt {
    var asksFirst: Bool
    var history = WriteDecision.History()
    var isOutcomeUnknown = false
    /// A lock was not to be had: it may be that of the books, and no COPY is made only to wait for
    /// it.
    var waitsForBooks = false
  }

  private func write(_ part: BatchPart, _ plan: inout WritePlan, _ attempt: inout Attempt) -> Step {
    let batch = part.batch
    do throws(PostgresError) {
      if attempt.isOutcomeUnknown, let step = try resolve(part, &attempt) { return step }
      try ensurePartitions(batch, &plan)
      if attempt.asksFirst { try findDuplicates(part, &plan, &attempt) }
      if attempt.waitsForBooks { try waitForBooks(&attempt) }
      let writeBatch = WriteBatch(sql: sql, owner: owner, cluster: cluster)
      let result = try link.use { connection throws(PostgresError) in
        writeBatch.result(part, plan, on: &connection) { handoff.mayCommit(batch) }
      }
      switch result {
      case .success(let tables?): return .committed(tables)
      case .success(nil):
        _ = handoff.writeAlone(batch)
        return .againAtOnce
      case .failure(var failure):
        failure.error = link.explained(failure.error)
        guard handoff.writeAlone(batch) else { return .againAtOnce }
        return try act(on: failure, part, &plan, &attempt)
      }
    } catch {
      guard handoff.writeAlone(batch) else { return .againAtOnce }
      return error.sqlState == .queryCanceled ? halve(part) : infrastructure(error)
    }
  }

  /// An outage, or the server's own trouble: wait and try again, whatever the record.
  private func infrastructure(_ error: PostgresError) -> Step {
    BatchReport.failed(error, error.recovery == .stop ? .stop : .retry)
    return error.recovery == .stop
      ? .failed(IngestError("\(error)", exitCode: error.exitCode)) : .again
  }

  /// After a time-out the next batches are small, and then twice as large each time.
  private func raiseLimit() {
    let limit = handoff.recordLimit
    if limit <= Int.max / 2 { handoff.limit(records: limit * 2) }
  }
}
