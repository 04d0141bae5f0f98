// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Records
import Testing

/// One encoded COPY tuple, taken apart again.
struct Row {
  private(set) var fields: [String: [UInt8]] = [:]
  private(set) var fieldCount = 0

  init(of decoder: RecordDecoder, offset: Int64 = 41) {
    var buffer = CopyBuffer()
    "topic".utf8.withContiguousStorageIfAvailable { topic in
      decoder.encode(
        into: &buffer,
        provenance: Provenance(
          ingestedAt: testNow, topic: UnsafeRawBufferPointer(topic), partition: 3, offset: offset))
    }
    var bytes = Array(buffer.bytes)[...]
    fieldCount = Int(Self.integer(&bytes, 2))
    for column in decoder.stream.storedColumns {
      let length = Self.integer(&bytes, 4)
      guard length >= 0 else { continue }
      fields[column.name] = Array(bytes.prefix(Int(length)))
      bytes = bytes.dropFirst(Int(length))
    }
    #expect(bytes.isEmpty, "the tuple ends with its last column")
  }

  func text(_ column: String) -> String? {
    fields[column].map { String(decoding: $0, as: UTF8.self) }
  }

  func integer(_ column: String) -> Int64? {
    fields[column].map { bytes in
      var rest = bytes[...]
      return Self.integer(&rest, bytes.count)
    }
  }

  /// Big-endian, sign-extended.
  private static func integer(_ bytes: inout ArraySlice<UInt8>, _ count: Int) -> Int64 {
    var value: Int64 = (bytes.first ?? 0) >= 0x80 ? -1 : 0
    for byte in bytes.prefix(count) { value = value << 8 | Int64(byte) }
    bytes = bytes.dropFirst(count)
    return value
  }
}
