// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Kafka
import Records
import Testing

@testable import Ingest

/// A mock cluster with topics of invocations, and settings for an ingester that may only write.
struct MockScene {
  let cluster: MockCluster
  let producer: Producer
  let database: TestDatabase
  static let login = "daybook_test_ingest"

  init(_ database: TestDatabase, topics: [String: Int32] = ["events": 2]) throws {
    self.database = database
    cluster = try MockCluster()
    for (name, partitions) in topics {
      try cluster.createTopic(name, partitions: partitions)
    }
    producer = try Producer(settings: ClientSettings(brokers: cluster.brokers))
    try database.server.makeLogin(Self.login, memberOf: ["app_write"])
  }

  func settings(
    _ topics: [String] = ["events"], untilEnd: Bool = false
  ) throws -> IngestSettings {
    var settings = IngestSettings(
      sources: topics.map { IngestSettings.Source(topic: $0, stream: .invocations) },
      kafka: ConsumerSettings(
        brokers: cluster.brokers, groupID: "group",
        overrides: [("heartbeat.interval.ms", "300"), ("session.timeout.ms", "6000")]),
      database: try database.settings(
        .transactionPooler, ["user": Self.login, "password": "test"]))
    settings.untilEnd = untilEnd
    settings.limits.ageMillisecondsMax = 200
    return settings
  }

  /// The same, with a relay in front of the pooler.
  func settings(through proxy: TCPProxy, untilEnd: Bool = false) throws -> IngestSettings {
    var relayed = try settings(["events"], untilEnd: untilEnd)
    relayed.database = try database.settings(
      .direct,
      [
        "host": "127.0.0.1", "port": String(proxy.port), "user": Self.login, "password": "test",
      ])
    return relayed
  }

  /// A run with an end that has stored 10 calls of `events`, and waits for the clock of `host`: the
  /// one of `others` is of tomorrow.
  static func ofARunThatWaits(
    _ database: TestDatabase
  ) throws -> (scene: MockScene, host: ClockTests.Host, ingester: RunningIngester) {
    let scene = try MockScene(database, topics: ["events": 1, "others": 1])
    let host = ClockTests.Host()
    host.set(secondsAhead: 3_456_000)
    let tomorrow = Timestamp(
      microseconds: Timestamp.now().microseconds + 86_400 * ClockTests.second)
    try scene.produce(scene.invocations(0..<10), partitions: 1)
    try scene.produce(
      [BatchFixture.invocation(10, occurredAt: tomorrow.description)], to: "others", partitions: 1)
    var settings = try scene.settings(["events", "others"], untilEnd: true)
    settings.clock = host.clock
    let ingester = RunningIngester(settings)
    #expect(try eventually { try Sums(database).rows == 10 })
    #expect(ingester.wait(seconds: 1) == nil, "it waits")
    return (scene, host, ingester)
  }

  /// Produces to the partitions in turn, and waits for the acknowledgements.
  func produce(
    _ payloads: [String?], to topic: String = "events", partitions: Int32 = 2
  ) throws {
    for (index, payload) in payloads.enumerated() {
      try producer.produce(
        topic: topic, partition: Int32(index) % partitions, value: payload.map { Array($0.utf8) })
    }
    try producer.flush(timeoutMilliseconds: 30_000)
  }

  func invocations(_ range: Range<Int>) -> [String] {
    range.map { BatchFixture.invocation($0) }
  }
}
