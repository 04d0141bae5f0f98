// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Records
import Telemetry
import Testing

@testable import Ingest

/// Requests of a collector from the topic to the tables, with the decoder that reads their items.
struct ItemSessionTests {
  /// A span by its number; `tool` is none of the stream's.
  private static func span(
    _ number: Int, tenant: String? = "acme", isTool: Bool = false, at: Timestamp = recent
  ) -> String {
    let digits = String(number)
    let id = String(repeating: "0", count: 16 - digits.count) + digits
    let nanoseconds = "\(at.unixMicroseconds)000"
    func attribute(_ key: String, _ value: String) -> String {
      #"{"key":"\#(key)","value":\#(value)}"#
    }
    let attributes =
      [
        attribute(
          "gen_ai.operation.name", #"{"stringValue":"\#(isTool ? "execute_tool" : "chat")"}"#),
        attribute("gen_ai.provider.name", #"{"stringValue":"openai"}"#),
        attribute("gen_ai.request.model", #"{"stringValue":"gpt-5"}"#),
        attribute("gen_ai.usage.input_tokens", #"{"intValue":"10"}"#),
        attribute("gen_ai.usage.output_tokens", #"{"intValue":"2"}"#),
      ] + (tenant.map { [attribute("tenant.id", #"{"stringValue":"\#($0)"}"#)] } ?? [])
    return
      #"{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"\#(id)","name":"chat","kind":3,"#
      + #""startTimeUnixNano":"\#(nanoseconds)","endTimeUnixNano":"\#(nanoseconds)","#
      + #""attributes":[\#(attributes.joined(separator: ","))],"status":{}}"#
  }

  private static func request(_ spans: [String]) -> String {
    #"{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{"name":"s"},"#
      + #""spans":[\#(spans.joined(separator: ","))]}]}]}"#
  }

  private static let recent = Timestamp(
    microseconds: Timestamp.now().microseconds - 60 * Timestamp.microsecondsPerSecond)

  private func settings(_ scene: MockScene, _ topic: String) throws -> IngestSettings {
    var settings = try scene.settings([topic], untilEnd: true)
    settings.sources[0].profile = try ProfileShelf().profile("otlp")
    settings.sources[0].keyMeaning = .ignore
    return settings
  }

  @Test func eachCallOfARequestIsStoredOnce() throws {
    try TestDatabase.with { database in
      let topic = "items-\(UInt32.random(in: 0...UInt32.max))"
      let scene = try MockScene(database, topics: [topic: 1])
      try scene.produce(
        [
          Self.request([Self.span(1), Self.span(2, isTool: true), Self.span(1), Self.span(3)]),
          "nonsense",
          Self.request([Self.span(4, tenant: nil), Self.span(5), Self.span(3)]),
          Self.request([Self.span(6, isTool: true), Self.span(7, isTool: true)]),
        ], to: topic, partitions: 1)
      try #require(RunningIngester(try settings(scene, topic)).wait()).get()
      #expect(
        try ItemTests.account(database)
          == "4 records 10 seen 3 stored 2 duplicates 2 rejected 3 skipped")
      #expect(
        try database.value(
          """
          SELECT string_agg(source_offset || '#' || source_item, ' ' ORDER BY source_offset, source_item)
          FROM invocations
          """) == "0#0 0#3 2#1")
      #expect(
        try database.value(
          """
          SELECT string_agg(concat_ws(' ', "offset", item, field, payload IS NOT NULL), ', ' ORDER BY "offset")
          FROM rejected_records
          """) == "1 t, 2 0 tenant_id t")
      #expect(Metrics.itemsSkipped.sample([topic, "tool_span"]) == 3)
      #expect(Metrics.itemsConsumed.sample([topic]) == 10)
      #expect(Metrics.recordsConsumed.sample([topic]) == 4)

      // The last record was skipped as a whole: it is the anchor, and is found again.
      try scene.produce([Self.request([Self.span(8)])], to: topic, partitions: 1)
      try #require(RunningIngester(try settings(scene, topic)).wait()).get()
      #expect(
        try ItemTests.account(database)
          == "5 records 11 seen 4 stored 2 duplicates 2 rejected 3 skipped")
    }
  }

  /// Of an item that only one of two clocks calls too new nothing of its record is stored before
  /// they agree; then the item is refused, and its neighbours are stored once.
  @Test func anItemInDoubtKeepsItsRecordBack() throws {
    try TestDatabase.with { database in
      let topic = "doubt-\(UInt32.random(in: 0...UInt32.max))"
      let scene = try MockScene(database, topics: [topic: 1])
      let host = ClockTests.Host()
      var settings = try settings(scene, topic)
      settings.untilEnd = false
      settings.clock = host.clock
      func rows() throws -> String? {
        try database.value(
          """
          SELECT (SELECT count(*) FROM invocations) || ' ' || (SELECT count(*) FROM rejected_records)
            || ' ' || (SELECT coalesce(sum(next_offset), 0) FROM ingest_offsets)
          """)
      }
      let ingester = RunningIngester(settings)
      try scene.produce([Self.request([Self.span(1)])], to: topic, partitions: 1)
      #expect(try eventually { try rows() == "1 0 1" })
      host.set(secondsAhead: 3_456_000)
      let tomorrow = Timestamp(
        microseconds: Timestamp.now().microseconds + 86_400 * ClockTests.second)
      try scene.produce(
        [Self.request([Self.span(2), Self.span(3, at: tomorrow), Self.span(4)])], to: topic,
        partitions: 1)
      #expect(try !eventually(seconds: 3) { try rows() != "1 0 1" })
      host.set(secondsAhead: 0)
      #expect(try eventually { try rows() == "3 1 2" })
      #expect(
        try database.value("SELECT concat_ws(' ', item, reason) FROM rejected_records")
          == "1 too_new")
      #expect(
        try ItemTests.account(database)
          == "2 records 4 seen 3 stored 0 duplicates 1 rejected 0 skipped")
      ingester.requestStop()
      #expect(throws: Never.self) { try ingester.wait()?.get() }
    }
  }
}
