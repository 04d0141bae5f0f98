// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Takes comments, and what stands in string literals, out of Swift.
struct SwiftCode {
  private enum Context: Equatable {
    /// `depth` parentheses are open; an interpolation ends with the last of them.
    case code(depth: Int, isInterpolation: Bool)
    case string(hashes: Int, isMultiline: Bool)
    case lineComment
    case blockComment
  }

  private let input: [UInt8]
  private var output: [UInt8] = []
  private var contexts = [Context.code(depth: 0, isInterpolation: false)]
  private var at = 0

  private init(_ text: String) {
    input = Array(text.utf8)
    output.reserveCapacity(input.count)
  }

  /// The lines of the text; each keeps its number.
  static func lines(of text: String) -> [String] {
    var code = SwiftCode(text)
    while code.at < code.input.count { code.step() }
    return String(decoding: code.output, as: UTF8.self).components(separatedBy: "\n")
  }

  private mutating func step() {
    let byte = input[at]
    guard byte != UInt8(ascii: "\n") else {
      if contexts.last == .lineComment { contexts.removeLast() }
      return take(1)
    }
    switch contexts[contexts.count - 1] {
    case .lineComment: at = next { $0 == UInt8(ascii: "\n") }
    case .blockComment:
      guard has("*/") else { return at += 1 }
      contexts.removeLast()
      at += 2
    case .string(let hashes, let isMultiline): stepInString(byte, hashes, isMultiline)
    case .code(let depth, let isInterpolation): stepInCode(byte, depth, isInterpolation)
    }
  }

  private mutating func stepInCode(_ byte: UInt8, _ depth: Int, _ isInterpolation: Bool) {
    if has("//") {
      contexts.append(.lineComment)
    } else if has("/*") {
      contexts.append(.blockComment)
      at += 2
    } else if let hashes = stringBegins() {
      take(hashes)
      let isMultiline = has("\"\"\"")
      contexts.append(.string(hashes: hashes, isMultiline: isMultiline))
      take(isMultiline ? 3 : 1)
    } else {
      if byte == UInt8(ascii: "(") { open(depth + 1, isInterpolation) }
      if byte == UInt8(ascii: ")") {
        if isInterpolation && depth == 1 {
          contexts.removeLast()
          at += 1
          return
        }
        open(depth - 1, isInterpolation)
      }
      take(1)
      take(next { "/\"#()\n".utf8.contains($0) } - at)
    }
  }

  private mutating func stepInString(_ byte: UInt8, _ hashes: Int, _ isMultiline: Bool) {
    let marks = String(repeating: "#", count: hashes)
    if has("\\" + marks + "(") {
      contexts.append(.code(depth: 1, isInterpolation: true))
      at += 2 + hashes
    } else if has("\\" + marks) {
      at += 1 + hashes
      // The end of a line that goes on stays one.
      if !has("\n") { at += 1 }
    } else if has((isMultiline ? "\"\"\"" : "\"") + marks) {
      contexts.removeLast()
      take((isMultiline ? 3 : 1) + hashes)
    } else {
      at += 1
      at = next { "\\\"\n".utf8.contains($0) }
    }
  }

  /// Where the next of these stands, or the end.
  private func next(_ isOne: (UInt8) -> Bool) -> Int {
    input[at...].firstIndex(where: isOne) ?? input.count
  }

  private mutating func open(_ depth: Int, _ isInterpolation: Bool) {
    contexts[contexts.count - 1] = .code(depth: depth, isInterpolation: isInterpolation)
  }

  /// The number of # before the quote that is next, if one is.
  private func stringBegins() -> Int? {
    var end = at
    while end < input.count, input[end] == UInt8(ascii: "#") { end += 1 }
    return end < input.count && input[end] == UInt8(ascii: "\"") ? end - at : nil
  }

  private func has(_ text: String) -> Bool {
    input[at...].starts(with: text.utf8)
  }

  private mutating func take(_ count: Int) {
    output += input[at..<min(at + count, input.count)]
    at += count
  }
}
