// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import Records
import Telemetry

/// Writes a batch: one transaction in two messages. Its whole order stands here, top to bottom,
/// with the names of the objects in the database.
///
/// Message 1 opens the transaction and copies. It locks no offset and no rollup, because nothing
/// but a terminated backend stops a client that froze in COPY; what its rows still hold are their
/// keys, and who has to wait for those evicts the client. Message 2 fences, settles, books and
/// commits; the server finishes it even if this process dies now.
struct WriteBatch {
  let sql: IngestSQL
  let owner: String
  let cluster: String
  /// For each of the two messages; a statement's own limit is the server's.
  var deadline = Duration.seconds(IngestLimits.statementSecondsMax + 3)

  /// An error, whether the transaction may have committed all the same, and whether the server took
  /// the rows so slowly that the time of the message was over.
  struct Failure: Error {
    var error: PostgresError
    var isOutcomeUnknown = false
    var isTooSlow = false
  }

  /// Returns what happened to each table, in items. Blocks; any thread.
  ///
  /// `mayCommit` is asked between the messages. Nil: it said no, and the transaction is open still.
  func callAsFunction(
    _ part: BatchPart, _ plan: WritePlan, on connection: inout Connection,
    mayCommit: () -> Bool = { true }
  ) throws(Failure) -> [Committed.Table]? {
    let content = BatchContent(part, plan)
    let first = firstMessage(content)
    let startedAt = ContinuousClock.now
    var isBegun = false
    do throws(PostgresError) {
      _ = try connection.copyIn(
        first.statements, count: first.parts.count, deadline: deadline
      ) { index, sink throws(PostgresError) in
        isBegun = true
        if index == 0 { IngestFault.transactionBegun.reached() }
        try first.feed(index, into: &sink)
      }
    } catch {
      throw Failure(
        error: error, isTooSlow: isBegun && startedAt.duration(to: .now) >= deadline)
    }
    IngestFault.copyDone.reached()
    guard mayCommit() else { return nil }
    do throws(PostgresError) {
      try connection.send(secondMessage(content), deadline: deadline)
      IngestFault.commitSent.reached()
      let result = try connection.receive(deadline: deadline)
      IngestFault.commitAcknowledged.reached()
      // The COMMIT of a failed transaction succeeds, with this tag.
      guard result.commandTag == "COMMIT" else {
        throw PostgresError(
          .serializationFailure, "the transaction was rolled back", phase: .answered)
      }
      return Self.tables(result)
    } catch {
      throw Failure(error: error, isOutcomeUnknown: error.phase == .unanswered)
    }
  }

  func firstMessage(_ content: BatchContent) -> BatchCopies {
    let batch = content.part.batch
    var message = BatchCopies(content, cluster: cluster)
    // BEGIN, and what no other client of the pool may decide. Then daybook_begin_batch names the
    // batch of the transaction and makes the temporary tables (daybook_batch_table) where they are
    // missing. DB004: one of them has rows; DB005: the prices of the batch are not in this
    // database.
    message.execute(
      sql.opening(
        content.part.id.description, staged: content.stagedStreams, prices: batch.prices,
        remakesTables: content.plan.remakesTables))
    for (index, stream) in batch.streams.enumerated() {
      // Rows that nobody has seen, into audit_logs and invocations themselves.
      if content.directStreams.contains(where: { $0.table == stream.table }) {
        message.copy(.direct(stream: index), sql.copyDirect(stream))
      }
      // Rows that may be there already, into pg_temp.daybook_staged_<table>_<hash of its columns>.
      if let staged = content.stagedStreams.first(where: { $0.stream.table == stream.table }) {
        message.copy(.staged(stream: index), sql.copyStaged(staged))
      }
    }
    // What these rows came from, into pg_temp.daybook_staged_raw: a conflict is kept as it came.
    if !content.stagedStreams.isEmpty { message.copy(.raw, sql.copyRaw) }
    // What was refused, into rejected_records.
    if content.hasRejections { message.copy(.rejections, sql.copyRejections) }
    // The sums of the direct rows, into pg_temp.daybook_rollup_deltas. A batch may consist of gaps
    // only; an empty COPY keeps the message in one shape.
    if content.hasRollups || message.parts.isEmpty { message.copy(.rollups, sql.copyRollups) }
    return message
  }

  /// One string, in which `daybook_apply_batch` does, in this order:
  ///
  /// 1. DB004, unless `daybook_begin_batch` has named this batch in this transaction
  /// 2. `daybook_fence_offsets`: locks the rows of `ingest_offsets` in key order; DB001, unless
  ///    owner and position are still ours
  /// 3. `daybook_settle_known`, for each stream: which staged rows are stored already as they are
  /// 4. `daybook_insert_staged`, for each stream: the others in key order, where their keys are
  ///    free; then the function that makes rollup deltas of those that were new
  /// 5. `daybook_settle_duplicates`: stored, duplicate or conflict; a conflict goes to
  ///    `rejected_records`
  /// 6. `daybook_write_ledger`: moves `ingest_offsets` by the spans, and writes `ingest_batches`,
  ///    which the view `ingest_spans` shows
  /// 7. DB004, unless the rollup deltas count as many records as were stored
  /// 8. `daybook_add_sums`, for each rollup that a trigger counts (`daybook_stage_sums`, in
  ///    message 1 and in step 4); DB004, unless it has counted what was stored
  /// 9. `daybook_add_rollups`: `costs_daily`, `costs_monthly`, and late lines of closed months
  ///
  /// Then `daybook_count_unknown_fields`, where there are any, and COMMIT.
  private func secondMessage(_ content: BatchContent) -> String {
    sql.applyAndCommit(
      batch: content.part.id.description, owner: owner, cluster: cluster,
      spans: BatchSpans.json(content, cluster: cluster), staged: content.stagedStreams,
      hasRollups: content.hasRollups, unknownFields: content.part.unknownFields?.json)
  }

  /// The same as a call, with the failure as a value: the connection is then handed back in any
  /// case.
  func result(
    _ part: BatchPart, _ plan: WritePlan, on connection: inout Connection,
    mayCommit: () -> Bool = { true }
  ) -> Result<[Committed.Table]?, Failure> {
    do throws(Failure) {
      return .success(try self(part, plan, on: &connection, mayCommit: mayCommit))
    } catch {
      return .failure(error)
    }
  }

  static func tables(_ result: borrowing QueryResult) -> [Committed.Table] {
    var tables: [Committed.Table] = []
    for row in 0..<result.rowCount {
      tables.append(
        Committed.Table(
          name: result.text(row, 0) ?? "", seen: result.int64(row, 1) ?? 0,
          stored: result.int64(row, 2) ?? 0, duplicates: result.int64(row, 3) ?? 0,
          rejected: result.int64(row, 4) ?? 0))
    }
    return tables
  }
}
