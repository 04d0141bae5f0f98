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
  /// A power of two, at most a quarter full; where none is, its place is -1.
  private let table: UnsafeBufferPointer<Branch>

  init(places: [Place], branches: [Branch], arena: Arena) {
    self.places = arena.copy(places)
    var count = 64
    while count < branches.count * 4 { count *= 2 }
    let nothing = Branch(name: TapeBuilder.nothing, hash: 0, from: 0, place: -1)
    var table = [Branch](repeating: nothing, count: count)
    for branch in branches {
      var at = Self.first(branch.hash, Int(branch.from))
      while table[at & (count - 1)].place >= 0 { at += 1 }
      table[at & (count - 1)] = branch
    }
    self.table = arena.copy(table)
  }

  /// The name of a branch that has these bytes, wherever it is; nil if there is none.
  func name(_ bytes: UnsafeRawBufferPointer, _ hash: UInt32) -> UnsafeRawBufferPointer? {
    for branch in table where branch.hash == hash && branch.place >= 0 {
      if equals(branch.name, bytes) { return branch.name }
    }
    return nil
  }

  private static func first(_ hash: UInt32, _ place: Int) -> Int { Int(hash) &+ place &* 31 }

  /// The place below `place` that a key leads to, -1 for a key that no path has.
  @inline(__always)
  func place(below place: Int, _ key: JSONToken) -> Int {
    var at = Self.first(key.hash, place)
    while true {
      let branch = table[at & (table.count - 1)]
      guard branch.place >= 0 else { return -1 }
      if branch.hash == key.hash, Int(branch.from) == place,
        branch.name.baseAddress == key.bytes.baseAddress && branch.name.count == key.bytes.count
          || equals(branch.name, key.bytes)
      {
        return Int(branch.place)
      }
      at += 1
    }
  }
}
