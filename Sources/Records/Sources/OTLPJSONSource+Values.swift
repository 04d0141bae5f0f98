// SPDX-License-Identifier: Apache-2.0
import JSON

extension OTLPJSONSource {
  /// A list of keys and values as an object.
  func addAttributes(_ list: Int, _ tape: JSONTape) {
    let object = output.begin(.object, origin: list)
    defer { output.end(object) }
    guard tape[list].kind == .array else { return }
    var element = list + 1
    while element < tape[list].next {
      let token = tape[element]
      if token.kind == .key {
        // Nearly always: the parser has taken the wrappers off.
        let position = output.count
        let known = keys.key(token.bytes)
        output.add(
          known ?? JSONToken(.key, token.bytes, hash: parser.hash(of: token.bytes)),
          origin: element)
        if tape[element + 1].kind == .array {
          addTexts(element + 1, tape)
        } else {
          output.add(tape[element + 1], origin: element + 1)
        }
        output.endKey(position)
        keys.note(position, isKnown: known != nil, output)
      } else if case (let key?, let value?) = pair(element, tape) {
        let position = output.count
        let name = tape[key].bytes
        output.add(
          JSONToken(
            .key, name, hash: parser.hash(of: name),
            name: tape[key].isUsable ? -1 : tape[key].fault.map { Int($0.rawValue) - 1 } ?? -1),
          origin: key)
        let before = keys.begin(.other)
        addValue(value, tape)
        keys.resume(before)
        output.endKey(position)
        keys.note(position, output)
      }
      element = token.next
    }
  }

  /// An array of texts that the parser has taken the wrappers off.
  private func addTexts(_ array: Int, _ tape: JSONTape) {
    let start = output.begin(.array, origin: array)
    for text in array + 1..<tape[array].next { output.add(tape[text], origin: text) }
    output.end(start)
  }

  private func pair(_ element: Int, _ tape: JSONTape) -> (key: Int?, value: Int?) {
    guard tape[element].kind == .object else { return (nil, nil) }
    var (name, value): (Int?, Int?)
    var key = element + 1
    while key < tape[element].next {
      if Self.isSame(tape[key].bytes, "key"), tape[key + 1].kind == .string {
        name = key + 1
      } else if Self.isSame(tape[key].bytes, "value") {
        value = key + 1
      }
      key = tape[key].next
    }
    return (name, value)
  }

  /// An AnyValue as the value that it holds.
  func addValue(_ any: Int, _ tape: JSONTape) {
    guard tape[any].kind == .object, any + 1 < tape[any].next else { return addNull(any) }
    let name = tape[any + 1].bytes
    let value = any + 2
    let token = tape[value]
    if token.kind == .string, Self.isSame(name, "stringValue") {
      output.add(token, origin: value)
    } else if Self.isSame(name, "intValue") || Self.isSame(name, "doubleValue") {
      let isNumber = token.kind == .string && FieldReader.decimal(token) != nil
      output.add(isNumber ? JSONToken(.number, token.bytes) : token, origin: value)
    } else if Self.isSame(name, "arrayValue") {
      addArray(value, tape)
    } else if Self.isSame(name, "kvlistValue") {
      if let list = member("values", of: value, tape) {
        addAttributes(list, tape)
      } else {
        addNull(value)
      }
    } else if token.kind == .object || token.kind == .array {
      addNull(value)
    } else {
      output.add(token, origin: value)
    }
  }

  private func addArray(_ array: Int, _ tape: JSONTape) {
    let start = output.begin(.array, origin: array)
    if let list = member("values", of: array, tape), tape[list].kind == .array {
      var element = list + 1
      while element < tape[list].next {
        addValue(element, tape)
        element = tape[element].next
      }
    }
    output.end(start)
  }

  private func addNull(_ origin: Int) {
    output.add(JSONToken(.null, Self.null), origin: origin)
  }

  private static var null: UnsafeRawBufferPointer {
    let text: StaticString = "null"
    return UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
  }
}
