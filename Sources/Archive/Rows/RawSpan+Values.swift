// SPDX-License-Identifier: Apache-2.0

/// What values in binary form are read with: whatever they declare, nothing outside of them is
/// read.
extension RawSpan {
  /// Big-endian, as the protocol has them; traps outside of the bytes.
  func integer<Number: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, as _: Number.Type = Number.self
  ) -> Number {
    unsafe Number(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self))
  }

  /// Traps outside of the bytes.
  subscript(offset: Int) -> UInt8 { unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self) }

  /// The number that fills the bytes; nil when they have another size.
  func wholeInteger<Number: FixedWidthInteger & BitwiseCopyable>(
    as _: Number.Type = Number.self
  ) -> Number? {
    byteCount == MemoryLayout<Number>.size ? integer(at: 0) : nil
  }

  /// Nil when the bytes are not UTF-8.
  var text: String? {
    unsafe withUnsafeBytes { unsafe String(validating: $0, as: UTF8.self) }
  }
}
