// SPDX-License-Identifier: Apache-2.0
import JSON

/// A type in the text of a schema; nothing where the text does not have what libavro has found.
struct AvroSchemaText {
  let tape: JSONTape
  /// Nil for nothing.
  let index: Int?

  /// libavro refuses a NUL even in a default, where Kafka Connect writes one for the decimal 0.
  /// Defaults are not read, and in a name either character is refused.
  static func withoutNUL(_ text: [UInt8]) -> [UInt8] {
    var result = text
    var position = 0
    while position < result.count {
      guard result[position] == UInt8(ascii: "\\") else {
        position += 1
        continue
      }
      if result[position...].starts(with: #"\u0000"#.utf8) {
        result[position + 5] = UInt8(ascii: "1")
      }
      position += 2
    }
    return result
  }

  private func at(_ index: Int?) -> AvroSchemaText { AvroSchemaText(tape: tape, index: index) }

  /// Of a key that is there twice the last one, as libavro takes it.
  func member(_ name: String) -> AvroSchemaText {
    guard let index, tape[index].kind == .object else { return at(nil) }
    var found: Int?
    var key = index + 1
    while key < tape[index].next {
      if tape[key].bytes.elementsEqual(name.utf8) { found = key + 1 }
      key = tape[key].next
    }
    return at(found)
  }

  /// The elements of an array, one after the other, and then nothing.
  struct Elements {
    fileprivate let text: AvroSchemaText
    fileprivate var position: Int?

    mutating func next() -> AvroSchemaText {
      guard let index = text.index, let position, position < text.tape[index].next else {
        return text.at(nil)
      }
      self.position = text.tape[position].next
      return text.at(position)
    }
  }

  var elements: Elements {
    let isArray = index.map { tape[$0].kind == .array } ?? false
    return Elements(text: self, position: isArray ? index.map { $0 + 1 } : nil)
  }

  func isLogical(_ name: String) -> Bool {
    guard let type = member("logicalType").index, tape[type].kind == .string else { return false }
    return tape[type].bytes.elementsEqual(name.utf8)
  }

  /// The scale of a decimal; nil for what is none, or none that can be read: its bytes are bytes
  /// then, as the specification has it.
  var decimalScale: Int32? {
    guard isLogical("decimal") else { return nil }
    guard let scale = member("scale").index else { return 0 }
    let digits = String(decoding: tape[scale].bytes, as: UTF8.self)
    guard tape[scale].kind == .number, let number = Int32(digits),
      (0...Int32(AvroLimits.decimalScaleMax)).contains(number)
    else { return nil }
    return number
  }
}
