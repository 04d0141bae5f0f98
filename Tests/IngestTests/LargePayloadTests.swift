// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Digest
import JSON
import Records
import Testing

@testable import Ingest

/// A refused value that is larger than any record may be: its beginning is kept, and what tells
/// which it was.
struct LargePayloadTests {
  static let large = String(repeating: "x", count: JSONLimits.payloadBytesMax + 1)

  @Test func theBeginningIsKeptWithSizeAndHash() throws {
    try TestDatabase.with { database in
      let fixture = try BatchFixture(database)
      let atLimit = String(Self.large.dropLast())
      let batch = try fixture.batch([BatchFixture.invocation(1), Self.large, atLimit])
      #expect(batch.byteCount < JSONLimits.payloadBytesMax + 2 * IngestLimits.keptPayloadBytesMax)
      _ = try fixture.write(batch)
      let hash = SHA256.hex(of: Array(Self.large.utf8))
      #expect(
        try database.value(
          """
          SELECT string_agg(concat_ws(' ', reason, octet_length(payload),
            message LIKE '%; the value has 1048577 bytes (SHA-256 \(hash)), and the first 65536 are kept'),
            ', ' ORDER BY "offset") FROM rejected_records
          """) == "payload_too_large 65536 t, not_json 1048576 f")
      #expect(try Sums(database).problems(produced: 3, accepted: 1) == [])
    }
  }

  /// The anchor is that of the whole record.
  @Test(.enabled(if: Broker.isPresent, "needs DAYBOOK_TEST_KAFKA_BROKERS: run by ops/test"))
  func theLogIsStillTheSameAfterIt() throws {
    let broker = try Broker()
    let topic = try broker.topic(
      "large", partitions: 1, config: [("max.message.bytes", "4000000")])
    try TestDatabase.with { database in
      let settings = try broker.settings(database, topic)
      let damaged = BatchFixture.invocation(3, extra: #","metadata":{"a":[1,{"b":1e999}]}"#)
      try broker.produce(
        [BatchFixture.invocation(1), damaged, Self.large], to: topic, partitions: 1)
      try #require(RunningIngester(settings).wait()).get()
      let message = try database.value(
        "SELECT field || message FROM rejected_records WHERE reason = 'number_out_of_range'")
      let byte = damaged.utf8.count - 9
      #expect(
        message?.hasSuffix("(at metadata.a[1].b, byte \(byte))") == true, "\(message ?? "none")")
      #expect(message?.hasPrefix("metadata") == true)
      try broker.produce([BatchFixture.invocation(2)], to: topic, partitions: 1)
      try #require(RunningIngester(settings).wait()).get()
      #expect(
        try database.value("SELECT state || next_offset FROM ingest_offsets") == "active4")
    }
  }
}
