// SPDX-License-Identifier: Apache-2.0
import JSON

/// Every path of a profile as one tree, whose branches are found by the hashes of keys.
struct PathTable: BitwiseCopyable {
  /// A place of the tree; 0 is the item itself.
  struct Place: BitwiseCopyable {
    /// Where the value is noted, or -1.
    let slot: Int32
    let hasMembers: Bool
    /// How it is reached, with a dot behind it, for messages; empty for the item.
    let path: UnsafeRawBufferPointer
    let elements: UnsafeBufferPointer<Element>
    let matches: UnsafeBufferPointer<Match>
  }

  /// An element of an array by its number.
  struct Element: BitwiseCopyable {
    let index: Int
    let place: Int
  }

  /// The first element of an array with this member.
  struct Match: BitwiseCopyable {
    let member: UnsafeRawBufferPointer
    let text: UnsafeRawBufferPointer
    let place: Int
  }

  struct Branch: BitwiseCopyable {
    let name: UnsafeRawBufferPointer
    let hash: UInt32
    let from: Int32
    let place: Int32
  }

  let places: UnsafeBufferPointer<Place>
  private let branches: UnsafeBufferPointer<Branch>
  /// Indexes of branches, or -1; a power of two, at most a quarter full.
  private let table: UnsafeBufferPointer<Int32>

  init(places: [Place], branches: [Branch], arena: Arena) {
    self.places = arena.copy(places)
    self.branches = arena.copy(branches)
    var count = 64
    while count < branches.count * 4 { count *= 2 }
    var table = [Int32](repeating: -1, count: count)
    for (index, branch) in branches.enumerated() {
      var at = Self.first(branch.hash, Int(branch.from))
      while table[at & (count - 1)] >= 0 { at += 1 }
      table[at & (count - 1)] = Int32(index)
    }
    self.table = arena.copy(table)
  }

  private static func first(_ hash: UInt32, _ place: Int) -> Int { Int(hash) &+ place &* 31 }

  /// The place below `place` that a key leads to; nil for a key that no path has.
  func place(below place: Int, _ key: JSONToken) -> Int? {
    var at = Self.first(key.hash, place)
    while true {
      let index = table[at & (table.count - 1)]
      guard index >= 0 else { return nil }
      let branch = branches[Int(index)]
      if branch.hash == key.hash, Int(branch.from) == place, equals(branch.name, key.bytes) {
        return Int(branch.place)
      }
      at += 1
    }
  }
}
