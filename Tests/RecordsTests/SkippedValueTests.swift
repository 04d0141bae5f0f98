// SPDX-License-Identifier: Apache-2.0
import JSON
import Records
import Testing

/// What is never stored does not refuse its record, whatever it holds, as long as it is JSON.
@Suite struct SkippedValueTests {
  private let decoder = RecordDecoder(stream: .invocations)

  private static func invocation(_ more: String) -> Sample {
    Sample(
      #"{"invocation_id":"0190b7c2-6f3e-7c1a-9a53-2b1f0c9d7e11",\#(more),"#
        + #""occurred_at":"2026-08-21T09:15:02Z","tenant_id":"acme","provider":"openai","#
        + #""request_model":"o3","input_tokens":17,"output_tokens":89,"region":"last"}"#)
  }

  private static let deep =
    String(repeating: "[", count: 20_000)
    + String(repeating: "]", count: 20_000)
  private static let values = [
    #""\u0000""#, #"["\ud83d"]"#, #"{"a":1,"a":2}"#, deep, "[1e999999,-0.1e-400000]",
    String(repeating: "9", count: 100), "\"" + String(repeating: "x", count: 300_000) + "\"",
    "{" + (0..<5_000).map { "\"k\($0)\":0" }.joined(separator: ",") + "}",
    #"{"\u0000":{"\udfff":[{"a":[]},{}," ",true,false,null]}}"#, #"  [ { } , [ ] ]  "#,
  ]
  private static let keys = [
    #""messages""#, #""response""#, #""gen_ai.tool.definitions""#, #""nobody knows""#,
    #""gen_ai":{"tool":{"definitions":"#, #""\u0000""#, #""\ud83d""#,
  ]

  @Test(arguments: keys)
  func whatIsDroppedMayHoldAnything(key: String) throws {
    for value in Self.values {
      let isNested = key.hasSuffix("{\"definitions\":")
      let more = isNested ? "\(key)\(value)}}" : "\(key):\(value)"
      let row = try Self.invocation(more).row(with: decoder)
      #expect(row.text("region") == "last", "\(key): \(value.prefix(40))")
      #expect(row.integer("input_tokens") == 17)
    }
  }

  @Test func theyAreCounted() throws {
    _ = try Self.invocation(#""messages":["\u0000"],"x":"\ud83d","gen_ai":{"odd":[[]]}"#)
      .row(with: decoder)
    #expect(decoder.counters.droppedContent == 1)
    #expect(decoder.counters.unknownFields == 2)
  }

  @Test func aSkippedKeyMayStandThereTwice() throws {
    let row = try Self.invocation(#""x":1,"x":2,"messages":[],"messages":{}"#).row(with: decoder)
    #expect(row.text("region") == "last")
    let twice = Self.invocation(#""region":"last""#)
    #expect(twice.rejection(with: decoder)?.reason == .duplicateKey)
  }

  /// What is stored is read as strictly as ever.
  @Test(
    arguments: [
      (#""metadata":{"a":"\u0000"}"#, .nulCharacter), (#""tags":{"a":"\ud83d"}"#, .loneSurrogate),
      (#""metadata":{"a":1,"a":2}"#, .duplicateKey),
      (#""metadata":{"a":1e400}"#, .numberOutOfRange),
      (#""project_id":"\u0000""#, .nulCharacter),
    ] as [(String, Reason)])
  func whatIsStoredMayNot(more: String, reason: Reason) {
    #expect(Self.invocation(more).rejection(with: decoder)?.reason == reason)
  }

  @Test(
    arguments: [
      "[1", "[1}", "{\"a\" 1}", "{\"a\":1,}", "[1,]", "[1 2]", "{1:2}", "\"a\":1", "01", "1.",
      "tru",
      "\"\\x\"", "\"\\u12g4\"", "[\"a\":1]", "{\"a\":}", "nul", "-", "[,]", "{,}", "\"a", "", "]",
      "{\"a\":1]", "1e", "+1", "NaN", "{\"a\"}", "[1],[2]", "{\"a\":{}}}",
    ])
  func whatIsSkippedIsJSON(value: String) {
    for key in ["messages", "nobody_knows"] {
      let rejection = Self.invocation(#""\#(key)":\#(value)"#).rejection(with: decoder)
      #expect(
        rejection?.reason == .notJSON || rejection?.reason == .trailingContent, "\(key): \(value)")
    }
  }

  /// The skipped value and the strict reader agree on what JSON is.
  @Test func bothReadersAgree() {
    let seed = UInt64.random(in: .min ... .max)
    print("seed of the skipped values: \(seed)")
    var random = SplitMix(state: seed)
    let pieces = [
      "{", "}", "[", "]", "\"", ",", ":", "\\", "0", "-", ".", "e1", " ", "t", "null", "\"a\"",
      "{}", ",1", "é", "\"a\":1", "\n", "\u{1}",
    ].map { Array($0.utf8) }
    let parser = JSONParser()
    var accepted = 0
    for _ in 0..<20_000 {
      var value = Array(#"{"a":[1,{"b":"x\n"},null],"c":-1.5e+10,"d":[true,[],{}]}"#.utf8)
      for _ in 0...Int.random(in: 0...2, using: &random) {
        let index = value.indices.randomElement(using: &random) ?? 0
        let piece = pieces.randomElement(using: &random) ?? []
        if Bool.random(using: &random) {
          value.insert(contentsOf: piece, at: index)
        } else {
          value.replaceSubrange(index...index, with: piece)
        }
      }
      guard let text = String(validating: value, as: UTF8.self) else { continue }
      let strict = value.withUnsafeBytes { bytes -> JSONError? in
        do throws(JSONError) {
          _ = try parser.parse(bytes)
          return nil
        } catch {
          return error
        }
      }
      let skipped = Self.invocation("\"x\":\(text)").rejection(with: decoder)
      // A value that ends early, and a second field behind it, is another document; what follows
      // the second of two keys, or a number like 1e1000, was not read.
      if strict == .trailingContent || strict == .duplicateKey || strict == .numberOutOfRange {
        continue
      }
      let isJSON = strict == nil
      if isJSON { accepted += 1 }
      #expect((skipped == nil) == isJSON, "\(text)")
    }
    #expect(accepted > 1000)
  }
}
