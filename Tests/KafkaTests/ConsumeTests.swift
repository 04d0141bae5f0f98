// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Kafka
import Testing

@Suite struct ConsumeTests {
  let cluster: MockCluster
  let topic = "events"

  init() throws {
    cluster = try MockCluster()
    try cluster.createTopic(topic, partitions: 2)
  }

  @Test func recordArrivesUnchanged() throws {
    let headers = [
      RecordHeader("type", "audit"), RecordHeader("none", nil), RecordHeader("empty", [UInt8]()),
      RecordHeader("type", "again"),
    ]
    let producer = try Producer(settings: ClientSettings(brokers: cluster.brokers))
    try producer.produce(
      topic: topic, partition: 1, key: [1, 0, 2], value: [0xff, 0], headers: headers,
      timestampMilliseconds: 1_700_000_000_123)
    try producer.flush(timeoutMilliseconds: 10_000)

    let probe = try Probe(cluster.brokers, topic: topic)
    #expect(probe.poll { !probe.records.isEmpty })
    let record = try #require(probe.records.first)
    #expect(record.topicIndex == 0)
    #expect(record.partition == 1)
    #expect(record.offset == 0)
    #expect(record.timestampMilliseconds == 1_700_000_000_123)
    #expect(record.key == [1, 0, 2])
    #expect(record.value == [0xff, 0])
    #expect(record.headers == headers)
  }

  @Test func nullAndEmptyAreDifferent() throws {
    let producer = try Producer(settings: ClientSettings(brokers: cluster.brokers))
    try producer.produce(topic: topic, partition: 0, key: nil, value: nil)
    try producer.produce(topic: topic, partition: 0, key: [], value: [])
    try producer.flush(timeoutMilliseconds: 10_000)

    let probe = try Probe(cluster.brokers, topic: topic)
    #expect(probe.poll { probe.records.count == 2 })
    #expect(probe.records.map(\.key) == [nil, []])
    #expect(probe.records.map(\.value) == [nil, []])
  }

  @Test func startsAtTheGivenOffsets() throws {
    try produce(["a", "b", "c", "d"], to: topic, partition: 0, brokers: cluster.brokers)
    try produce(["e", "f"], to: topic, partition: 1, brokers: cluster.brokers)
    let probe = try Probe(cluster.brokers, topic: topic)
    probe.handler.offsets = [0: 3, 1: 1]
    #expect(probe.poll { probe.ends.count >= 2 })
    #expect(probe.values(0) == ["d"])
    #expect(probe.values(1) == ["f"])
    #expect(probe.consumer.assignment == [probe.partition(0), probe.partition(1)])
  }

  @Test func endOfPartitionComesAgain() throws {
    let probe = try Probe(cluster.brokers, topic: topic)
    probe.handler.heldBack = [1]
    #expect(probe.poll { probe.ends == [PartitionOffset(probe.partition(0), offset: 0)] })
    try produce(["a", "b"], to: topic, brokers: cluster.brokers)
    #expect(probe.poll { probe.ends.last == PartitionOffset(probe.partition(0), offset: 2) })
    #expect(probe.values() == ["a", "b"])
  }

  @Test func offsetOutOfRangeIsAPartitionError() throws {
    try produce(["a", "b"], to: topic, partition: 0, brokers: cluster.brokers)
    try produce(["c"], to: topic, partition: 1, brokers: cluster.brokers)
    let probe = try Probe(cluster.brokers, topic: topic)
    probe.handler.offsets = [0: 77]
    #expect(probe.poll { !probe.partitionErrors.isEmpty && probe.values(1) == ["c"] })
    let (topicPartition, offset, error) = try #require(probe.partitionErrors.first)
    #expect(topicPartition == probe.partition(0))
    #expect(offset == 77)
    #expect(error.code == .autoOffsetReset)
    #expect(error.scope == .partition(.stops))
    #expect(probe.values(0).isEmpty)
  }

  @Test func seekGoesBackAndDropsWhatWasFetched() throws {
    let values = (0..<200).map(String.init)
    try produce(values, to: topic, brokers: cluster.brokers)
    let probe = try Probe(cluster.brokers, topic: topic)
    #expect(probe.poll { probe.values().count == 50 })
    try probe.consumer.seek(
      [PartitionOffset(probe.partition(0), offset: 20)], timeoutMilliseconds: 5_000)
    #expect(probe.poll { probe.values().count == 50 + 180 })
    #expect(probe.values() == Array(values[..<50]) + Array(values[20...]))
  }

  /// librdkafka 2.0.2 gives up after a thousandth of the time.
  @Test func aSeekHasItsWholeTime() throws {
    let probe = try Probe(cluster.brokers, topic: topic)
    #expect(probe.poll { probe.ends.count == 2 })
    let positions = [0, 1].map { PartitionOffset(probe.partition($0), offset: 0) }
    for _ in 0..<1_000 {
      let startedAt = ContinuousClock.now
      do throws(KafkaError) {
        try probe.consumer.seek(positions, timeoutMilliseconds: 1)
      } catch {
        // A busy machine may need longer.
        let waited = startedAt.duration(to: .now)
        try #require(error.code == .timedOut && waited >= .milliseconds(1), "\(waited): \(error)")
      }
    }
  }

  @Test func seekOutsideTheAssignmentIsRefused() throws {
    let probe = try Probe(cluster.brokers, topic: topic)
    probe.handler.heldBack = [1]
    #expect(probe.poll { !probe.ends.isEmpty })
    let error = #expect(throws: KafkaError.self) {
      try probe.consumer.seek(
        [PartitionOffset(probe.partition(1), offset: 0)], timeoutMilliseconds: 1_000)
    }
    #expect(error?.code == .state)
  }

  @Test func pauseAndResumeLoseAndRepeatNothing() throws {
    let values = (0..<300).map(String.init)
    let probe = try Probe(cluster.brokers, topic: topic)
    #expect(probe.poll { probe.ends.count == 2 })
    for round in 0..<6 {
      try produce(
        Array(values[(round * 50)..<(round * 50 + 50)]), to: topic, brokers: cluster.brokers)
      let target = round * 50 + 20
      #expect(probe.poll { probe.values().count >= target })
      let partitions = [probe.partition(0), probe.partition(0), probe.partition(1)]
      try probe.consumer.pause(partitions)
      let before = probe.records.count
      for _ in 0..<5 { probe.pollOnce(milliseconds: 20) }
      #expect(probe.records.count == before)
      try probe.consumer.resume(partitions)
      try probe.consumer.resume(partitions)
    }
    #expect(probe.poll { probe.values().count >= values.count })
    #expect(probe.values() == values)
  }

  @Test func topicsAreToldApartByIndex() throws {
    try cluster.createTopic("second", partitions: 1)
    try produce(["1"], to: "second", brokers: cluster.brokers)
    try produce(["2"], to: topic, brokers: cluster.brokers)
    let probe = try Probe(cluster.brokers, topic: topic, subscribes: false)
    try probe.consumer.subscribe(["second", topic])
    #expect(probe.poll { probe.records.count == 2 })
    let byIndex = probe.records.sorted { $0.topicIndex < $1.topicIndex }
    #expect(byIndex.map(\.topicIndex) == [0, 1])
    #expect(byIndex.map(\.value) == [Array("1".utf8), Array("2".utf8)])
  }
}
