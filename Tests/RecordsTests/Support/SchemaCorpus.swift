// SPDX-License-Identifier: Apache-2.0
import Records

/// Records with values on both sides of every bound of every column.
struct SchemaCorpus {
  private let stream: Records.Stream
  private let base: [String: String]

  init(_ stream: Records.Stream) {
    self.stream = stream
    base = BoundTests.base(of: stream)
  }

  func records(seed: UInt64) -> [String] {
    bounds + spellings + signals + special + random(seed)
  }

  private var bounds: [String] {
    stream.columns.filter { !$0.keys.isEmpty }.flatMap { column in
      let companions = (BoundTests.companions[column.name] ?? [:]).mapValues(Optional.some)
      return values(of: column).map { text(companions.merging([column.name: $0]) { $1 }) }
    }
  }

  private func random(_ seed: UInt64) -> [String] {
    var random = SplitMix(state: seed)
    let columns = stream.columns.filter { !$0.keys.isEmpty }
    return (0..<2_000).map { _ in
      var fields: [String: String?] = [:]
      for _ in 0..<Int.random(in: 2...4, using: &random) {
        guard let column = columns.randomElement(using: &random) else { continue }
        fields[column.name] = values(of: column).randomElement(using: &random) ?? .some(nil)
      }
      return text(fields)
    }
  }

  /// Those of the bounds that are short; absent; null; and what producers send by mistake.
  private func values(of column: Records.Column) -> [String?] {
    var values = BoundCase.all(column).map(\.json).filter { $0.utf8.count < 5_000 }
    if case .choice(let choices, _) = column.kind {
      values += choices.map { "\"\($0.spelling.uppercased())\"" }
    }
    return values + [
      nil, "null", "\"\"", "0", "10.0", "1.0", "1e1", "-0.4", "-0.5", "86400000.4", "86400000.5",
      "\"acme\\n\"", "[]", "{}", "\"-0\"", "2.5e-05", "\"2026-08-21 09:15:02Z\"",
    ]
  }

  /// Each column by its names with dots.
  private var spellings: [String] {
    stream.columns.flatMap { column in
      column.keys.filter { $0.contains(".") && !$0.contains("[0]") }.flatMap { key in
        values(of: column).map { text([column.name: nil, key: $0]) } + twice(column, key)
      }
    }
  }

  /// In two spellings with two values.
  private func twice(_ column: Records.Column, _ key: String) -> [String] {
    guard case .text = column.kind else { return [] }
    return [text([column.name: "\"a\"", key: "\"b\""])]
  }

  /// What says something about a column, alone and beside it.
  private var signals: [String] {
    let values = [
      "\"SUCCESS\"", "\"denied\"", "\"maybe\"", "true", "false", "403", "7", "\"204\"", "\"099\"",
      "204.0", "0", "2", "99", "-1", "1000", "{}", "[]", "\"\"", "null", "{\"code\":7}", "[1]",
      "\"true\"", "\"false\"", "\"0\"", "1", "1.0", "{ }", "[ ]",
    ]
    return stream.signals.flatMap { signal in
      signal.keys.flatMap { key in
        values.flatMap { value in
          [
            text([key: value]), text([key: value, "input_tokens": nil]),
            text([signal.column: "\"success\"", key: value]),
            text([signal.column: "null", key: value, "output_tokens": nil]),
          ]
        }
      }
    }
  }

  private var special: [String] {
    stream.pricing == nil ? groups.map(object) : calls.map(text)
  }

  private let groups = [
    #""actor":{"id":"u"}"#, #""actor":{"id":null}"#, #""actor":null"#, #""actor":{}"#,
    #""actor":{"type":"system"}"#, #""actor":{"type":"user"}"#, #""actor":"alice""#,
    #""actor":"""#, #""actor":7"#, #""actor":{"id":""}"#, #""target":[],"actor_id":"a""#,
    #""target":{"id":"x"},"actor_id":"a""#, #""actor":{},"target":"t""#,
    #""error_type":"x","actor_id":"a""#, #""context":{"source_ip":"1.2.3.4"},"actor_id":"a""#,
    #""context":{"source_ip":"1.2.3"},"actor_id":"a""#, #""context":7,"actor_id":"a""#,
    #""zz":[{}],"actor_id":"a""#, #""outcome":{"result":"denied"},"actor_id":"a""#,
    #""outcome":{"result":"DENIED","reason":"x"},"actor_id":"a""#,
    #""outcome":{"result":"maybe"},"actor_id":"a""#, #""outcome":{"result":7},"actor_id":"a""#,
    #""outcome":{"result":{}},"actor_id":"a""#, #""outcome":{"reason":"x"},"actor_id":"a""#,
    #""outcome":{"result":null},"actor_id":"a""#, #""outcome":{"code":1},"actor_id":"a""#,
    #""outcome":{"reason":"x"},"status":"maybe","actor_id":"a""#,
    #""outcome":{"result":"ok"},"status":"maybe","actor_id":"a""#,
    #""event":{"outcome":"failure"},"status":"maybe","actor_id":"a""#,
    #""event":{"outcome":"maybe"},"actor_id":"a""#, #""event":{"outcome":{}},"actor_id":"a""#,
    #""event":"x","actor_id":"a""#,
  ]

  private func object(_ fields: String) -> String {
    "\(text(["actor_id": nil]).dropLast()),\(fields)}"
  }

  /// Spans that are billed by what is inside them, calls that failed, and fields that contradict
  /// others.
  private var calls: [[String: String?]] {
    let zero: [String: String?] = [
      "operation": "\"invoke_agent\"", "input_tokens": "0", "output_tokens": "0.0",
    ]
    let failed: [String: String?] = ["input_tokens": nil, "output_tokens": nil]
    let contradictions: [[String: String?]] = [
      ["time_to_first_token_ms": "10", "duration_ms": "9"], ["gen_ai.usage.input_tokens": "5"],
      ["output_tokens": "4", "reasoning_output_tokens": "5"],
    ]
    return contradictions
      + [["operation": "\"execute_tool\""], ["operation": "\"INVOKE_AGENT\""], zero]
      + ["\"0e5\"", "\"-0.00\"", "0", "0e3", "1e-3", "\"1\"", "\"1e-30\"", "null"].map {
        zero.merging(["cost": $0, "currency": "\"USD\""]) { $1 }
      }
      + ["\"error\"", "\"FAILURE\"", "\"ok\"", "null"].map {
        failed.merging(["status": $0]) { $1 }
      }
  }

  /// A complete record with these fields; nil takes one away.
  private func text(_ fields: [String: String?]) -> String {
    let members = base.mapValues(Optional.some).merging(fields) { $1 }
      .sorted { $0.key < $1.key }
      .compactMap { name, value in value.map { "\"\(name)\":\($0)" } }
    return "{" + members.joined(separator: ",") + "}"
  }
}
