// SPDX-License-Identifier: Apache-2.0
import JSON

/// Checks a value that is stored as `jsonb`; the parser has refused what PostgreSQL would.
struct JSONCheck {
  let tape: JSONTape

  func check(_ index: Int, _ rule: JSONRule) throws(Reason) {
    let token = tape[index]
    try checkShape(index, rule.shape)
    if token.bytes.count > rule.bytesMax { throw .metadataTooLarge }
    for inner in index..<token.next {
      let container = tape[inner]
      guard container.kind == .object || container.kind == .array else { continue }
      if container.depth - token.depth >= rule.depthMax { throw .tooDeep }
    }
  }

  private func checkShape(_ index: Int, _ shape: JSONRule.Shape) throws(Reason) {
    let kind = tape[index].kind
    switch shape {
    case .object:
      guard kind == .object else { throw .wrongType }
    case .objectOfObjects:
      guard kind == .object else { throw .wrongType }
      try checkMembers(index, countMax: .max, kind: .object)
    case .objectOfTexts(let countMax, let keyCharactersMax, let charactersMax):
      guard kind == .object else { throw .wrongType }
      try checkMembers(index, countMax: countMax, kind: .string)
      try checkTexts(index, TextRule(0...keyCharactersMax), TextRule(0...charactersMax))
    case .arrayOfObjects(let countMax):
      guard kind == .array else { throw .wrongType }
      try checkMembers(index, countMax: countMax, kind: .object)
    }
  }

  /// Counts the members of an object or array, and checks the kind of their values.
  private func checkMembers(_ index: Int, countMax: Int, kind: JSONKind) throws(Reason) {
    var member = index + 1
    var count = 0
    while member < tape[index].next {
      let token = tape[member]
      let value = token.kind == .key ? tape[member + 1] : token
      guard value.kind == kind else { throw .wrongType }
      count += 1
      if count > countMax { throw .tooManyItems }
      member = token.next
    }
  }

  /// The keys and values of an object of strings.
  private func checkTexts(_ index: Int, _ key: TextRule, _ text: TextRule) throws(Reason) {
    for inner in index + 1..<tape[index].next {
      let token = tape[inner]
      _ = try (token.kind == .key ? key : text).check(token.bytes)
    }
  }
}
