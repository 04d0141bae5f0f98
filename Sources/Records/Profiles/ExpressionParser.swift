// SPDX-License-Identifier: Apache-2.0
import Text

/// Reads the expressions, conditions and paths of a profile.
struct ExpressionParser {
  private let words: [ExpressionLexer.Word]
  private var index = 0
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

  private var word: ExpressionLexer.Word { words[min(index, words.count - 1)] }

  private mutating func take(_ sign: String) -> Bool {
    guard word == .sign(sign) else { return false }
    index += 1
    return true
  }

  private mutating func take(name: String) -> Bool {
    guard word == .name(name) else { return false }
    index += 1
    return true
  }

  private mutating func expect(_ sign: String) throws(ProfileFault) {
    guard take(sign) else { throw unexpected("'\(sign)'") }
  }

  private func finish() throws(ProfileFault) {
    guard word == .end else { throw unexpected("the end") }
  }

  private func unexpected(_ wanted: String) -> ProfileFault {
    let found =
      switch word {
      case .name(let text), .number(let text), .sign(let text): "'\(text)'"
      case .text: "a text"
      case .end: "the end"
      }
    return ProfileFault("\(found) where \(wanted) belongs")
  }

  private mutating func nested<Result>(
    _ body: (inout ExpressionParser) throws(ProfileFault) -> Result
  ) throws(ProfileFault) -> Result {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthMax else { throw ProfileFault("more than \(Self.depthMax) levels") }
    return try body(&self)
  }

  private mutating func first() throws(ProfileFault) -> Expression {
    var choices = [try value()]
    while take("|") { choices.append(try value()) }
    return choices.count == 1 ? choices[0] : .first(choices)
  }

  private mutating func value() throws(ProfileFault) -> Expression {
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

  private mutating func call(_ name: String) throws(ProfileFault) -> Expression {
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
      case (.text, .text), (.integer, .number), (nil, _): continue
      default: throw ProfileFault("argument \(position + 1) of \(name)() must be written out")
      }
    }
    return .call(transform, arguments)
  }

  private mutating func map() throws(ProfileFault) -> Expression {
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

  private mutating func choose() throws(ProfileFault) -> Expression {
    let condition = try any()
    try expect(",")
    let then = try first()
    let otherwise = take(",") ? try first() : nil
    try expect(")")
    return .choose(condition, then, otherwise)
  }

  /// A text, or what is compared with one.
  private mutating func text() throws(ProfileFault) -> String {
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

  private mutating func any() throws(ProfileFault) -> Condition {
    var conditions = [try all()]
    while take(name: "or") { conditions.append(try all()) }
    return conditions.count == 1 ? conditions[0] : .any(conditions)
  }

  private mutating func all() throws(ProfileFault) -> Condition {
    var conditions = [try one()]
    while take(name: "and") { conditions.append(try one()) }
    return conditions.count == 1 ? conditions[0] : .all(conditions)
  }

  private mutating func one() throws(ProfileFault) -> Condition {
    if take(name: "not") {
      return .not(try nested { parser throws(ProfileFault) in try parser.one() })
    }
    if word == .name("starts"), words[index + 1] == .sign("(") {
      index += 2
      let value = try first()
      try expect(",")
      let prefix = try text()
      try expect(")")
      return .starts(value, prefix)
    }
    if word == .sign("("), isCondition {
      index += 1
      let inner = try nested { parser throws(ProfileFault) in try parser.any() }
      try expect(")")
      return inner
    }
    let value = try first()
    if take("=") { return .equal(value, [try text()]) }
    if take("!=") { return .not(.equal(value, [try text()])) }
    for sign in ["<", "<=", ">", ">="] where take(sign) {
      let other = try first()
      let (left, right) = sign.hasPrefix("<") ? (value, other) : (other, value)
      return .less(left, right, orEqual: sign.hasSuffix("="))
    }
    guard take(name: "in") else { return .present(value) }
    try expect("(")
    var texts = [try text()]
    while take(",") { texts.append(try text()) }
    try expect(")")
    return .equal(value, texts)
  }

  /// Whether what stands in these parentheses is a condition, and not a value that is compared.
  private var isCondition: Bool {
    var level = 0
    for position in index..<words.count {
      switch words[position] {
      case .sign("("): level += 1
      case .sign(")"):
        level -= 1
        guard level == 0 else { continue }
        let after = words[min(position + 1, words.count - 1)]
        return ![
          .sign("="), .sign("!="), .sign("<"), .sign("<="), .sign(">"), .sign(">="), .name("in"),
          .sign("|"),
        ].contains(after)
      default: continue
      }
    }
    return true
  }

  private mutating func path() throws(ProfileFault) -> SourcePath {
    let place = try place()
    guard !place.steps.contains(.each) else {
      throw ProfileFault("[] stands only in items")
    }
    return place
  }

  private mutating func place() throws(ProfileFault) -> SourcePath {
    var path = SourcePath()
    if take(".") {
      switch word {
      case .name, .text, .number: path.steps.append(.member(try member()))
      default: return path
      }
    } else if word != .sign("[") {
      path.steps.append(.member(try member()))
    }
    while true {
      guard path.steps.count < SourcePath.stepsMax else {
        throw ProfileFault("a path has at most \(SourcePath.stepsMax) steps")
      }
      if take(".") {
        path.steps.append(.member(try member()))
      } else if take("[") {
        path.steps.append(try bracket())
      } else {
        return path
      }
    }
  }

  private mutating func member() throws(ProfileFault) -> String {
    switch word {
    case .name(let text), .text(let text), .number(let text):
      index += 1
      return text
    default: throw unexpected("a name")
    }
  }

  private mutating func bracket() throws(ProfileFault) -> SourcePath.Step {
    if take("]") { return .each }
    if case .number(let text) = word, let index = Int(text), words[self.index + 1] == .sign("]") {
      self.index += 2
      return .element(index)
    }
    let name = try member()
    try expect("=")
    let value = try text()
    try expect("]")
    return .match(member: name, text: value)
  }
}
