// SPDX-License-Identifier: Apache-2.0
import Kafka
import Postgres
import Sysexits
import Telemetry
import Text

/// Claims partitions in the database and finds out where to begin. For the polling thread, which
/// calls it inside the rebalance callback.
final class Claimer {
  private let link: DatabaseLink
  private let sql: IngestSQL
  private let offsets: OffsetRows
  let owner: String
  private let cluster: String
  private let stop: StopFlag
  private let workerHealth: WorkerHealth
  private let watch: BrokerWatch

  init(
    _ settings: IngestSettings, owner: String, cluster: String, watch: BrokerWatch,
    stop: StopFlag, workerHealth: WorkerHealth
  ) {
    link = DatabaseLink(settings.database)
    sql = IngestSQL(schema: settings.schema)
    offsets = OffsetRows(sql: sql, cluster: cluster)
    self.owner = owner
    self.cluster = cluster
    self.watch = watch
    self.stop = stop
    self.workerHealth = workerHealth
  }

  /// Makes this worker the owner and returns what to do with each partition. Tries for
  /// `claimSecondsMax`; the group waits meanwhile.
  func claim(
    _ partitions: [TopicPartition]
  ) throws(IngestError) -> [(ClaimedPartition, StartDecision)] {
    let deadline = ContinuousClock.now + .seconds(IngestLimits.claimSecondsMax)
    var backoff = Backoff()
    while true {
      let problem: String
      do {
        let claimed = try attempt(partitions)
        workerHealth.postgres(failure: nil)
        Metrics.claims.add(1, ["claimed"])
        return claimed
      } catch let error as PostgresError {
        if error.recovery == .stop {
          Metrics.claims.add(1, ["given_up"])
          throw IngestError("\(error)", exitCode: error.exitCode)
        }
        workerHealth.postgres(failure: "partitions cannot be claimed: \(error.sqlState.rawValue)")
        problem = "\(error)"
      } catch {
        problem = "\(error)"
      }
      guard !stop.isRequested, ContinuousClock.now < deadline else {
        Metrics.claims.add(1, ["given_up"])
        throw IngestError(
          "cannot claim partitions: \(problem); it is tried again", exitCode: ExitCode.temporary)
      }
      Metrics.claims.add(1, ["retried"])
      Log.warn(
        "claim failed",
        ["partitions": LogValue(Session.names(partitions)), "error": LogValue(problem)])
      workerHealth.beat()
      workerHealth.partitions(failure: "the claim waits for the database or a leader")
      stop.pause(milliseconds: backoff.next())
    }
  }

  private func attempt(
    _ partitions: [TopicPartition]
  ) throws -> [(ClaimedPartition, StartDecision)] {
    let marks = try ask(partitions)
    let claims = partitions.map { partition in
      """
      {"topic":\(JSONText.string(partition.topic)),"partition":\(partition.partition),\
      "low":\(marks[partition]?.low ?? 0),"partitions":\(marks[partition]?.partitionCount ?? 0)}
      """
    }
    let claimed = try store("[" + claims.joined(separator: ",") + "]", partitions)
    var decisions: [(ClaimedPartition, StartDecision)] = []
    for var row in claimed {
      let topicPartition = TopicPartition(topic: row.topic, partition: row.partition)
      guard var mark = marks[topicPartition] else { continue }
      // An earlier owner may have gone on until the claim; nobody can since.
      if row.nextOffset > mark.high {
        mark = try ask([topicPartition])[topicPartition] ?? mark
      }
      row.low = mark.low
      let decision = StartDecision(row, low: mark.low, high: mark.high)
      if case .halt(let reason, let detail) = decision {
        try halt(topicPartition, epoch: row.epoch, reason, detail: detail)
      }
      decisions.append((row, decision))
    }
    return decisions
  }

  private func ask(
    _ topicPartitions: [TopicPartition]
  ) throws(KafkaError) -> [TopicPartition: LogMark] {
    try watch.marks(of: topicPartitions, within: .seconds(IngestLimits.markSecondsMax), stop: stop)
  }

  private func store(
    _ claims: String, _ partitions: [TopicPartition]
  ) throws(PostgresError) -> [ClaimedPartition] {
    do throws(PostgresError) {
      return try transaction { connection throws(PostgresError) in
        Self.rows(try connection.query(sql.claim, [owner, cluster, claims]))
      }
    } catch  where error.sqlState == .lockNotAvailable {
      try offsets.evict(
        IngestSQL.array(partitions.map(\.topic)),
        IngestSQL.array(partitions.map { String($0.partition) }), link)
      throw error
    }
  }

  private static func rows(_ result: borrowing QueryResult) -> [ClaimedPartition] {
    var rows: [ClaimedPartition] = []
    for row in 0..<result.rowCount {
      var anchor: Anchor?
      if let offset = result.int64(row, 4), let hash = result.text(row, 5) {
        anchor = Anchor(offset: offset, hash: hash)
      }
      rows.append(
        ClaimedPartition(
          topic: result.text(row, 0) ?? "",
          partition: result.int64(row, 1).flatMap { Int32(exactly: $0) } ?? -1,
          nextOffset: result.int64(row, 2) ?? 0, epoch: result.int64(row, 3) ?? 0,
          anchor: anchor,
          haltReason: result.text(row, 6) == "halted" ? result.text(row, 7) ?? "unknown" : nil))
    }
    return rows
  }

  /// Stores a halt that survives restarts.
  func halt(
    _ topicPartition: TopicPartition, epoch: Int64, _ reason: HaltReason, detail: String
  ) throws(PostgresError) {
    try transaction { connection throws(PostgresError) in
      _ = try connection.query(
        sql.halt,
        [
          cluster, topicPartition.topic, String(topicPartition.partition), String(epoch),
          reason.rawValue, detail,
        ])
    }
  }

  /// The offset before which an operator accepts any share of refusals.
  func rejectsAccepted(_ topicPartition: TopicPartition) throws(PostgresError) -> Int64 {
    try transaction { connection throws(PostgresError) in
      let parameters = [cluster, topicPartition.topic, String(topicPartition.partition)]
      return try connection.query(sql.rejectsAccepted, parameters).int64(0, 0) ?? 0
    }
  }

  private func transaction<Result>(
    _ body: (inout Connection) throws(PostgresError) -> Result
  ) throws(PostgresError) -> Result {
    do throws(PostgresError) {
      return try link.transaction(body)
    } catch {
      error.count()
      throw error
    }
  }
}
