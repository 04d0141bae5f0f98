// SPDX-License-Identifier: Apache-2.0
import Text

/// Reads the expressions, conditions and paths of a profile.
struct ExpressionParser {
  let words: [ExpressionLexer.Word]
  var index = 0
  private var depth = 0
  private static let depthMax = 16

  private init(_ text: String) throws(ProfileFault) {
    words = try ExpressionLexer.words(of: text)
  }

  static func expression(_ text: String) throws(ProfileFault) -> Expression {
    var parser = try ExpressionParser(text)
    let expression = try parser.first()
    try parser.finish()
    return expression
  }

  static func condition(_ text: String) throws(ProfileFault) -> Condition {
    var parser = try ExpressionParser(text)
    let condition = try parser.any()
    try parser.finish()
    return condition
  }

  /// Where items stand: alternatives, the first that is present counts.
  static func places(_ text: String) throws(ProfileFault) -> [SourcePath] {
    var parser = try ExpressionParser(text)
    var places = [try parser.place()]
    while parser.take("|") { places.append(try parser.place()) }
    try parser.finish()
    return places
  }

  var word: ExpressionLexer.Word { words[min(index, words.count - 1)] }

  mutating func take(_ sign: String) -> Bool {
    guard word == .sign(sign) else { return false }
    index += 1
    return true
  }

  mutating func take(name: String) -> Bool {
    guard word == .name(name) else { return false }
    index += 1
    return true
  }

  mutating func expect(_ sign: String) throws(ProfileFault) {
    guard take(sign) else { throw unexpected("'\(sign)'") }
  }

  func finish() throws(ProfileFault) {
    guard word == .end else { throw unexpected("the end") }
  }

  func unexpected(_ wanted: String) -> ProfileFault {
    let found =
      switch word {
      case .name(let text), .number(let text), .sign(let text): "'\(text)'"
      case .text: "a text"
      case .end: "the end"
      }
    return ProfileFault("\(found) where \(wanted) belongs")
  }

  mutating func nested<Result>(
    _ body: (inout ExpressionParser) throws(ProfileFault) -> Result
  ) throws(ProfileFault) -> Result {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthMax else { throw ProfileFault("more than \(Self.depthMax) levels") }
    return try body(&self)
  }

  mutating func first() throws(ProfileFault) -> Expression {
    var choices = [try value()]
    while take("|") { choices.append(try value()) }
    return choices.count == 1 ? choices[0] : .first(choices)
  }

  mutating func value() throws(ProfileFault) -> Expression {
    switch word {
    case .text(let text):
      // A quoted name is a path where a step follows.
      if index + 1 < words.count, [.sign("."), .sign("[")].contains(words[index + 1]) {
        return .path(try path())
      }
      index += 1
      return .text(text)
    case .number(let text):
      index += 1
      return .number(text)
    case .name("true"), .name("false"):
      let isTrue = word == .name("true")
      index += 1
      return .boolean(isTrue)
    case .name(let name) where words[index + 1] == .sign("("):
      index += 2
      return try nested { parser throws(ProfileFault) in try parser.call(name) }
    case .name, .sign("."): return .path(try path())
    case .sign("("):
      index += 1
      let inner = try nested { parser throws(ProfileFault) in try parser.first() }
      try expect(")")
      return inner
    default: throw unexpected("a value")
    }
  }

  mutating func call(_ name: String) throws(ProfileFault) -> Expression {
    switch name {
    case "map": return try map()
    case "if": return try choose()
    case "header":
      let header = try text()
      try expect(")")
      return .header(header)
    case "key":
      try expect(")")
      return .key
    default: break
    }
    guard let transform = Transform(rawValue: name) else {
      let known = Transform.allCases.map(\.rawValue) + ["map", "if", "header", "key"]
      let names = known.sorted().joined(separator: ", ")
      throw ProfileFault("no function '\(name)'; there are \(names)")
    }
    var arguments = [try first()]
    while take(",") { arguments.append(try first()) }
    try expect(")")
    guard transform.arity.contains(arguments.count) else {
      let arity = transform.arity
      let wanted =
        arity.count == 1 ? "\(arity.lowerBound)" : "\(arity.lowerBound) to \(arity.upperBound)"
      throw ProfileFault("\(name)() takes \(wanted) arguments, not \(arguments.count)")
    }
    for (position, argument) in arguments.enumerated() {
      switch (transform.constant(at: position), argument) {
      case (.text, .text), (nil, _): continue
      case (.integer, .number(let text)):
        guard let number = Int(text), transform.constants.contains(number) else {
          let range = transform.constants
          throw ProfileFault(
            "\(text) in \(name)(): give a number from \(range.lowerBound) to \(range.upperBound)")
        }
      default: throw ProfileFault("argument \(position + 1) of \(name)() must be written out")
      }
    }
    return .call(transform, arguments)
  }

  mutating func map() throws(ProfileFault) -> Expression {
    let value = try first()
    var pairs: [Expression.Pair] = []
    var otherwise: String?
    while take(",") {
      if take(name: "else") {
        try expect(":")
        otherwise = try text()
        break
      }
      let from = try text()
      try expect(":")
      pairs.append(Expression.Pair(from: from, to: try text()))
    }
    try expect(")")
    return .map(value, pairs, otherwise: otherwise)
  }

  mutating func choose() throws(ProfileFault) -> Expression {
    let condition = try any()
    try expect(",")
    let then = try first()
    let otherwise = take(",") ? try first() : nil
    try expect(")")
    return .choose(condition, then, otherwise)
  }

  /// A text, or what is compared with one.
  mutating func text() throws(ProfileFault) -> String {
    switch word {
    case .text(let text), .number(let text):
      index += 1
      return text
    case .name("true"), .name("false"):
      defer { index += 1 }
      return word == .name("true") ? "true" : "false"
    default: throw unexpected("a text in quotes")
    }
  }
}
