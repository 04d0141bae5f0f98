// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Digest
import JSON
import Records

/// The identities that came before in the same input, up to a number of them.
struct SeenRecords: ~Copyable {
  static let countMax = 1 << 20

  enum Verdict: Equatable {
    case new
    /// The same, as ingest would count it.
    case duplicate(of: String)
    /// Another record with the identity of this line.
    case conflict(with: String)
  }

  private struct Identity: Hashable {
    let tenant: String
    let microseconds: Int64
    let high: UInt64
    let low: UInt64
  }

  private var seen: [Identity: (line: String, content: [UInt8])] = [:]
  private var row = CopyBuffer()
  private let canonical = CanonicalJSON()
  private(set) var isFull = false

  /// The record that was decoded last.
  mutating func note(_ decoder: RecordDecoder, line: String) -> Verdict {
    let identity = unsafe Identity(
      tenant: String(decoding: decoder.tenant, as: UTF8.self),
      microseconds: decoder.occurredAt.microseconds, high: decoder.id.high, low: decoder.id.low)
    let content = content(of: decoder)
    if let first = seen[identity] {
      return first.content == content ? .duplicate(of: first.line) : .conflict(with: first.line)
    }
    if seen.count < Self.countMax {
      seen[identity] = (line, content)
    } else {
      isFull = true
    }
    return .new
  }

  /// A digest of what the record says, with JSON as `jsonb` compares it.
  private mutating func content(of decoder: RecordDecoder) -> [UInt8] {
    row.removeAll()
    unsafe decoder.encode(
      into: &row,
      provenance: Provenance(
        ingestedAt: Timestamp(microseconds: 0),
        topic: UnsafeRawBufferPointer(start: nil, count: 0), partition: 0, offset: 0))
    var hash = SHA256Stream()
    // Behind the field count: for each column its length and its bytes.
    var position = MemoryLayout<Int16>.size
    for column in decoder.stream.columns {
      let length = unsafe row.bytes.loadUnaligned(fromByteOffset: position, as: Int32.self)
      let end = position + 4 + max(0, Int(Int32(bigEndian: length)))
      let field = unsafe UnsafeRawBufferPointer(rebasing: row.bytes[position..<end])
      if column.sqlType == "jsonb", field.count > 5 {
        // The length and the version byte of jsonb are left out.
        let text = unsafe canonical.bytes(of: UnsafeRawBufferPointer(rebasing: field[5...]))
        unsafe text.withUnsafeBytes { unsafe hash.update($0) }
      } else {
        unsafe hash.update(field)
      }
      position = end
    }
    let digest = UnsafeMutableRawBufferPointer.allocate(byteCount: SHA256.byteCount, alignment: 1)
    defer { unsafe digest.deallocate() }
    unsafe hash.finish(into: digest)
    return unsafe Array(digest)
  }
}
