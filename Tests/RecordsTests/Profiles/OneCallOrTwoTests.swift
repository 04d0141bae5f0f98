// SPDX-License-Identifier: Apache-2.0
import Foundation
import Generator
import Records
import Testing

/// The rows of the table "One call or two?" of docs/profiles.md that a decoder decides: what is one
/// has one identity and one content. `ops/profiles-check` has the others, with the emitters
/// themselves.
@Suite struct OneCallOrTwoTests {
  /// Identity and fingerprint of each row that a record gives.
  private func rows(_ sample: Sample, _ name: String) throws -> [[[UInt8]]] {
    let profile = try #require(try ProfileSamplesTests.shelf?.profile(name))
    let decoder = RecordDecoder(stream: profile.stream, profile: profile)
    let columns = profile.stream.identityColumns + ["content_sha256"]
    return try sample.withRecord(decoder) { record in
      var rows: [[[UInt8]]] = []
      try decoder.open(record, now: testNow)
      while let outcome = try decoder.next() {
        guard outcome == .accepted else { continue }
        let row = Row(of: decoder)
        rows.append(try columns.map { try #require(row.fields[$0]) })
      }
      return rows
    }
  }

  private func spans(_ encoding: SpanBatch.Encoding, each size: Int) throws -> [[[UInt8]]] {
    var settings = GeneratorSettings(seed: 11, count: 60, end: testNow)
    settings.invocationFraction = 1
    settings.formats = [(.plain, weight: 1)]
    var generator = RecordGenerator(settings)
    var batch = SpanBatch(encoding, sizes: size...size)
    var found: [[[UInt8]]] = []
    while generator.next() != nil {
      _ = batch.add(generator.payload ?? [])
      if batch.isFull { found += try rows(Sample(batch.take()), "otlp") }
    }
    return found
  }

  @Test func aRequestThatIsSentAgainOrCutDifferentlyIsTheSameCalls() throws {
    let first = try spans(.protobuf, each: 60)
    #expect(first.count == 60 && Set(first.map { $0[2] }).count == 60)
    #expect(try spans(.protobuf, each: 60) == first)
    #expect(try spans(.protobuf, each: 1) == first)
    #expect(try spans(.json, each: 20) == first)
  }

  /// The fields of a Protobuf message with their tags; only those that requests of spans have.
  private func fields(_ message: some Collection<UInt8>) -> [[UInt8]] {
    var (fields, rest) = ([[UInt8]](), Array(message))
    func varintCount(_ bytes: some Sequence<UInt8>) -> Int { bytes.prefix { $0 >= 0x80 }.count + 1 }
    while let tag = rest.first {
      var count = 1
      switch tag & 7 {
      case 0: count += varintCount(rest.dropFirst())
      case 1: count += 8
      default:
        let digits = varintCount(rest.dropFirst())
        let length = rest[1...digits].reversed().reduce(0) { $0 << 7 | Int($1 & 0x7f) }
        count += digits + length
      }
      fields.append(Array(rest.prefix(count)))
      rest.removeFirst(count)
    }
    return fields
  }

  private func content(_ field: [UInt8]) -> ArraySlice<UInt8> {
    field.dropFirst(1).drop { $0 >= 0x80 }.dropFirst()
  }

  private func message(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    var (bytes, rest) = ([tag], content.count)
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)] + content
  }

  @Test func theOrderOfASpansFieldsDecidesNothing() throws {
    let request = try #require(ProfileMutationTests.spans().last)
    let parts = fields(content(request))
    let scopes = fields(content(try #require(parts.last)))
    let expected = try rows(Sample(request), "otlp")
    var random = SplitMix(state: 3)
    for _ in 0..<50 {
      let shuffled = scopes.dropFirst().map { span in
        message(0x12, fields(content(span)).shuffled(using: &random).flatMap { $0 })
      }
      // A request is told from metrics by the first field of its first span.
      let scope = message(0x12, scopes[0] + scopes[1] + shuffled.dropFirst().flatMap { $0 })
      #expect(try rows(Sample(message(0x0a, parts[0] + scope)), "otlp") == expected)
    }
  }

  @Test func anEventInAFileAndOnTheBusIsOne() throws {
    let event = """
      {"eventVersion":"1.09","eventID":"450230d4-b39e-4a18-a6a0-d07a6e2105cb",
      "eventTime":"2026-08-20T21:31:21Z","eventName":"GetObject","eventSource":"s3.amazonaws.com",
      "recipientAccountId":"457448411975","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/a"}}
      """
    let alone = try rows(Sample(event), "cloudtrail")
    #expect(alone.count == 1)
    #expect(try rows(Sample("{\"Records\":[\(event),\(event)]}"), "cloudtrail") == alone + alone)
    let bus = """
      {"version":"0","id":"x","detail-type":"AWS API Call via CloudTrail","source":"aws.s3",
      "time":"2026-08-20T21:31:22Z","detail":\(event)}
      """
    #expect(try rows(Sample(bus), "cloudtrail") == alone)
  }

  @Test func litellmsPayloadIsOneHoweverItIsSent() throws {
    let payload = try #require(ProfileSamplesTests.records("litellm").first)
    let alone = try rows(Sample(payload), "litellm")
    #expect(alone.count == 1)
    let array = [UInt8(ascii: "[")] + payload + [UInt8(ascii: "]")]
    #expect(try rows(Sample(array), "litellm") == alone)
    let lines = payload + [UInt8(ascii: "\n")] + payload + [UInt8(ascii: "\n")]
    #expect(try rows(Sample(lines), "litellm") == alone + alone)
    // Another attempt is another call.
    let text = String(decoding: payload, as: UTF8.self)
    let start = "\"startTime\":1787303702.1"
    #expect(text.contains(start))
    let later = text.replacing(start + "23456", with: start + "23457")
    #expect(try rows(Sample(later), "litellm").first?[2] != alone[0][2])
  }
}
