// SPDX-License-Identifier: Apache-2.0

/// One row of COPY BINARY as it was encoded: a count of fields, then each with its length in front.
///
/// Borrows the bytes. Only for rows that a ``CopyBuffer`` holds: they are trusted.
package struct CopyTuple {
  private let bytes: UnsafeRawBufferPointer

  package init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  /// A field as it stands there, with its length.
  package func encoded(_ field: Int) -> UnsafeRawBufferPointer {
    let start = position(of: field)
    return UnsafeRawBufferPointer(rebasing: bytes[start..<start + size(at: start)])
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

  private func position(of field: Int) -> Int {
    var position = MemoryLayout<Int16>.size
    for _ in 0..<field { position += size(at: position) }
    return position
  }

  /// Of a field with its length; a null has −1.
  private func size(at position: Int) -> Int {
    let length = bytes.loadUnaligned(fromByteOffset: position, as: Int32.self)
    return MemoryLayout<Int32>.size + Int(max(0, Int32(bigEndian: length)))
  }
}
