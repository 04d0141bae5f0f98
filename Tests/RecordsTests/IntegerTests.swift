// SPDX-License-Identifier: Apache-2.0
import Records
import Testing

/// A number is an integer because of its value, not because of its spelling.
@Suite struct IntegerTests {
  @Test(arguments: Stream.all)
  func everyIntegerColumnTakesEverySpelling(stream: Stream) throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed of the integers: \(seed)")
    var random = SplitMix(state: seed)
    let decoder = RecordDecoder(stream: stream)
    var count = 0
    for (column, values) in stream.columns.compactMap({ column in
      Self.values(of: column, &random).map { (column, $0) }
    }) {
      for value in values {
        let plain = try sample(stream, column, column.name, "\(value)").row(with: decoder)
        for (key, text) in zip(
          column.keys.filter { !$0.contains("[0]") } + Array(repeating: column.name, count: 9),
          Self.spellings(of: value).shuffled(using: &random))
        {
          let row = try sample(stream, column, key, text).row(with: decoder)
          #expect(
            row.fields[column.name] == plain.fields[column.name], "\(key): \(text), seed \(seed)")
          count += 1
        }
        let fraction = sample(stream, column, column.name, "\(value).5").rejection(with: decoder)
        if case .integer(.integer, _) = column.kind { continue }
        #expect(fraction != nil, "\(column.name): \(value).5")
      }
    }
    #expect(count > 20)
  }

  /// Another way to say an outcome, and the errors that are none.
  @Test(
    arguments: [
      ("status_code", 204, "success"), ("status", 403, "failure"), ("http_status", 500, "failure"),
      ("status_id", 2, "failure"), ("status_id", 1, "success"), ("status_id", 0, "unknown"),
      ("error", 0, "success"), ("error_code", 0, "success"), ("errorCode", 7, "failure"),
    ])
  func everySignalTakesEverySpelling(key: String, value: Int64, outcome: String) throws {
    let decoder = RecordDecoder(stream: .auditLogs)
    let column = try #require(Stream.auditLogs.columns.first { $0.name == "outcome" })
    for text in ["\(value)"] + Self.spellings(of: value) {
      let row = try sample(.auditLogs, column, key, text).row(with: decoder)
      #expect(row.text("outcome") == outcome, "\(key): \(text)")
    }
    if key.hasPrefix("status") {
      #expect(sample(.auditLogs, column, key, "\(value).5").rejection(with: decoder) != nil)
    }
  }

  private static func values(
    of column: Column, _ random: inout SplitMix
  ) -> [Int64]? {
    switch column.kind {
    case .integer(_, let range):
      [range.lowerBound, range.upperBound, Int64.random(in: range, using: &random), 10]
    case .choice(let choices, _):
      choices.contains { $0.number != nil } ? choices.compactMap(\.number) : nil
    default: nil
    }
  }

  private static func spellings(of value: Int64) -> [String] {
    // No number begins with two zeros.
    let zeros = value == 0 ? "" : "0"
    let tens = value % 10 == 0 ? ["\(value / 10)e1", "\(value / 10)E+01"] : []
    return [
      "\(value).0", "\(value).000", "\(value)e0", "\(value)E+0", "\(value)e-0",
      "\(value)\(zeros)e-\(zeros.count)", "\(value).00e0",
      "\(value)\(zeros)\(zeros)E-\(zeros.count * 2)",
      "\(value)\(zeros).0e-\(zeros.count)",
    ] + tens
  }

  /// A record with the value by one of its names, and what else that needs.
  private func sample(
    _ stream: Stream, _ column: Column, _ key: String, _ json: String
  ) -> Sample {
    var fields = BoundTests.base(of: stream)
    fields.merge(BoundTests.companions[column.name] ?? [:]) { $1 }
    fields[column.name] = nil
    fields[key] = json
    return Sample("{" + fields.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}")
  }
}
