// SPDX-License-Identifier: Apache-2.0

/// The fields of one Protobuf message, in their order, strictly: bytes that are none are an error.
///
/// https://protobuf.dev/programming-guides/encoding/
struct WireReader {
  struct Malformed: Error, BitwiseCopyable {}

  private static let varintBytesMax = 10

  /// What is read next, and how much is left. A pointer, because each byte is looked at once:
  /// `left` guards every access.
  private var at: UnsafeRawPointer
  private var left: Int
  /// The field that ``next()`` has read last. Not one value, which would be copied for each: a
  /// processor waits for what was written in parts and is read at once.
  private(set) var number: UInt64 = 0
  private(set) var wire = ProtobufFields.Wire.varint
  /// Of a field of fixed length or a varint.
  private(set) var value: UInt64 = 0
  /// Of a field with a length.
  private(set) var content = UnsafeRawBufferPointer(start: nil, count: 0)

  @inline(__always)
  init(_ bytes: UnsafeRawBufferPointer) {
    let nothing: StaticString = ""
    at = bytes.baseAddress ?? UnsafeRawPointer(nothing.utf8Start)
    left = bytes.count
  }

  /// False at the end.
  @inline(__always)
  mutating func next() throws(Malformed) -> Bool {
    guard left > 0 else { return false }
    if left > 1 {
      let (tag, length) = (at.load(as: UInt8.self), at.load(fromByteOffset: 1, as: UInt8.self))
      // Nearly all fields: a small number, and a content of less than 128 bytes.
      if tag & 0x87 == 2, tag > 7, length < 0x80, Int(length) <= left - 2 {
        number = UInt64(tag >> 3)
        wire = .bytes
        content = UnsafeRawBufferPointer(start: at + 2, count: Int(length))
        pass(2 + Int(length))
        return true
      }
    }
    return try nextOther()
  }

  private mutating func nextOther() throws(Malformed) -> Bool {
    let tag = try varint()
    number = tag >> 3
    guard number > 0, number < 1 << 29 else { throw Malformed() }
    if tag & 7 == 2 {
      let length = try varint()
      guard length <= UInt64(left) else { throw Malformed() }
      wire = .bytes
      content = UnsafeRawBufferPointer(start: at, count: Int(length))
      pass(Int(length))
      return true
    }
    try scalar(tag & 7)
    return true
  }

  private mutating func scalar(_ type: UInt64) throws(Malformed) {
    content = UnsafeRawBufferPointer(start: nil, count: 0)
    switch type {
    case 0:
      wire = .varint
      value = try varint()
    case 1:
      guard left >= 8 else { throw Malformed() }
      wire = .fixed64
      value = UInt64(littleEndian: at.loadUnaligned(as: UInt64.self))
      pass(8)
    case 5:
      guard left >= 4 else { throw Malformed() }
      wire = .fixed32
      value = UInt64(UInt32(littleEndian: at.loadUnaligned(as: UInt32.self)))
      pass(4)
    default: throw Malformed()
    }
  }

  @inline(__always)
  private mutating func pass(_ count: Int) {
    at += count
    left -= count
  }

  @inline(__always)
  private mutating func varint() throws(Malformed) -> UInt64 {
    // Tags and the lengths of short fields have one byte.
    if left > 0 {
      let byte = at.load(as: UInt8.self)
      if byte < 0x80 {
        pass(1)
        return UInt64(byte)
      }
    }
    return try longVarint()
  }

  private mutating func longVarint() throws(Malformed) -> UInt64 {
    var value: UInt64 = 0
    for position in 0..<Self.varintBytesMax {
      guard left > 0 else { break }
      let byte = at.load(as: UInt8.self)
      pass(1)
      // The tenth byte has room for one bit.
      if position == Self.varintBytesMax - 1, byte > 1 { break }
      value |= UInt64(byte & 0x7f) << UInt64(7 * position)
      if byte & 0x80 == 0 { return value }
    }
    throw Malformed()
  }
}
