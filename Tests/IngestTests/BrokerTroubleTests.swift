// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Kafka
import Records
import Sysexits
import Telemetry
import Testing

@testable import Ingest

/// Brokers that answer with errors, late, or not at all: nothing is lost, stored twice or halted.
struct BrokerTroubleTests {
  typealias Code = KafkaError.Code

  @Test(arguments: [
    [
      (MockCluster.Request.findCoordinator, [Code.coordinatorNotAvailable]),
      (.joinGroup, [.rebalanceInProgress, .unknownMemberID]),
      (.syncGroup, [.rebalanceInProgress, .illegalGeneration]),
      (.listOffsets, [.notLeader, .notLeader]),
    ],
    [
      (.fetch, [.notLeader, .requestTimedOut, Code(rawValue: MockCluster.disconnect)]),
      (.fetch, [.unknownTopicOrPartition]),
      (.offsetCommit, [.unknownMemberID, .illegalGeneration]),
    ],
  ])
  func errorsAtTheStartOnlyDelay(errors: [(MockCluster.Request, [Code])]) throws {
    try TestDatabase.with { database in
      let scene = try MockScene(database)
      try scene.produce(scene.invocations(0..<100))
      for (request, codes) in errors {
        scene.cluster.pushRequestErrors(request, codes.map(\.rawValue))
      }
      let ingester = RunningIngester(try scene.settings())
      #expect(try eventually { try Sums(database).rows == 100 })
      try scene.produce(scene.invocations(100..<150))
      #expect(try eventually { try Sums(database).rows == 150 })
      ingester.requestStop()
      #expect(throws: Never.self) { try ingester.wait()?.get() }
      #expect(try Sums(database).problems(produced: 150, accepted: 150, cost: "37.5") == [])
    }
  }

  @Test(arguments: [Code.invalidSessionTimeout, .inconsistentGroupProtocol])
  func settingsThatTheGroupRefusesEndTheRun(code: Code) throws {
    try TestDatabase.with { database in
      let scene = try MockScene(database)
      scene.cluster.pushRequestErrors(.joinGroup, [code.rawValue])
      let result = try #require(RunningIngester(try scene.settings()).wait())
      let error = #expect(throws: IngestError.self) { try result.get() }
      #expect(error?.exitCode == .configuration)
    }
  }

  @Test(arguments: [Code.illegalGeneration, .unknownMemberID])
  func aMemberThatIsPutOutOfTheGroupComesBack(code: Code) throws {
    try TestDatabase.with { database in
      let scene = try MockScene(database)
      try scene.produce(scene.invocations(0..<100))
      let ingester = RunningIngester(try scene.settings())
      #expect(try eventually { try Sums(database).rows == 100 })
      let epochs = "SELECT sum(epoch) FROM ingest_offsets"
      let before = try database.value(epochs)
      scene.cluster.pushRequestErrors(.heartbeat, [code.rawValue])
      try scene.produce(scene.invocations(100..<200))
      #expect(try eventually { try database.value(epochs) != before }, "it claims again")
      try scene.produce(scene.invocations(200..<300))
      #expect(try eventually { try Sums(database).rows == 300 })
      ingester.requestStop()
      #expect(throws: Never.self) { try ingester.wait()?.get() }
      #expect(try Sums(database).problems(produced: 300, accepted: 300, cost: "75") == [])
    }
  }

  @Test func aBrokerThatComesBackIsReadOn() throws {
    try TestDatabase.with { database in
      let scene = try MockScene(database)
      try scene.produce(scene.invocations(0..<100))
      let ingester = RunningIngester(try scene.settings())
      #expect(try eventually { try Sums(database).rows == 100 })
      func proofs() -> Double { Metrics.positionProofs.sample(["same"]) ?? 0 }
      let proofsBefore = proofs()
      try scene.cluster.brokerDown(1)
      #expect(ingester.wait(seconds: 2) == nil, "an outage ends nothing")
      try scene.cluster.brokerUp(1)
      try scene.cluster.setRoundTrip(1, milliseconds: 300)
      try scene.produce(scene.invocations(100..<200))
      #expect(try eventually { try Sums(database).rows == 200 })
      #expect(proofs() > proofsBefore, "the log may have been another one")
      ingester.requestStop()
      #expect(throws: Never.self) { try ingester.wait()?.get() }
      #expect(try Sums(database).problems(produced: 200, accepted: 200, cost: "50") == [])
    }
  }

  @Test func aTopicThatIsUnknownForAWhileIsReadOn() throws {
    try TestDatabase.with { database in
      let scene = try MockScene(database)
      try scene.produce(scene.invocations(0..<100))
      var settings = try scene.settings()
      settings.kafka.client.overrides.append(("topic.metadata.refresh.interval.ms", "300"))
      let ingester = RunningIngester(settings)
      #expect(try eventually { try Sums(database).rows == 100 })
      let epochs = "SELECT sum(epoch) FROM ingest_offsets"
      let before = try database.value(epochs)
      scene.cluster.setTopicError("events", Code.unknownTopicOrPartition.rawValue)
      #expect(ingester.wait(seconds: 2) == nil)
      scene.cluster.setTopicError("events", 0)
      try scene.produce(scene.invocations(100..<200))
      #expect(try eventually { try Sums(database).rows == 200 })
      #expect(try database.value(epochs) != before, "the log may be another one: it claims again")
      ingester.requestStop()
      #expect(throws: Never.self) { try ingester.wait()?.get() }
      #expect(try Sums(database).problems(produced: 200, accepted: 200, cost: "50") == [])
    }
  }

  /// The others are read on meanwhile, by the consumers that come after.
  @Test func aTopicThatIsGoneHoldsUpNoOther() throws {
    try TestDatabase.with { database in
      let scene = try MockScene(database, topics: ["events": 1, "others": 1])
      try scene.produce(scene.invocations(0..<10), partitions: 1)
      try scene.produce(scene.invocations(10..<20), to: "others", partitions: 1)
      var settings = try scene.settings(["events", "others"])
      settings.kafka.client.overrides.append(("topic.metadata.refresh.interval.ms", "300"))
      let ingester = RunningIngester(settings)
      #expect(try eventually { try Sums(database).rows == 20 })
      let epoch = "SELECT epoch FROM ingest_offsets WHERE topic = 'events'"
      let before = try database.value(epoch)
      scene.cluster.setTopicError("others", Code.unknownTopicOrPartition.rawValue)
      #expect(try eventually { try database.value(epoch) != before }, "the others are claimed anew")
      try scene.produce(scene.invocations(20..<30), partitions: 1)
      #expect(try eventually { try Sums(database).rows == 30 })
      scene.cluster.setTopicError("others", 0)
      try scene.produce(scene.invocations(30..<40), to: "others", partitions: 1)
      #expect(try eventually { try Sums(database).rows == 40 })
      ingester.requestStop()
      #expect(throws: Never.self) { try ingester.wait()?.get() }
      #expect(try Sums(database).problems(produced: 40, accepted: 40, cost: "10") == [])
    }
  }

  /// Its record waits for clocks that agree, so it is not read when its topic goes.
  @Test func aRunWithAnEndFailsWhenATopicIsGoneBeforeItsEnd() throws {
    try TestDatabase.with { database in
      let (scene, _, ingester) = try MockScene.ofARunThatWaits(database)
      scene.cluster.setTopicError("others", Code.unknownTopicOrPartition.rawValue)
      let error = #expect(throws: IngestError.self) {
        try #require(ingester.wait(seconds: 40)).get()
      }
      #expect(error?.exitCode == ExitCode.configuration)
      #expect(error?.description.contains("others") == true)
      #expect(try Sums(database).problems(produced: 10, accepted: 10, cost: "2.5") == [])
    }
  }

  @Test func retentionThatOvertookUsHaltsAndTombstonesAreRefused() throws {
    try TestDatabase.with { database in
      let scene = try MockScene(database, topics: ["events": 1])
      let settings = try scene.settings(untilEnd: true)
      try scene.produce(scene.invocations(0..<10) + [nil, nil], partitions: 1)
      try #require(RunningIngester(settings).wait()).get()
      #expect(
        try database.value(
          "SELECT count(*) FROM rejected_records WHERE reason = 'null_value' AND payload IS NULL")
          == "2")

      // The mock keeps 5 MiB of a partition.
      let large = String(repeating: "x", count: 200_000)
      try scene.produce(Array(repeating: large, count: 40), partitions: 1)
      let error = #expect(throws: IngestError.self) {
        try #require(RunningIngester(settings).wait()).get()
      }
      #expect(error?.exitCode == ExitCode.checkFailed)
      #expect(
        try database.value("SELECT halt_reason FROM ingest_offsets") == "offset_below_low_watermark"
      )
      #expect(try Sums(database).problems(produced: 12, accepted: 10, cost: "2.5") == [])
    }
  }

  @Test func aTopicOfNonsenseHaltsItsPartitionAndTheOtherGoesOn() throws {
    try TestDatabase.with { database in
      let scene = try MockScene(database)
      var settings = try scene.settings()
      settings.limits.recordCountMax = 500
      let ingester = RunningIngester(settings)
      for _ in 0..<3 {
        try scene.produce((0..<1000).map { _ in "nonsense" }, partitions: 1)
      }
      #expect(
        try eventually {
          try database.value("SELECT halt_reason FROM ingest_offsets WHERE partition = 0")
            == "reject_ratio"
        })
      let good = scene.invocations(0..<100)
      for payload in good {
        try scene.producer.produce(topic: "events", partition: 1, value: Array(payload.utf8))
      }
      try scene.producer.flush(timeoutMilliseconds: 10_000)
      #expect(try eventually { try Sums(database).rows == 100 })
      ingester.requestStop()
      #expect(throws: Never.self) { try ingester.wait()?.get() }
      #expect(try Sums(database).problems(produced: 1100, accepted: 100, cost: "25") == [])
    }
  }

  @Test func twoGroupsOnOneTopicFenceEachOtherAndStoreEverythingOnce() throws {
    try TestDatabase.with { database in
      let scene = try MockScene(database)
      try scene.produce(scene.invocations(0..<200))
      let first = try scene.settings()
      var second = first
      second.kafka.groupID = "another"
      let ingesters = [RunningIngester(first), RunningIngester(second)]
      for round in 1...4 {
        try scene.produce(scene.invocations(round * 200..<round * 200 + 200))
        #expect(try eventually(seconds: 60) { try Sums(database).rows == round * 200 + 200 })
      }
      for ingester in ingesters { ingester.requestStop() }
      for ingester in ingesters { #expect(throws: Never.self) { try ingester.wait()?.get() } }
      #expect(try Sums(database).problems(produced: 1000, accepted: 1000, cost: "250") == [])
      #expect(
        try database.value("SELECT count(*) FROM ingest_offsets WHERE state = 'halted'") == "0")
    }
  }
}
