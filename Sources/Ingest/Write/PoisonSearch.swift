// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import PriceCatalog
import Records

/// Finds the records that the database refuses although validation let them pass.
///
/// Goes over the entries in their order. A stretch that the database takes doubles the next one;
/// one that it refuses is halved. So k refused records of n cost about 2·k·log₂ (n / k) probes, and
/// n of n one each. It ends between two records: with the items of one it goes on, whatever they
/// cost. All are savepoints of one transaction, which is rolled back, with temporary
/// tables of its own: what is wrong with those of another client is no record's fault. Only errors
/// of class 22 and 23 (and 54) count; any other ends the search.
struct PoisonSearch {
  let sql: IngestSQL
  var probeCountMax = IngestLimits.poisonProbesMax
  var timeMax = Duration.seconds(IngestLimits.poisonSecondsMax)

  struct Result {
    /// By index of the entry: the SQLSTATE and the server's sentence, which quotes no data.
    var refused: [Int: PostgresError] = [:]
    /// Every entry before this one is decided; it begins a record.
    var end: Int
  }

  func callAsFunction(
    _ part: BatchPart, _ plan: WritePlan, on connection: inout Connection,
    isAbandoned: () -> Bool = { false }
  ) throws(PostgresError) -> Result {
    var everything = plan
    everything.stagesEverything = true
    let content = BatchContent(part, everything)
    let streams = part.batch.streams.indices
    let entries = streams.flatMap { content.stagedEntries(of: $0) }.sorted()
    var walk = PoisonWalk(count: entries.count)
    var result = Result(end: part.entries.upperBound)
    let start = ContinuousClock.now
    var probeCount = 0
    _ = try connection.execute(
      sql.opening(
        part.id.description, staged: content.stagedStreams, prices: .none, remakesTables: true))
    while let stretch = walk.next {
      let isOverBudget = probeCount >= probeCountMax || start.duration(to: .now) > timeMax
      let end = part.batch.recordStart(entries[walk.start])
      if isAbandoned() || isOverBudget && end > part.entries.lowerBound {
        result.end = end
        break
      }
      probeCount += 1
      let error = try probe(entries[stretch], part.batch, on: &connection)
      if let refused = walk.note(isRefused: error != nil) {
        result.refused[entries[refused]] = error
      }
    }
    _ = try connection.execute("ROLLBACK")
    return result
  }

  /// The error that these rows cause, if they cause one.
  private func probe(
    _ entries: ArraySlice<Int>, _ batch: Batch, on connection: inout Connection
  ) throws(PostgresError) -> PostgresError? {
    let rows = batch.streams.indices
      .map { stream in
        (StagedStream(batch.streams[stream]), entries.filter { batch.stream(of: $0) == stream })
      }
      .filter { !$0.1.isEmpty }
    do throws(PostgresError) {
      let copies = rows.map { sql.copyStaged($0.0) }.joined(separator: "; ")
      _ = try connection.copyIn("\(Self.begin) \(copies)", count: rows.count) {
        index, sink throws(PostgresError) in
        var buffer = CopyBuffer(capacity: 1 << 16)
        buffer.beginFile()
        for entry in rows[index].1 { buffer.append(bytes: batch.rowBytes(of: entry)) }
        buffer.endFile()
        try sink.put(buffer.bytes)
      }
      let inserts = rows.map { sql.insertStaged($0.0) }.joined(separator: "; ")
      _ = try connection.execute("\(inserts); \(Self.undo)")
      return nil
    } catch {
      guard error.recovery == .data, connection.isUsable else { throw error }
      _ = try connection.execute(Self.undo)
      return error
    }
  }

  private static let begin = "SAVEPOINT daybook_probe;"
  private static let undo = "ROLLBACK TO SAVEPOINT daybook_probe; RELEASE SAVEPOINT daybook_probe"
}
