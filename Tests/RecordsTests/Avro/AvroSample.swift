// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Records

/// Records of Avro as another implementation writes them (`ops/lib/avro_samples.py`).
struct AvroSample {
  let line: Int
  let schema: [UInt8]
  let record: [UInt8]
  let json: JSONNode

  static let all: [AvroSample] = (try? read()) ?? []

  static var profile: Profile {
    get throws {
      try ProfileShelf(own: ["avro": try golden("avro.profile")]).profile("avro")
    }
  }

  private static func golden(_ name: String) throws -> String {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Golden/\(name)")
    return try String(contentsOf: file, encoding: .utf8)
  }

  private static func read() throws -> [AvroSample] {
    let lines = try golden("avro.ndjson").split(separator: "\n")
    return try lines.enumerated().compactMap { index, line in
      let object = try JSONNode(line.utf8)
      guard let schema = object["schema"]?.text, let base64 = object["base64"]?.text,
        let record = Data(base64Encoded: base64), let json = object["json"]
      else { return nil }
      return AvroSample(
        line: index + 1, schema: Array(schema.utf8), record: Array(record), json: json)
    }
  }

  /// With the frame of Confluent.
  static func framed(_ record: [UInt8], id: UInt32 = 7) -> [UInt8] {
    [0] + withUnsafeBytes(of: id.bigEndian) { Array($0) } + record
  }
}

/// Schemas that a test gives.
final class GivenSchemas: SchemaSource {
  private let answers: [UInt32: SchemaAnswer]

  init(_ answers: [UInt32: SchemaAnswer]) {
    self.answers = answers
  }

  convenience init(_ text: String, id: UInt32 = 7) throws {
    self.init([id: .avro(try AvroSchema(Array(text.utf8)))])
  }

  func schema(of id: UInt32) -> SchemaAnswer { answers[id] ?? .unknown }
}

/// Writes what records are made of, as the specification has it.
struct AvroBytes {
  private(set) var bytes: [UInt8] = []

  mutating func long(_ value: Int64) {
    var rest = UInt64(bitPattern: value << 1 ^ value >> 63)
    while rest > 0x7f {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func text(_ text: String) { content(Array(text.utf8)) }

  mutating func content(_ content: [UInt8]) {
    long(Int64(content.count))
    bytes += content
  }

  mutating func double(_ value: Double) {
    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += Array($0) }
  }

  mutating func raw(_ raw: [UInt8]) { bytes += raw }
}
