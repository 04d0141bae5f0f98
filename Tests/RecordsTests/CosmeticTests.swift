// SPDX-License-Identifier: Apache-2.0
import Records
import Testing

/// What decides nothing about who, what and how much does not refuse a record.
@Suite struct CosmeticTests {
  private let invocations = RecordDecoder(stream: .invocations)
  private let auditLogs = RecordDecoder(stream: .auditLogs)

  private func invocation(_ more: String, provider: String = "openai") -> Sample {
    Sample(
      #"{"invocation_id":"0190b7c2-6f3e-7c1a-9a53-2b1f0c9d7e11","#
        + #""occurred_at":"2026-08-21T09:15:02Z","tenant_id":"acme","provider":"\#(provider)","#
        + #""request_model":"o3","output_tokens":89\#(more)}"#)
  }

  @Test(
    arguments: [
      ("", nil), ("00000000000000000000000000000000", nil), ("not hex", nil), ("4bf92f35", nil),
      ("4BF92F3577B34DA6A3CE929D0E0E4736", "4bf92f3577b34da6a3ce929d0e0e4736"),
      ("4bf92f35-77b3-4da6-a3ce-929d0e0e4736", "4bf92f3577b34da6a3ce929d0e0e4736"),
    ] as [(String, String?)])
  func traces(sent: String, stored: String?) throws {
    let sample = invocation(#","input_tokens":10,"trace_id":"\#(sent)""#)
    #expect(try sample.row(with: invocations).text("trace_id") == stored)
    #expect(invocations.counters.unusableValues == (stored == nil ? 1 : 0))
  }

  @Test(
    arguments: [
      ("123.4", 123), ("123.5", 124), ("0.49999999999999999", 0), ("10.0", 10), ("1.5e3", 1500),
      ("1e-20", 0), ("86399999.99999999999999", 86_400_000),
    ] as [(String, Int64)])
  func durationsAreRounded(sent: String, stored: Int64) throws {
    let row = try invocation(#","input_tokens":10,"duration_ms":\#(sent)"#).row(with: invocations)
    #expect(row.integer("duration_ms") == stored)
  }

  @Test func countsAreIntegersHoweverTheyAreWritten() throws {
    for text in ["10", "10.0", "1e1", "100e-1", "1.000E+1"] {
      let row = try invocation(#","input_tokens":\#(text)"#).row(with: invocations)
      #expect(row.integer("input_tokens") == 10, "\(text)")
    }
    for text in ["10.5", "1e-1", "0.1e0"] {
      let rejection = invocation(#","input_tokens":\#(text)"#).rejection(with: invocations)
      #expect(rejection?.reason == .wrongType, "\(text)")
    }
  }

  @Test func providersAreStoredInLowerCase() throws {
    let row = try invocation(#","input_tokens":10"#, provider: "OpenAI").row(with: invocations)
    #expect(row.text("provider") == "openai")
    let long = String(repeating: "A", count: 65)
    let rejection = invocation(#","input_tokens":10"#, provider: long).rejection(with: invocations)
    #expect(rejection?.reason == .tooLong)
  }

  @Test func doublesOfAnySizeAreMetadata() throws {
    let more = #","input_tokens":10,"metadata":{"a":1.7976931348623157e308,"b":5e-324}"#
    #expect(try invocation(more).row(with: invocations).fields["metadata"] != nil)
  }

  @Test func securityEventsMayLackWhereTheyCameFrom() throws {
    let body =
      #"{"event_id":"0190b7c2-7000-7c1a-9a53-000000000001","action":"user.login","#
      + #""occurred_at":"2026-08-21T09:15:02Z","tenant_id":"acme","actor_id":"u","source_ip":""}"#
    let source = "/" + String(repeating: "s", count: 200)
    let sample = Sample(
      body,
      headers: [
        ("ce_specversion", "1.0"), ("ce_id", "1"), ("ce_source", source), ("ce_type", "t"),
      ])
    let row = try sample.row(with: auditLogs)
    #expect(row.fields["source_ip"] == nil)
    #expect(row.fields["service"] == nil)
    #expect(auditLogs.counters.unusableValues == 2)
  }

  @Test(
    arguments: [
      ("4.65e-06", "0.00000465"), (#""4.65E-6""#, "0.00000465"), ("2.5e-05", "0.000025"),
      ("1e3", "1000"), ("0e-300", "0"), ("1.50", "1.5"),
    ])
  func costsWithExponentsAreExact(sent: String, plain: String) throws {
    let row = try invocation(#","input_tokens":1,"cost":\#(sent),"currency":"USD""#)
      .row(with: invocations)
    let same = try invocation(#","input_tokens":1,"cost":"\#(plain)","currency":"USD""#)
      .row(with: invocations)
    #expect(row.fields["cost"] == same.fields["cost"])
  }
}
