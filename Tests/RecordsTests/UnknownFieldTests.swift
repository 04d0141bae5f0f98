// SPDX-License-Identifier: Apache-2.0
import Records
import Testing

/// What producers say about usage under names of their own is read, or told of.
@Suite struct UnknownFieldTests {
  private let decoder = RecordDecoder(stream: .invocations)

  private static func invocation(_ more: String) -> Sample {
    Sample(
      #"{"invocation_id":"0190b7c2-6f3e-7c1a-9a53-2b1f0c9d7e11","#
        + #""occurred_at":"2026-08-21T09:15:02Z","tenant_id":"acme","provider":"openai","#
        + #""request_model":"o3","input_tokens":17,"output_tokens":89\#(more)}"#)
  }

  private func names(_ more: String) throws -> [String] {
    try Self.invocation(more).decode(with: decoder) { decoder in
      decoder.unknown.last.map { decoder.unknown.name(Int($0)) }
    }
  }

  @Test(
    arguments: [
      ("gen_ai.usage.reasoning_tokens", "reasoning_output_tokens"),
      ("gen_ai.usage.details.reasoning_tokens", "reasoning_output_tokens"),
      ("llm.token_count.completion_details.reasoning", "reasoning_output_tokens"),
      ("gen_ai.usage.details.cache_read_tokens", "cache_read_input_tokens"),
      ("llm.token_count.prompt_details.cache_read", "cache_read_input_tokens"),
      ("gen_ai.usage.cache_write.input_tokens", "cache_creation_input_tokens"),
      ("gen_ai.usage.details.cache_write_tokens", "cache_creation_input_tokens"),
      ("gen_ai.usage.details.input_audio_tokens", "audio_input_tokens"),
      ("gen_ai.usage.details.output_audio_tokens", "audio_output_tokens"),
      ("gen_ai.usage.cached_input_tokens", "cache_read_input_tokens"),
      ("gen_ai.usage.prompt_tokens_details.cached_tokens", "cache_read_input_tokens"),
      ("gen_ai.usage.input_tokens_details.cached_tokens", "cache_read_input_tokens"),
      ("gen_ai.usage.prompt_tokens_details.cache_read", "cache_read_input_tokens"),
      ("gen_ai.usage.cache_write_input_tokens", "cache_creation_input_tokens"),
      ("gen_ai.usage.completion_tokens_details.reasoning_tokens", "reasoning_output_tokens"),
      ("gen_ai.usage.completion_tokens_details.reasoning", "reasoning_output_tokens"),
      ("gen_ai.usage.output_tokens_details.reasoning_tokens", "reasoning_output_tokens"),
      ("gen_ai.usage.prompt_tokens_details.audio_tokens", "audio_input_tokens"),
      ("gen_ai.usage.completion_tokens_details.audio_tokens", "audio_output_tokens"),
      ("gen_ai.usage.completion_tokens_details.audio", "audio_output_tokens"),
    ])
  func usageOfConventionsIsRead(key: String, column: String) throws {
    let row = try Self.invocation(#","\#(key)":8"#).row(with: decoder)
    #expect(row.integer(column) == 8)
    #expect(decoder.unknown.last.isEmpty)
    let twice = #","\#(key)":8,"\#(column)""#
    #expect(Self.invocation("\(twice):8").rejection(with: decoder) == nil)
    let other = Self.invocation("\(twice):7").rejection(with: decoder)
    #expect(other?.reason == .ambiguousField)
    #expect(other?.field(in: .invocations) == column)
  }

  /// As OpenAI has them in its answer: nothing of it is told as unknown.
  @Test func countsInTheObjectsOfOpenAIAreRead() throws {
    let more =
      #","gen_ai":{"usage":{"input_tokens":17,"output_tokens":89,"#
      + #""prompt_tokens_details":{"cached_tokens":8,"audio_tokens":2},"#
      + #""completion_tokens_details":{"reasoning_tokens":64,"audio_tokens":3}}}"#
    let row = try Self.invocation(more).row(with: decoder)
    #expect(row.integer("cache_read_input_tokens") == 8)
    #expect(row.integer("audio_input_tokens") == 2)
    #expect(row.integer("reasoning_output_tokens") == 64)
    #expect(row.integer("audio_output_tokens") == 3)
    #expect(try names(more) == [])
  }

  @Test(arguments: ["gen_ai.usage.cost", "operation.cost", "litellm.cost.total"])
  func costsInDollarsByTheirNameAreRead(key: String) throws {
    let row = try Self.invocation(#","\#(key)":0.0010125"#).row(with: decoder)
    let canonical = try Self.invocation(#","cost":"0.0010125","currency":"USD""#)
      .row(with: decoder)
    #expect(row.fields["cost"] == canonical.fields["cost"])
    #expect(row.text("currency") == "USD")
    #expect(row.text("cost_source") == "producer")
    // The record's own currency counts, and a plain cost has none.
    let euro = try Self.invocation(#","\#(key)":1,"currency":"EUR""#).row(with: decoder)
    #expect(euro.text("currency") == "EUR")
    #expect(
      Self.invocation(#","cost":1"#).rejection(with: decoder)?.reason == .currencyMissing)
    let twice = try Self.invocation(#","\#(key)":1.50,"cost":"1.5""#).row(with: decoder)
    #expect(twice.text("currency") == "USD")
    let other = Self.invocation(#","\#(key)":2,"cost":"1.5","currency":"USD""#)
    #expect(other.rejection(with: decoder)?.reason == .ambiguousField)
  }

  /// A tool that has no price writes 0: Daybook's own price is the one that counts.
  @Test(
    arguments: ["gen_ai.usage.cost", "operation.cost", "litellm.cost.total"],
    ["0", "0.00", #""0.00""#, "-0.0", "0e3", #""0""#])
  func aCostOfNothingIsNoCost(key: String, zero: String) throws {
    let plain = try Self.invocation("").row(with: decoder)
    let nested = key.split(separator: ".").reversed().reduce(zero) { #"{"\#($1)":\#($0)}"# }
    for more in [#","\#(key)":\#(zero)"#, ",\(nested.dropFirst().dropLast())"] {
      let row = try Self.invocation(more).row(with: decoder)
      #expect(row.fields == plain.fields, "\(more)")
      let known = Self.invocation(more + #","cost":"1.5","currency":"EUR""#)
      #expect(try known.row(with: decoder).text("currency") == "EUR")
    }
    // The contract's own names say what is meant.
    for more in [
      #","cost":0,"currency":"USD""#,
      #","gen_ai.usage.cost.amount":"0.00","gen_ai.usage.cost.currency":"USD""#,
    ] {
      let row = try Self.invocation(more).row(with: decoder)
      #expect(row.text("cost_source") == "producer", "\(more)")
    }
  }

  /// Beside a cost of 0 it says the same, and in which currency; another cost it says nothing of.
  @Test(
    arguments: [
      #"{"gen_ai.usage.cost":0,"cost":"0"}"#, #"{"cost":"0","gen_ai.usage.cost":0}"#,
      #"{"cost":0,"operation.cost":"0.00"}"#, #"{"litellm":{"cost":{"total":0}},"cost":"0.0"}"#,
      #"{"gen_ai.usage.cost.amount":"0","gen_ai.usage.cost":0}"#,
      #"{"gen_ai.usage.cost":0,"gen_ai":{"usage":{"cost":{"amount":"0"}}}}"#,
    ])
  func aCostOfNothingBesideOneHasItsCurrency(costs: String) throws {
    let more = ",\(costs.dropFirst().dropLast())"
    let row = try Self.invocation(more).row(with: decoder)
    let free = try Self.invocation(#","cost":"0","currency":"USD""#).row(with: decoder)
    #expect(row.fields == free.fields)
    let euro = try Self.invocation(more + #","currency":"EUR""#).row(with: decoder)
    #expect(euro.text("currency") == "EUR")
    #expect(euro.text("cost_source") == "producer")
    for other in [#","cost":"1.5","gen_ai.usage.cost":0"#, #","operation.cost":0,"cost":"1.5""#] {
      #expect(Self.invocation(other).rejection(with: decoder)?.reason == .currencyMissing)
    }
  }

  @Test func amountAndCurrencyOfTheConventionsAreRead() throws {
    for more in [
      #","gen_ai.usage.cost.amount":0.5,"gen_ai.usage.cost.currency":"EUR""#,
      #","gen_ai":{"usage":{"cost":{"amount":0.5,"currency":"EUR","source":"list"}}}"#,
    ] {
      #expect(try names(more) == [])
      let row = try Self.invocation(more).row(with: decoder)
      #expect(row.text("currency") == "EUR")
      #expect(row.text("cost_source") == "producer")
    }
  }

  @Test(
    arguments: [
      (#","gen_ai.usage.image.input_tokens":3"#, ["gen_ai.usage.image.input_tokens"]),
      (
        #","gen_ai":{"usage":{"details":{"odd":3},"x":1}}"#,
        ["gen_ai.usage.details.odd", "gen_ai.usage.x"]
      ),
      (#","gen_ai":{"usage":{"details":{"odd_tokens":3}}}"#, ["gen_ai.usage.details.odd_tokens"]),
      // Tools mean different things by these.
      (
        #","gen_ai.usage.prompt_tokens_details.cache_write":8"#,
        ["gen_ai.usage.prompt_tokens_details.cache_write"]
      ),
      (
        #","gen_ai":{"usage":{"prompt_tokens_details":{"cache_write":8}}}"#,
        ["gen_ai.usage.prompt_tokens_details.cache_write"]
      ),
      (
        #","gen_ai.usage.experimental.reasoning_tokens":8"#,
        ["gen_ai.usage.experimental.reasoning_tokens"]
      ),
      (
        #","gen_ai":{"usage":{"experimental":{"reasoning_tokens":8}}}"#,
        ["gen_ai.usage.experimental"]
      ),
      (#","usage":{"prompt_tokens":3}"#, ["usage"]),
      (#","Response_COST":0.5,"Response_COST2":null"#, ["Response_COST"]),
      (#","gen_ai.usage":{"input_tokens":3}"#, ["gen_ai.usage"]),
      (#","costé\n\u202e\"\\":1"#, ["cost%C3%A9%0A%E2%80%AE%22%5C"]),
      (#","max_tokens":100,"gen_ai":{"request":{"max_tokens":1}}"#, []),
      (#","other":1,"metadata":{"usage":1},"messages":[{"usage":1}]"#, []),
      (#","total_tokens":106,"gen_ai.usage.total_tokens":106"#, []),
      (#","total_tokens":170"#, ["total_tokens"]),
      // It decides the price.
      (#","serviceTier":"flex""#, ["serviceTier"]),
      (#","vendor.service-tier":"flex""#, ["vendor.service-tier"]),
      (#","gen_ai.request.service_tier":"auto""#, []),
      (#","openai":{"request":{"service_tier":"auto"}}"#, []),
    ] as [(String, [String])])
  func othersAreNamed(more: String, expected: [String]) throws {
    #expect(try names(more) == expected)
    let strict = RecordDecoder(stream: .invocations, isStrict: true)
    let rejection = Self.invocation(more).rejection(with: strict)
    #expect(rejection?.reason == (expected.isEmpty ? nil : .unknownField))
    #expect(Self.invocation("").rejection(with: strict) == nil)
  }

  /// Nested or flat, a field has the same name and is told by it.
  @Test(
    arguments: [
      (#""gen_ai":{"usage":{"cached":80}}"#, "gen_ai.usage.cached"),
      (#""gen_ai":{"usage":{"cost":{"total":0.5}}}"#, "gen_ai.usage.cost.total"),
      (#""gen_ai":{"usage":{"details":[80]}}"#, "gen_ai.usage.details"),
      (
        #""llm":{"token_count":{"prompt_details":{"cached":8}}}"#,
        "llm.token_count.prompt_details.cached"
      ),
      (#""litellm":{"cost":{"input":0.1}}"#, "litellm.cost.input"),
    ])
  func nestedOnesAreNamedLikeFlatOnes(nested: String, flat: String) throws {
    #expect(try names(",\(nested)") == [flat])
    #expect(try names(#","\#(flat)":1"#) == [flat])
    // What says nothing of usage in its name is told of nowhere.
    #expect(try names(#","gen_ai":{"x":1,"request":{"y":2}},"llm":{"z":3}"#) == [])
    let strict = RecordDecoder(stream: .invocations, isStrict: true)
    #expect(Self.invocation(",\(nested)").rejection(with: strict)?.reason == .unknownField)
  }

  /// Names come from outside: their number, their length and their characters are bounded.
  @Test func namesAreBounded() throws {
    for index in 0..<UnknownFields.namesMax {
      #expect(try names(#","tokens_\#(index)":1"#) == ["tokens_\(index)"])
    }
    #expect(try names(#","tokens_beyond":1"#) == [UnknownFields.other])
    #expect(try names(#","tokens_7":1"#) == ["tokens_7"])
    let long = "cost" + String(repeating: "x", count: UnknownFields.nameBytesMax)
    #expect(try names(#","\#(long)":1"#) == [UnknownFields.other])
    let many = (0..<100).map { #","tokens_\#($0)":1"# }.joined()
    #expect(try names(many).count == UnknownFields.perRecordMax)
  }

  /// LiteLLM's writes for twelve hours, which no price counts for: by name, although it is long.
  @Test func writesForTwelveHoursAreTold() throws {
    let profile = try #require(try ProfileSamplesTests.shelf?.profile("litellm"))
    let decoder = RecordDecoder(stream: profile.stream, profile: profile)
    let sample = try #require(
      ProfileSamplesTests.records("litellm").map { String(decoding: $0, as: UTF8.self) }
        .first { $0.contains("\"ephemeral_5m_") })
    func names(_ text: String) throws -> Set<String> {
      try Sample(text).decode(with: decoder) { decoder in
        Set(decoder.unknown.last.map { decoder.unknown.name(Int($0)) })
      }
    }
    let more = sample.replacing(
      "\"ephemeral_5m_", with: "\"ephemeral_12h_input_tokens\":7,\"ephemeral_5m_")
    let path = "metadata.usage_object.prompt_tokens_details.cache_creation_token_details."
    #expect(try names(more).subtracting(names(sample)) == [path + "ephemeral_12h_input_tokens"])
  }

  /// `gen_ai.system` is the older name: both are sent while producers move.
  @Test func anOlderNameYields() throws {
    let base =
      #"{"invocation_id":"0190b7c2-6f3e-7c1a-9a53-2b1f0c9d7e11","#
      + #""occurred_at":"2026-08-21T09:15:02Z","tenant_id":"acme","request_model":"o3","#
      + #""input_tokens":1,"output_tokens":1,"#
    let old = #""gen_ai.system":"az.ai.openai""#
    let new = #""gen_ai.provider.name":"azure.ai.openai""#
    for pair in ["\(old),\(new)", "\(new),\(old)"] {
      let row = try Sample("\(base)\(pair)}").row(with: decoder)
      #expect(row.text("provider") == "azure.ai.openai")
    }
    #expect(try Sample("\(base)\(old)}").row(with: decoder).text("provider") == "az.ai.openai")
    let contradiction = #"\#(new),"provider":"openai""#
    #expect(Sample("\(base)\(contradiction)}").rejection(with: decoder)?.reason == .ambiguousField)
  }
}
