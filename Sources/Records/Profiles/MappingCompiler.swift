// SPDX-License-Identifier: Apache-2.0
import JSON

/// Compiles a profile for the decoder of its stream.
struct MappingCompiler {
  private let arena: Arena
  private let parser: JSONParser
  private let profile: Profile
  private let plan: DecodePlan
  private var paths = PathTableBuilder()
  private(set) var nodes: [MappingPlan.Node] = []
  private(set) var tests: [MappingPlan.Test] = []
  private var headerNames: [String] = []

  static func plan(
    _ profile: Profile, for plan: DecodePlan, arena: Arena, parser: JSONParser
  ) -> MappingPlan {
    var compiler = MappingCompiler(
      arena: arena, parser: parser, profile: profile, plan: plan)
    return compiler.compile()
  }

  private init(arena: Arena, parser: JSONParser, profile: Profile, plan: DecodePlan) {
    (self.arena, self.parser, self.profile, self.plan) = (arena, parser, profile, plan)
  }

  private mutating func compile() -> MappingPlan {
    var skips: [Int] = []
    for skip in profile.skips { skips.append(test(skip.condition)) }
    let skipMemory = SkipMemory(looks(of: skips), arena: arena)
    let targets = targets()
    let needs = needs(targets)
    for path in profile.known { paths.know(path) }
    return MappingPlan(
      nodes: arena.copy(nodes), tests: arena.copy(tests), targets: arena.copy(targets),
      freeTargets: needs.free, targetsOfSlots: arena.copy(needs.bySlot),
      skips: arena.copy(skips), skipMemory: skipMemory,
      paths: paths.table(arena: arena, parser: parser),
      slotCount: paths.slotCount, headerNames: arena.copy(headerNames.map(arena.copy)))
  }

  private mutating func targets() -> [MappingPlan.Target] {
    var targets: [MappingPlan.Target] = []
    var done: Set<String> = []
    for mapping in profile.columns where done.insert(mapping.column).inserted {
      var whole = -1
      var members: [MappingPlan.Member] = []
      for part in profile.columns where part.column == mapping.column {
        let node = node(part.expression)
        guard let name = part.member else {
          whole = node
          continue
        }
        members.append(member(name, node))
      }
      let rule = rule(of: mapping.column)
      let key = key(of: mapping.column)
      let column = plan.keys.plainColumn(key)
      precondition(rule == nil || column >= 0, "no spelling reaches into such an object")
      targets.append(
        MappingPlan.Target(
          key: key, column: column, whole: whole, members: arena.copy(members), rule: rule,
          shape: rule == nil ? shape(of: whole, column) : .object))
    }
    precondition(targets.count <= ColumnSet.columnsMax, "a target for each column, and the total")
    return targets
  }

  private func needs(_ targets: [MappingPlan.Target]) -> (free: ColumnSet, bySlot: [ColumnSet]) {
    var free = ColumnSet()
    var bySlot = [ColumnSet](repeating: ColumnSet(), count: paths.slotCount)
    for (index, target) in targets.enumerated() {
      if target.rule != nil || nodes[target.whole].isFree {
        free.insert(index)
      } else {
        nodes[target.whole].needs.forEach { bySlot[$0].insert(index) }
      }
    }
    return (free, bySlot)
  }

  private func member(_ name: String, _ node: Int) -> MappingPlan.Member {
    let bytes = arena.copy(name)
    let text = arena.bytes(count: JSONWriter.count(ofText: bytes) + 1)
    var used = 0
    JSONWriter.write(text: bytes, to: text, &used)
    text[used] = UInt8(ascii: ":")
    return MappingPlan.Member(
      key: JSONToken(.key, bytes, hash: parser.hash(of: bytes)),
      text: UnsafeRawBufferPointer(text), node: node, needs: nodes[node].needs,
      isFree: nodes[node].isFree)
  }

  private func shape(of node: Int, _ column: Int) -> MappingPlan.Shape {
    switch nodes[node].form {
    case .call(.list, _) where column >= 0:
      return .list(plan.columns[column].kind.texts)
    case .call(.cut, let arguments):
      if let slots = slots(of: arguments[0]) {
        return .path(slots, charactersMax: nodes[arguments[1]].whole)
      }
    default:
      if let slots = slots(of: node) { return .path(slots, charactersMax: 0) }
    }
    guard column >= 0 else { return .value }
    switch plan.columns[column].kind {
    case .uuid: return .stored(.uuid)
    case .timestamp: return .stored(.timestamp)
    case .amount: return .stored(.amount)
    case .integer(.integer, _, _): return .stored(.milliseconds)
    default: return .value
    }
  }

  private func slots(of node: Int) -> UnsafeBufferPointer<Int>? {
    switch nodes[node].form {
    case .slot(let slot): arena.copy([slot])
    case .firstSlot(let slots): slots
    default: nil
    }
  }

  private func rule(of column: String) -> JSONRule? {
    guard case .json(let rule) = profile.stream.columns.first(where: { $0.name == column })?.kind
    else { return nil }
    switch rule.shape {
    case .object, .objectOfTexts: return rule
    case .objectOfObjects, .arrayOfObjects: return nil
    }
  }

  /// The key as the parser of the stream would find it.
  private func key(of column: String) -> JSONToken {
    let bytes = arena.copy(column)
    guard let index = plan.keys.index(of: bytes, in: KeyTable.recordScope) else {
      preconditionFailure("the reader of profiles takes only names of the stream")
    }
    return JSONToken(.key, bytes, hash: parser.hash(of: bytes), name: index)
  }

  private mutating func add(_ form: MappingPlan.Form) -> Int {
    let needs = needs(of: form)
    var whole: Int?
    if case .constant(let token) = form {
      whole = Int(String(decoding: token.bytes, as: UTF8.self))
    }
    nodes.append(
      MappingPlan.Node(
        form: form, needs: needs ?? SlotSet(), isFree: needs == nil, whole: whole ?? 0))
    return nodes.count - 1
  }

  /// Nil for what may have a value without any path.
  private func needs(of form: MappingPlan.Form) -> SlotSet? {
    switch form {
    case .firstSlot(let slots):
      var needs = SlotSet()
      for slot in slots { needs.insert(slot) }
      return needs
    case .slot(let slot):
      var needs = SlotSet()
      needs.insert(slot)
      return needs
    case .constant, .header, .key: return nil
    case .first(let choices): return union(of: Array(choices))
    case .call(let transform, let arguments):
      // Without what is only written out.
      let written = arguments.indices.filter { transform.constant(at: $0) != nil }
      return union(of: arguments.indices.filter { !written.contains($0) }.map { arguments[$0] })
    case .map(let value, _, _): return union(of: [value])
    case .choose(let test, let then, let otherwise):
      if let otherwise { return union(of: [then, otherwise]) }
      return nodes[then].isFree ? needs(ofTest: test) : nodes[then].needs
    }
  }

  /// The paths of which it needs one to hold; nil for what may hold without any. Of several that
  /// must hold the first one is looked at first.
  private func needs(ofTest test: Int) -> SlotSet? {
    switch tests[test] {
    case .present(let node), .equal(let node, _, _), .starts(let node, _):
      return union(of: [node])
    case .less, .not: return nil
    case .all(let inner): return inner.first.flatMap { needs(ofTest: $0) }
    case .any(let inner):
      var union = SlotSet()
      for test in inner {
        guard let needs = needs(ofTest: test) else { return nil }
        union.formUnion(needs)
      }
      return union
    }
  }

  private func union(of indexes: [Int]) -> SlotSet? {
    var union = SlotSet()
    for index in indexes {
      if nodes[index].isFree { return nil }
      union.formUnion(nodes[index].needs)
    }
    return union
  }

  private mutating func nodes(_ expressions: [Expression]) -> UnsafeBufferPointer<Int> {
    var indexes: [Int] = []
    for expression in expressions { indexes.append(node(expression)) }
    return arena.copy(indexes)
  }

  private mutating func node(_ expression: Expression) -> Int {
    switch expression {
    case .path(let path): return add(.slot(paths.slot(of: path)))
    case .text(let text): return add(.constant(JSONToken(.string, arena.copy(text))))
    case .number(let text): return add(.constant(JSONToken(.number, arena.copy(text))))
    case .boolean(let value):
      return add(
        .constant(JSONToken(value ? .true : .false, arena.copy(value ? "true" : "false"))))
    case .first(let choices):
      let choices = nodes(choices)
      let slots = choices.compactMap {
        if case .slot(let slot) = nodes[$0].form { slot } else { nil }
      }
      return add(slots.count == choices.count ? .firstSlot(arena.copy(slots)) : .first(choices))
    case .call(let transform, let arguments): return add(.call(transform, nodes(arguments)))
    case .map(let value, let pairs, let otherwise):
      let pairs = pairs.map {
        MappingPlan.Pair(from: arena.copy($0.from), to: JSONToken(.string, arena.copy($0.to)))
      }
      return add(
        .map(
          node(value), arena.copy(pairs),
          otherwise: otherwise.map { JSONToken(.string, arena.copy($0)) }))
    case .choose(let condition, let then, let otherwise):
      let (test, then) = (test(condition), node(then))
      var other: Int?
      if let otherwise { other = node(otherwise) }
      return add(.choose(test, then: then, otherwise: other))
    case .header(let name):
      if let index = headerNames.firstIndex(of: name) { return add(.header(index)) }
      headerNames.append(name)
      return add(.header(headerNames.count - 1))
    case .key: return add(.key)
    }
  }

  private mutating func test(_ condition: Condition) -> Int {
    let test: MappingPlan.Test
    switch condition {
    case .present(let value): test = .present(node(value))
    case .equal(let value, let operands):
      let tokens = operands.map { JSONToken($0.isNumber ? .number : .string, arena.copy($0.text)) }
      test = .equal(
        node(value), arena.copy(tokens), hasNumbers: operands.contains(where: \.isNumber))
    case .less(let left, let right, let orEqual):
      test = .less(node(left), node(right), orEqual: orEqual)
    case .starts(let value, let prefix): test = .starts(node(value), arena.copy(prefix))
    case .not(let inner): test = .not(self.test(inner))
    case .all(let inner): test = .all(self.tests(inner))
    case .any(let inner): test = .any(self.tests(inner))
    }
    tests.append(test)
    return tests.count - 1
  }

  private mutating func tests(_ conditions: [Condition]) -> UnsafeBufferPointer<Int> {
    var indexes: [Int] = []
    for condition in conditions { indexes.append(test(condition)) }
    return arena.copy(indexes)
  }
}
