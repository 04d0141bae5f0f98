// SPDX-License-Identifier: Apache-2.0
import Kafka
import Postgres

/// The cluster and the end offsets that a run found at its start.
struct IngestTarget {
  enum Progress: Equatable {
    case done
    case unfinished
    /// Nothing is left to do but what waits for an operator.
    case halted([String])
  }

  let cluster: String
  /// Per partition, the offset after the last record, where there were records.
  private(set) var ends: [TopicPartition: Int64] = [:]
  /// Partitions whose log ends before the stored offset: their claim will halt them.
  private var shrunk: Set<TopicPartition> = []
  private let sql: IngestSQL
  private let topics: String

  private static let answerMilliseconds: Int32 = 10_000

  init(_ settings: IngestSettings, _ link: DatabaseLink) throws(IngestError) {
    sql = IngestSQL(schema: settings.schema)
    topics = IngestSQL.array(settings.sources.map(\.topic))
    do throws(KafkaError) {
      var kafka = settings.kafka
      // The error that ends the start says what librdkafka would log over and over before it.
      kafka.client.overrides.insert(("log_level", "2"), at: 0)
      let probe = try Consumer(settings: kafka, rebalance: NoRebalance())
      defer { probe.close(deadline: .seconds(2)) }
      var counts: [String: Int] = [:]
      for source in settings.sources {
        counts[source.topic] = try probe.partitionCount(
          topic: source.topic, timeoutMilliseconds: Self.answerMilliseconds)
      }
      guard let cluster = probe.clusterID(timeoutMilliseconds: Self.answerMilliseconds) else {
        throw KafkaError(.timedOut, "the brokers do not tell the cluster's id")
      }
      self.cluster = cluster
      guard settings.untilEnd else { return }
      // Read before the ends: an offset beyond its end is then no other ingester's progress.
      let stored = try? stored(link)
      for (topic, count) in counts {
        for partition in 0..<Int32(clamping: count) {
          let place = TopicPartition(topic: topic, partition: partition)
          let mark = try probe.watermarks(place, timeoutMilliseconds: Self.answerMilliseconds)
          if mark.high > mark.low { ends[place] = mark.high }
          if let next = stored?[place]?.next, next > mark.high { shrunk.insert(place) }
        }
      }
    } catch {
      throw IngestError("kafka: \(error)", exitCode: error.exitCode)
    }
  }

  /// Compares the stored offsets with the ends; an unreachable database is no progress.
  func progress(_ link: DatabaseLink) -> Progress {
    guard let stored = try? stored(link) else { return .unfinished }
    var halted: [String] = []
    for place in shrunk.union(ends.keys) {
      guard let position = stored[place] else { return .unfinished }
      if position.isHalted {
        halted.append("\(place)@\(position.next)")
      } else if shrunk.contains(place) || position.next < ends[place, default: 0] {
        return .unfinished
      }
    }
    return halted.isEmpty ? .done : .halted(halted.sorted())
  }

  private func stored(
    _ link: DatabaseLink
  ) throws(PostgresError) -> [TopicPartition: (next: Int64, isHalted: Bool)] {
    try link.transaction { connection throws(PostgresError) in
      var stored: [TopicPartition: (next: Int64, isHalted: Bool)] = [:]
      let rows = try connection.query(sql.offsets, [cluster, topics])
      for row in 0..<rows.rowCount {
        let partition = rows.int64(row, 1).flatMap { Int32(exactly: $0) } ?? -1
        let place = TopicPartition(topic: rows.text(row, 0) ?? "", partition: partition)
        stored[place] = (rows.int64(row, 2) ?? 0, rows.text(row, 3) == "halted")
      }
      return stored
    }
  }
}

/// The handler of a consumer that never subscribes.
private final class NoRebalance: RebalanceHandler {
  func assign(_ added: [TopicPartition], consumer: Consumer) -> [PartitionOffset] { [] }

  func revoke(_ removed: [TopicPartition], lost: Bool, consumer: Consumer) {}
}
