// SPDX-License-Identifier: Apache-2.0

extension CopyBuffer {
  /// The 11-byte signature, then flags and header extension length, both 0.
  package mutating func beginFile() {
    append(staticBytes: "PGCOPY\n")
    append(raw: UInt8(0xff))
    append(staticBytes: "\r\n\0")
    append(raw: Int64(0))
  }

  package mutating func endFile() {
    append(raw: Int16(-1))
  }

  @inlinable @inline(__always) public mutating func beginRow(fieldCount: Int16) {
    append(raw: fieldCount)
  }

  @inlinable @inline(__always) public mutating func appendNull() {
    append(raw: Int32(-1))
  }

  @inlinable @inline(__always) public mutating func append(bool value: Bool) {
    append(raw: Int32(1))
    append(raw: UInt8(value ? 1 : 0))
  }

  @inlinable @inline(__always) public mutating func append(int16 value: Int16) {
    append(raw: Int32(2))
    append(raw: value)
  }

  @inlinable @inline(__always) public mutating func append(int32 value: Int32) {
    append(raw: Int32(4))
    append(raw: value)
  }

  @inlinable @inline(__always) public mutating func append(int64 value: Int64) {
    append(raw: Int32(8))
    append(raw: value)
  }

  /// Also `bpchar` and `varchar`: the binary form of all three is the text.
  @inlinable @inline(__always) public mutating func append(text: UnsafeRawBufferPointer) {
    append(raw: Int32(truncatingIfNeeded: text.count))
    append(bytes: text)
  }

  package mutating func append(text: StaticString) {
    append(raw: Int32(truncatingIfNeeded: text.utf8CodeUnitCount))
    append(staticBytes: text)
  }

  package mutating func append(text: String) {
    var copy = text
    copy.withUTF8 { append(text: UnsafeRawBufferPointer($0)) }
  }

  @inlinable @inline(__always) public mutating func append(bytea: UnsafeRawBufferPointer) {
    append(text: bytea)
  }

  @inlinable @inline(__always) public mutating func append(uuid: UUIDBytes) {
    append(raw: Int32(16))
    append(raw: uuid.high)
    append(raw: uuid.low)
  }

  @inlinable @inline(__always) public mutating func append(timestamp: Timestamp) {
    append(int64: timestamp.microseconds)
  }

  /// Days since 2000-01-01.
  @inlinable @inline(__always) public mutating func append(date days: Int32) {
    append(int32: days)
  }

  /// `jsonb_recv`: a version byte, 1, then the text.
  @inlinable @inline(__always) public mutating func append(jsonb text: UnsafeRawBufferPointer) {
    append(raw: Int32(truncatingIfNeeded: text.count &+ 1))
    append(raw: UInt8(1))
    append(bytes: text)
  }

  /// `inet_recv`: family (2 or 3, PostgreSQL's own numbers), bits, is_cidr, byte count, address.
  package mutating func append(inet: InetAddress) {
    append(raw: Int32(4 + inet.byteCount))
    append(raw: UInt8(inet.byteCount == 4 ? 2 : 3))
    append(raw: UInt8(inet.byteCount * 8))
    append(raw: UInt8(0))
    append(raw: UInt8(inet.byteCount))
    if inet.byteCount == 4 {
      append(raw: UInt32(truncatingIfNeeded: inet.high >> 32))
    } else {
      append(raw: inet.high)
      append(raw: inet.low)
    }
  }

  /// Begins a one-dimensional `text[]`; call `append(text:)` `count` times, then `endTextArray`.
  ///
  /// Returns the position that `endTextArray` needs.
  package mutating func beginTextArray(count elements: Int32) -> Int {
    let position = count
    append(raw: Int32(0))
    append(raw: Int32(elements == 0 ? 0 : 1))  // dimensions
    append(raw: Int32(0))  // no nulls
    append(raw: Int32(25))  // the OID of text
    if elements > 0 {
      append(raw: elements)
      append(raw: Int32(1))  // lower bound
    }
    return position
  }

  package mutating func endTextArray(_ position: Int) {
    replace(raw: Int32(truncatingIfNeeded: count - position - 4), at: position)
  }

  private mutating func append(staticBytes text: StaticString) {
    append(
      bytes: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
