// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import Records
import Telemetry

/// Writes a batch: one transaction in two messages.
///
/// The first message copies rows, refusals and rollup deltas. It locks no offset and no rollup,
/// because nothing but a terminated backend stops a client that froze in COPY; what its rows still
/// hold are their keys, and who has to wait for those evicts the client. The second fences the
/// offsets, does the rest and commits; the server finishes it even if this process dies now. The
/// order within it is that of `daybook_apply_batch`.
struct WriteBatch {
  let sql: IngestSQL
  let owner: String
  let cluster: String

  /// An error, and whether the transaction may have committed all the same.
  struct Failure: Error {
    var error: PostgresError
    var isOutcomeUnknown = false
  }

  /// Returns what happened to each table, in records. Blocks; any thread.
  func callAsFunction(
    _ part: BatchPart, _ plan: WritePlan, on connection: inout Connection
  ) throws(Failure) -> [Committed.Table] {
    let content = BatchContent(part, plan)
    let copies = BatchCopies(content, sql: sql, cluster: cluster)
    do throws(PostgresError) {
      _ = try connection.copyIn(
        copies.statements, count: copies.parts.count, deadline: Self.deadline
      ) { index, sink throws(PostgresError) in
        if index == 0 { IngestFault.transactionBegun.reached() }
        try copies.feed(index, into: &sink)
      }
    } catch {
      throw Failure(error: error)
    }
    IngestFault.copyDone.reached()
    return try commit(content, on: &connection)
  }

  /// The same, with the failure as a value: the connection is then handed back in any case.
  func result(
    _ part: BatchPart, _ plan: WritePlan, on connection: inout Connection
  ) -> Result<[Committed.Table], Failure> {
    do throws(Failure) {
      return .success(try self(part, plan, on: &connection))
    } catch {
      return .failure(error)
    }
  }

  private func commit(
    _ content: BatchContent, on connection: inout Connection
  ) throws(Failure) -> [Committed.Table] {
    let message = sql.applyAndCommit(
      batch: content.part.id.description, owner: owner, cluster: cluster,
      spans: BatchSpans.json(content, cluster: cluster), staged: content.stagedStreams,
      hasRollups: content.hasRollups, unknownFields: content.part.unknownFields?.json)
    do throws(PostgresError) {
      try connection.send(message, deadline: Self.deadline)
      IngestFault.commitSent.reached()
      let result = try connection.receive(deadline: Self.deadline)
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

  private static let deadline = Duration.seconds(IngestLimits.statementSecondsMax + 3)
}
