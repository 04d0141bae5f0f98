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

  mutating func value(_ value: RawSpan, of column: ArchiveColumn) {
    guard let text = Self.text(value, column) else { return hex(value) }
    raw(text)
  }

  /// Like `bytea` in text form.
  private mutating func hex(_ value: RawSpan) {
    bytes += Array("\"\\\\x".utf8)
    let digits = Array("0123456789abcdef".utf8)
    for index in value.byteOffsets {
      bytes.append(digits[Int(value[index] >> 4)])
      bytes.append(digits[Int(value[index] & 15)])
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Nil for what is not of the type, and for types that have no other form.
  private static func text(_ value: RawSpan, _ column: ArchiveColumn) -> String? {
    switch column.type {
    case "boolean": return value.byteCount == 1 ? (value[0] == 0 ? "false" : "true") : nil
    case "smallint": return value.wholeInteger(as: Int16.self).map { String($0) }
    case "integer": return value.wholeInteger(as: Int32.self).map { String($0) }
    case "bigint": return value.wholeInteger(as: Int64.self).map { String($0) }
    case "double precision":
      return value.wholeInteger(as: UInt64.self).map { number(Double(bitPattern: $0)) }
    case "real":
      return value.wholeInteger(as: UInt32.self).map { number(Double(Float(bitPattern: $0))) }
    case "uuid":
      guard value.byteCount == 16 else { return nil }
      let uuid = UUIDBytes(high: value.integer(at: 0), low: value.integer(at: 8))
      return "\"\(uuid)\""
    case "timestamp with time zone": return value.wholeInteger(as: Int64.self).map(time)
    case "date": return value.wholeInteger(as: Int32.self).map(date)
    case "jsonb": return json(value)
    case "inet", "cidr": return InetText.text(value).map { "\"\($0)\"" }
    case "text[]": return TextArray.elements(value)?.map(item).joined(separator: ",").bracketed
    default:
      if column.isNumeric { return NumericText.text(value).map { "\"\($0)\"" } }
      return column.isText ? string(value) : nil
    }
  }

  private static func string(_ value: RawSpan) -> String? {
    value.text.map { JSONText.string($0) }
  }

  private static func item(_ text: String?) -> String { JSONText.string(text) }

  /// `jsonb_send`: a version byte, then text on one line; with a line break it would be two
  /// records.
  private static func json(_ value: RawSpan) -> String? {
    guard value.byteCount > 1, value[0] == 1 else { return nil }
    for index in value.byteOffsets.dropFirst() where value[index] < 0x20 { return nil }
    return value.extracting(droppingFirst: 1).text
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
}

extension String {
  fileprivate var bracketed: String { "[" + self + "]" }
}
