// SPDX-License-Identifier: Apache-2.0
import JSON

/// JSON in a form that is the same for what `jsonb` calls equal: keys in order, no white space,
/// numbers without trailing zeros, texts without escapes.
final class CanonicalJSON {
  private let parser = JSONParser()

  /// The text itself where it is no JSON.
  func bytes(of text: UnsafeRawBufferPointer) -> [UInt8] {
    guard let tape = try? unsafe parser.parse(text) else { return unsafe Array(text) }
    var output: [UInt8] = []
    Self.append(0, of: tape, to: &output)
    return output
  }

  private static func append(_ index: Int, of tape: JSONTape, to output: inout [UInt8]) {
    let token = tape[index]
    switch token.kind {
    case .object:
      output.append(UInt8(ascii: "{"))
      for member in members(index, of: tape) {
        unsafe append(text: tape[member].bytes, to: &output)
        append(member + 1, of: tape, to: &output)
      }
      output.append(UInt8(ascii: "}"))
    case .array:
      output.append(UInt8(ascii: "["))
      var element = index + 1
      while element < token.next {
        append(element, of: tape, to: &output)
        element = tape[element].next
      }
      output.append(UInt8(ascii: "]"))
    case .number: unsafe append(number: token.bytes, to: &output)
    case .key, .string: unsafe append(text: token.bytes, to: &output)
    case .true, .false, .null: unsafe output += token.bytes
    }
  }

  private static func members(_ object: Int, of tape: JSONTape) -> [Int] {
    var members: [Int] = []
    var index = object + 1
    while index < tape[object].next {
      members.append(index)
      index = tape[index].next
    }
    return members.sorted { unsafe tape[$0].bytes.lexicographicallyPrecedes(tape[$1].bytes) }
  }

  /// With its length: nothing in it can be taken for what follows.
  private static func append(text: UnsafeRawBufferPointer, to output: inout [UInt8]) {
    output += "\(text.count)\"".utf8
    unsafe output += text
  }

  /// The digits without zeros at either end, and the power of ten of the last one.
  private static func append(number: UnsafeRawBufferPointer, to output: inout [UInt8]) {
    var digits: [UInt8] = []
    var power = 0
    let exponent = unsafe number.firstIndex { $0 | 0x20 == UInt8(ascii: "e") } ?? number.endIndex
    var isFraction = false
    for byte in unsafe Array(number[..<exponent]) {
      if byte == UInt8(ascii: ".") { isFraction = true }
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { continue }
      digits.append(byte)
      if isFraction { power -= 1 }
    }
    unsafe power += Int(String(decoding: number[exponent...].dropFirst(), as: UTF8.self)) ?? 0
    while digits.last == UInt8(ascii: "0") {
      digits.removeLast()
      power += 1
    }
    digits = Array(digits.drop { $0 == UInt8(ascii: "0") })
    let isNegative = unsafe number.first == UInt8(ascii: "-") && !digits.isEmpty
    output += "#\(isNegative ? "-" : "")".utf8 + digits + "e\(digits.isEmpty ? 0 : power);".utf8
  }
}
