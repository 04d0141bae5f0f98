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

  private static let answerMilliseconds: Int32 = 10_000

  init(_ settings: IngestSettings) throws(IngestError) {
    do throws(KafkaError) {
      var kafka = settings.kafka
      // The error that ends the start says what librdkafka would log over and over before it.
      kafka.client.overrides.insert(("log_level", "2"), at: 0)
      let probe = try Consumer(settings: kafka, rebalance: NoRebalance())
      defer { probe.close(deadline: .seconds(2)) }
      for source in settings.sources {
        let count = try probe.partitionCount(
          topic: source.topic, timeoutMilliseconds: Self.answerMilliseconds)
        guard settings.untilEnd else { continue }
        for partition in 0..<Int32(clamping: count) {
          let place = TopicPartition(topic: source.topic, partition: partition)
          let mark = try probe.watermarks(place, timeoutMilliseconds: Self.answerMilliseconds)
          if mark.high > mark.low { ends[place] = mark.high }
        }
      }
      cluster = probe.clusterID(timeoutMilliseconds: Self.answerMilliseconds) ?? ""
    } catch {
      throw IngestError("kafka: \(error)", exitCode: error.exitCode)
    }
  }

  /// Compares the stored offsets with the ends; an unreachable database is no progress.
  func progress(_ link: DatabaseLink, _ settings: IngestSettings) -> Progress {
    let sql = IngestSQL(schema: settings.schema)
    let topics = IngestSQL.array(settings.sources.map(\.topic))
    var stored: [TopicPartition: (next: Int64, isHalted: Bool)] = [:]
    do throws(PostgresError) {
      try link.use { connection throws(PostgresError) in
        let rows = try connection.query(sql.offsets, [cluster, topics])
        for row in 0..<rows.rowCount {
          let partition = rows.int64(row, 1).flatMap { Int32(exactly: $0) } ?? -1
          let place = TopicPartition(topic: rows.text(row, 0) ?? "", partition: partition)
          stored[place] = (rows.int64(row, 2) ?? 0, rows.text(row, 3) == "halted")
        }
      }
    } catch {
      return .unfinished
    }
    var halted: [String] = []
    for (place, end) in ends {
      guard let position = stored[place] else { return .unfinished }
      if position.next >= end { continue }
      guard position.isHalted else { return .unfinished }
      halted.append("\(place)@\(position.next)")
    }
    return halted.isEmpty ? .done : .halted(halted.sorted())
  }
}

/// The handler of a consumer that never subscribes.
private final class NoRebalance: RebalanceHandler {
  func assign(_ added: [TopicPartition], consumer: Consumer) -> [PartitionOffset] { [] }

  func revoke(_ removed: [TopicPartition], lost: Bool, consumer: Consumer) {}
}
