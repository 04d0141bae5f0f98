// SPDX-License-Identifier: Apache-2.0

/// The fields of one Protobuf message, in their order; ends where the bytes are none.
struct ProtobufFields: IteratorProtocol, Sequence {
  struct Field {
    let number: UInt64
    let wire: Wire
    /// Of a field with a length, as far as it is there.
    let content: UnsafeRawBufferPointer
  }

  enum Wire: UInt64 {
    case varint = 0
    case fixed64 = 1
    case bytes = 2
    case fixed32 = 5
  }

  /// Field 1 with a length.
  static let firstTag: UInt8 = 0x0a
  private static let varintBytesMax = 10

  private var rest: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) {
    rest = bytes
  }

  mutating func next() -> Field? {
    guard let tag = varint(), tag >> 3 > 0, let wire = Wire(rawValue: tag & 7) else { return nil }
    let count: Int
    switch wire {
    case .varint:
      guard varint() != nil else { return nil }
      count = 0
    case .fixed64: count = 8
    case .fixed32: count = 4
    case .bytes:
      guard let length = varint() else { return nil }
      count = Int(clamping: length)
    }
    // The beginning of a file may end within a field.
    let content = UnsafeRawBufferPointer(rebasing: rest.prefix(count))
    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    return Field(number: tag >> 3, wire: wire, content: content)
  }

  private mutating func varint() -> UInt64? {
    var value: UInt64 = 0
    for (index, byte) in rest.prefix(Self.varintBytesMax).enumerated() {
      value |= UInt64(byte & 0x7f) << (7 * UInt64(index))
      guard byte & 0x80 == 0 else { continue }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(index + 1))
      return value
    }
    return nil
  }
}
