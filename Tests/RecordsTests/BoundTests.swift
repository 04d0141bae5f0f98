// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Records
import Testing

@Suite struct BoundTests {
  private static let tokensMax = "2147483647"
  /// What other columns must not be above.
  private static let wanted = [
    "invocations": ["input_tokens": tokensMax, "output_tokens": tokensMax]
  ]

  /// A record of the stream that says what it must.
  static func base(of stream: Stream) -> [String: String] {
    let time = Timestamp(microseconds: 840_618_902 * Timestamp.microsecondsPerSecond)
    return SampleRecord(leastOf: stream, at: time).fields.merging(wanted[stream.table] ?? [:]) {
      $1
    }
  }

  static let companions = [
    "cost": ["currency": "\"USD\""], "currency": ["cost": "\"1\""],
    "cache_creation_1h_input_tokens": ["cache_creation_input_tokens": tokensMax],
  ]

  private func sample(_ stream: Stream, _ column: Column, _ json: String?) -> Sample {
    var fields = Self.base(of: stream)
    fields.merge(Self.companions[column.name] ?? [:]) { $1 }
    fields[column.name] = json
    return Sample("{" + fields.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}")
  }

  @Test(arguments: Stream.all)
  func everyBoundHoldsOnBothSides(stream: Stream) {
    let decoder = RecordDecoder(stream: stream)
    var count = 0
    for (index, column) in stream.columns.enumerated() {
      for bound in BoundCase.all(column) {
        let rejection = sample(stream, column, bound.json).rejection(with: decoder)
        let expected = bound.reason.map { Rejection($0, column: index) }
        #expect(rejection == expected, "\(column.name): \(bound.json.prefix(80))")
        count += 1
      }
    }
    #expect(count > 7 * stream.columns.count)
  }

  @Test(arguments: Stream.all)
  func nullIsAsGoodAsAbsent(stream: Stream) {
    let decoder = RecordDecoder(stream: stream)
    for column in stream.columns where !column.keys.isEmpty {
      let absent = sample(stream, column, nil).rejection(with: decoder)
      #expect(sample(stream, column, "null").rejection(with: decoder) == absent)
      if case .always = column.requirement { #expect(absent?.reason == .missingField) }
    }
  }

  @Test(arguments: Stream.all)
  func everySpellingReachesItsColumn(stream: Stream) throws {
    let decoder = RecordDecoder(stream: stream)
    for column in stream.columns {
      guard let value = BoundCase.all(column).first(where: { $0.reason == nil })?.json else {
        continue
      }
      let canonical = try sample(stream, column, value).row(with: decoder)
      #expect(canonical.fields[column.name] != nil, "\(column.name)")
      for key in column.keys.dropFirst() {
        for spelled in [Self.flat(key, value), Self.nested(key, value)].compactMap(\.self) {
          var sample = sample(stream, column, nil)
          sample.payload?.removeLast()
          sample.payload?.append(contentsOf: Array(",\(spelled)}".utf8))
          let row = try sample.row(with: decoder)
          #expect(row.fields[column.name] == canonical.fields[column.name], "\(spelled)")
        }
      }
    }
  }

  private static func flat(_ key: String, _ value: String) -> String? {
    key.contains("[0]") ? nil : "\"\(key)\":\(value)"
  }

  private static func nested(_ key: String, _ value: String) -> String? {
    let path = key.split(separator: ".")
    guard path.count > 1 else { return nil }
    return path.reversed().reduce(value) { inner, name in
      if inner == value { return "\"\(name)\":\(inner)" }
      return name.hasSuffix("[0]")
        ? "\"\(name.dropLast(3))\":[{\(inner)}]" : "\"\(name)\":{\(inner)}"
    }
  }
}
