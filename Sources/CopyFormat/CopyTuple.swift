// SPDX-License-Identifier: Apache-2.0

/// One row of COPY BINARY as it was encoded: a count of fields, then each with its length in front.
///
/// Borrows the bytes. Only for rows that a ``CopyBuffer`` holds: they are trusted.
package struct CopyTuple {
  private let bytes: UnsafeRawBufferPointer
  private let start: Int

  package init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    start = MemoryLayout<Int16>.size
  }

  /// Fields without their count.
  package init(fields bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    start = 0
  }

  /// A field as it stands there, with its length.
  package func encoded(_ field: Int) -> UnsafeRawBufferPointer {
    let start = position(of: field)
    return UnsafeRawBufferPointer(rebasing: bytes[start..<start + size(at: start)])
  }

  /// This field and all behind it, likewise.
  package func encoded(from field: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[position(of: field)...])
  }

  /// The bytes of a field; none of a null.
  package func value(_ field: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: encoded(field).dropFirst(MemoryLayout<Int32>.size))
  }

  /// A field of eight bytes, such as a `timestamptz`; nil for one of another size.
  package func int64(_ field: Int) -> Int64? {
    let value = value(field)
    guard value.count == MemoryLayout<Int64>.size else { return nil }
    return Int64(bigEndian: value.loadUnaligned(as: Int64.self))
  }

  /// A field of four bytes, such as a `date`; nil for one of another size.
  package func int32(_ field: Int) -> Int32? {
    let value = value(field)
    guard value.count == MemoryLayout<Int32>.size else { return nil }
    return Int32(bigEndian: value.loadUnaligned(as: Int32.self))
  }

  private func position(of field: Int) -> Int {
    var position = start
    for _ in 0..<field { position += size(at: position) }
    return position
  }

  /// Of a field with its length; a null has −1.
  private func size(at position: Int) -> Int {
    let length = bytes.loadUnaligned(fromByteOffset: position, as: Int32.self)
    return MemoryLayout<Int32>.size + Int(max(0, Int32(bigEndian: length)))
  }
}
