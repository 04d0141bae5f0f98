// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Foundation
import JSON
import Records

/// The examples below `schemas/`, which producers read, too.
struct Fixture {
  let line: Int
  let sample: Sample
  /// Of a rejected example.
  let reason: String?
  let field: String?

  static let schemas = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "schemas")

  /// One record in each line; made from the declaration where a stream has no file.
  static func accepted(_ stream: Records.Stream) throws -> [Fixture] {
    try lines(stream, "accepted").map { line, text in
      Fixture(line: line, sample: Sample(text), reason: nil, field: nil)
    }
  }

  /// One object in each line: the expected reason, and the record as `record` (JSON, or null for
  /// a tombstone), `raw` (text; `@` stands for what `repeat` says) or `base64`.
  static func rejected(_ stream: Records.Stream) throws -> [Fixture] {
    try lines(stream, "rejected").map { line, text in
      let parsed = try JSONSerialization.jsonObject(with: Data(text.utf8))
      guard let object = parsed as? [String: Any] else { throw CocoaError(.fileReadCorruptFile) }
      var sample = Sample(try payload(of: object, text))
      sample.key = (object["key"] as? String).map { Array($0.utf8) }
      let headers = object["headers"] as? [String: String] ?? [:]
      sample.headers = headers.map { ($0.key, Array($0.value.utf8)) }
      return Fixture(
        line: line, sample: sample, reason: object["reason"] as? String,
        field: object["field"] as? String)
    }
  }

  private static func payload(of object: [String: Any], _ text: String) throws -> [UInt8]? {
    if let base64 = object["base64"] as? String {
      return Data(base64Encoded: base64).map(Array.init)
    }
    if var raw = object["raw"] as? String {
      if let fill = object["repeat"] as? [String: Any], let part = fill["text"] as? String,
        let count = fill["count"] as? Int
      {
        raw = raw.replacing("@", with: String(repeating: part, count: count), maxReplacements: 1)
      }
      return Array(raw.utf8)
    }
    if object["record"] is NSNull { return nil }
    return member("record", of: text)
  }

  /// The source text of a member: JSONSerialization would spell numbers anew.
  static func member(_ name: String, of text: String) -> [UInt8]? {
    let parser = JSONParser(isLenient: true)
    let record = Array(text.utf8).withUnsafeBytes { bytes -> [UInt8]? in
      guard let tape = try? parser.parse(bytes) else { return nil }
      let key = (1..<tape.count).first { index in
        tape[index].depth == 1 && tape[index].bytes.elementsEqual(name.utf8)
      }
      return key.map { Array(tape[$0 + 1].bytes) }
    }
    // The tape lives in the parser.
    return withExtendedLifetime(parser) { record }
  }

  /// A record that is no JSON: `raw` as text, or `base64`.
  static func base64(of text: String) -> [UInt8]? {
    if let raw = member("raw", of: text) { return raw }
    return member("base64", of: text).flatMap { Data(base64Encoded: Data($0)) }.map(Array.init)
  }

  private static func samples(of stream: Records.Stream) -> [(Int, String)] {
    let time = Timestamp(microseconds: 840_618_902 * Timestamp.microsecondsPerSecond)
    return (1...9).map { ($0, SampleRecord(of: stream, $0, at: time).json) }
      + [(10, SampleRecord(leastOf: stream, at: time).json)]
  }

  private static func lines(_ stream: Records.Stream, _ name: String) throws -> [(Int, String)] {
    let file = schemas.appending(path: "\(stream.table)/\(name).ndjson")
    guard FileManager.default.fileExists(atPath: file.path) else {
      return name == "accepted" ? samples(of: stream) : []
    }
    return try String(contentsOf: file, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
      .enumerated().compactMap { $1.isEmpty ? nil : ($0 + 1, String($1)) }
  }
}
