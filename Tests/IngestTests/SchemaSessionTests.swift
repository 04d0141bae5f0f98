// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Foundation
import Kafka
import Records
import SchemaRegistry
import Telemetry
import Testing

@testable import Ingest

/// Framed records of Avro from the topic to the tables, with a registry that comes and goes.
struct SchemaSessionTests {
  private static let schema = """
    {"type":"record","name":"Batch","namespace":"site","fields":[{"name":"calls","type":{"type":"array",
    "items":{"type":"record","name":"Call","fields":[{"name":"id","type":"string"},
    {"name":"at","type":{"type":"long","logicalType":"timestamp-micros"}},
    {"name":"model","type":"string"},{"name":"input","type":["null","int"]},
    {"name":"cost","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}}]}}}]}
    """.replacing("\n", with: "")

  private static let profile = """
    [profile]
    stream = invocations
    items = calls[]
    [columns]
    invocation_id = uuid(id)
    occurred_at = epoch_us(at)
    tenant_id = "acme"
    provider = "openai"
    request_model = model
    input_tokens = input
    output_tokens = 1
    cost = cost
    currency = "USD"
    """

  /// A record with calls of these numbers, each of which costs a cent; one below 0 lacks its input.
  private static func record(_ calls: [Int], id: UInt32 = 7) -> [UInt8] {
    var bytes: [UInt8] = []
    func long(_ value: Int64) {
      var rest = UInt64(bitPattern: value << 1 ^ value >> 63)
      while rest > 0x7f {
        bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
        rest >>= 7
      }
      bytes.append(UInt8(rest))
    }
    func text(_ text: String) {
      long(Int64(text.utf8.count))
      bytes += text.utf8
    }
    long(Int64(calls.count))
    for call in calls {
      let digits = String(call.magnitude)
      text("0190b7c2-7000-7000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits)
      long(recent.unixMicroseconds)
      text("gpt-5")
      long(call < 0 ? 0 : 1)
      if call >= 0 { long(10) }
      long(1)
      bytes.append(1)
    }
    if !calls.isEmpty { long(0) }
    return [0] + withUnsafeBytes(of: id.bigEndian) { Array($0) } + bytes
  }

  private static let recent = Timestamp(
    microseconds: Timestamp.now().microseconds - 60 * Timestamp.microsecondsPerSecond)

  private func produce(
    _ scene: MockScene, _ topic: String, _ records: [[UInt8]], partition: Int32 = 0
  ) throws {
    for record in records {
      try scene.producer.produce(topic: topic, partition: partition, value: record)
    }
    try scene.producer.flush(timeoutMilliseconds: 30_000)
  }

  private func settings(
    _ scene: MockScene, _ topic: String, _ schemas: RegistrySchemas
  ) throws -> IngestSettings {
    var settings = try scene.settings([topic], untilEnd: true)
    settings.sources[0].profile = try ProfileShelf(own: ["calls": Self.profile]).profile("calls")
    settings.sources[0].keyMeaning = .ignore
    settings.schemas = schemas
    return settings
  }

  @Test func framedRecordsAreStoredAndAnUnknownSchemaIsRefused() throws {
    try TestDatabase.with { database in
      let topic = "avro-\(UInt32.random(in: 0...UInt32.max))"
      let scene = try MockScene(database, topics: [topic: 1])
      let registry = TestRegistry()
      registry.answer("/schemas/ids/7", .schema(Self.schema))
      registry.answer("/schemas/ids/9", .schema("message M {}", #","schemaType":"PROTOBUF""#))
      let schemas = RegistrySchemas(
        try RegistrySettings(urls: registry.url), health: Health())
      schemas.start()
      defer { schemas.stop() }
      try produce(
        scene, topic,
        [
          Self.record([1, 2]), Self.record([3], id: 8), Self.record([1, -4, 5]),
          Self.record([6], id: 9), Self.record([7]) + [0], Self.record([]),
          Self.record([8], id: 8),
        ])
      try #require(RunningIngester(try settings(scene, topic, schemas)).wait()).get()
      #expect(
        try ItemTests.account(database)
          == "7 records 9 seen 3 stored 1 duplicates 5 rejected 0 skipped")
      #expect(
        try database.value(
          """
          SELECT string_agg(concat_ws(' ', "offset", item, reason, payload IS NOT NULL), ', ' ORDER BY "offset")
          FROM rejected_records
          """)
          == "1 unknown_schema t, 2 1 missing_field t, 3 protobuf_schema t, 4 malformed_avro t, "
          + "6 unknown_schema t")
      #expect(
        try database.value("SELECT sum(cost) || ' ' || count(*) FROM invocations")
          == "0.030000000000 3")
      // Each id was asked for once.
      #expect(registry.requests.count == 3)
    }
  }

  /// Without a registry nothing is refused, nothing is lost, and another partition goes on.
  @Test func aRegistryThatIsAwayIsWaitedFor() throws {
    try TestDatabase.with { database in
      let topic = "away-\(UInt32.random(in: 0...UInt32.max))"
      let scene = try MockScene(database, topics: [topic: 2])
      let registry = TestRegistry()
      registry.answer("/schemas/ids/7", .schema(Self.schema))
      registry.answer("/schemas/ids/10", .init(503, ""))
      let health = Health()
      let schemas = RegistrySchemas(try RegistrySettings(urls: registry.url), health: health)
      schemas.start()
      defer { schemas.stop() }
      var settings = try settings(scene, topic, schemas)
      settings.untilEnd = false
      let ingester = RunningIngester(settings)
      try produce(
        scene, topic, [Self.record([1]), Self.record([2], id: 10), Self.record([3])])
      try produce(scene, topic, [Self.record([4])], partition: 1)
      #expect(eventually { registry.requests.filter { $0 == "/schemas/ids/10" }.count >= 3 })
      #expect(try eventually { try Sums(database).rows == 2 })
      #expect(try database.value("SELECT sum(next_offset) FROM ingest_offsets") == "2")
      #expect(try database.value("SELECT count(*) FROM rejected_records") == "0")
      #expect(!health.isReady)
      // The other partition goes on while this one waits.
      try produce(scene, topic, [Self.record([5])], partition: 1)
      #expect(try eventually { try Sums(database).rows == 3 })
      registry.answer("/schemas/ids/10", .schema(Self.schema))
      #expect(try eventually { try Sums(database).rows == 5 })
      #expect(
        try ItemTests.account(database)
          == "5 records 5 seen 5 stored 0 duplicates 0 rejected 0 skipped")
      #expect(health.isReady)
      ingester.requestStop()
      #expect(throws: Never.self) { try ingester.wait()?.get() }
    }
  }

  /// The same with real brokers, more records, and ids of three kinds in each partition.
  @Test(.enabled(if: Broker.isPresent, "needs DAYBOOK_TEST_KAFKA_BROKERS: run by ops/test"))
  func aRegistryThatComesBackLosesNothing() throws {
    let broker = try Broker()
    let topic = try broker.topic("avro", partitions: 3)
    try TestDatabase.with { database in
      let registry = TestRegistry()
      registry.answerNext([TestRegistry.Answer](repeating: .init(503, ""), count: 3))
      for id in [7, 10] { registry.answer("/schemas/ids/\(id)", .schema(Self.schema)) }
      let schemas = RegistrySchemas(try RegistrySettings(urls: registry.url), health: Health())
      schemas.start()
      defer { schemas.stop() }
      for number in 0..<900 {
        // Two calls each; each 9th has an id that nobody knows, and comes twice.
        let id: UInt32 = number % 9 == 0 ? 8 : number % 2 == 0 ? 7 : 10
        let record = Self.record([2 * number, 2 * number + 1], id: id)
        for _ in 0..<(number % 9 == 0 ? 2 : 1) {
          try broker.producer.produce(
            topic: topic, partition: Int32(number % 3), value: record)
        }
      }
      try broker.producer.flush(timeoutMilliseconds: 30_000)
      var settings = try broker.settings(database, topic)
      settings.sources[0].profile = try ProfileShelf(own: ["calls": Self.profile])
        .profile("calls")
      settings.sources[0].keyMeaning = .ignore
      settings.schemas = schemas
      settings.workerCount = 2
      try #require(RunningIngester(settings).wait(seconds: 120)).get()
      #expect(
        try ItemTests.account(database)
          == "1000 records 1800 seen 1600 stored 0 duplicates 200 rejected 0 skipped")
      #expect(registry.requests.count == 6)
    }
  }

  /// A stop does not wait for a registry, and the next run reads on where this one waited.
  @Test func aStopDoesNotWaitForTheRegistry() throws {
    try TestDatabase.with { database in
      let topic = "stop-\(UInt32.random(in: 0...UInt32.max))"
      let scene = try MockScene(database, topics: [topic: 1])
      let registry = TestRegistry()
      registry.answer("/schemas/ids/7", .init(500, ""))
      let away = RegistrySchemas(try RegistrySettings(urls: registry.url), health: Health())
      away.start()
      var settings = try settings(scene, topic, away)
      settings.untilEnd = false
      try produce(scene, topic, [Self.record([1]), Self.record([2])])
      let ingester = RunningIngester(settings)
      #expect(eventually { !registry.requests.isEmpty })
      ingester.requestStop()
      try #require(ingester.wait()).get()
      away.stop()
      #expect(try Sums(database).rows == 0)
      registry.answer("/schemas/ids/7", .schema(Self.schema))
      let back = RegistrySchemas(try RegistrySettings(urls: registry.url), health: Health())
      back.start()
      defer { back.stop() }
      settings.schemas = back
      settings.untilEnd = true
      try #require(RunningIngester(settings).wait()).get()
      #expect(
        try ItemTests.account(database)
          == "2 records 2 seen 2 stored 0 duplicates 0 rejected 0 skipped")
    }
  }
}
