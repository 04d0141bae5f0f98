// SPDX-License-Identifier: Apache-2.0
import Text

/// The words of an expression.
struct ExpressionLexer {
  enum Word: Equatable {
    case name(String)
    case text(String)
    case number(String)
    /// `. , : | = != < <= > >= ( ) [ ]`
    case sign(String)
    case end
  }

  private let bytes: [UInt8]
  private var index = 0

  init(_ text: String) {
    bytes = Array(text.utf8)
  }

  static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "@"):
      true
    default: false
    }
  }

  /// All words, the end last.
  static func words(of text: String) throws(ProfileFault) -> [Word] {
    var lexer = ExpressionLexer(text)
    var words: [Word] = []
    while true {
      let word = try lexer.next()
      words.append(word)
      if word == .end { return words }
    }
  }

  private mutating func next() throws(ProfileFault) -> Word {
    while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
    guard index < bytes.count else { return .end }
    let byte = bytes[index]
    if byte == UInt8(ascii: "\"") { return .text(try quoted()) }
    if Self.isNameByte(byte) { return nameOrNumber() }
    if byte == UInt8(ascii: "!"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "=") {
      index += 2
      return .sign("!=")
    }
    if byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") {
      let isOrEqual = index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "=")
      defer { index += isOrEqual ? 2 : 1 }
      return .sign(String(decoding: [byte], as: UTF8.self) + (isOrEqual ? "=" : ""))
    }
    let signs: [UInt8] = Array(".,:|=()[]".utf8)
    guard signs.contains(byte) else {
      throw ProfileFault("'\(NameText.of([byte]))' means nothing here: put names with it in quotes")
    }
    index += 1
    return .sign(String(decoding: [byte], as: UTF8.self))
  }

  /// Two quotes inside stand for one.
  private mutating func quoted() throws(ProfileFault) -> String {
    var text: [UInt8] = []
    index += 1
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "\"") {
        index += 1
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
          return String(decoding: text, as: UTF8.self)
        }
      }
      text.append(bytes[index])
      index += 1
    }
    throw ProfileFault("a text has no closing quote")
  }

  private mutating func nameOrNumber() -> Word {
    let start = index
    while index < bytes.count, Self.isNameByte(bytes[index]) { index += 1 }
    let isNumber = bytes[start..<index].enumerated().allSatisfy { position, byte in
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || position == 0 && byte == UInt8(ascii: "-")
    }
    let text = String(decoding: bytes[start..<index], as: UTF8.self)
    return isNumber && text != "-" ? .number(text) : .name(text)
  }
}
