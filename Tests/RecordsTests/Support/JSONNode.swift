// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

/// A JSON document, as a test looks at it; numbers keep their text.
indirect enum JSONNode: Equatable {
  case null
  case boolean(Bool)
  case number(String)
  case string(String)
  case array([JSONNode])
  case object([String: JSONNode])

  init(_ text: some Sequence<UInt8>) throws {
    let parser = JSONParser()
    self = try Array(text).withUnsafeBytes { bytes in
      let tape = try parser.parse(bytes)
      return JSONNode(tape, 0)
    }
  }

  private init(_ tape: JSONTape, _ index: Int) {
    let token = tape[index]
    let text = String(decoding: token.bytes, as: UTF8.self)
    switch token.kind {
    case .null: self = .null
    case .true, .false: self = .boolean(token.kind == .true)
    case .number: self = .number(text)
    case .key, .string: self = .string(text)
    case .array:
      var items: [JSONNode] = []
      var item = index + 1
      while item < token.next {
        items.append(JSONNode(tape, item))
        item = tape[item].next
      }
      self = .array(items)
    case .object:
      var members: [String: JSONNode] = [:]
      var key = index + 1
      while key < token.next {
        members[String(decoding: tape[key].bytes, as: UTF8.self)] = JSONNode(tape, key + 1)
        key = tape[key].next
      }
      self = .object(members)
    }
  }

  subscript(name: String) -> JSONNode? {
    if case .object(let members) = self { members[name] } else { nil }
  }

  var members: [String: JSONNode] {
    if case .object(let members) = self { members } else { [:] }
  }

  var text: String? {
    if case .string(let text) = self { text } else { nil }
  }

  var items: [JSONNode] {
    if case .array(let items) = self { items } else { [] }
  }

  /// Numbers of these documents are small, or compared with bounds far away from where doubles end.
  var number: Double? {
    if case .number(let text) = self { Double(text) } else { nil }
  }

  /// JSON Schema's equality: numbers by value.
  func isSame(as other: JSONNode) -> Bool {
    if let left = number, let right = other.number { return left == right }
    return self == other
  }
}
