// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Text

/// JSON text of values in PostgreSQL's binary form, appended to a buffer.
///
/// A value that is not what its type says is printed in hexadecimal, as one of an unknown type is.
struct JSONLine {
  private var bytes: [UInt8] = []

  var mark: Int { bytes.count }

  mutating func truncate(to mark: Int) { bytes.removeLast(bytes.count - mark) }

  mutating func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  mutating func raw(_ text: String) { bytes += text.utf8 }

  mutating func value(_ value: UnsafeRawBufferPointer, of column: ArchiveColumn) {
    guard let text = Self.text(value, column) else { return hex(value) }
    raw(text)
  }

  /// Like `bytea` in text form.
  private mutating func hex(_ value: UnsafeRawBufferPointer) {
    bytes += Array("\"\\\\x".utf8)
    let digits = Array("0123456789abcdef".utf8)
    for byte in value {
      bytes.append(digits[Int(byte >> 4)])
      bytes.append(digits[Int(byte & 15)])
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Nil for what is not of the type, and for types that have no other form.
  private static func text(_ value: UnsafeRawBufferPointer, _ column: ArchiveColumn) -> String? {
    switch column.type {
    case "boolean": return value.count == 1 ? (value[0] == 0 ? "false" : "true") : nil
    case "smallint": return integer(value, Int16.self).map { String($0) }
    case "integer": return integer(value, Int32.self).map { String($0) }
    case "bigint": return integer(value, Int64.self).map { String($0) }
    case "double precision":
      return integer(value, UInt64.self).map { number(Double(bitPattern: $0)) }
    case "real": return integer(value, UInt32.self).map { number(Double(Float(bitPattern: $0))) }
    case "uuid":
      guard value.count == 16 else { return nil }
      let uuid = UUIDBytes(high: word(value, 0), low: word(value, 8))
      return "\"\(uuid)\""
    case "timestamp with time zone": return integer(value, Int64.self).map(time)
    case "date": return integer(value, Int32.self).map(date)
    case "jsonb": return json(value)
    case "inet", "cidr": return InetText.text(value).map { "\"\($0)\"" }
    case "text[]": return TextArray.elements(value)?.map(item).joined(separator: ",").bracketed
    default:
      if column.isNumeric { return NumericText.text(value).map { "\"\($0)\"" } }
      return column.isText ? string(value) : nil
    }
  }

  private static func string(_ value: UnsafeRawBufferPointer) -> String? {
    String(validating: value, as: UTF8.self).map { JSONText.string($0) }
  }

  private static func item(_ text: String?) -> String { JSONText.string(text) }

  /// `jsonb_send`: a version byte, then text on one line; with a line break it would be two records.
  private static func json(_ value: UnsafeRawBufferPointer) -> String? {
    guard value.first == 1, value.count > 1, value.dropFirst().allSatisfy({ $0 >= 0x20 }) else {
      return nil
    }
    return String(validating: value.dropFirst(), as: UTF8.self)
  }

  private static func number(_ value: Double) -> String {
    value.isFinite ? String(value) : "\"\(value)\""
  }

  private static func time(_ microseconds: Int64) -> String {
    switch microseconds {
    case .max: "\"infinity\""
    case .min: "\"-infinity\""
    default: "\"\(Timestamp(microseconds: microseconds))\""
    }
  }

  private static func date(_ days: Int32) -> String {
    switch days {
    case .max: "\"infinity\""
    case .min: "\"-infinity\""
    default: "\"\(CivilDate(daysSince2000: Int64(days)))\""
    }
  }

  private static func integer<Number: FixedWidthInteger & BitwiseCopyable>(
    _ value: UnsafeRawBufferPointer, _: Number.Type
  ) -> Number? {
    guard value.count == MemoryLayout<Number>.size else { return nil }
    return Number(bigEndian: value.loadUnaligned(as: Number.self))
  }

  private static func word(_ value: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    UInt64(bigEndian: value.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}

extension String {
  fileprivate var bracketed: String { "[" + self + "]" }
}
