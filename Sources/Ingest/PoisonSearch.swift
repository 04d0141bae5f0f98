// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import Records

/// Finds the records that the database refuses although validation let them pass.
///
/// Halves the batch in transactions that are rolled back: k refused records of n cost about
/// 2·k·log₂ n probes, each with temporary tables of its own: what is wrong with those of another client
/// is no record's fault. Only errors of class 22 and 23 (and 54) count; any other ends the search.
struct PoisonSearch {
  let sql: IngestSQL

  /// By index of the entry: the SQLSTATE and the server's sentence, which quotes no data.
  func callAsFunction(
    _ part: BatchPart, _ plan: WritePlan, on connection: inout Connection
  ) throws(PostgresError) -> [Int: PostgresError] {
    let batch = part.batch
    var everything = plan
    everything.stagesEverything = true
    let content = BatchContent(part, everything)
    var found: [Int: PostgresError] = [:]
    for stream in batch.streams.indices {
      var pending = [ArraySlice(content.stagedEntries(of: stream))]
      while let entries = pending.popLast() {
        guard let first = entries.first,
          let error = try probe(entries, batch, stream: stream, on: &connection)
        else { continue }
        if entries.count == 1 {
          found[first] = error
        } else {
          let middle = entries.startIndex + entries.count / 2
          pending.append(entries[middle...])
          pending.append(entries[..<middle])
        }
      }
    }
    return found
  }

  /// The error that these rows cause, if they cause one.
  private func probe(
    _ entries: ArraySlice<Int>, _ batch: Batch, stream index: Int,
    on connection: inout Connection
  ) throws(PostgresError) -> PostgresError? {
    let stream = batch.streams[index]
    do throws(PostgresError) {
      _ = try connection.copyIn(
        sql.opening(staged: [stream], remakesTables: true) + " " + sql.copyStaged(stream), count: 1
      ) { _, sink throws(PostgresError) in
        var buffer = CopyBuffer(capacity: 1 << 16)
        buffer.beginFile()
        for entry in entries { buffer.append(bytes: batch.rowBytes(of: entry)) }
        buffer.endFile()
        try sink.put(buffer.bytes)
      }
      _ = try connection.execute(sql.insertStaged(stream) + "; ROLLBACK")
      return nil
    } catch {
      guard error.recovery == .data, connection.isUsable else { throw error }
      _ = try connection.execute("ROLLBACK")
      return error
    }
  }
}
