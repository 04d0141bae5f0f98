// SPDX-License-Identifier: Apache-2.0
import JSON

/// Which key means which column: one hash table over all spellings of a stream.
///
/// A scope is an object that spellings reach into: 0 is the record itself, `actor` may be 1. The
/// table uses the hash of the parser, so that a key is hashed once, while it is parsed.
struct KeyTable: BitwiseCopyable {
  static let recordScope = 0

  struct Entry: BitwiseCopyable {
    let name: UnsafeRawBufferPointer
    let hash: UInt32
    let scope: Int16
    /// The column of a value found here.
    var column: Int16?
    /// The scope of an object found here.
    var scopeBelow: Int16?
    /// The scope of the first element of an array found here.
    var scopeOfFirst: Int16?
    /// Index of the signal that a value found here is.
    var signal: Int16?
    /// Index into `fills`: what this spelling says about another column.
    var implied: Int16?
    var traits: Traits = []
  }

  struct Traits: OptionSet, BitwiseCopyable {
    let rawValue: UInt8
    /// Never stored, and counted.
    static let dropped = Traits(rawValue: 1)
    /// Says nothing when another spelling of its column is there.
    static let yielding = Traits(rawValue: 2)
    /// Known, and not read.
    static let exception = Traits(rawValue: 4)
    /// Known, not read, and compared with its parts.
    static let total = Traits(rawValue: 8)
    /// An object here must hold a spelling of the column: what it says else is not its default.
    static let mustSay = Traits(rawValue: 16)
  }

  private let entries: UnsafeBufferPointer<Entry>
  /// By entry.
  private let plainColumns: UnsafeBufferPointer<Int16>
  /// Indexes into `entries`, or -1; a power of two, at most a quarter full.
  private let slots: UnsafeBufferPointer<Int16>
  /// How a scope is reached, with its dots: `gen_ai.usage.`; empty for the record.
  let paths: UnsafeBufferPointer<UnsafeRawBufferPointer>
  let fills: UnsafeBufferPointer<ColumnPlan.Fill>

  init(_ builder: KeyTableBuilder, arena: Arena) {
    paths = arena.copy(builder.paths.map(arena.copy))
    fills = arena.copy(builder.fills)

    var slotCount = 64
    while slotCount < builder.entries.count * 4 { slotCount *= 2 }
    var slots = [Int16](repeating: -1, count: slotCount)
    for (index, entry) in builder.entries.enumerated() {
      var slot = Self.firstSlot(Int(entry.scope), entry.hash)
      while slots[slot & (slotCount - 1)] >= 0 { slot += 1 }
      slots[slot & (slotCount - 1)] = Int16(index)
    }
    entries = arena.copy(builder.entries)
    plainColumns = arena.copy(builder.entries.map(Self.plainColumn))
    self.slots = arena.copy(slots)
  }

  /// The entry of a key that the parser has found.
  func entry(_ key: JSONToken) -> Entry? {
    entries.indices.contains(key.name) ? entries[key.name] : nil
  }

  /// The column of a name that the parser has read.
  func column(ofName name: Int) -> Int? {
    entries.indices.contains(name) ? entries[name].column.map(Int.init) : nil
  }

  /// The column of a key that the parser has found, if its value says nothing else; or -1.
  @inline(__always)
  func plainColumn(_ key: JSONToken) -> Int {
    plainColumns.indices.contains(key.name) ? Int(plainColumns[key.name]) : -1
  }

  private static func plainColumn(_ entry: Entry) -> Int16 {
    guard let column = entry.column, entry.signal == nil, entry.scopeBelow == nil,
      entry.scopeOfFirst == nil, entry.implied == nil, !entry.traits.contains(.yielding)
    else { return -1 }
    return column
  }

  /// Looks a key up where the parser has read everything.
  func find(_ key: JSONToken, in scope: Int) -> Entry? {
    var slot = Self.firstSlot(scope, key.hash)
    while true {
      let index = Int(slots[slot & (slots.count - 1)])
      guard index >= 0 else { return nil }
      let entry = entries[index]
      if entry.hash == key.hash, Int(entry.scope) == scope, equals(entry.name, key.bytes) {
        return entry
      }
      slot += 1
    }
  }

  /// The index of an entry by its name.
  func index(of name: UnsafeRawBufferPointer, in scope: Int) -> Int? {
    entries.firstIndex { Int($0.scope) == scope && equals($0.name, name) }
  }

  /// The columns that the first element of an array may speak for.
  func columns(ofFirst scope: Int) -> some Sequence<Int> {
    entries.lazy.filter { Int($0.scope) == scope }.compactMap { $0.column.map(Int.init) }
  }

  private static func firstSlot(_ scope: Int, _ hash: UInt32) -> Int {
    Int(hash) &+ scope &* 31
  }
}
