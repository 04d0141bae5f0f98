// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Foundation
import Records
import Testing

/// Every text that reaches a column passes the same rule, whatever it came from.
@Suite struct TextSourceTests {
  /// Texts that PostgreSQL, or one alphabet or another, does not take.
  static let hostile: [[UInt8]] = [
    [0], Array("a\u{0}b".utf8), Array("a\u{0}".utf8), [0x1f], [0x7f], Array("é".utf8), [0xff],
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], Array("\u{FFFE}".utf8), Array("\u{202E}x".utf8),
    Array("\u{1F600}".utf8), Array("a".utf8),
  ]

  /// The column takes from its header or key what it takes from the body, and refuses the rest for
  /// the same reason.
  @Test(arguments: Records.Stream.all)
  func theEnvelopeIsReadLikeTheBody(stream: Records.Stream) throws {
    let decoder = RecordDecoder(stream: stream)
    for column in stream.columns {
      guard let source = column.source, source == .recordKey || source == .eventSource else {
        continue
      }
      for text in Self.hostile {
        var sample = try Sample(Self.record(stream, without: column))
        if source == .recordKey {
          sample.key = text
          sample.keyMeaning = .tenant
        } else {
          sample.headers = Self.event + [("ce_source", text)]
        }
        guard let string = String(validating: text, as: UTF8.self) else {
          // No JSON says it; a header is left out, and a key is no tenant.
          let row = try? sample.row(with: decoder)
          #expect(row?.fields[column.name] == nil, "\(column.name) \(text)")
          continue
        }
        let body = try Sample(Self.record(stream, column, Self.quoted(string)))
        let (here, there) = (sample.rejection(with: decoder), body.rejection(with: decoder))
        #expect((here == nil) == (there == nil), "\(column.name) \(text): \(here as Any)")
        if here == nil {
          let row = try sample.row(with: decoder)
          #expect(row.fields[column.name] == text)
        } else if text.contains(0), column.source == .eventSource {
          #expect(here?.reason == .nulCharacter)
        }
      }
    }
  }

  /// Whatever the body, the key and every header say, an accepted row holds no NUL and nothing but
  /// UTF-8.
  @Test(arguments: Records.Stream.all)
  func noAcceptedRowHoldsWhatPostgreSQLRefuses(stream: Records.Stream) throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = SplitMix(state: seed)
    let decoder = RecordDecoder(stream: stream)
    var accepted = 0
    for _ in 0..<4_000 {
      let column = try #require(
        stream.columns.filter { !$0.keys.isEmpty }.randomElement(using: &random))
      let text = try #require(Self.hostile.randomElement(using: &random))
      let json = Self.quoted(String(decoding: text, as: UTF8.self))
      let shapes = [
        json, "[\(json)]", "{\(json):\(json)}", "[{\"k\":\(json)}]", "{\"k\":{\"k\":\(json)}}",
      ]
      let shape = try #require(shapes.randomElement(using: &random))
      var sample = try Sample(
        Bool.random(using: &random)
          ? Self.record(stream, column, shape) : Self.record(stream, without: column))
      sample.key = Bool.random(using: &random) ? Self.hostile.randomElement(using: &random) : nil
      sample.keyMeaning = try #require(KeyMeaning.allCases.randomElement(using: &random))
      let names = ["ce_source", "ce_id", "ce_time", "ce_type", "traceparent", "ce_traceparent"]
      let name = try #require(names.randomElement(using: &random))
      sample.headers = Self.event + [(name, Self.hostile.randomElement(using: &random))]
      guard sample.rejection(with: decoder) == nil else { continue }
      accepted += 1
      let row = try sample.row(with: decoder)
      for column in stream.columns where ["text", "jsonb"].contains(column.sqlType) {
        guard let bytes = row.fields[column.name] else { continue }
        let isText = String(validating: bytes, as: UTF8.self) != nil && !bytes.contains(0)
        #expect(isText, "\(column.name) \(bytes), seed \(seed)")
      }
    }
    #expect(accepted > 100, "seed \(seed)")
  }

  private static let event: [(String, [UInt8]?)] = [
    ("ce_specversion", Array("1.0".utf8)), ("ce_id", Array("e1".utf8)),
    ("ce_type", Array("t".utf8)),
    ("ce_source", Array("s".utf8)),
  ]

  /// The first accepted example without the column, or with another value of it.
  private static func record(
    _ stream: Records.Stream, without column: Records.Column
  ) throws -> String {
    try record(stream, column, nil)
  }

  private static func record(
    _ stream: Records.Stream, _ column: Records.Column, _ json: String?
  ) throws -> String {
    let example = try #require(Fixture.accepted(stream).first?.sample.payload)
    var object = try #require(
      JSONSerialization.jsonObject(with: Data(example)) as? [String: Any])
    for key in column.keys { object[key] = nil }
    if json != nil { object[column.name] = "@" }
    let text = try JSONSerialization.data(withJSONObject: object, options: .withoutEscapingSlashes)
    return String(decoding: text, as: UTF8.self).replacing("\"@\"", with: json ?? "")
  }

  private static func quoted(_ text: String) -> String {
    let scalars = text.unicodeScalars.map { scalar in
      let digits = String(scalar.value, radix: 16)
      return scalar.value < 0x20
        ? "\\u" + String(repeating: "0", count: 4 - digits.count) + digits : String(scalar)
    }
    return "\"\(scalars.joined())\""
  }
}
