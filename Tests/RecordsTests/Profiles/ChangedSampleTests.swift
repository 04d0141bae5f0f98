// SPDX-License-Identifier: Apache-2.0
import Records
import Testing

/// The first sample of a profile with one thing that a source may also write, and what becomes of
/// it: a column of the row, the reason of a refusal with its field, or the rule that skips it.
@Suite struct ChangedSampleTests {
  private func expect(
    _ profile: String, _ changes: [(String, String)], _ expected: String...,
    place: SourceLocation = #_sourceLocation
  ) throws {
    let first = try #require(ProfileSamplesTests.records(profile).first)
    var sample = String(decoding: first, as: UTF8.self)
    for (old, new) in changes {
      #expect(sample.contains(old), "\(profile) has no \(old)", sourceLocation: place)
      sample = sample.replacing(old, with: new)
    }
    let rules = try #require(try ProfileSamplesTests.shelf?.profile(profile))
    let decoder = RecordDecoder(stream: rules.stream, profile: rules)
    let result = try #require(ItemResult.all(of: Sample(sample), decoder).first)
    for expected in expected {
      var found = "\(result)"
      if case .row(let row) = result {
        let column = String(expected.prefix { $0 != " " })
        found = "\(column) \(shown(row[column]))"
      }
      #expect(found == expected, "\(profile) \(changes)", sourceLocation: place)
    }
  }

  private func shown(_ value: RowField.Value?) -> String {
    switch value {
    case nil, .null: "null"
    case .text(let text), .number(let text), .json(let text): text
    case .texts(let texts): texts.joined(separator: ",")
    case .boolean(let flag): "\(flag)"
    }
  }

  /// 0 there is no price, however it is written.
  @Test(arguments: ["0", "0.0", "0.00", "\"0\"", "\"0.0\"", "\"0.00\"", "\"0.000\"", "0e5"])
  func noPriceIsNoCost(zero: String) throws {
    try expect(
      "litellm", [("\"response_cost\":0.000285", "\"response_cost\":\(zero)")], "cost null",
      "currency null")
    try expect("portkey", [("\"cost\":0.0285", "\"cost\":\(zero)")], "cost null", "currency null")
    try expect(
      "cloudflare-ai-gateway", [("\"cost\":2.85e-05", "\"cost\":\(zero)")], "cost null",
      "currency null")
    let value = zero.hasPrefix("\"") ? "{\"stringValue\":\(zero)}" : "{\"doubleValue\":\(zero)}"
    for name in [
      "litellm.cost.total", "gen_ai.cost.total_cost", "gen_ai.usage.cost", "operation.cost",
      "llm.cost.total",
    ] {
      try expect("otlp", [Self.costOfCall(name, value)], "cost null", "currency null")
    }
  }

  /// What is no 0 is a cost as before, and so is one that is too fine to be compared.
  @Test(arguments: [("\"0.01\"", "0.01"), ("0.01", "0.01"), ("0.0000000000014", "0.000000000001")])
  func aPriceIsACost(cost: String, stored: String) throws {
    try expect(
      "litellm", [("\"response_cost\":0.000285", "\"response_cost\":\(cost)")], "cost \(stored)",
      "currency USD")
    let value = cost.hasPrefix("\"") ? "{\"stringValue\":\(cost)}" : "{\"doubleValue\":\(cost)}"
    try expect(
      "otlp", [Self.costOfCall("gen_ai.usage.cost", value)], "cost \(stored)", "currency USD")
  }

  @Test func numbersAreMappedByTheirValue() throws {
    try expect("ocsf", [("\"status_id\":1", "\"status_id\":2.0")], "outcome failure")
    try expect("ocsf", [("\"severity_id\":1", "\"severity_id\":3.0")], "severity 3")
  }

  /// No failure is stored as a success.
  @Test(arguments: [
    ("\"is_success\":false", "500", "failure", "500"),
    ("\"is_success\":\"False\"", "500", "failure", "500"),
    ("\"is_success\":\"FALSE\"", "200", "failure", "200"),
    ("\"is_success\":0.0", "429", "failure", "429"),
    ("\"is_success\":null", "500", "failure", "500"),
    ("\"is_success\":\"\"", "\"404\"", "failure", "404"),
    ("\"other\":1", "500", "failure", "500"), ("\"is_success\":\"no\"", "500", "failure", "500"),
    ("\"is_success\":null", "200", "success", "null"),
    ("\"is_success\":null", "null", "success", "null"),
    ("\"is_success\":\"True\"", "200", "success", "null"),
    ("\"is_success\":1", "200", "success", "null"),
  ])
  func portkeySaysWhatFailed(said: String, code: String, status: String, type: String) throws {
    try expect(
      "portkey",
      [
        ("\"is_success\":true", said),
        ("\"response_status_code\":200", "\"response_status_code\":\(code)"),
      ], "status \(status)", "error_type \(type)")
  }

  /// A call that is billed is not refused for a detail of it.
  @Test func detailsThatDoNotFitAreLeftOut() throws {
    let reasons = (1...20).map { "{\"stringValue\":\"r\($0)\"}" }.joined(separator: ",")
    let kept = (1...16).map { "r\($0)" }.joined(separator: ",")
    try expect("otlp", [("{\"stringValue\":\"stop\"}", reasons)], "finish_reasons \(kept)")
    for (value, milliseconds) in [
      ("{\"stringValue\":\"abc\"}", "null"), ("{\"doubleValue\":\"NaN\"}", "null"),
      ("{\"boolValue\":true}", "null"), ("{\"arrayValue\":{}}", "null"),
      ("{\"doubleValue\":-0.1}", "null"), ("{\"doubleValue\":1e11}", "null"),
      ("{\"doubleValue\":9.5}", "null"), ("{\"stringValue\":\"0.25\"}", "250"),
      ("{\"doubleValue\":0.12345678901234567}", "123"), ("{\"intValue\":\"1\"}", "1000"),
      ("{\"doubleValue\":1e999}", "null"), ("{\"doubleValue\":\"-Infinity\"}", "null"),
    ] {
      try expect(
        "otlp", [("{\"doubleValue\":0.477}", value)], "time_to_first_token_ms \(milliseconds)",
        "input_tokens 2000")
    }
  }

  /// A call has the price of its provider, whatever the gateway calls it.
  @Test(arguments: [
    ("portkey", "azure-openai", "azure.ai.openai"), ("portkey", "Azure-AI", "azure.ai.inference"),
    ("portkey", "vertex-ai", "gcp.vertex_ai"), ("portkey", "mistral-ai", "mistral_ai"),
    ("portkey", "x-ai", "x_ai"), ("portkey", "perplexity-ai", "perplexity"),
    ("portkey", "together-ai", "together_ai"), ("portkey", "fireworks-ai", "fireworks_ai"),
    ("portkey", "workers-ai", "cloudflare"), ("portkey", "novita-ai", "novita"),
    ("portkey", "z-ai", "zai"), ("portkey", "Our-LLM", "our-llm"),
    ("cloudflare-ai-gateway", "aws-bedrock", "aws.bedrock"),
    ("cloudflare-ai-gateway", "azure-openai", "azure.ai.openai"),
    ("cloudflare-ai-gateway", "google-ai-studio", "gcp.gemini"),
    ("cloudflare-ai-gateway", "google-vertex-ai", "gcp.vertex_ai"),
    ("cloudflare-ai-gateway", "grok", "x_ai"),
    ("cloudflare-ai-gateway", "perplexity-ai", "perplexity"),
    ("cloudflare-ai-gateway", "Workers-AI", "cloudflare"),
    ("cloudflare-ai-gateway", "Our-LLM", "our-llm"),
  ])
  func aSlugIsItsProvider(profile: String, slug: String, provider: String) throws {
    let field = profile == "portkey" ? "ai_org" : "provider"
    try expect(
      profile, [("\"\(field)\":\"openai\"", "\"\(field)\":\"\(slug)\"")], "provider \(provider)")
  }

  /// More than a day is a span that nobody ended, or a clock that was set meanwhile.
  @Test(arguments: [
    ("otlp", "\"endTimeUnixNano\":\"1787303703", "\"endTimeUnixNano\":\"1787476503"),
    ("litellm", "\"endTime\":1787303703", "\"endTime\":1787476503"),
    ("kong", "\"request\":1502", "\"request\":86400001"),
    ("portkey", "\"response_time\":1502", "\"response_time\":86400001"),
    ("cloudflare-ai-gateway", "\"duration\":1502", "\"duration\":1e9"),
    ("envoy-ai-gateway", "\"duration\":1502", "\"duration\":\"86400001\""),
    ("bedrock", "\"latencyMs\":1502", "\"latencyMs\":86400001"),
  ])
  func aDurationOfDaysIsLeftOut(_ profile: String, _ old: String, _ new: String) throws {
    try expect(profile, [(old, new)], "duration_ms null", "status success")
  }

  /// The same in formats that name their details themselves.
  @Test(arguments: [
    "1e999", "-1e999", "86400001", "\"soon\"", "\"\\u0000\"", "\"-Infinity\"", "true", "[1]", "{}",
  ])
  func durationsThatAreNoneAreLeftOut(value: String) throws {
    for (profile, sent) in [
      ("kong", "\"request\":1502"), ("portkey", "\"response_time\":1502"),
      ("bedrock", "\"latencyMs\":1502"), ("cloudflare-ai-gateway", "\"duration\":1502"),
      ("envoy-ai-gateway", "\"duration\":1502"),
    ] {
      let name = sent.prefix { $0 != ":" }
      try expect(profile, [(sent, "\(name):\(value)")], "duration_ms null", "output_tokens 55")
    }
  }

  @Test func textsOfCallsThatAreTooLongAreCut() throws {
    let long = String(repeating: "x", count: 65)
    for (profile, sent) in [
      ("otlp", "\"stringValue\":\"stop\""), ("litellm", "\"finish_reason\":\"stop\""),
      ("portkey", "\"finish_reason\":\"stop\""), ("bedrock", "\"stopReason\":\"end_turn\""),
    ] {
      let name = sent.prefix { $0 != ":" }
      try expect(profile, [(sent, "\(name):\"\(long)\"")], "finish_reasons \(long.dropLast())")
    }
    try expect(
      "litellm", [("\"stream\":null", "\"stream\":\"perhaps\"")], "stream null",
      "output_tokens 55")
    try expect(
      "portkey", [("\"trace_id\":\"7f3c8a52-5b0e-4a39-9a3e-0b8a6f1d2c01\"", "\"trace_id\":[7]")],
      "trace_id null", "output_tokens 55")
    try expect(
      "portkey", [("\"total_units\":67", "\"total_units\":1e999")], "input_tokens 12",
      "output_tokens 55")
    // By two clocks, the first token came after the last one.
    try expect(
      "litellm",
      [
        ("\"stream\":null", "\"stream\":true"),
        ("\"completionStartTime\":1787303703.625456", "\"completionStartTime\":1787303704"),
      ], "time_to_first_token_ms null", "duration_ms 1502")
  }

  /// What is billed, to whom and when, is no detail.
  @Test func whatACallIsMustBeThere() throws {
    try expect(
      "portkey", [("\"req_units\":12", "\"req_units\":1e999")],
      "refused: number_out_of_range input_tokens")
    try expect(
      "portkey", [("\"cost\":0.0285", "\"cost\":\"cheap\"")], "refused: bad_format cost")
  }

  /// A time that is written out needs no unit.
  @Test func timesMayBeWrittenOut() throws {
    let time = "2026-08-21T09:15:02.123000Z"
    try expect(
      "ocsf", [("\"time\":1787303702123", "\"time\":\"2026-08-21T11:15:02.123+02:00\"")],
      "occurred_at \(time)")
    try expect(
      "kong", [("\"started_at\":1787303702123", "\"started_at\":\"\(time)\"")],
      "occurred_at \(time)")
    try expect(
      "litellm", [("\"startTime\":1787303702.123456", "\"startTime\":\"\(time)\"")],
      "occurred_at \(time)", "duration_ms 1502")
    try expect(
      "kong", [("\"started_at\":1787303702123", "\"started_at\":\"2026-08-21 09:15\"")],
      "refused: bad_epoch occurred_at")
  }

  /// The cost of the sample, which has a currency of its own, as a cost in US dollars.
  private static func costOfCall(_ name: String, _ value: String) -> (String, String) {
    (
      "{\"key\":\"gen_ai.usage.cost.amount\",\"value\":{\"doubleValue\":0.0123}}",
      "{\"key\":\"\(name)\",\"value\":\(value)}"
    )
  }
}
