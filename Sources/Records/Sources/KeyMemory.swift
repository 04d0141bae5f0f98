// SPDX-License-Identifier: Apache-2.0
import JSON

/// The keys that came before, as tokens with their hashes. Producers write the same keys in the
/// same order again and again: each is compared with the one that stood behind its neighbour the
/// last time, before anything is computed of it. Where a key leads to is known with it. One thread.
final class KeyMemory {
  /// Keys that are told apart, and bytes of one that is; when there are more, all are forgotten.
  private static let keysMax = 512
  private static let keyBytesMax = 64
  private static let tableCount = 2048

  private struct Entry: BitwiseCopyable {
    var token: JSONToken
    /// The key that stood behind it.
    var next: Int16 = 0
    /// The slot of its value, if there is nothing to be noted below that; else -1.
    var slot: Int16 = -1
    /// Its place in the paths, -1 where they do not have it, or ``unsought``.
    var place: Int16 = -2
    var object: UInt8 = 0
  }

  /// Of a key that was not looked up.
  private static let unsought = -2

  private let parser: JSONParser
  private let paths: PathTable
  private let walk: ItemWalk
  private let entries: UnsafeMutableBufferPointer<Entry>
  private let texts: UnsafeMutableRawBufferPointer
  /// The index of an entry by the hash of its key, or 0.
  private let table: UnsafeMutableBufferPointer<Int16>
  private var count = Object.allCases.count
  private var last = 0
  private var timesForgotten = 0
  private var object = Object.other
  /// Of the object, if members of it are noted; else -1.
  private var place = -1
  /// The same of the attributes of items.
  private var placeOfAttributes = -1

  /// What the keys are those of; each has an entry in front of its first key. Those of items and of
  /// their attributes are noted.
  enum Object: Int, CaseIterable { case other, item, attributes }

  /// A key that a path has gets the bytes that its name has there.
  init(parser: JSONParser, walk: ItemWalk) {
    (self.parser, self.walk, paths) = (parser, walk, walk.paths)
    entries = .allocate(capacity: Self.keysMax)
    texts = .allocate(byteCount: Self.keysMax * Self.keyBytesMax, alignment: 16)
    table = .allocate(capacity: Self.tableCount)
    // The empty key is that of the first entry.
    let nothing = UnsafeRawBufferPointer(rebasing: texts[..<0])
    entries.initialize(
      repeating: Entry(token: JSONToken(.key, nothing, hash: parser.hash(of: nothing))))
    table.initialize(repeating: 0)
    let name: StaticString = "attributes"
    let bytes = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    let attributes = paths.place(below: 0, JSONToken(.key, bytes, hash: parser.hash(of: bytes)))
    if attributes >= 0, paths.places[attributes].hasMembers { placeOfAttributes = attributes }
  }

  deinit {
    entries.deallocate()
    texts.deallocate()
    table.deallocate()
  }

  /// Which object the keys are those of, and how far it is.
  struct Position: BitwiseCopyable {
    fileprivate let object: Object
    fileprivate let place: Int
    fileprivate let last: Int
    fileprivate let timesForgotten: Int
  }

  /// The keys that come are those of another object. Where it stands, for ``resume(_:)``.
  @discardableResult
  func begin(_ object: Object) -> Position {
    let position = Position(
      object: self.object, place: place, last: last, timesForgotten: timesForgotten)
    self.object = object
    last = object.rawValue
    place =
      switch object {
      case .other: -1
      case .item: 0
      case .attributes: placeOfAttributes
      }
    return position
  }

  /// The same of the member that holds attributes.
  func beginAttributes() -> Position { begin(object == .item ? .attributes : .other) }

  @inline(__always)
  func resume(_ position: Position) {
    (object, place) = (position.object, position.place)
    // The keys are not those that they were, after all have been forgotten.
    last = position.timesForgotten == timesForgotten ? position.last : object.rawValue
  }

  /// An item begins behind what it has in common with others.
  func beginItem() {
    walk.beginItem()
    begin(.item)
  }

  /// What stands in the output, the items that come have in common.
  func share(_ output: TapeBuilder) {
    walk.begin()
    let tape = output.tape
    var key = 1
    while key < tape.count {
      walk.note(member: key, tape, of: 0, at: paths.place(below: 0, tape[key]))
      key = tape[key].next
    }
    walk.share()
  }

  /// Notes a member whose key begins there. `isKnown` tells that ``key(_:)`` has just found that.
  @inline(__always)
  func note(_ key: Int, isKnown: Bool = false, _ output: TapeBuilder) {
    guard place >= 0 else { return }
    let (slot, below) = (Int(entries[last].slot), Int(entries[last].place))
    if isKnown, slot >= 0 {
      walk.note(key + 1, output[key + 1], in: slot)
    } else {
      noteOther(key, at: isKnown ? below : Self.unsought, output)
    }
  }

  private func noteOther(_ key: Int, at below: Int, _ output: TapeBuilder) {
    let tape = output.tape
    let below = below == Self.unsought ? paths.place(below: place, tape[key]) : below
    walk.note(member: key, tape, of: place, at: below)
  }

  /// Notes the attributes of an item, of which the members are noted.
  func note(attributes key: Int, _ output: TapeBuilder) {
    guard object == .item else { return }
    guard placeOfAttributes >= 0 else { return note(key, output) }
    let slot = Int(paths.places[placeOfAttributes].slot)
    if slot >= 0 { walk.note(key + 1, output[key + 1], in: slot) }
  }

  /// Notes the item itself, when it has ended.
  func note(item output: TapeBuilder) {
    let slot = Int(paths.places[0].slot)
    if slot >= 0 { walk.note(0, output[0], in: slot) }
  }

  /// The key; nil for one that is not remembered, because it is no ASCII, or longer than most.
  @inline(__always)
  func key(_ bytes: UnsafeRawBufferPointer) -> JSONToken? {
    let guess = Int(entries[last].next)
    if isSame(entries[guess].token.bytes, bytes) {
      last = guess
      return entries[guess].token
    }
    return find(bytes)
  }

  /// The bytes that a name has in the paths, else its own.
  func name(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    paths.name(bytes, parser.hash(of: bytes)) ?? bytes
  }

  private func find(_ bytes: UnsafeRawBufferPointer) -> JSONToken? {
    guard bytes.count <= Self.keyBytesMax, isPlain(bytes) else { return nil }
    let hash = parser.hash(of: bytes)
    var slot = Int(hash) & (Self.tableCount - 1)
    while table[slot] > 0 {
      let index = Int(table[slot])
      if entries[index].token.hash == hash, Int(entries[index].object) == object.rawValue,
        equals(entries[index].token.bytes, bytes)
      {
        entries[last].next = Int16(index)
        last = index
        return entries[index].token
      }
      slot = (slot + 1) & (Self.tableCount - 1)
    }
    return add(bytes, hash)
  }

  private func add(_ bytes: UnsafeRawBufferPointer, _ hash: UInt32) -> JSONToken {
    if count == Self.keysMax {
      table.update(repeating: 0)
      for index in entries.indices { entries[index].next = 0 }
      (count, last) = (Object.allCases.count, object.rawValue)
      timesForgotten &+= 1
    }
    var slot = Int(hash) & (Self.tableCount - 1)
    while table[slot] > 0 { slot = (slot + 1) & (Self.tableCount - 1) }
    let token = JSONToken(.key, paths.name(bytes, hash) ?? keep(bytes), hash: hash)
    table[slot] = Int16(count)
    entries[count] = entry(token)
    entries[last].next = Int16(count)
    last = count
    count += 1
    return token
  }

  private func entry(_ token: JSONToken) -> Entry {
    var entry = Entry(token: token, object: UInt8(object.rawValue))
    guard place >= 0 else { return entry }
    let below = paths.place(below: place, token)
    entry.place = Int16(truncatingIfNeeded: below)
    guard below >= 0 else { return entry }
    let found = paths.places[below]
    if !found.hasMembers, found.elements.isEmpty, found.matches.isEmpty {
      entry.slot = Int16(truncatingIfNeeded: found.slot)
    }
    return entry
  }

  private func keep(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let start = count * Self.keyBytesMax
    let room = UnsafeMutableRawBufferPointer(rebasing: texts[start..<start + bytes.count])
    room.copyMemory(from: bytes)
    return UnsafeRawBufferPointer(room)
  }
}
