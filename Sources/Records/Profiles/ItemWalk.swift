// SPDX-License-Identifier: Apache-2.0
import JSON

/// Notes where the values of the paths are in an item: in one walk over it, or while it is put
/// together. One for all items.
final class ItemWalk {
  private struct Unknown: BitwiseCopyable {
    let key: Int32
    /// The place of the object that it stands in.
    let place: Int32
  }

  let paths: PathTable
  private let watch: WatchPlan
  private let keys: KeyTable
  /// By slot: the index of its token, or -1.
  let slots: UnsafeMutableBufferPointer<Int32>
  /// A key stands twice in one object.
  private(set) var hasDuplicate = false
  /// One of the values cannot be stored.
  private(set) var hasFault = false
  private(set) var present = SlotSet()
  /// Keys that no path has.
  private var unknown: [Unknown] = []

  /// What was noted of what items have in common.
  private struct Shared: BitwiseCopyable {
    var hasDuplicate = false
    var hasFault = false
    var present = SlotSet()
    var unknownCount = 0
  }
  private let sharedSlots: UnsafeMutableBufferPointer<Int32>
  private var shared = Shared()

  init(_ mapping: MappingPlan, plan: DecodePlan, arena: Arena) {
    (paths, watch, keys) = (mapping.paths, plan.watch, plan.keys)
    slots = arena.allocate(repeating: -1, count: mapping.slotCount)
    sharedSlots = arena.allocate(repeating: -1, count: mapping.slotCount)
  }

  func walk(_ item: Int, _ tape: JSONTape) {
    begin()
    visit(item, tape, at: 0)
  }

  /// Nothing is noted.
  func begin() {
    slots.update(repeating: -1)
    unknown.removeAll(keepingCapacity: true)
    (hasDuplicate, hasFault, present) = (false, false, SlotSet())
  }

  /// What is noted now, the items that come have in common.
  func share() {
    _ = sharedSlots.update(fromContentsOf: slots)
    shared = Shared(
      hasDuplicate: hasDuplicate, hasFault: hasFault, present: present,
      unknownCount: unknown.count)
  }

  /// Nothing is noted but what is shared.
  func beginItem() {
    _ = slots.update(fromContentsOf: sharedSlots)
    unknown.removeLast(unknown.count - shared.unknownCount)
    hasDuplicate = shared.hasDuplicate
    hasFault = shared.hasFault
    present = shared.present
  }

  /// Tells of what no path has; `tape` is that of the item.
  func tellUnknown(_ tape: JSONTape, _ notes: inout RecordNotes) {
    for unknown in unknown {
      let (key, place) = (Int(unknown.key), Int(unknown.place))
      noteUnknown(tape[key], tape[key + 1], at: place, paths.places[place], &notes)
    }
  }

  /// Notes a member of an object; `place` is where its key leads to, or -1.
  func note(member key: Int, _ tape: JSONTape, of object: Int, at place: Int) {
    if place >= 0 { return visit(key + 1, tape, at: place) }
    unknown.append(
      Unknown(
        key: Int32(truncatingIfNeeded: key), place: Int32(truncatingIfNeeded: object)))
  }

  private func visit(_ index: Int, _ tape: JSONTape, at place: Int) {
    let token = tape[index]
    let slot = Int(paths.places[place].slot)
    if slot >= 0 { note(index, token, in: slot) }
    switch token.kind {
    case .object where paths.places[place].hasMembers:
      visitMembers(index, token.next, tape, at: place)
    case .array: visitElements(index, token, tape, paths.places[place])
    default: break
    }
  }

  @inline(__always)
  func note(_ index: Int, _ token: JSONToken, in slot: Int) {
    if token.kind == .null || token.kind == .string && token.bytes.isEmpty { return }
    if slots[slot] >= 0 { hasDuplicate = true }
    if !token.isUsable { hasFault = true }
    slots[slot] = Int32(truncatingIfNeeded: index)
    present.insert(slot)
  }

  private func visitMembers(_ object: Int, _ end: Int, _ tape: JSONTape, at place: Int) {
    var index = object + 1
    while index < end {
      let key = tape[index]
      note(member: index, tape, of: place, at: paths.place(below: place, key))
      index = key.next
    }
  }

  private func visitElements(
    _ array: Int, _ token: JSONToken, _ tape: JSONTape, _ here: PathTable.Place
  ) {
    for element in here.elements {
      if let index = self.index(of: element.index, in: array, token, tape) {
        visit(index, tape, at: element.place)
      }
    }
    for match in here.matches {
      if let index = first(match, in: array, token, tape) { visit(index, tape, at: match.place) }
    }
  }

  private func index(
    of number: Int, in array: Int, _ token: JSONToken, _ tape: JSONTape
  ) -> Int? {
    var left = number
    if number < 0 {
      var count = 0
      var index = array + 1
      while index < token.next {
        count += 1
        index = tape[index].next
      }
      left += count
    }
    guard left >= 0 else { return nil }
    var index = array + 1
    while index < token.next {
      if left == 0 { return index }
      left -= 1
      index = tape[index].next
    }
    return nil
  }

  private func first(
    _ match: PathTable.Match, in array: Int, _ token: JSONToken, _ tape: JSONTape
  ) -> Int? {
    var element = array + 1
    while element < token.next {
      if tape[element].kind == .object {
        var key = element + 1
        while key < tape[element].next {
          let value = tape[key + 1]
          if equals(tape[key].bytes, match.member), value.kind != .object, value.kind != .array,
            equals(value.bytes, match.text)
          {
            return element
          }
          key = tape[key].next
        }
      }
      element = tape[element].next
    }
    return nil
  }

  /// A field that looks like what the stream is for, and that the profile does not know.
  private func noteUnknown(
    _ key: JSONToken, _ value: JSONToken, at place: Int, _ here: PathTable.Place,
    _ notes: inout RecordNotes
  ) {
    // Where the object itself is taken, everything in it is; usage is to be counted all the same.
    if here.slot >= 0, !watch.isDeep { return }
    notes.counters.unknownFields &+= 1
    guard value.kind != .null else { return }
    let isWatched =
      watch.words.isOne(in: key.bytes) || watch.isDeep && watch.words.isOne(in: here.path)
    guard isWatched || watch.identityWords.isOne(in: key.bytes) else { return }
    // Names that say nothing that is not said elsewhere.
    if let known = keys.find(key, in: KeyTable.recordScope), known.column == nil,
      !known.traits.isDisjoint(with: [.exception, .dropped])
    {
      return
    }
    notes.unknown.note(key, in: -1 - place, path: here.path, isOnlyTold: !isWatched)
  }
}
