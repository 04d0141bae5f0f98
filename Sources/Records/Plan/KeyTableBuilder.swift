// SPDX-License-Identifier: Apache-2.0
import JSON

/// Collects the spellings of a stream, and makes a scope of each object they reach into.
struct KeyTableBuilder {
  private(set) var entries: [KeyTable.Entry] = []
  private var scopeCount = 1
  private let arena: Arena
  private let parser: JSONParser
  private static let firstElement = "[0]"

  init(arena: Arena, parser: JSONParser) {
    self.arena = arena
    self.parser = parser
  }

  /// A key with dots is added twice: as it is, and as a path of objects.
  mutating func add(_ key: String, column: Int) {
    let path = key.split(separator: ".").map(String.init)
    if path.count > 1, !key.contains(Self.firstElement) {
      entries[entry(key, in: KeyTable.recordScope)].column = column
    }
    var scope = KeyTable.recordScope
    for name in path.dropLast() { scope = scopeBelow(name, in: scope) }
    entries[entry(path[path.count - 1], in: scope)].column = column
  }

  mutating func drop(_ key: String) {
    entries[entry(key, in: KeyTable.recordScope)].isDropped = true
  }

  private mutating func scopeBelow(_ name: String, in scope: Int) -> Int {
    if name.hasSuffix(Self.firstElement) {
      let index = entry(String(name.dropLast(Self.firstElement.count)), in: scope)
      let below = entries[index].scopeOfFirst ?? newScope()
      entries[index].scopeOfFirst = below
      return below
    }
    let index = entry(name, in: scope)
    let below = entries[index].scopeBelow ?? newScope()
    entries[index].scopeBelow = below
    return below
  }

  private mutating func newScope() -> Int {
    scopeCount += 1
    return scopeCount - 1
  }

  private mutating func entry(_ name: String, in scope: Int) -> Int {
    let bytes = arena.copy(name)
    if let index = entries.firstIndex(where: { $0.scope == scope && equals($0.name, bytes) }) {
      return index
    }
    entries.append(KeyTable.Entry(scope: scope, name: bytes, hash: parser.hash(of: bytes)))
    return entries.count - 1
  }
}
