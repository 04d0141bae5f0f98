// SPDX-License-Identifier: Apache-2.0

extension MappingCompiler {
  /// What the rules look at; nil when that is more than values of the item.
  func looks(of skips: [Int]) -> SkipMemory.Paths? {
    var paths = SkipMemory.Paths()
    for test in skips where !look(atTest: test, &paths) { return nil }
    return paths
  }

  private func look(atTest test: Int, _ paths: inout SkipMemory.Paths) -> Bool {
    switch tests[test] {
    case .present(let node): look(at: node, isCompared: false, &paths)
    case .equal(let node, _, _), .starts(let node, _): look(at: node, isCompared: true, &paths)
    case .less(let left, let right, _):
      look(at: left, isCompared: true, &paths) && look(at: right, isCompared: true, &paths)
    case .not(let inner): look(atTest: inner, &paths)
    case .all(let inner), .any(let inner): inner.allSatisfy { look(atTest: $0, &paths) }
    }
  }

  private func look(at node: Int, isCompared: Bool, _ paths: inout SkipMemory.Paths) -> Bool {
    switch nodes[node].form {
    case .slot(let slot): add(slot, isCompared, &paths)
    case .firstSlot(let slots): for slot in slots { add(slot, isCompared, &paths) }
    case .constant: break
    case .first(let choices):
      return choices.allSatisfy { look(at: $0, isCompared: isCompared, &paths) }
    // Whether there is a value depends on that of others.
    case .call(_, let arguments):
      return arguments.allSatisfy { look(at: $0, isCompared: true, &paths) }
    case .map(let value, _, _): return look(at: value, isCompared: true, &paths)
    case .choose(let test, let then, let otherwise):
      return look(atTest: test, &paths) && look(at: then, isCompared: isCompared, &paths)
        && otherwise.map { look(at: $0, isCompared: isCompared, &paths) } ?? true
    case .header, .key: return false
    }
    return true
  }

  private func add(_ slot: Int, _ isCompared: Bool, _ paths: inout SkipMemory.Paths) {
    paths.all.insert(slot)
    if isCompared, !paths.compared.contains(slot) { paths.compared.append(slot) }
  }
}
