// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Foundation
import Records
import Testing

/// The wire formats around one record.
@Suite struct EnvelopeTests {
  private let decoder = RecordDecoder(stream: .auditLogs)
  private static let body =
    #"{"event_id":"0190b7c2-7000-7c1a-9a53-000000000001","occurred_at":"2026-08-21T09:15:02Z","#
    + #""tenant_id":"acme","action":"user.login","actor_id":"user_1"}"#
  /// Without what a CloudEvents envelope says.
  private static let bare = #"{"tenant_id":"acme","action":"user.login","actor_id":"user_1"}"#
  private static let binary = [
    ("content-type", "application/json"), ("ce_specversion", "1.0"),
    ("ce_id", "0190b7c2-7000-7c1a-9a53-000000000001"), ("ce_source", "/auth"),
    ("ce_type", "com.example.audit.login"), ("ce_time", "2026-08-21T09:15:02Z"),
  ]
  private static let structuredType = [
    ("Content-Type", "application/CloudEvents+JSON; charset=UTF-8")
  ]

  private func structured(_ more: String) -> Sample {
    Sample(
      #"{"specversion":"1.0","id":"0190b7c2-7000-7c1a-9a53-000000000001","source":"/auth","#
        + #""type":"com.example.audit.login","time":"2026-08-21T09:15:02Z",\#(more)}"#,
      headers: Self.structuredType)
  }

  @Test func allWireFormatsGiveTheSameRow() throws {
    let plain = try Sample(Self.body.dropLast() + #","service":"/auth"}"#).row(with: decoder)
    let base64 = Data(Self.bare.utf8).base64EncodedString()
    let framed = Sample(
      [0, 0, 0, 1, 7] + Array((Self.body.dropLast() + #","service":"/auth"}"#).utf8))
    for sample in [
      Sample(Self.bare, headers: Self.binary),
      structured(#""datacontenttype":"application/json","data":\#(Self.bare)"#),
      structured(#""data_base64":"\#(base64)""#), framed,
    ] {
      let row = try sample.row(with: decoder)
      #expect(row.fields == plain.fields)
      #expect(row.fields["content_sha256"]?.count == 32)
    }
    #expect(decoder.counters.headerMismatches == 0)
  }

  @Test func headersThatAreNoEventAreIgnored() throws {
    // No ce_type: not a CloudEvent, whatever ce_id says.
    let sample = Sample(Self.bare, headers: Self.binary.filter { $0.0 != "ce_type" })
    #expect(sample.rejection(with: decoder)?.reason == .missingField)
  }

  @Test func idsThatAreNoUUIDBecomeOnes() throws {
    var headers = Self.binary
    headers[2].1 = "event-1"
    let row = try Sample(Self.bare, headers: headers).row(with: decoder)
    // uuid.uuid5(uuid.NAMESPACE_URL, "/auth\0event-1") in Python.
    #expect(row.fields["event_id"] == UUIDBytes("0c72a71d-3021-53b8-867f-136ee3d5e425").map(bytes))
  }

  private func bytes(_ uuid: UUIDBytes) -> [UInt8] {
    withUnsafeBytes(of: (uuid.high.bigEndian, uuid.low.bigEndian)) { Array($0) }
  }

  @Test func theBodyWinsAndDifferencesAreCounted() throws {
    var headers = Self.binary
    headers[2].1 = "another-id"
    headers[5].1 = "2026-08-21T09:15:03Z"
    let plain = try Sample(Self.body).row(with: decoder)
    let row = try Sample(Self.body, headers: headers).row(with: decoder)
    #expect(row.fields["event_id"] == plain.fields["event_id"])
    #expect(row.fields["occurred_at"] == plain.fields["occurred_at"])
    #expect(decoder.counters.headerMismatches == 2)
  }

  @Test func theLastValueOfAHeaderWins() throws {
    var headers = Self.binary
    headers.insert(("ce_id", "not-this-one"), at: 0)
    #expect(try Sample(Self.body, headers: headers).row(with: decoder).fieldCount == 31)
    #expect(decoder.counters.headerMismatches == 0)
  }

  @Test func headersThatAreNotUTF8AreIgnoredAndCounted() throws {
    var sample = Sample(Self.body)
    sample.headers = [("content-type", [0xff]), ("traceparent", [0xc0]), ("x-other", [0xff])]
    #expect(sample.rejection(with: decoder) == nil)
    #expect(decoder.counters.nonUTF8Headers == 2)
  }

  @Test func theTraceComesFromTraceparent() throws {
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    let parent = "00-\(trace)-00f067aa0ba902b7-01"
    let row = try Sample(Self.body, headers: [("traceparent", parent)]).row(with: decoder)
    #expect(row.text("trace_id") == trace)
    #expect(row.text("span_id") == "00f067aa0ba902b7")
    for invalid in [
      "", "00", parent.uppercased(), "ff" + parent.dropFirst(2), parent + "0",
      "00-\(String(repeating: "0", count: 32))-00f067aa0ba902b7-01", "00" + parent.dropFirst(1),
    ] {
      let row = try Sample(Self.body, headers: [("traceparent", invalid)]).row(with: decoder)
      #expect(row.text("trace_id") == nil, "\(invalid)")
    }
    // The span of another trace is not taken.
    let own = Self.body.dropLast() + #","trace_id":"00000000000000000000000000000001"}"#
    let mixed = try Sample(String(own), headers: [("traceparent", parent)]).row(with: decoder)
    #expect(mixed.text("trace_id") == "00000000000000000000000000000001")
    #expect(mixed.text("span_id") == nil)
    #expect(decoder.counters.headerMismatches == 1)
  }

  private static let withoutTenant = body.replacing(#""tenant_id":"acme","#, with: "")

  @Test func theTenantComesFromTheKeyWhereTheTopicSaysSo() throws {
    let row = try Sample(Self.withoutTenant, key: "acme", .tenant).row(with: decoder)
    #expect(row.text("tenant_id") == "acme")
    func reason(_ key: String) -> Reason? {
      Sample(Self.withoutTenant, key: key, .tenant).rejection(with: decoder)?.reason
    }
    #expect(reason("") == .missingField)
    #expect(reason("a b") == .badFormat)
    var binaryKey = Sample(Self.withoutTenant, key: "", .tenant)
    binaryKey.key = [0xff, 0xfe]
    #expect(binaryKey.rejection(with: decoder)?.reason == .badFormat)
  }

  @Test(arguments: [KeyMeaning.compare, .ignore])
  func anotherKeyIsNeverTakenForTheTenant(meaning: KeyMeaning) {
    for key in ["acme", "user-1", "0", "a b"] {
      let plain = Sample(Self.withoutTenant, key: key, meaning)
      let event = Sample(
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/a\",\"type\":\"t\",\"data\":"
          + Self.withoutTenant + "}", key: key, meaning, headers: Self.structuredType)
      for sample in [plain, event] {
        let rejection = sample.rejection(with: decoder)
        #expect(rejection?.reason == .missingField)
        #expect(rejection?.field(in: .auditLogs) == "tenant_id")
      }
    }
  }

  @Test func aKeyMustBeTheTenantOfTheBodyUnlessItIsIgnored() {
    for meaning in KeyMeaning.allCases {
      #expect(Sample(Self.body, key: "acme", meaning).rejection(with: decoder) == nil)
      let other = Sample(Self.body, key: "user-1", meaning).rejection(with: decoder)?.reason
      #expect(other == (meaning == .ignore ? nil : .tenantKeyMismatch))
    }
  }

  @Test(
    arguments: [
      ("application/json", nil), ("application/json; charset=utf-8", nil), ("TEXT/JSON", nil),
      ("application/vnd.acme.v1+json", nil), ("text/plain", nil), ("", nil),
      ("application/octet-stream", nil), ("application/avro", .unsupportedContentType),
      ("application/x-protobuf", .unsupportedContentType), ("text/csv", .unsupportedContentType),
      ("application/cloudevents-batch+json", .badEnvelope),
      ("application/cloudevents+avro", .unsupportedContentType),
      ("application/cloudevents", .unsupportedContentType),
      ("application/cloudevents+json", .badEnvelope),
    ] as [(String, Reason?)])
  func contentTypesDecide(contentType: String, reason: Reason?) {
    let sample = Sample(Self.body, headers: [("content-type", contentType)])
    #expect(sample.rejection(with: decoder)?.reason == reason)
  }

  @Test(
    arguments: [
      ("identity", nil), ("UTF-8", nil), ("", nil), ("gzip", .unsupportedContentEncoding),
      ("zstd", .unsupportedContentEncoding),
    ] as [(String, Reason?)])
  func contentEncodingsDecide(encoding: String, reason: Reason?) {
    let sample = Sample(Self.body, headers: [("content-encoding", encoding)])
    #expect(sample.rejection(with: decoder)?.reason == reason)
  }

  @Test func incompleteEventsAreRefused() {
    let data = #""data":\#(Self.bare)"#
    for more in [
      #""data":"text""#, #""data":null"#, #""data_base64":"!!!!""#, #""data_base64":"e30""#,
      #""data_base64":1"#, #"\#(data),"data_base64":"e30=""#, #""data_base64":"MQ==""#,
      #"\#(data),"datacontenttype":1"#,
    ] {
      #expect(structured(more).rejection(with: decoder)?.reason == .badEnvelope, "\(more)")
    }
    let other = structured(#"\#(data),"datacontenttype":"text/csv""#)
    #expect(other.rejection(with: decoder)?.reason == .unsupportedContentType)
    let bad = structured(#""data_base64":"e30x""#)
    #expect(bad.rejection(with: decoder)?.reason == .trailingContent)
    var headers = Self.binary
    headers[1].1 = "0.3"
    let old = Sample(Self.body, headers: headers)
    #expect(old.rejection(with: decoder)?.reason == .badEnvelope)
  }

  @Test(
    arguments: [
      [0], [0, 0, 0, 0, 1], [0, 0, 0, 0, 1, 0x22], [1], [3, 0], [0, 0, 0, 0, 1, 0, 0x7b],
    ] as [[UInt8]])
  func otherFramesAreRefused(frame: [UInt8]) {
    #expect(Sample(frame).rejection(with: decoder)?.reason == .schemaRegistryFormat)
  }
}
