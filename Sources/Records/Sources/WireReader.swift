// SPDX-License-Identifier: Apache-2.0

/// The fields of one Protobuf message, in their order, strictly: bytes that are none are an error.
///
/// https://protobuf.dev/programming-guides/encoding/
struct WireReader {
  struct Malformed: Error, BitwiseCopyable {
    /// From the beginning of the message.
    let offset: Int
  }

  struct Field: BitwiseCopyable {
    let number: UInt64
    let wire: ProtobufFields.Wire
    /// Of a field of fixed length or a varint.
    let value: UInt64
    /// Of a field with a length.
    let content: UnsafeRawBufferPointer
  }

  private static let varintBytesMax = 10

  private let bytes: UnsafeRawBufferPointer
  private var index = 0

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  mutating func next() throws(Malformed) -> Field? {
    guard index < bytes.count else { return nil }
    let start = index
    let tag = try varint()
    guard tag >> 3 > 0, tag >> 3 < 1 << 29, let wire = ProtobufFields.Wire(rawValue: tag & 7) else {
      throw Malformed(offset: start)
    }
    switch wire {
    case .varint: return Field(number: tag >> 3, wire: wire, value: try varint(), content: empty)
    case .fixed64: return Field(number: tag >> 3, wire: wire, value: try fixed(8), content: empty)
    case .fixed32: return Field(number: tag >> 3, wire: wire, value: try fixed(4), content: empty)
    case .bytes:
      let length = try varint()
      guard length <= UInt64(bytes.count - index) else { throw Malformed(offset: start) }
      defer { index += Int(length) }
      return Field(
        number: tag >> 3, wire: wire, value: 0,
        content: UnsafeRawBufferPointer(rebasing: bytes[index..<index + Int(length)]))
    }
  }

  private var empty: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

  private mutating func varint() throws(Malformed) -> UInt64 {
    var value: UInt64 = 0
    for position in 0..<Self.varintBytesMax {
      guard index < bytes.count else { break }
      let byte = bytes[index]
      index += 1
      // The tenth byte has room for one bit.
      if position == Self.varintBytesMax - 1, byte > 1 { break }
      value |= UInt64(byte & 0x7f) << UInt64(7 * position)
      if byte & 0x80 == 0 { return value }
    }
    throw Malformed(offset: index)
  }

  private mutating func fixed(_ count: Int) throws(Malformed) -> UInt64 {
    guard bytes.count - index >= count else { throw Malformed(offset: index) }
    var value: UInt64 = 0
    for position in 0..<count { value |= UInt64(bytes[index + position]) << UInt64(8 * position) }
    index += count
    return value
  }
}
