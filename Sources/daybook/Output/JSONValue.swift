// SPDX-License-Identifier: Apache-2.0
import Text

/// A JSON text to print.
///
/// Money is a string: a JSON number is a float for most readers.
package indirect enum JSONValue: Sendable, Equatable {
  case null
  case boolean(Bool)
  case integer(Int64)
  case double(Double)
  case string(String)
  /// A text that is JSON already.
  case json(String)
  case array([JSONValue])
  /// Keys in the order given.
  case object([Member])

  package struct Member: Sendable, Equatable {
    let name: String
    let value: JSONValue
  }

  static func object(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
    .object(members.map { Member(name: $0.key, value: $0.value) })
  }

  static func integer(_ number: Int) -> JSONValue { .integer(Int64(number)) }

  static func integer(_ number: UInt64) -> JSONValue { .integer(Int64(clamping: number)) }

  static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

  /// On one line.
  package var text: String {
    var result = ""
    append(to: &result)
    return result
  }

  private func append(to result: inout String) {
    switch self {
    case .null: result += "null"
    case .boolean(let flag): result += String(flag)
    case .integer(let number): result += String(number)
    case .double(let number): result += number.isFinite ? String(number) : "null"
    case .string(let text): result += JSONText.string(text)
    case .json(let text): result += text
    case .array(let items):
      result += "["
      for (index, item) in items.enumerated() {
        if index > 0 { result += "," }
        item.append(to: &result)
      }
      result += "]"
    case .object(let members):
      result += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { result += "," }
        result += JSONText.string(member.name)
        result += ":"
        member.value.append(to: &result)
      }
      result += "}"
    }
  }
}
