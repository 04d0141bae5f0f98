// SPDX-License-Identifier: Apache-2.0

extension ExpressionParser {
  mutating func any() throws(ProfileFault) -> Condition {
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
    if take("=") { return .equal(value, [try operand()]) }
    if take("!=") { return .not(.equal(value, [try operand()])) }
    for sign in ["<", "<=", ">", ">="] where take(sign) {
      let other = try first()
      let (left, right) = sign.hasPrefix("<") ? (value, other) : (other, value)
      return .less(left, right, orEqual: sign.hasSuffix("="))
    }
    guard take(name: "in") else { return try present(value) }
    try expect("(")
    var operands = [try operand()]
    while take(",") { operands.append(try operand()) }
    try expect(")")
    return .equal(value, operands)
  }

  private mutating func operand() throws(ProfileFault) -> Operand {
    let isNumber = if case .number = word { true } else { false }
    return Operand(text: try text(), isNumber: isNumber)
  }

  /// `true` and `false` alone always hold and never; another constant is a mistake.
  private func present(_ value: Expression) throws(ProfileFault) -> Condition {
    switch value {
    case .boolean(let holds): return holds ? .all([]) : .any([])
    case .text, .number: throw ProfileFault("a constant is no condition")
    default: return .present(value)
    }
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
}
