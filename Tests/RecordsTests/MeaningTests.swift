// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Records
import Testing

/// What the stored row says, where it differs from what the record says.
@Suite struct MeaningTests {
  private let invocations = RecordDecoder(stream: .invocations)
  private let auditLogs = RecordDecoder(stream: .auditLogs)

  private func invocation(_ more: String = "") -> Sample {
    Sample(
      #"{"invocation_id":"0190b7c2-6f3e-7c1a-9a53-2b1f0c9d7e11","#
        + #""occurred_at":"2026-08-21T09:15:02Z","tenant_id":"acme","provider":"openai","#
        + #""request_model":"gpt-5","input_tokens":10,"output_tokens":5\#(more)}"#)
  }

  private func event(_ more: String = "") -> Sample {
    Sample(
      #"{"event_id":"0190b7c2-7000-7c1a-9a53-000000000001","action":"user.login","#
        + #""occurred_at":"2026-08-21T09:15:02Z","tenant_id":"acme","actor_id":"user_1"\#(more)}"#)
  }

  @Test func defaultsAreStored() throws {
    let row = try invocation().row(with: invocations)
    #expect(row.text("operation") == "chat")
    #expect(row.text("service_tier") == "standard")
    #expect(row.text("status") == "success")
    #expect(row.text("cost_source") == "none")
    #expect(row.integer("cache_read_input_tokens") == 0)
    #expect(row.fields["price_version"] == nil)
    #expect(row.fields["cost"] == nil)
    let other = try event().row(with: auditLogs)
    #expect(other.text("actor_type") == "user")
    #expect(other.text("outcome") == "success")
    #expect(other.fields["severity"] == [0, 1])
    #expect(other.integer("source_partition") == 3)
    #expect(other.integer("source_offset") == 41)
    #expect(other.text("source_topic") == "topic")
    #expect(other.integer("ingested_at") == testNow.microseconds)
  }

  @Test func serviceTiersAreMapped() throws {
    for (sent, stored) in [
      ("default", "standard"), ("FAST", "fast"), ("batch", "batch"), ("scale", "scale"),
    ] {
      let row = try invocation(#","service_tier":"\#(sent)""#).row(with: invocations)
      #expect(row.text("service_tier") == stored)
    }
  }

  /// By each of its names: what is not read is billed as standard.
  @Test(arguments: [
    #""openai.response.service_tier":"flex""#, #""gen_ai.openai.response.service_tier":"flex""#,
    #""openai":{"response":{"service_tier":"flex"}}"#,
    #""gen_ai":{"openai":{"response":{"service_tier":"flex"}}}"#,
    #""gen_ai.response.service_tier":"flex""#, #""gen_ai":{"response":{"service_tier":"flex"}}"#,
  ])
  func theServiceTierHasOldNames(field: String) throws {
    #expect(try invocation(",\(field)").row(with: invocations).text("service_tier") == "flex")
  }

  @Test func costsAndCurrenciesAreExact() throws {
    let row = try invocation(#","cost":"0.054399","currency":"usd""#).row(with: invocations)
    #expect(row.text("currency") == "USD")
    #expect(row.text("cost_source") == "producer")
    // numeric_send: 2 digits (0543, 9900), weight -1, positive, scale 12.
    #expect(row.fields["cost"] == [0, 2, 0xff, 0xff, 0, 0, 0, 12, 0x02, 0x1f, 0x26, 0xac])
    let number = try invocation(#","cost":0.054399,"currency":"USD""#).row(with: invocations)
    #expect(number.fields["content_sha256"] == row.fields["content_sha256"])
  }

  @Test func failuresMayLackTokensAndGetAnErrorType() throws {
    let sample = invocation(#","status":"failure""#)
    #expect(try sample.row(with: invocations).text("error_type") == "_OTHER")
    let own = invocation(#","error_type":"timeout","status":"failure""#)
    #expect(try own.row(with: invocations).text("error_type") == "timeout")
    #expect(try invocation().row(with: invocations).fields["error_type"] == nil)
  }

  @Test func deniedIsAFailureWithAReason() throws {
    let row = try event(#","outcome":"denied""#).row(with: auditLogs)
    #expect(row.text("outcome") == "failure")
    #expect(row.text("reason") == "denied")
    let own = try event(#","outcome":"denied","reason":"mfa""#).row(with: auditLogs)
    #expect(own.text("reason") == "mfa")
    #expect(try event(#","outcome":"failure""#).row(with: auditLogs).fields["reason"] == nil)
  }

  @Test func severitiesAreNumbers() throws {
    for (sent, stored) in [(#""low""#, 2), ("3", 3), (#""5""#, 5), (#""fatal""#, 6)] {
      let row = try event(#","severity":\#(sent)"#).row(with: auditLogs)
      #expect(row.integer("severity") == Int64(stored))
    }
  }

  @Test func userAgentsAreCutBetweenCharacters() throws {
    let agent = String(repeating: "é", count: 1500)
    let row = try event(#","user_agent":"\#(agent)""#).row(with: auditLogs)
    #expect(row.text("user_agent") == String(agent.prefix(1024)))
  }

  @Test func theFirstTargetSpeaksOnlyWhenNoOtherIsGiven() throws {
    let targets = #","targets":[{"type":"file","id":"f-2","x":1},{"id":"f-3"}]"#
    let first = try event(targets).row(with: auditLogs)
    #expect(first.text("target_type") == "file")
    #expect(first.text("target_id") == "f-2")
    // One version byte, then the source text.
    #expect(first.text("targets") == "\u{1}" + targets.dropFirst(#","targets":"#.count))
    let given = try event(targets + #","target_id":"f-1""#).row(with: auditLogs)
    #expect(given.text("target_id") == "f-1")
    #expect(given.text("target_type") == nil)
    #expect(try event(#","targets":[]"#).row(with: auditLogs).text("target_id") == nil)
    #expect(auditLogs.counters.unknownFields == 0)
  }

  @Test func metadataIsCopiedAsItIs() throws {
    let source = #"{ "a" : 1.10, "b":[ "\u00e9" ] }"#
    let row = try invocation(#","metadata":\#(source) "#).row(with: invocations)
    #expect(row.text("metadata") == "\u{1}" + source)
  }

  @Test func promptsAndUnknownFieldsAreCountedAndDropped() throws {
    let row = try invocation(
      #","messages":[{"content":"hi"}],"gen_ai.output.messages":"x","foo":1,"actor":{"id":"a"}"#
    ).row(with: invocations)
    let plain = try invocation().row(with: invocations)
    #expect(row.fields["content_sha256"] == plain.fields["content_sha256"])
    #expect(invocations.counters.droppedContent == 2)
    #expect(invocations.counters.unknownFields == 2)
  }

  @Test func twoSpellingsMustAgree() throws {
    let same = invocation(#","gen_ai.usage.input_tokens":10,"gen_ai":{"system":"openai"}"#)
    #expect(same.rejection(with: invocations) == nil)
    let other = invocation(#","gen_ai":{"provider":{"name":"anthropic"}}"#)
    #expect(other.rejection(with: invocations)?.reason == .ambiguousField)
    #expect(other.rejection(with: invocations)?.field(in: .invocations) == "provider")
  }

  @Test func contentHashesFollowTheContentOnly() throws {
    let sample = invocation(#","tags":{"a":"b"}"#)
    let first = try sample.decode(with: invocations) { Row(of: $0, offset: 1) }
    let second = try sample.decode(with: invocations) { Row(of: $0, offset: 2) }
    #expect(first.fields["content_sha256"] == second.fields["content_sha256"])
    #expect(first.fields["source_offset"] != second.fields["source_offset"])
    let other = try invocation(#","tags":{"a":"c"}"#).row(with: invocations)
    #expect(other.fields["content_sha256"] != first.fields["content_sha256"])
  }

  @Test func identitiesHashAlikeInAllDecoders() throws {
    let another = RecordDecoder(stream: .invocations)
    let hash = try invocation().decode(with: invocations) { $0.identityHash }
    #expect(try invocation(#","stream":true"#).decode(with: another) { $0.identityHash } == hash)
    var changed = invocation()
    changed.payload = changed.payload.map {
      Array(
        String(decoding: $0, as: UTF8.self)
          .replacing("acme", with: "acmf").utf8)
    }
    #expect(try changed.decode(with: another) { $0.identityHash } != hash)
  }

  @Test func aDecoderForgetsTheRecordBefore() throws {
    let plain = try invocation().row(with: invocations)
    _ = try invocation(#","status":"failure","cost":"1","currency":"EUR","stream":true"#)
      .row(with: invocations)
    #expect(invocation(#","cost":"x""#).rejection(with: invocations) != nil)
    #expect(try invocation().row(with: invocations).fields == plain.fields)
  }

  @Test func messagesNameTheFieldAndTheBoundButNoContent() throws {
    let rejection = try #require(invocation(#","cost":"secret""#).rejection(with: invocations))
    let message = rejection.message(in: .invocations)
    #expect(message.hasPrefix("cost: "))
    #expect(message.contains("12 digits"))
    #expect(!message.contains("secret"))
  }
}
