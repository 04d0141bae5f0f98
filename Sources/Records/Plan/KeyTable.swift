// SPDX-License-Identifier: Apache-2.0
import JSON

/// Which key means which column: one hash table over all spellings of a stream.
///
/// A scope is an object that spellings reach into: 0 is the record itself, `actor` may be 1. The
/// table uses the hash of the parser, so that a key is hashed once, while it is parsed.
struct KeyTable: BitwiseCopyable {
  static let recordScope = 0

  struct Entry: BitwiseCopyable {
    let scope: Int
    let name: UnsafeRawBufferPointer
    let hash: UInt32
    /// The column of a value found here.
    var column: Int?
    /// The scope of an object found here.
    var scopeBelow: Int?
    /// The scope of the first element of an array found here.
    var scopeOfFirst: Int?
    /// Never stored, and counted.
    var isDropped = false
  }

  private let entries: UnsafeBufferPointer<Entry>
  /// Indexes into `entries`, or -1; a power of two, at most a quarter full.
  private let slots: UnsafeBufferPointer<Int16>

  init(_ stream: Stream, arena: Arena, parser: JSONParser) {
    var builder = KeyTableBuilder(arena: arena, parser: parser)
    for (index, column) in stream.columns.enumerated() {
      for key in column.keys { builder.add(key, column: index) }
    }
    for key in stream.droppedKeys { builder.drop(key) }

    var slotCount = 64
    while slotCount < builder.entries.count * 4 { slotCount *= 2 }
    var slots = [Int16](repeating: -1, count: slotCount)
    for (index, entry) in builder.entries.enumerated() {
      var slot = Self.firstSlot(entry.scope, entry.hash)
      while slots[slot & (slotCount - 1)] >= 0 { slot += 1 }
      slots[slot & (slotCount - 1)] = Int16(index)
    }
    entries = arena.copy(builder.entries)
    self.slots = arena.copy(slots)
  }

  func find(_ key: JSONToken, in scope: Int) -> Entry? {
    var slot = Self.firstSlot(scope, key.hash)
    while true {
      let index = Int(slots[slot & (slots.count - 1)])
      guard index >= 0 else { return nil }
      let entry = entries[index]
      if entry.hash == key.hash, entry.scope == scope, equals(entry.name, key.bytes) {
        return entry
      }
      slot += 1
    }
  }

  /// The columns that the first element of an array may speak for.
  func columns(ofFirst scope: Int) -> some Sequence<Int> {
    entries.lazy.filter { $0.scope == scope }.compactMap(\.column)
  }

  private static func firstSlot(_ scope: Int, _ hash: UInt32) -> Int {
    Int(hash) &+ scope &* 31
  }
}
