// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
package import Records

/// A record of any stream, made from its declaration.
package struct SampleRecord: Sendable {
  /// JSON by field.
  package let fields: [String: String]

  package var json: String {
    "{"
      + fields.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
      .joined(separator: ",") + "}"
  }

  /// One that says everything; `number` makes the identity and what it says.
  package init(of stream: Stream, _ number: Int, at time: Timestamp) {
    self.init(stream.columns, stream, number, time)
  }

  /// One that says what it must.
  package init(leastOf stream: Stream, at time: Timestamp) {
    self.init(stream.columns.filter(Self.mustBeThere), stream, 0, time)
  }

  private init(_ columns: [Column], _ stream: Stream, _ number: Int, _ time: Timestamp) {
    var fields: [String: String] = [:]
    for column in columns where !column.keys.isEmpty {
      let isTenant = column.source == .recordKey
      fields[column.name] =
        isTenant ? "\"tenant-\(number % 3)\"" : Self.value(of: column, number, time)
    }
    for measure in stream.sums.flatMap(\.measures) where fields[measure] != nil {
      fields[measure] = "\(number % 100)"
    }
    self.fields = fields
  }

  private static func mustBeThere(_ column: Column) -> Bool {
    switch column.requirement {
    case .always, .unless: true
    case .optional, .with: false
    }
  }

  private static func value(of column: Column, _ number: Int, _ time: Timestamp) -> String {
    switch column.kind {
    case .uuid: "\"0190b7c2-6f3e-7c1a-9a53-\(padded(number))\""
    case .timestamp: "\"\(time)\""
    case .text(let rule): "\"\(String(repeating: "a", count: max(1, rule.charactersMin)))\""
    case .choice(let choices, _): "\"\(choices[number % choices.count].spelling)\""
    case .integer(_, let range): "\(range.lowerBound)"
    case .boolean: "true"
    case .amount: "\"0.25\""
    case .currency: "\"USD\""
    case .json(let rule):
      if case .arrayOfObjects = rule.shape { "[{}]" } else { "{}" }
    case .textArray: "[\"a\"]"
    case .inet: "\"203.0.113.7\""
    case .set: "null"
    }
  }

  private static func padded(_ number: Int) -> String {
    String(repeating: "0", count: 12 - "\(number)".count) + "\(number)"
  }
}
