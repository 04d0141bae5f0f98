// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import JSON

/// One column of the row that is being made; text is borrowed from the parser, the message, or the
/// plan.
enum Value: BitwiseCopyable {
  case null
  case text(UnsafeRawBufferPointer)
  case smallint(Int16)
  case integer(Int32)
  case bigint(Int64)
  case boolean(Bool)
  case uuid(UUIDBytes)
  case timestamp(Timestamp)
  case amount(Amount)
  case inet(InetAddress)
  case json(UnsafeRawBufferPointer)
  /// The token of an array of strings.
  case textArray(Int)

  var isNull: Bool {
    if case .null = self { true } else { false }
  }

  /// The number of an integer column, else 0.
  var number: Int64 {
    switch self {
    case .smallint(let value): Int64(value)
    case .integer(let value): Int64(value)
    case .bigint(let value): value
    default: 0
    }
  }

  /// The bytes of a text column, else nil.
  var text: UnsafeRawBufferPointer? {
    if case .text(let bytes) = self { bytes } else { nil }
  }

  /// Appends the value as one COPY field.
  func append(to buffer: inout CopyBuffer, tape: JSONTape) {
    switch self {
    case .null: buffer.appendNull()
    case .text(let bytes): buffer.append(text: bytes)
    case .smallint(let value): buffer.append(int16: value)
    case .integer(let value): buffer.append(int32: value)
    case .bigint(let value): buffer.append(int64: value)
    case .boolean(let value): buffer.append(bool: value)
    case .uuid(let value): buffer.append(uuid: value)
    case .timestamp(let value): buffer.append(timestamp: value)
    case .amount(let value): buffer.append(amount: value)
    case .inet(let value): buffer.append(inet: value)
    case .json(let bytes): buffer.append(jsonb: bytes)
    case .textArray(let token): Self.append(array: token, of: tape, to: &buffer)
    }
  }

  private static func append(array token: Int, of tape: JSONTape, to buffer: inout CopyBuffer) {
    // An array of scalars has one token for each element.
    let end = tape[token].next
    let elements = token + 1..<end
    let position = buffer.beginTextArray(count: Int32(truncatingIfNeeded: elements.count))
    for element in elements { buffer.append(text: tape[element].bytes) }
    buffer.endTextArray(position)
  }
}
