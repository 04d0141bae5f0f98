// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Kafka
import Records
import Sysexits
import Testing

@testable import Ingest

/// Logs with offsets that hold no record, and topics that grow.
@Suite(.enabled(if: Broker.isReal, "needs Apache Kafka's transactions"))
struct LogShapeTests {
  func invocations(_ range: Range<Int>) -> [String] {
    range.map { BatchFixture.invocation($0) }
  }

  /// Ten records, five aborted ones, ten records, and three markers.
  func writeTransactions(_ broker: Broker, _ topic: String) throws {
    let producer = try TransactionalProducer(brokers: broker.client.brokers, id: topic)
    try producer.write(invocations(0..<10), to: topic, commits: true)
    try producer.write(invocations(10..<15), to: topic, commits: false)
    try producer.write(invocations(15..<25), to: topic, commits: true)
  }

  @Test func abortedRecordsAreLeftOutAndGapsAreCounted() throws {
    let broker = try Broker()
    let topic = try broker.topic("gaps", partitions: 1)
    try TestDatabase.with { database in
      var settings = try broker.settings(database, topic)
      settings.sources[0].isContiguous = false
      try writeTransactions(broker, topic)
      try #require(RunningIngester(settings).wait()).get()
      let offsets = try database.value(
        """
        SELECT sum(seen) || ' seen ' || sum(gap_offsets) || ' gaps '
          || (SELECT next_offset FROM ingest_offsets) FROM ingest_batches
        """)
      #expect(offsets == "20 seen 8 gaps 28")
      #expect(try Sums(database).rowCost == "5")

      // The anchor stands before the last marker.
      let producer = try TransactionalProducer(brokers: broker.client.brokers, id: topic + "2")
      try producer.write(invocations(25..<30), to: topic, commits: true)
      try #require(RunningIngester(settings).wait()).get()
      #expect(try Sums(database).rows == 25)
    }
  }

  @Test func aGapHaltsAContiguousTopic() throws {
    let broker = try Broker()
    let topic = try broker.topic("nogaps", partitions: 1)
    try TestDatabase.with { database in
      let settings = try broker.settings(database, topic)
      try writeTransactions(broker, topic)
      let error = #expect(throws: IngestError.self) {
        try #require(RunningIngester(settings).wait()).get()
      }
      #expect(error?.exitCode == ExitCode.checkFailed)
      #expect(
        try database.value("SELECT halt_reason || ': ' || halt_detail FROM ingest_offsets")
          == "offset_gap: records [10, 17) are missing: 7 offsets")
      #expect(try Sums(database).problems(produced: 10, accepted: 10, cost: "2.5") == [])
    }
  }

  @Test(arguments: ["range", "cooperative-sticky"])
  func partitionsThatAreAddedAreReadFromTheirBeginning(strategy: String) throws {
    let broker = try Broker()
    let topic = try broker.topic("grows", partitions: 4)
    try TestDatabase.with { database in
      var settings = try broker.settings(database, topic)
      settings.untilEnd = false
      settings.kafka.client.overrides = [("partition.assignment.strategy", strategy)]
      // The first member leads the group; the second one hears of the partitions from it only.
      var leading = settings
      leading.kafka.client.overrides.append(("topic.metadata.refresh.interval.ms", "300"))
      let leader = RunningIngester(leading)
      #expect(try eventually { try database.value("SELECT count(*) FROM ingest_offsets") == "4" })
      let follower = RunningIngester(settings)
      #expect(
        try eventually {
          try database.value("SELECT max(epoch) > 1 FROM ingest_offsets") == "t"
        })
      try broker.produce(invocations(0..<100), to: topic, partitions: 4)
      #expect(try eventually { try Sums(database).rows == 100 })
      try broker.admin.addPartitions(topic, total: 8)
      let producer = try Broker()
      #expect(
        try eventually { try producer.admin.topics()[topic] == 8 })
      try producer.produce(invocations(100..<260), to: topic, partitions: 8)
      #expect(try eventually { try Sums(database).rows == 260 })
      for ingester in [leader, follower] { ingester.requestStop() }
      for ingester in [leader, follower] {
        #expect(throws: Never.self) { try ingester.wait()?.get() }
      }
      #expect(try Sums(database).problems(produced: 260, accepted: 260, cost: "65") == [])
      #expect(try database.value("SELECT count(*) FROM ingest_offsets") == "8")
    }
  }

  @Test func aCompactedTopicIsReadOverItsHoles() throws {
    let broker = try Broker()
    let topic = try broker.topic(
      "compacted", partitions: 1,
      config: [
        ("cleanup.policy", "compact"), ("segment.ms", "100"),
        ("min.cleanable.dirty.ratio", "0.001"), ("max.compaction.lag.ms", "100"),
      ])
    func produce(_ range: Range<Int>) throws {
      for id in range {
        try broker.producer.produce(
          topic: topic, key: Array("k\(id % 5)".utf8),
          value: Array(BatchFixture.invocation(id, tenant: "k\(id % 5)").utf8))
        try broker.producer.flush(timeoutMilliseconds: 10_000)
      }
    }
    try TestDatabase.with { database in
      var settings = try broker.settings(database, topic)
      settings.sources[0].isContiguous = false
      try produce(0..<40)
      try #require(RunningIngester(settings).wait()).get()
      var next = 40
      // The cleaner runs every 15 s; each record rolls the segment before it.
      #expect(
        try eventually(seconds: 60) {
          try produce(next..<next + 20)
          next += 20
          try database.value(
            "UPDATE ingest_offsets SET next_offset = 0, epoch = epoch + 1, anchor_offset = NULL, anchor_hash = NULL"
          )
          try #require(RunningIngester(settings).wait()).get()
          return try database.value("SELECT sum(gap_offsets) > 0 FROM ingest_batches") == "t"
        })
      #expect(try Sums(database).nextOffset == next)
      #expect(
        try database.value(
          "SELECT count(*) FROM ingest_spans WHERE next_offset - from_offset <> seen + gap_offsets")
          == "0")
    }
  }
}
