// SPDX-License-Identifier: Apache-2.0
import JSON

/// Goes over one item once, and notes where the values of its paths are.
struct ItemWalk {
  let tape: JSONTape
  let paths: PathTable
  let watch: WatchPlan
  let keys: KeyTable
  /// By slot: the index of its token, or -1.
  let slots: UnsafeMutableBufferPointer<Int32>
  /// A key stands twice in one object.
  private(set) var hasDuplicate = false
  /// One of the values cannot be stored.
  private(set) var hasFault = false
  private(set) var present = SlotSet()

  init(
    tape: JSONTape, paths: PathTable, plan: DecodePlan, slots: UnsafeMutableBufferPointer<Int32>
  ) {
    (self.tape, self.paths, self.slots) = (tape, paths, slots)
    (watch, keys) = (plan.watch, plan.keys)
  }

  mutating func walk(_ item: Int, _ notes: inout RecordNotes) {
    slots.update(repeating: -1)
    visit(item, at: 0, &notes)
  }

  private mutating func visit(_ index: Int, at place: Int, _ notes: inout RecordNotes) {
    let token = tape[index]
    let slot = Int(paths.places[place].slot)
    if slot >= 0 { note(index, token, in: slot) }
    switch token.kind {
    case .object where paths.places[place].hasMembers:
      visitMembers(index, token.next, at: place, &notes)
    case .array: visitElements(index, token, paths.places[place], &notes)
    default: break
    }
  }

  @inline(__always)
  private mutating func note(_ index: Int, _ token: JSONToken, in slot: Int) {
    if token.kind == .null || token.kind == .string && token.bytes.isEmpty { return }
    if slots[slot] >= 0 { hasDuplicate = true }
    if !token.isUsable { hasFault = true }
    slots[slot] = Int32(truncatingIfNeeded: index)
    present.insert(slot)
  }

  private mutating func visitMembers(
    _ object: Int, _ end: Int, at place: Int, _ notes: inout RecordNotes
  ) {
    var index = object + 1
    while index < end {
      let key = tape[index]
      let below = paths.place(below: place, key)
      if below < 0 {
        noteUnknown(key, tape[index + 1], at: place, paths.places[place], &notes)
      } else if key.next > index + 2 {
        visit(index + 1, at: below, &notes)
      } else {
        // A value with nothing below it.
        let slot = Int(paths.places[below].slot)
        if slot >= 0 { note(index + 1, tape[index + 1], in: slot) }
      }
      index = key.next
    }
  }

  private mutating func visitElements(
    _ array: Int, _ token: JSONToken, _ here: PathTable.Place, _ notes: inout RecordNotes
  ) {
    for element in here.elements {
      if let index = self.index(of: element.index, in: array, token) {
        visit(index, at: element.place, &notes)
      }
    }
    for match in here.matches {
      if let index = first(match, in: array, token) { visit(index, at: match.place, &notes) }
    }
  }

  private func index(of number: Int, in array: Int, _ token: JSONToken) -> Int? {
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

  private func first(_ match: PathTable.Match, in array: Int, _ token: JSONToken) -> Int? {
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
