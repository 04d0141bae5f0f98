// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Records
import Testing

@Suite struct RollupTests {
  private let decoder = RecordDecoder(stream: .invocations)

  private func sample(_ more: String) -> Sample {
    Sample(
      #"{"invocation_id":"0190b7c2-6f3e-7c1a-9a53-2b1f0c9d7e11","#
        + #""occurred_at":"2026-08-20T23:59:59.999999Z","tenant_id":"acme","provider":"openai","#
        + #""request_model":"gpt-5"\#(more)}"#)
  }

  /// The fields of the key as texts; the day as a number of days, the slot as a number.
  private func key(_ sample: Sample, isZoned: Bool = false) throws -> [String] {
    try sample.decode(with: decoder) { decoder in
      var buffer = CopyBuffer()
      decoder.appendRollupKey(to: &buffer, isZoned: isZoned)
      var bytes = Array(buffer.bytes)[...]
      var fields: [String] = []
      while !bytes.isEmpty {
        let count = Int(
          bytes.prefix(4).reduce(Int32(0)) { $0 << 8 | Int32($1) })
        if count < 0 {
          fields.append("null")
          bytes = bytes.dropFirst(4)
          continue
        }
        let field = bytes.dropFirst(4).prefix(count)
        bytes = bytes.dropFirst(4 + count)
        fields.append(
          fields.count == 1 || fields.count == 2 && count == 2
            ? "\(field.reduce(0) { $0 << 8 | Int($1) })" : String(decoding: field, as: UTF8.self))
      }
      return fields
    }
  }

  @Test func measuresAreThoseOfTheRecord() throws {
    let tokens =
      #","input_tokens":100,"output_tokens":50,"cache_read_input_tokens":30,"#
      + #""cache_creation_input_tokens":20,"reasoning_output_tokens":10"#
    let measures = try sample(tokens + #","cost":"1.5","currency":"USD""#)
      .decode(with: decoder) { $0.rollup }
    var expected = RollupMeasures()
    expected.records = 1
    expected.inputTokens = 100
    expected.outputTokens = 50
    expected.cacheReadInputTokens = 30
    expected.cacheCreationInputTokens = 20
    expected.reasoningOutputTokens = 10
    expected.cost = 1_500_000_000_000
    #expect(measures == expected)
  }

  @Test func failedAndUnpricedRecordsAreCounted() throws {
    let measures = try sample(#","status":"failure""#).decode(with: decoder) { $0.rollup }
    #expect(measures.records == 1)
    #expect(measures.failedRecords == 1)
    #expect(measures.unpricedRecords == 1)
    #expect(measures.cost == 0)
  }

  /// What is marked as estimated, with its cost; where nothing is said, nothing is claimed.
  @Test(arguments: [("estimated", 1), ("Estimated", 1), ("provider", 0), ("unknown", 0)])
  func estimatedUsageIsCountedWithItsCost(source: String, estimated: Int64) throws {
    let tokens = #","input_tokens":1,"output_tokens":1,"usage_source":"\#(source)""#
    let money = #","cost":"1.5","currency":"USD""#
    let priced = try sample(tokens + money).decode(with: decoder) { $0.rollup }
    #expect(priced.estimatedRecords == estimated)
    #expect(priced.estimatedCost == (estimated == 1 ? priced.cost : 0))
    let unpriced = try sample(tokens).decode(with: decoder) { $0.rollup }
    #expect(unpriced.estimatedRecords == estimated && unpriced.estimatedCost == 0)
    #expect(unpriced.unpricedRecords == 1)
    let silent = try sample(#","input_tokens":1,"output_tokens":1"# + money)
      .decode(with: decoder) { $0.rollup }
    #expect(silent.estimatedRecords == 0 && silent.estimatedCost == 0)
  }

  @Test func keysAreThoseOfTheDailyTable() throws {
    let tokens = #","input_tokens":1,"output_tokens":1"#
    let day = "\(Timestamp(rfc3339: "2026-08-20T00:00:00Z").day)"
    let all =
      #","project_id":"p","response_model":"gpt-5-1","service_tier":"flex","#
      + #""cost":"0","currency":"eur""#
    #expect(
      try key(sample(tokens + all))
        == ["acme", day, "null", "p", "openai", "gpt-5-1", "flex", "EUR"])
    #expect(
      try key(sample(tokens)) == ["acme", day, "null", "", "openai", "gpt-5", "standard", "XXX"])
    #expect(try key(sample(tokens + #","currency":"USD""#)).last == "XXX")
    #expect(try key(sample(tokens), isZoned: true)[2] == "95")
    #expect(Rollup.keyColumns.count == 8)
  }

  @Test func aStreamWithoutRollupAddsNothing() throws {
    let decoder = RecordDecoder(stream: .auditLogs)
    let fixture = try #require(Fixture.accepted(.auditLogs).first)
    #expect(try fixture.sample.decode(with: decoder) { $0.rollup } == RollupMeasures())
  }
}
