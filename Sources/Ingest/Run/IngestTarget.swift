// SPDX-License-Identifier: Apache-2.0
import Kafka
import Postgres
import Telemetry

/// The cluster and the end offsets that a run found at its start.
struct IngestTarget: Sendable {
  enum Progress: Equatable {
    case done
    case unfinished
    /// Nothing is left to do but what waits for an operator: partitions that are halted, and topics
    /// that are gone.
    case stuck(halted: [String], gone: [String])
  }

  let cluster: String
  /// Per partition, the offset after the last record, where there is or was one.
  private(set) var ends: [TopicPartition: Int64] = [:]
  /// Positions that do not fit their logs: their claims will halt them, and until then nothing is
  /// done.
  private(set) var unfit: [TopicPartition: StoredPosition] = [:]
  private let positions: StoredPositions

  private static let answerMilliseconds: Int32 = 10_000
  private static let databaseSecondsMax = 15
  private static let pollMilliseconds = 100

  init(
    _ settings: IngestSettings, _ link: DatabaseLink, _ stop: StopFlag
  ) throws(IngestError) {
    let probe = try Self.asking { () throws(KafkaError) in
      var kafka = settings.kafka
      // The error that ends the start says what librdkafka would log over and over before it.
      kafka.client.overrides.insert(("log_level", "2"), at: 0)
      return try Consumer(settings: kafka, rebalance: NoRebalance())
    }
    defer { probe.close(deadline: .seconds(2)) }
    let (cluster, counts) = try Self.asking { () throws(KafkaError) in
      try Self.cluster(settings, probe)
    }
    self.cluster = cluster
    positions = StoredPositions(settings, cluster: cluster)
    guard settings.untilEnd else { return }
    // Read before the ends: an offset beyond its end is then no other ingester's progress.
    let stored = try Self.stored(positions, link, stop)
    try Self.asking { () throws(KafkaError) in
      try compare(stored, counts, settings, probe)
    }
  }

  /// Asks until nothing is left to do, or a stop is requested.
  func end(_ link: DatabaseLink, _ watch: BrokerWatch, _ stop: StopFlag) -> Progress {
    while !stop.isRequested {
      let now = progress(link, gone: watch.goneTopics)
      if now != .unfinished { return now }
      stop.pause(milliseconds: Self.pollMilliseconds)
    }
    return .unfinished
  }

  /// Compares the stored offsets with the ends; an unreachable database is no progress. `gone`
  /// are topics that are not there any more.
  func progress(_ link: DatabaseLink, gone: Set<String>) -> Progress {
    guard let stored = try? positions.read(link) else { return .unfinished }
    var halted: [String] = []
    var lost: Set<String> = []
    for (topicPartition, end) in ends {
      let position = stored[topicPartition]
      if let position, position.isHalted {
        halted.append("\(topicPartition)@\(position.next)")
      } else if let position, position.next >= end, !isUnfit(topicPartition, position) {
        continue
      } else if gone.contains(topicPartition.topic) {
        lost.insert(topicPartition.topic)
      } else {
        return .unfinished
      }
    }
    return halted.isEmpty && lost.isEmpty
      ? .done : .stuck(halted: halted.sorted(), gone: lost.sorted())
  }

  /// A position that has not changed since it was found not to fit.
  private func isUnfit(_ topicPartition: TopicPartition, _ position: StoredPosition) -> Bool {
    guard let found = unfit[topicPartition] else { return false }
    return position.next == found.next && position.anchor == found.anchor
  }

  private static func cluster(
    _ settings: IngestSettings, _ probe: Consumer
  ) throws(KafkaError) -> (String, [String: Int]) {
    var counts: [String: Int] = [:]
    for source in settings.sources {
      counts[source.topic] = try probe.partitionCount(
        topic: source.topic, timeoutMilliseconds: answerMilliseconds)
    }
    guard let cluster = probe.clusterID(timeoutMilliseconds: answerMilliseconds) else {
      throw KafkaError(.timedOut, "the brokers do not tell the cluster's id")
    }
    return (cluster, counts)
  }

  /// Without the stored offsets nobody could say whether everything is stored: waits, and gives up.
  private static func stored(
    _ positions: StoredPositions, _ link: DatabaseLink, _ stop: StopFlag
  ) throws(IngestError) -> [TopicPartition: StoredPosition] {
    let deadline = ContinuousClock.now + .seconds(databaseSecondsMax)
    var backoff = Backoff()
    while true {
      do throws(PostgresError) {
        return try positions.read(link)
      } catch {
        guard error.recovery != .stop, !stop.isRequested, ContinuousClock.now < deadline else {
          throw IngestError("\(error)", exitCode: error.exitCode)
        }
        Log.warn("stored offsets cannot be read", ["error": LogValue("\(error)")])
      }
      stop.pause(milliseconds: backoff.next())
    }
  }

  /// Finds the ends, and the positions that do not fit.
  private mutating func compare(
    _ stored: [TopicPartition: StoredPosition], _ counts: [String: Int],
    _ settings: IngestSettings, _ probe: Consumer
  ) throws(KafkaError) {
    // Where nothing is left to read no record will be compared on the way: that is done here.
    var anchors: [TopicPartition: Anchor] = [:]
    for (topic, count) in counts {
      for partition in 0..<Int32(clamping: count) {
        let topicPartition = TopicPartition(topic: topic, partition: partition)
        let mark = try probe.watermarks(
          topicPartition, timeoutMilliseconds: Self.answerMilliseconds)
        if mark.high > 0 { ends[topicPartition] = mark.high }
        guard let position = stored[topicPartition], !position.isHalted else { continue }
        switch StartDecision(position.claimed(topicPartition), low: mark.low, high: mark.high) {
        case .halt, .stayHalted: unfit[topicPartition] = position
        case .fetch(_, let anchor):
          if position.next == mark.high { anchors[topicPartition] = anchor }
        }
      }
    }
    let gapped = Set(settings.sources.filter { !$0.isContiguous }.map(\.topic))
    for topicPartition in try changed(anchors, probe, gapped) {
      unfit[topicPartition] = stored[topicPartition]
    }
  }

  /// The partitions whose anchor is another record now, or none.
  private func changed(
    _ anchors: [TopicPartition: Anchor], _ probe: Consumer, _ gapped: Set<String>
  ) throws(KafkaError) -> [TopicPartition] {
    var found: [TopicPartition: Anchor] = [:]
    var hasher = AnchorHasher()
    try probe.readEach(
      anchors.map { PartitionOffset($0, offset: $1.offset) },
      timeoutMilliseconds: Self.answerMilliseconds
    ) { topicPartition, message in
      found[topicPartition] = hasher.anchor(of: message)
    }
    return anchors.compactMap { topicPartition, anchor in
      // A compacted topic may have dropped the record.
      let isMissing = found[topicPartition]?.offset != anchor.offset
      if isMissing && gapped.contains(topicPartition.topic) { return nil }
      return found[topicPartition] == anchor ? nil : topicPartition
    }
  }

  private static func asking<Result: ~Copyable>(
    _ body: () throws(KafkaError) -> Result
  ) throws(IngestError) -> Result {
    do throws(KafkaError) {
      return try body()
    } catch {
      throw IngestError("kafka: \(error)", exitCode: error.exitCode)
    }
  }
}

extension StoredPosition {
  /// As a claim would return it.
  fileprivate func claimed(_ topicPartition: TopicPartition) -> ClaimedPartition {
    ClaimedPartition(
      topic: topicPartition.topic, partition: topicPartition.partition, nextOffset: next,
      epoch: epoch,
      anchor: anchor)
  }
}

/// The handler of a consumer that never subscribes.
private final class NoRebalance: RebalanceHandler {
  func assign(_ added: [TopicPartition], consumer: Consumer) -> [PartitionOffset] { [] }

  func revoke(_ removed: [TopicPartition], lost: Bool, consumer: Consumer) {}
}
