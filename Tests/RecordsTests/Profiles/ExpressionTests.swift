// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Foundation
import Records
import Testing

/// What the functions of the language make of values, through the decoder and to the row.
@Suite struct ExpressionTests {
  private static let base = """
    [profile]
    stream = invocations
    [columns]
    invocation_id = "0190b7c2-7000-7c1a-9a53-000000000001"
    occurred_at = "2026-08-21T09:15:02Z"
    tenant_id = "acme"
    provider = "openai"
    request_model = "gpt-5"
    input_tokens = 1000000
    output_tokens = 1000000

    """

  private func results(_ columns: String, _ item: String, headers: [(String, String)] = [])
    throws -> [ItemResult]
  {
    let replaced = Set(columns.split(separator: "\n").compactMap { $0.split(separator: " ").first })
    let base = Self.base.split(separator: "\n").filter { line in
      !replaced.contains(line.split(separator: " ").first ?? "")
    }
    let shelf = try ProfileShelf(own: ["own": base.joined(separator: "\n") + "\n" + columns])
    let profile = try shelf.profile("own")
    let decoder = RecordDecoder(stream: profile.stream, profile: profile)
    return ItemResult.all(of: Sample(item, key: "k", .ignore, headers: headers), decoder)
  }

  private func row(_ columns: String, _ item: String, headers: [(String, String)] = [])
    throws -> [String: RowField.Value]
  {
    let results = try results(columns, item, headers: headers)
    guard results.count == 1, case .row(let row) = results[0] else {
      Issue.record("\(columns) with \(item): \(results)")
      return [:]
    }
    return row
  }

  @Test(arguments: [
    // What a double is, to 12 places, half to even.
    ("decimal(x)", "2.85e-05", "0.0000285"), ("decimal(x)", "0.30000000000000004", "0.3"),
    ("decimal(x)", "0.003675099999999999", "0.0036751"), ("decimal(x)", "\"0.25\"", "0.25"),
    ("decimal(x)", "0.0000000000005", "0"), ("decimal(x)", "0.0000000000015", "0.000000000002"),
    ("decimal(x)", "0.00000000000050001", "0.000000000001"), ("decimal(x)", "1e-30", "0"),
    ("decimal(x)", "0", "0"), ("decimal(x)", "-0.0", "0"), ("decimal(x)", "123456.75", "123456.75"),
    ("shift(decimal(x), -2)", "2.85", "0.0285"), ("shift(x, 3)", "\"1.5\"", "1500"),
    ("sum(decimal(x), y, z)", "0.1", "0.1"), ("minus(\"1\", decimal(x))", "0.25", "0.75"),
  ])
  func amountsAreExact(expression: String, value: String, amount: String) throws {
    let row = try row("cost = \(expression)\ncurrency = \"USD\"", "{\"x\":\(value)}")
    #expect(row["cost"] == .number(amount))
  }

  @Test(arguments: [
    ("cost = decimal(x)", "{\"x\":\"abc\"}", "bad_format", "cost"),
    ("cost = decimal(x)", "{\"x\":1e300}", "out_of_range", "cost"),
    ("cost = decimal(x)", "{\"x\":{}}", "wrong_type", "cost"),
    ("cost = decimal(x)", "{\"x\":-0.5}", "cost_negative", "cost"),
    ("input_tokens = x", "{\"x\":\"12\"}", "wrong_type", "input_tokens"),
    ("input_tokens = number(x)", "{\"x\":\"1x\"}", "wrong_type", "input_tokens"),
    ("occurred_at = epoch_ms(x)", "{\"x\":\"yesterday\"}", "bad_epoch", "occurred_at"),
    ("occurred_at = epoch_ms(x)", "{\"x\":1e40}", "bad_epoch", "occurred_at"),
    ("occurred_at = epoch_s(x)", "{\"x\":1}", "too_old", "occurred_at"),
    ("occurred_at = epoch_s(x)", "{\"x\":99999999999}", "too_new", "occurred_at"),
    ("user_id = x", "{\"x\":\"a\\u0000b\"}", "nul_character", "user_id"),
    ("user_id = x", "{\"x\":\"\\ud800\"}", "lone_surrogate", "user_id"),
    ("invocation_id = uuid(x)", "{\"x\":\"no uuid\"}", "missing_field", "invocation_id"),
    ("invocation_id = uuid5(\"d\", x, y)", "{\"x\":\"1\"}", "missing_field", "invocation_id"),
    ("user_id = x", "{\"x\":\"1\",\"x\":\"2\"}", "duplicate_key", ""),
  ])
  func whatCannotBeComputedIsRefused(
    columns: String, item: String, reason: String, field: String
  ) throws {
    let currency = columns.hasPrefix("cost") ? "\ncurrency = \"USD\"" : ""
    let expected = ItemResult.refused(reason, field.isEmpty ? nil : field)
    #expect(try results(columns + currency, item) == [expected])
  }

  @Test(arguments: [
    ("epoch_s(x)", "1787303702.123456", "2026-08-21T09:15:02.123456Z"),
    ("epoch_s(x)", "\"1787303702\"", "2026-08-21T09:15:02Z"),
    ("epoch_ms(x)", "1787303702123", "2026-08-21T09:15:02.123Z"),
    ("epoch_us(x)", "1787303702123456", "2026-08-21T09:15:02.123456Z"),
    ("epoch_ns(x)", "\"1787303702123456789\"", "2026-08-21T09:15:02.123456Z"),
    ("epoch_ms(x)", "\"2026-08-21T11:15:02.5+02:00\"", "2026-08-21T09:15:02.5Z"),
    ("epoch_ns(x)", "\"2026-08-21T09:15:02Z\"", "2026-08-21T09:15:02Z"),
    ("y | x", "\"2026-08-21T11:15:02+02:00\"", "2026-08-21T09:15:02Z"),
  ])
  func timesAreUnderstood(expression: String, value: String, time: String) throws {
    let row = try row("occurred_at = \(expression)", "{\"x\":\(value),\"y\":null}")
    #expect(row["occurred_at"] == .text(Timestamp(rfc3339: time).description))
  }

  @Test(arguments: [
    ("lower(x)", "\"ABC\"", "abc"), ("text(x)", "12.50", "12.5"), ("text(x)", "true", "true"),
    ("cut(x, 3)", "\"äöüß\"", "äöü"), ("cut(x, 9)", "\"abc\"", "abc"),
    ("split(x, \"-\", 2)", "\"00-trace-span\"", "trace"), ("split(x, \"-\", -1)", "\"a-b-c\"", "c"),
    ("split(x, \"::\", 1)", "\"a::b\"", "a"), ("join(\"/\", x, y, z)", "\"a\"", "a/why"),
    ("map(x, \"1\": \"one\", else: \"many\")", "1", "one"),
    ("map(x, \"1\": \"one\", else: \"many\")", "2", "many"),
    ("map(x, \"1\": \"one\") | y", "2", "why"),
    // Numbers by their value, also here.
    ("map(x, \"1\": \"one\", \"0.0\": \"none\", else: \"many\")", "1.0", "one"),
    ("map(x, \"1\": \"one\", \"0.0\": \"none\", else: \"many\")", "0e0", "none"),
    ("map(x, \"1\": \"one\", \"0.0\": \"none\", else: \"many\")", "\"1.0\"", "many"),
    ("if(x = 0, \"zero\", \"some\")", "0.00", "zero"),
    ("if(x = 0, \"zero\", \"some\")", "0.01", "some"),
    ("if(x = 0, \"zero\", \"some\")", "\"0.00\"", "zero"),
    ("if(x = \"0\", \"zero\", \"some\")", "\"0.0\"", "some"),
    ("if(x in (\"a\", 10), \"ten\", \"some\")", "\"1e1\"", "ten"),
    ("if(x in (\"7\", 10), \"ten\", \"some\")", "\"7.0\"", "some"),
    ("if(x in (\"7\", 10), \"seven\", \"some\")", "7.0", "seven"),
    ("if(x in (\"a\", \"b\") and not z, \"yes\")", "\"b\"", "yes"),
    ("if(starts(x, \"ab\") or z, \"yes\", \"no\")", "\"abc\"", "yes"),
    ("if(x != \"a\", \"other\")", "\"b\"", "other"),
    ("if(x < 2, \"less\", \"more\")", "1.5", "less"),
    ("if(x >= 2, \"more\", \"less\")", "2.0", "more"),
    ("if(x > 2, \"more\", \"less\")", "2.0", "less"),
    ("if(x < 2, \"less\", \"more\")", "1.9999999999999999", "less"),
    ("if(x >= 0, \"number\", \"none\")", "\"abc\"", "none"),
    ("if(x >= 0, \"number\", \"none\")", "true", "none"),
    ("if(x <= y, \"less\", \"no number\")", "1", "no number"),
    ("if((x | y) = \"why\", \"y\")", "null", "y"),
    ("x[1].n | x[-1].n", "[{\"n\":\"first\"}]", "first"),
    (
      "x[granted = false].n", "[{\"granted\":true,\"n\":\"1\"},{\"granted\":false,\"n\":\"2\"}]",
      "2"
    ),
    ("x[kind = \"b\"].n", "[{\"kind\":\"a\",\"n\":\"1\"},{\"kind\":\"b\",\"n\":\"2\"}]", "2"),
    (".\"dotted.name\" | x", "\"plain\"", "dots"), ("header(\"X-User\")", "1", "me"),
    ("key()", "1", "k"), ("ip(x) | \"none\"", "\"10.1.2.3\"", "10.1.2.3"),
    ("ip(x) | \"none\"", "\"ec2.amazonaws.com\"", "none"),
    ("\"say \"\"so\"\"\"", "1", "say \"so\""),
  ])
  func textsAreMade(expression: String, value: String, text: String) throws {
    let item = "{\"x\":\(value),\"y\":\"why\",\"dotted.name\":\"dots\"}"
    let row = try row("user_id = \(expression)", item, headers: [("x-user", "me")])
    #expect(row["user_id"] == .text(text))
  }

  @Test func idsAreStable() throws {
    let columns = "invocation_id = uuid5(\"otlp\", t, s)"
    let row = try row(
      columns, #"{"t":"4bf92f3577b34da6a3ce929d0e0e4736","s":"00f067aa0ba902b7"}"#)
    // uuid.uuid5(uuid.NAMESPACE_URL, "otlp\0" + t + "\0" + s) of Python.
    #expect(row["invocation_id"] == .text("86459433-299a-5eef-b104-a52ea36eae32"))
    let plain = try self.row(
      "invocation_id = uuid(x)", #"{"x":"0190B7C270007c1a9a53000000000001"}"#)
    #expect(plain["invocation_id"] == .text("0190b7c2-7000-7c1a-9a53-000000000001"))
  }

  @Test(arguments: [("1000.4", "1000"), ("1000.5", "1001"), ("86400000", "86400000")])
  func durationsAreRounded(milliseconds: String, stored: String) throws {
    let row = try row(
      "duration_ms = elapsed_ms(epoch_ms(a), epoch_ms(b))",
      "{\"a\":0,\"b\":\(milliseconds)}")
    #expect(row["duration_ms"] == .number(stored))
    let backwards = try self.row(
      "duration_ms = elapsed_ms(epoch_ms(b), epoch_ms(a))",
      "{\"a\":0,\"b\":\(milliseconds)}")
    #expect(backwards["duration_ms"] == .null)
  }

  @Test func listsTakeArraysApart() throws {
    let row = try row("finish_reasons = list(x, y)", #"{"x":["stop",null,1],"y":"length"}"#)
    #expect(row["finish_reasons"] == .texts(["stop", "1", "length"]))
  }

  @Test(
    arguments: [
      (#""a""#, "a"), (#"["a"]"#, "a"), (#"[null,"","b","c"]"#, "b"), ("[7,8]", "7"), ("[]", nil),
      (#"[null,""]"#, nil),
    ] as [(String, String?)])
  func oneIsTheFirstOfSeveral(value: String, one: String?) throws {
    let row = try row("user_id = cut(one(x), 9)", "{\"x\":\(value)}")
    #expect(row["user_id"] == (one.map { RowField.Value.text($0) } ?? .null))
    // A path with nothing in it is none, as one that is not there.
    let other = try self.row("user_id = cut(one(x | y), 9)", "{\"x\":\(value),\"y\":[\"z\"]}")
    #expect(other["user_id"] == .text(one ?? "z"))
  }

  /// An item that looks like half of one and half of another that were stored is judged by itself.
  @Test func rulesRememberWholeItems() throws {
    let rules = "format = ndjson\n[skip]\nodd = a = \"bad\" and b = \"bad\"\n[columns]"
    let shelf = try ProfileShelf(own: ["own": Self.base.replacing("[columns]", with: rules)])
    let profile = try shelf.profile("own")
    let decoder = RecordDecoder(stream: profile.stream, profile: profile)
    let long = String(repeating: "x", count: 99)
    let items = (0..<8).map { ("k\($0)", "bad") } + [("bad", long), ("bad", "bad")]
    let lines = items.map { "{\"a\":\"\($0.0)\",\"b\":\"\($0.1)\"}" }.joined(separator: "\n")
    let results = ItemResult.all(of: Sample(lines), decoder)
    #expect(results.count == 10 && results.last == .skipped("odd"), "\(results)")
  }

  @Test func objectsAreMadeOfMembersAndKeepWhatFits() throws {
    let long = String(repeating: "x", count: 20_000)
    let row = try row(
      "metadata = x.m\nmetadata.n = x.n\nmetadata.long = x.long\nmetadata.nul = x.nul\nmetadata.deep = x.deep",
      #"{"x":{"m":{"a":1.50,"n":"lost"},"n":"q\"uote\n","long":"\#(long)","nul":"\u0000","#
        + #""deep":[[[[[[[[[1]]]]]]]]]}}"#)
    guard case .json(let text) = row["metadata"] else {
      Issue.record("\(row)")
      return
    }
    let node = try JSONNode(text.utf8)
    #expect(
      node
        == .object([
          "n": .string("q\"uote\n"), "a": .number("1.50"),
          "omitted": .array([.string("long"), .string("nul"), .string("deep")]),
        ]))
  }

  @Test func tagsAreTexts() throws {
    let row = try row(
      "tags = x\ntags.team = y", #"{"x":{"a":1,"b":true,"c":[1],"d":null,"e":"text"},"y":"core"}"#)
    guard case .json(let text) = row["tags"] else {
      Issue.record("\(row)")
      return
    }
    #expect(
      try JSONNode(text.utf8)
        == .object([
          "team": .string("core"), "a": .string("1"), "b": .string("true"), "e": .string("text"),
        ]))
  }

  @Test(arguments: [
    ("user_id = nope(x)", "own.profile:11: user_id: no function 'nope'"),
    ("user_id = cut(x, 0)", "own.profile:11: user_id: 0 in cut(): give a number from 1 to 65536"),
    (
      "cost = shift(x, 99999999999999999999)",
      "own.profile:11: cost: 99999999999999999999 in shift()"
    ),
    ("user_id = cut(x)", "own.profile:11: user_id: cut() takes 2 arguments, not 1"),
    ("user_id = cut(x, y)", "own.profile:11: user_id: argument 2 of cut() must be written out"),
    ("user_id = \"open", "own.profile:11: user_id: a text has no closing quote"),
    ("user_id = x +", "own.profile:11: user_id: '%2B' means nothing here"),
    ("user_id = a b", "own.profile:11: user_id: 'b' where the end belongs"),
    ("user_id = a[]", "own.profile:11: user_id: [] stands only in items"),
    ("nothing = a", "own.profile:11: invocations has no column nothing that a record can say"),
    ("cost_source = a", "own.profile:11: invocations has no column cost_source"),
    ("user_id.x = a", "own.profile:11: invocations has no column user_id.x"),
    ("user_id = a\nuser_id = b", "own.profile:12: user_id is there twice"),
    ("[nothing]", "own.profile:11: no section [nothing]"),
    ("just words", "own.profile:11: not understood: write name = value below a [section]"),
    ("[skip]\na b = x", "own.profile:12: the name of a rule is a word"),
    ("[skip]\na = x in y", "own.profile:12: a: 'y' where '(' belongs"),
    ("[skip]\na = \"x\"", "own.profile:12: a: a constant is no condition"),
    ("[profile]\nextends = nobody", "no profile nobody; there are"),
    ("[profile]\nformat = xml", "own.profile:12: format cannot be xml"),
    ("user_id = " + String(repeating: "(", count: 40) + "x", "more than 16 levels"),
  ])
  func faultsOfProfilesNameTheirLine(line: String, message: String) {
    do {
      _ = try ProfileShelf(own: ["own": Self.base + line])
      Issue.record("\(line) is accepted")
    } catch {
      #expect("\(error)".contains(message), "\(error)")
    }
  }

  @Test func anOutcomeThatIsNotReadIsUnknown() throws {
    let text = """
      [profile]
      stream = audit_logs
      [columns]
      event_id = "0190b7c2-7000-7c1a-9a53-000000000001"
      occurred_at = "2026-08-21T09:15:02Z"
      tenant_id = "acme"
      actor_id = "u"
      action = a

      """
    for (more, item, outcome) in [
      ("", #"{"a":"x","status":"failed"}"#, "unknown"), ("", #"{"a":"x"}"#, "success"),
      ("outcome = \"success\"", #"{"a":"x","status":"failed"}"#, "success"),
      ("", #"{"a":"x","verdict":"x"}"#, "unknown"), ("", #"{"a":"x","blocked":false}"#, "unknown"),
    ] {
      let profile = try ProfileShelf(own: ["own": text + more]).profile("own")
      let decoder = RecordDecoder(stream: profile.stream, profile: profile)
      guard case .row(let row) = ItemResult.all(of: Sample(item), decoder).first else {
        Issue.record("\(item) is a row")
        continue
      }
      #expect(row["outcome"] == .text(outcome), "\(more) \(item)")
    }
  }

  @Test func aRuleOfTheBaseIsTakenBack() throws {
    let shelf = try ProfileShelf(own: [
      "base": Self.base + "[skip]\nall = true\n",
      "own": "[profile]\nextends = base\nstream = invocations\n[skip]\nall = false\n",
    ])
    for (name, expected) in [("base", true), ("own", false)] {
      let profile = try shelf.profile(name)
      let decoder = RecordDecoder(stream: profile.stream, profile: profile)
      let isSkipped = ItemResult.all(of: Sample("{}"), decoder).first == .skipped("all")
      #expect(isSkipped == expected, "\(name)")
    }
  }

  @Test func aProfileExtendsAnother() throws {
    let shelf = try ProfileShelf(own: [
      "otlp":
        "[profile]\nextends = otlp\n[columns]\ntenant_id = resource.attributes.\"k8s.namespace\"\n"
    ])
    let profile = try shelf.profile("otlp")
    let decoder = RecordDecoder(stream: profile.stream, profile: profile)
    let results = ItemResult.all(
      of: Sample(
        #"{"resourceSpans":[{"resource":{"attributes":[{"key":"k8s.namespace","value":{"stringValue":"shop"}}]},"scopeSpans":[{"spans":[{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"00f067aa0ba902b7","startTimeUnixNano":"1787303702123456789","endTimeUnixNano":"1787303703123456789","attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},{"key":"gen_ai.system","value":{"stringValue":"openai"}},{"key":"gen_ai.request.model","value":{"stringValue":"gpt-5"}},{"key":"gen_ai.usage.input_tokens","value":{"intValue":"7"}},{"key":"gen_ai.usage.output_tokens","value":{"intValue":8}}]}]}]}]}"#
      ), decoder)
    guard case .row(let row) = results.first else {
      Issue.record("\(results)")
      return
    }
    #expect(row["tenant_id"] == .text("shop"))
    #expect(row["input_tokens"] == .number("7") && row["output_tokens"] == .number("8"))
    #expect(row["duration_ms"] == .number("1000"))
  }
}
