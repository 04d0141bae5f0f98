// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Foundation
import JSON
import Records
import Testing

/// The wall clock of these tests.
let testNow = Timestamp(rfc3339: "2026-08-21T12:00:00Z")

extension Timestamp {
  init(rfc3339 text: String) {
    guard let time = Array(text.utf8).withUnsafeBytes({ Timestamp(rfc3339: $0) }) else {
      preconditionFailure("\(text) is RFC 3339")
    }
    self = time
  }
}

/// The bytes of one record, owned, as a test writes them down.
struct Sample {
  var payload: [UInt8]?
  var key: [UInt8]?
  var keyMeaning = KeyMeaning.compare
  var headers: [(name: String, value: [UInt8]?)] = []

  init(_ payload: [UInt8]?) {
    self.payload = payload
  }

  init(
    _ json: String, key: String? = nil, _ keyMeaning: KeyMeaning = .compare,
    headers: [(String, String)] = []
  ) {
    payload = Array(json.utf8)
    self.key = key.map { Array($0.utf8) }
    self.keyMeaning = keyMeaning
    self.headers = headers.map { ($0, Array($1.utf8)) }
  }

  /// Decodes and hands the decoder to `body` while all bytes are alive.
  func decode<Result>(
    with decoder: RecordDecoder, _ body: (RecordDecoder) throws -> Result
  ) throws -> Result {
    try withRecord(decoder) { record in
      try decoder.open(record, now: testNow)
      _ = try decoder.next()
      return try body(decoder)
    }
  }

  /// Shows the bytes as a message would, as long as `body` runs.
  func withRecord<Result>(
    _ decoder: RecordDecoder, _ body: (RawRecord) throws -> Result
  ) rethrows -> Result {
    var arena: [UnsafeMutableRawBufferPointer] = []
    defer { for block in arena { block.deallocate() } }
    func hold(_ bytes: [UInt8]?) -> UnsafeRawBufferPointer? {
      guard let bytes else { return nil }
      // Exactly as long as the bytes: a read behind them is one that a sanitizer sees.
      let block = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
      block.copyBytes(from: bytes)
      arena.append(block)
      return UnsafeRawBufferPointer(block)
    }
    var envelope = decoder.emptyHeaders
    for (name, value) in headers {
      guard let name = hold(Array(name.utf8)) else { continue }
      envelope.add(name: name, value: hold(value))
    }
    return try body(
      RawRecord(
        payload: hold(payload), key: hold(key), keyMeaning: keyMeaning, headers: envelope))
  }

  /// The stored columns by name, as bytes of their COPY fields.
  func row(with decoder: RecordDecoder) throws -> Row {
    try decode(with: decoder) { Row(of: $0) }
  }

  /// Nil when the record is accepted.
  func rejection(with decoder: RecordDecoder) -> Rejection? {
    do {
      try decode(with: decoder) { _ in }
      return nil
    } catch {
      return error as? Rejection
    }
  }
}
