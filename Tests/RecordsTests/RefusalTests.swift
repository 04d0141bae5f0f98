// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Records
import Testing

/// A refusal says where the fault is and what to do.
@Suite struct RefusalTests {
  private let decoder = RecordDecoder(stream: .invocations)

  /// Field, byte and path of the fault.
  private func place(_ sample: Sample) -> String {
    guard let found = sample.rejection(with: decoder) else { return "none" }
    let rejection = decoder.located(found)
    let path = (sample.payload ?? []).withUnsafeBytes { rejection.path(in: $0) }
    return "\(rejection.field(in: .invocations) ?? "-") \(rejection.offset) \(path ?? "-")"
  }

  @Test(
    arguments: [
      ("{\"a\":1,}", "- 7 -"), ("{\"a\" 1}", "- 1 -"), ("hello", "- 0 -"),
      ("{\"x\":[1,2", "- 9 x[1]"), ("{} x", "- 3 -"), ("", "- -1 -"),
      (#"{"x":{"y":[1,,2]}}"#, "- 13 x.y[1]"), (#"{"x":1,"y":{"z" 2}}"#, "- 12 y"),
      (#"{"metadata":{"a":"\u0000"}}"#, "metadata 18 metadata.a"),
      (#"{"metadata":{"ab":1,"ab":2}}"#, "metadata 21 metadata.ab"),
      (#"{"metadata":{"a":1e999}}"#, "metadata 17 metadata.a"),
      (#"{"metadata":{"a":[1,{},{"c":[],"b":01}]}}"#, "metadata 35 metadata.a[2].b"),
      (#"{"metadata":{"a":{"b\ud83d":1}}}"#, "metadata 19 metadata.a.b%5Cud83d"),
      (
        #"{"gen_ai":{"usage":{"input_tokens":1e999}}}"#, "input_tokens 35 gen_ai.usage.input_tokens"
      ),
      (#"{"gen_ai":{"usage" 1}}"#, "- 11 gen_ai"),
      (#"{"tenant_id":"a","tenant_id":"a"}"#, "tenant_id 18 tenant_id"),
      (#"{"meta\u0064ata":{"\u0061":"\ud83d"}}"#, "metadata 28 meta%5Cu0064ata.%5Cu0061"),
    ])
  func faultsOfJSONHaveAPlace(json: String, expected: String) {
    #expect(place(Sample(json)) == expected, "\(json)")
  }

  /// A key that is where it was in the record before is not looked up, and has its place all the
  /// same.
  @Test func aKeyThatWasExpectedHasAPlace() {
    let good = Sample(#"{"tenant_id":"a","region":"b","user_id":"c"}"#)
    #expect(good.rejection(with: decoder)?.reason == .missingField)
    let twice = #"{"region":"a","user_id":"b","region":"c"}"#
    #expect(place(Sample(twice)) == "region 29 region")
    for _ in 0..<2 { _ = Sample(twice).rejection(with: decoder) }
    #expect(place(Sample(twice)) == "region 29 region")
  }

  @Test func faultsOfFieldsHaveAPlace() {
    func record(_ more: String) -> Sample {
      Sample(
        #"{"occurred_at":"2026-08-21T09:15:02Z","invocation_id":"0190b7c2-6f3e-7c1a-9a53-"#
          + #"2b1f0c9d7e11",\#(more)}"#)
    }
    let start = 93
    for (more, expected) in [
      (#""provider":"\u0041\u0001""#, "provider \(start + 12) provider"),
      (#""\u0070rovider":"\u0041\n""#, "provider \(start + 17) %5Cu0070rovider"),
      (#""user_id":"\u0041","stream":"\u0041""#, "stream \(start + 29) stream"),
      (#""tags":{"\u0061":"\n","b":1}"#, "tags \(start + 26) tags.b"),
      (#""finish_reasons":["\u0061",[],2]"#, "finish_reasons \(start + 27) finish_reasons[1]"),
      (
        #""metadata":{"a":\#(String(repeating: "[", count: 8))\#(String(repeating: "]", count: 8))}"#,
        "metadata \(start + 23) metadata.a[0][0][0][0][0][0][0]"
      ),
      (
        #""gen_ai.request.model":"a","request_model":"b""#,
        "request_model \(start + 44) request_model"
      ),
      (#""gen_ai":{"request":{"model":""}}"#, "request_model \(start + 30) gen_ai.request.model"),
    ] {
      #expect(place(record(more)) == expected, "\(more)")
    }
  }

  /// In the value as it was sent.
  @Test func placesInsideOfAnEnvelope() {
    let frame = Sample([0, 0, 0, 0, 0x7b] + Array(#"{"metadata":{"a":1e999}}"#.utf8))
    #expect(place(frame) == "metadata 22 metadata.a")
    let json = #"{"metadata":{"a":1e999}}"#
    let event = place(self.event(#""data":\#(json)"#))
    #expect(event.hasPrefix("metadata ") && event.hasSuffix(" data.metadata.a"), "\(event)")
    let encoded = self.event(#""data_base64":"\#(Data(json.utf8).base64EncodedString())""#)
    #expect(place(encoded).hasPrefix("metadata "))
    #expect(place(encoded).hasSuffix(" data_base64"), "\(place(encoded))")
    // What is said of one record is not said of the next.
    #expect(place(Sample([1, 2])) == "- -1 -")
  }

  /// Of names only what is harmless, and not too much of it.
  @Test func pathsAreBoundedAndClean() {
    let long = String(repeating: "k", count: 5_000)
    for key in [long, "\u{1b}[2J\u{202e}é", "a\\\"b"] {
      for json in ["{\"metadata\":{\"\(key)\":1e999}}", "{\"\(key)\":{\"\(key)\":x}}"] {
        let parts = place(Sample(json)).split(separator: " ")
        let path = parts.last ?? ""
        #expect(path.utf8.count <= JSONPath.charactersMax + 3, "\(path)")
        #expect(path.allSatisfy { $0.isASCII && !$0.isWhitespace && $0 != "\"" }, "\(path)")
      }
    }
    let deep = String(repeating: "[", count: 200_000)
    #expect(place(Sample("{\"x\":\(deep)")).hasSuffix("[0]..."))
  }

  @Test func everyFaultIsFound() {
    let json =
      #"{"invocation_id":"x","occurred_at":1787303702,"provider":"","#
      + #""input_tokens":-1,"output_tokens":5,"cost":"1","stream":"yes"}"#
    let faults = Array(json.utf8).withUnsafeBytes {
      decoder.examine(RawRecord(payload: $0), now: testNow)
    }
    let found = faults.map { "\($0.reason.code) \($0.field(in: .invocations) ?? "")" }
    #expect(
      found == [
        "bad_uuid invocation_id", "wrong_type occurred_at", "empty provider",
        "out_of_range input_tokens", "wrong_type stream", "missing_field tenant_id",
        "missing_field request_model", "currency_missing currency",
      ])
    #expect(faults[1].offset == 35)
    #expect(faults[1].message(in: .invocations).contains("the time is not a string"))
    #expect(Array(json.utf8).withUnsafeBytes { faults[1].path(in: $0) } == "occurred_at")
    // Afterwards the first fault ends a record again.
    #expect(Sample(json).rejection(with: decoder)?.reason == .badUUID)
    let good = Array("{}".utf8).withUnsafeBytes {
      decoder.examine(RawRecord(payload: $0), now: testNow)
    }
    #expect(good.count > 3)
  }

  private func faults(_ json: String, _ decoder: RecordDecoder? = nil) -> [String] {
    let decoder = decoder ?? self.decoder
    let value = Array(json.utf8)
    return value.withUnsafeBytes { bytes in
      decoder.examine(RawRecord(payload: bytes), now: testNow).map {
        "\($0.reason.code) \($0.field(in: decoder.stream) ?? "-") \($0.path(in: bytes) ?? "-")"
      }
    }
  }

  /// As long as the rest of the document can be told from it.
  @Test(
    arguments: [
      #""tags":{"a":"\ud83d"}"#, #""tags":{"a":NaN}"#, #""tags":{"a":"\u0000"}"#,
      #""tags":{"a":01}"#,
      #""tags":{"a":1,"a":2}"#, #""tags":{"a":1e999}"#, #""tags":{"a" 1}"#, #""tags":{"a":[1,]}"#,
      #""tags":{"a":"x"},"tags":{"a":"x"}"#,
    ])
  func aDamagedValueHidesNothing(damage: String) {
    for more in ["", "  \n"] {
      for json in [
        #"{\#(damage)\#(more),\#(Self.rest)}"#, #"{\#(Self.rest),\#(damage)\#(more)}"#,
        #"{"provider":7,\#(damage),"input_tokens":-1,"request_model":"m","tenant_id":"a b"}"#,
      ] {
        let found = faults(json)
        #expect(found.first?.contains(" tags tags") == true, "\(json): \(found)")
        #expect(Set(found.dropFirst()) == Self.others, "\(json)")
      }
    }
  }

  private static let rest = #""provider":7,"input_tokens":-1,"request_model":"m","tenant_id":"a b""#
  private static let others: Set = [
    "missing_field invocation_id -", "missing_field occurred_at -", "missing_field output_tokens -",
    "wrong_type provider provider", "out_of_range input_tokens input_tokens",
    "bad_format tenant_id tenant_id",
  ]

  @Test func severalDamagedValuesAreAllTold() {
    let json =
      #"{"x":{"y":tru},"metadata":{"a":1e999},"gen_ai":{"usage":{"input_tokens":01,"zz":2}},"#
      + #""tags":{"k":"\ud800"},\#(Self.rest.replacing("\"input_tokens\":-1,", with: ""))} more"#
    let found = faults(json)
    #expect(
      found.prefix(5) == [
        "not_json - x.y", "number_out_of_range metadata metadata.a",
        "not_json input_tokens gen_ai.usage.input_tokens", "lone_surrogate tags tags.k",
        "trailing_content - -",
      ], "\(found)")
    #expect(found.contains("bad_format tenant_id tenant_id"))
    #expect(faults("{\"a\":1 \"b\":2}") == ["not_json - a"])
    #expect(faults(#"{"a":1,"b":[1}],"stream":7}"#) == ["not_json - b[0]"])
    #expect(faults(#"{"a":"b,"stream":7}"#) == ["not_json - a"])
    #expect(faults("[1") == ["not_json - [0]"])
    let many = (0..<100).map { "\"k\($0)\":tru" }.joined(separator: ",")
    #expect(faults("{\(many)}").count == 32)
    // In another encoding, once.
    let latin =
      Array("{\"provider\":\"".utf8) + [0xe9] + Array("\",\"tenant_id\":\"".utf8) + [
        0xe9, 0x22, 0x7d,
      ]
    let reasons = latin.withUnsafeBytes {
      decoder.examine(RawRecord(payload: $0), now: testNow).map(\.reason)
    }
    #expect(reasons.filter { $0 == .invalidUTF8 }.count == 1 && reasons.contains(.badFormat))
  }

  /// What could not be read is neither missing nor contradicts anything.
  @Test func faultsThatFollowFromAnotherAreNotTold() {
    let good =
      #""invocation_id":"0190b7c2-6f3e-7c1a-9a53-2b1f0c9d7e11","tenant_id":"acme","#
      + #""occurred_at":"2026-08-21T09:15:02Z","provider":"openai","request_model":"o3""#
    #expect(
      faults(#"{\#(good),"input_tokens":1e999,"cache_read_input_tokens":5,"output_tokens":1}"#)
        == ["number_out_of_range input_tokens input_tokens"])
    #expect(faults(#"{\#(good),"status":"faliure"}"#) == ["not_allowed status status"])
    #expect(
      faults(#"{\#(good),"input_tokens":1,"output_tokens":1,"usage_source":"guessed"}"#)
        == ["not_allowed usage_source usage_source"])
    #expect(
      faults(#"{\#(good),"input_tokens":1,"output_tokens":1,"cost":{},"currency":"USD"}"#)
        == ["wrong_type cost cost"])
  }

  @Test func everyAmbiguityIsTold() {
    let twice =
      #""provider":"a","gen_ai.provider.name":"b","request_model":"a","gen_ai.request.model":"b""#
    let found = faults("{\(twice)}").filter { $0.hasPrefix("ambiguous") }
    #expect(
      found == [
        "ambiguous_field provider gen_ai.provider.name",
        "ambiguous_field request_model gen_ai.request.model",
      ])
    #expect(Sample("{\(twice)}").rejection(with: decoder)?.field(in: .invocations) == "provider")
    let auditLogs = RecordDecoder(stream: .auditLogs)
    let event = faults(#"{"status":"ok","error":"x","actor_id":"","action":"a"}"#, auditLogs)
    #expect(event.contains("ambiguous_field outcome error"), "\(event)")
    #expect(event.contains("empty actor_id actor_id") && event.contains("missing_field event_id -"))
    let maybe = faults(#"{"status":"maybe","actor_id":""}"#, auditLogs)
    #expect(
      maybe.contains("not_allowed outcome status") && maybe.contains("empty actor_id actor_id"))
  }

  @Test func aRequestOfOTLPIsSaidOnce() {
    #expect(faults(#"{"resourceSpans":[],"stream":7}"#) == ["otlp_payload - -"])
    #expect(faults(#"{"resourceLogs":[]}"#) == ["otlp_logs_payload - -"])
  }

  @Test func tooOldNamesItsLimit() {
    let stream = Records.Stream.invocations
    let column = stream.index(of: "occurred_at") ?? -1
    #expect(Rejection(.tooOld, column: column).message(in: stream).contains("before 2020-01-01"))
    #expect(
      Rejection(.tooOld, column: column, isByPolicy: true).message(in: stream)
        .contains("retention policy"))
  }

  private static let data =
    #"{"invocation_id":"0190b7c2-6f3e-7c1a-9a53-2b1f0c9d7e11","#
    + #""tenant_id":"acme","provider":"openai","request_model":"o3","input_tokens":1,"#
    + #""output_tokens":1}"#

  private func event(_ more: String) -> Sample {
    Sample(
      #"{"specversion":"1.0","type":"t","time":"2026-08-21T03:56:24Z","id":"x-1","source":"/s","#
        + "\(more)}")
  }

  /// Two readers of one event must not see two tenants.
  @Test func attributesHaveExactNames() throws {
    let good = event(#""data":\#(Self.data),"odd":"\u0000""#)
    #expect(try good.row(with: decoder).text("tenant_id") == "acme")
    for more in [#""DATA":{}"#, #""Data":null"#, #""ID":"y""#, #""Source":"/t""#] {
      let rejection = event(#""data":\#(Self.data),\#(more)"#).rejection(with: decoder)
      #expect(rejection?.reason == .badEnvelope, "\(more)")
    }
    #expect(event(#""DATA":\#(Self.data)"#).rejection(with: decoder)?.reason == .badEnvelope)
    let twice = event(#""data":{},"data":\#(Self.data)"#)
    #expect(twice.rejection(with: decoder)?.reason == .duplicateKey)
  }
}
