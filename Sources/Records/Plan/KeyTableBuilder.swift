// SPDX-License-Identifier: Apache-2.0
import JSON

/// Collects the spellings of a stream, and makes a scope of each object they reach into.
struct KeyTableBuilder {
  private(set) var entries: [KeyTable.Entry] = []
  /// By scope.
  private(set) var paths = [""]
  private(set) var fills: [ColumnPlan.Fill] = []
  private let arena: Arena
  private let parser: JSONParser
  private static let firstElement = "[0]"

  init(arena: Arena, parser: JSONParser) {
    self.arena = arena
    self.parser = parser
  }

  mutating func add(_ stream: Stream) {
    for (index, column) in stream.columns.enumerated() {
      for key in column.keys { add(key, column, index, stream) }
    }
    for (index, signal) in stream.signals.enumerated() {
      for key in signal.keys {
        entries[entry(key, in: KeyTable.recordScope)].signal = Int16(index)
      }
      for path in signal.paths { change(path) { $0.signal = Int16(index) } }
    }
    for key in stream.watch.exceptions { change(key) { $0.traits.insert(.exception) } }
    for key in stream.watch.totals.keys { change(key) { $0.traits.insert(.total) } }
    for key in stream.droppedKeys { change(key) { $0.traits.insert(.dropped) } }
  }

  /// The scope of a structured event around the record.
  var eventScope: Int16 { Int16(paths.count) }

  /// What the parser reads: the entries, and behind them the attributes of a structured event.
  func names() -> JSONNames {
    func name(_ text: String, _ scope: Int16, below: Int16? = nil, isRead: Bool) -> JSONNames.Name {
      let bytes = arena.copy(text)
      return JSONNames.Name(
        bytes: bytes, hash: parser.hash(of: bytes), scope: scope, below: below, isRead: isRead)
    }
    var names = entries.map {
      JSONNames.Name(
        bytes: $0.name, hash: $0.hash, scope: $0.scope, below: $0.scopeBelow,
        isRead: $0.column != nil || $0.signal != nil || $0.scopeOfFirst != nil
          || $0.traits.contains(.total))
    }
    names.append(name("specversion", Int16(KeyTable.recordScope), isRead: false))
    let event = names.count - 1
    names += StructuredEvent.attributes.map { name($0, eventScope, isRead: true) }
    names.append(name("data", eventScope, below: Int16(KeyTable.recordScope), isRead: true))
    return JSONNames(names, event: event)
  }

  private mutating func add(_ key: String, _ column: Column, _ index: Int, _ stream: Stream) {
    let implied = column.implication.flatMap { implication -> Int16? in
      guard implication.keys.contains(key), let other = stream.index(of: implication.column) else {
        return nil
      }
      fills.append(ColumnPlan.Fill(column: other, value: .text(arena.copy(implication.text))))
      return Int16(fills.count - 1)
    }
    let isYielding = column.yieldingKeys.contains(key)
    change(key) {
      $0.column = Int16(index)
      $0.implied = implied
      if isYielding { $0.traits.insert(.yielding) }
      if column.fallback != nil { $0.traits.insert(.mustSay) }
    }
  }

  /// A key with dots is there twice: as it is, and as a path of objects.
  private mutating func change(_ key: String, _ body: (inout KeyTable.Entry) -> Void) {
    let path = key.split(separator: ".").map(String.init)
    if path.count > 1, !key.contains(Self.firstElement) {
      body(&entries[entry(key, in: KeyTable.recordScope)])
    }
    var scope = KeyTable.recordScope
    for name in path.dropLast() { scope = scopeBelow(name, in: scope) }
    body(&entries[entry(path[path.count - 1], in: scope)])
  }

  private mutating func scopeBelow(_ name: String, in scope: Int) -> Int {
    if name.hasSuffix(Self.firstElement) {
      let index = entry(String(name.dropLast(Self.firstElement.count)), in: scope)
      let below = entries[index].scopeOfFirst ?? Int16(newScope(name, in: scope))
      entries[index].scopeOfFirst = below
      return Int(below)
    }
    let index = entry(name, in: scope)
    let below = entries[index].scopeBelow ?? Int16(newScope(name, in: scope))
    entries[index].scopeBelow = below
    return Int(below)
  }

  private mutating func newScope(_ name: String, in scope: Int) -> Int {
    paths.append(paths[scope] + name + ".")
    return paths.count - 1
  }

  private mutating func entry(_ name: String, in scope: Int) -> Int {
    let bytes = arena.copy(name)
    if let index = entries.firstIndex(where: {
      Int($0.scope) == scope && equals($0.name, bytes)
    }) {
      return index
    }
    entries.append(KeyTable.Entry(name: bytes, hash: parser.hash(of: bytes), scope: Int16(scope)))
    return entries.count - 1
  }
}
