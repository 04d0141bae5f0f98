// SPDX-License-Identifier: Apache-2.0

/// Why a record of Avro cannot be read.
enum AvroFault: Error, BitwiseCopyable {
  case malformed, tooDeep, tooManyValues
}

/// The values of one record, in their order, strictly: bytes that are none are an error.
///
/// https://avro.apache.org/docs/1.11.1/specification/#binary-encoding
struct AvroReader {
  private static let varintBytesMax = 10

  private let bytes: UnsafeRawBufferPointer
  /// Where the next value begins.
  private(set) var position = 0

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  private var left: Int { bytes.count - position }
  var isAtEnd: Bool { left == 0 }

  @inline(__always)
  mutating func byte() throws(AvroFault) -> UInt8 {
    guard left > 0 else { throw .malformed }
    defer { position += 1 }
    return bytes[position]
  }

  @inline(__always)
  mutating func long() throws(AvroFault) -> Int64 {
    // Lengths, indexes and small numbers have one byte.
    if left > 0, bytes[position] < 0x80 {
      let byte = bytes[position]
      position += 1
      return Self.signed(UInt64(byte))
    }
    return try longVarint()
  }

  private mutating func longVarint() throws(AvroFault) -> Int64 {
    var value: UInt64 = 0
    for number in 0..<Self.varintBytesMax {
      let byte = try byte()
      // The tenth byte has room for one bit.
      if number == Self.varintBytesMax - 1, byte > 1 { break }
      value |= UInt64(byte & 0x7f) << UInt64(7 * number)
      if byte & 0x80 == 0 { return Self.signed(value) }
    }
    throw .malformed
  }

  @inline(__always)
  private static func signed(_ value: UInt64) -> Int64 {
    Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  mutating func int() throws(AvroFault) -> Int64 {
    let value = try long()
    guard Int32(exactly: value) != nil else { throw .malformed }
    return value
  }

  mutating func boolean() throws(AvroFault) -> Bool {
    switch try byte() {
    case 0: false
    case 1: true
    default: throw .malformed
    }
  }

  /// So many bytes.
  @inline(__always)
  mutating func fixed(_ count: Int) throws(AvroFault) -> UnsafeRawBufferPointer {
    guard count >= 0, count <= left else { throw .malformed }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }

  /// Bytes with their length in front.
  @inline(__always)
  mutating func content() throws(AvroFault) -> UnsafeRawBufferPointer {
    try fixed(Int(try long()))
  }

  /// As its shortest decimal, which is what its encoder in JSON would print: 0.1, not
  /// 0.10000000149.
  mutating func float() throws(AvroFault) -> Double {
    let bits = try fixed(4).loadUnaligned(as: UInt32.self)
    let value = Float(bitPattern: UInt32(littleEndian: bits))
    return Double(value.description) ?? Double(value)
  }

  mutating func double() throws(AvroFault) -> Double {
    let bits = try fixed(8).loadUnaligned(as: UInt64.self)
    return Double(bitPattern: UInt64(littleEndian: bits))
  }

  /// An index below a number.
  mutating func index(below count: Int32) throws(AvroFault) -> Int {
    let index = try long()
    guard index >= 0, index < Int64(count) else { throw .malformed }
    return Int(index)
  }

  /// The number of values in the next block of an array or map; 0 behind the last one. A block may
  /// say how many bytes it has, for readers that pass over it.
  mutating func blockCount() throws(AvroFault) -> UInt64 {
    let count = try long()
    if count < 0, try long() < 0 { throw .malformed }
    return count.magnitude
  }
}
