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
  /// A power of two, at most a quarter full.
  private let table: UnsafeBufferPointer<Entry>

  /// The hash of a branch with its index, or -1.
  private struct Entry: BitwiseCopyable {
    var hash: UInt32 = 0
    var branch: Int32 = -1
  }

  init(places: [Place], branches: [Branch], arena: Arena) {
    self.places = arena.copy(places)
    self.branches = arena.copy(branches)
    var count = 64
    while count < branches.count * 4 { count *= 2 }
    var table = [Entry](repeating: Entry(), count: count)
    for (index, branch) in branches.enumerated() {
      var at = Self.first(branch.hash, Int(branch.from))
      while table[at & (count - 1)].branch >= 0 { at += 1 }
      table[at & (count - 1)] = Entry(hash: branch.hash, branch: Int32(index))
    }
    self.table = arena.copy(table)
  }

  private static func first(_ hash: UInt32, _ place: Int) -> Int { Int(hash) &+ place &* 31 }

  /// The place below `place` that a key leads to, -1 for a key that no path has.
  @inline(__always)
  func place(below place: Int, _ key: JSONToken) -> Int {
    var at = Self.first(key.hash, place)
    while true {
      let entry = table[at & (table.count - 1)]
      let index = Int(entry.branch)
      guard index >= 0 else { return -1 }
      if entry.hash == key.hash, Int(branches[index].from) == place,
        equals(branches[index].name, key.bytes)
      {
        return Int(branches[index].place)
      }
      at += 1
    }
  }
}
