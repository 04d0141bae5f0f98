// SPDX-License-Identifier: Apache-2.0
import JSON

/// Checks a value that is stored as `jsonb`; the parser has refused what PostgreSQL would.
struct JSONCheck {
  let tape: JSONTape
  /// The token that is looked at: the fault, once one is found.
  private(set) var at = 0

  init(tape: JSONTape) {
    self.tape = tape
  }

  /// The token of a value that is at fault: itself, or one inside of it.
  static func fault(in index: Int, of tape: JSONTape, _ kind: ColumnPlan.Kind) -> Int {
    var check = JSONCheck(tape: tape)
    do throws(Reason) {
      switch kind {
      case .json(let rule): try check.check(index, rule)
      case .textArray(let countMax, let rule): try check.check(texts: index, countMax, rule)
      default: break
      }
      return index
    } catch {
      return check.at
    }
  }

  /// An array of texts.
  mutating func check(texts index: Int, _ countMax: Int, _ rule: TextRule) throws(Reason) {
    try checkMembers(index, .array, countMax: countMax, kind: .string)
    for element in index + 1..<tape[index].next {
      at = element
      _ = try rule.check(tape[element].bytes)
    }
  }

  mutating func check(_ index: Int, _ rule: JSONRule) throws(Reason) {
    let token = tape[index]
    try checkShape(index, rule.shape)
    at = index
    if token.bytes.count > rule.bytesMax { throw .metadataTooLarge }
    for inner in index..<token.next {
      let container = tape[inner]
      guard container.kind == .object || container.kind == .array else { continue }
      at = inner
      if container.depth - token.depth >= rule.depthMax { throw .tooDeep }
    }
  }

  private mutating func checkShape(_ index: Int, _ shape: JSONRule.Shape) throws(Reason) {
    switch shape {
    case .object:
      at = index
      guard tape[index].kind == .object else { throw .wrongType }
    case .objectOfObjects: try checkMembers(index, .object, countMax: .max, kind: .object)
    case .objectOfTexts(let countMax, let keyCharactersMax, let charactersMax):
      try checkMembers(index, .object, countMax: countMax, kind: .string)
      try checkTexts(index, TextRule(0...keyCharactersMax), TextRule(0...charactersMax))
    case .arrayOfObjects(let countMax):
      try checkMembers(index, .array, countMax: countMax, kind: .object)
    }
  }

  /// Counts the members of an object or array, and checks the kind of their values.
  private mutating func checkMembers(
    _ index: Int, _ container: JSONKind, countMax: Int, kind: JSONKind
  ) throws(Reason) {
    at = index
    guard tape[index].kind == container else { throw .wrongType }
    var member = index + 1
    var count = 0
    while member < tape[index].next {
      let token = tape[member]
      at = token.kind == .key ? member + 1 : member
      guard tape[at].kind == kind else { throw .wrongType }
      count += 1
      if count > countMax { throw .tooManyItems }
      member = token.next
    }
  }

  /// The keys and values of an object of strings.
  private mutating func checkTexts(
    _ index: Int, _ key: TextRule, _ text: TextRule
  ) throws(Reason) {
    for inner in index + 1..<tape[index].next {
      let token = tape[inner]
      at = inner
      _ = try (token.kind == .key ? key : text).check(token.bytes)
    }
  }
}
