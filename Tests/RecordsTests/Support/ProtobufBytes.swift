// SPDX-License-Identifier: Apache-2.0

/// Fields of Protobuf, as a test writes them down.
enum ProtobufBytes {
  static func message(_ field: Int, _ content: [UInt8]) -> [UInt8] {
    varint(field << 3 | 2) + varint(content.count) + content
  }

  static func text(_ field: Int, _ text: String) -> [UInt8] { message(field, Array(text.utf8)) }

  static func fixed(_ field: Int, _ value: UInt64) -> [UInt8] {
    varint(field << 3 | 1) + withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  static func double(_ field: Int, _ value: Double) -> [UInt8] { fixed(field, value.bitPattern) }

  private static func varint(_ value: Int) -> [UInt8] {
    var (bytes, rest) = ([UInt8](), value)
    while rest > 0x7f {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }
}
