// SPDX-License-Identifier: Apache-2.0
import Records
import Testing

/// A refusal says where the fault is and what to do.
@Suite struct RefusalTests {
  private let decoder = RecordDecoder(stream: .invocations)

  @Test(
    arguments: [
      ("{\"a\":1,}", 7), ("{\"a\" 1}", 1), ("hello", 0), ("{\"x\":[1,2", 9), ("{} x", 3),
      (#"{"metadata":{"a":"\u0000"}}"#, 18), (#"{"metadata":{"ab":1,"ab":2}}"#, 21),
      (#"{"metadata":{"a":1e999}}"#, 17),
    ])
  func faultsOfJSONHaveAnOffset(json: String, offset: Int32) {
    #expect(Sample(json).rejection(with: decoder)?.offset == offset, "\(json)")
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
    // Afterwards the first fault ends a record again.
    #expect(Sample(json).rejection(with: decoder)?.reason == .badUUID)
    let good = Array("{}".utf8).withUnsafeBytes {
      decoder.examine(RawRecord(payload: $0), now: testNow)
    }
    #expect(good.count > 3)
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
