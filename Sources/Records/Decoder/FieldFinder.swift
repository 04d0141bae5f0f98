// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import JSON

/// Walks the keys of a record once and notes which token belongs to which column.
struct FieldFinder {
  let tape: JSONTape
  let keys: KeyTable
  let watch: WatchPlan
  /// For each column the index of its token, or 0; negative when another spelling would win.
  let found: UnsafeMutableBufferPointer<Int32>
  /// The values that are signals.
  let marks: UnsafeMutableBufferPointer<Mark>
  private(set) var markCount = 0
  /// Index of what a spelling says about another column, or -1.
  private var impliedFill: Int16 = -1
  /// The same of a spelling that is 0, and the column that it is one of.
  private var impliedByZero: (fill: Int16, column: Int)?
  /// The value of a field that must be a sum, or 0.
  private(set) var total = 0
  /// The columns that are there twice with different values.
  private(set) var ambiguous = ColumnSet()
  /// There is an unknown field that is watched.
  private(set) var hasWatched = false
  /// The same of one that may contradict a signal.
  private(set) var mayContradict = false
  private var knownCount = 0
  /// The first element of an array that spellings reach into, and its scope.
  private var first: (object: Int, scope: Int)?

  /// A value found by the key of a signal.
  struct Mark: BitwiseCopyable {
    var signal: Int16 = 0
    /// Of the key.
    var scope: Int16 = 0
    var token: Int32 = 0
  }
  /// Of one record; a stream has hardly more keys of signals.
  static let marksMax = 64

  init(
    tape: JSONTape, plan: DecodePlan, found: UnsafeMutableBufferPointer<Int32>,
    marks: UnsafeMutableBufferPointer<Mark>
  ) {
    self.tape = tape
    keys = plan.keys
    watch = plan.watch
    self.found = found
    self.marks = marks
  }

  /// `record` is the token of an object.
  mutating func find(
    _ record: Int, _ notes: inout RecordNotes
  ) {
    find(record, in: KeyTable.recordScope, &notes)
    if let first { findFirst(first.object, in: first.scope) }
  }

  /// The same of a record that a profile has made: its values are noted, but for those with a key.
  mutating func findKeys(_ notes: inout RecordNotes) {
    var index = 1
    while index < tape.count {
      let token = tape[index]
      if token.kind == .key, let entry = keys.entry(token) { note(entry, index + 1, &notes) }
      index = token.next
    }
  }

  private mutating func find(
    _ object: Int, in scope: Int, _ notes: inout RecordNotes
  ) {
    var index = object + 1
    let end = tape[object].next
    while index < end {
      let key = tape[index]
      let column = keys.plainColumn(key)
      if column >= 0, found[column] == 0 {
        if tape[index + 1].kind != .null {
          knownCount += 1
          found[column] = Int32(truncatingIfNeeded: index + 1)
        }
      } else if let entry = keys.entry(key) {
        note(entry, index + 1, &notes)
      } else {
        noteUnknown(index, in: scope, &notes)
      }
      index = key.next
    }
  }

  private mutating func note(
    _ entry: KeyTable.Entry, _ value: Int, _ notes: inout RecordNotes
  ) {
    let token = tape[value]
    if token.kind == .null { return }
    knownCount += 1
    if let signal = entry.signal, markCount < marks.count {
      marks[markCount] = Mark(
        signal: signal, scope: entry.scope, token: Int32(truncatingIfNeeded: value))
      markCount += 1
    }
    if let scope = entry.scopeBelow, token.kind == .object {
      let before = knownCount
      find(value, in: Int(scope), &notes)
      if entry.traits.contains(.mustSay), let column = entry.column, found[Int(column)] == 0 {
        // The reason of an outcome, and not the outcome; or nothing that anybody knows.
        (hasWatched, mayContradict) = (true, true)
        if knownCount == before { found[Int(column)] = Int32(truncatingIfNeeded: value) }
      }
      return
    }
    if let scope = entry.scopeOfFirst, token.kind == .array, value + 1 < token.next,
      tape[value + 1].kind == .object
    {
      first = (value + 1, Int(scope))
    }
    if let column = entry.column {
      note(value, for: Int(column), entry)
    } else if !entry.traits.isEmpty {
      if entry.traits.contains(.dropped) { notes.counters.droppedContent &+= 1 }
      if entry.traits.contains(.total) { total = value }
    } else if entry.signal == nil {
      noteUnknown(value - 1, in: Int(entry.scope), &notes)
    }
  }

  private mutating func note(
    _ value: Int, for column: Int, _ entry: KeyTable.Entry
  ) {
    // Whoever knows no price writes 0 there.
    if let fill = entry.implied, FieldReader.decimal(tape[value]) == Amount.zero {
      impliedByZero = (fill, column)
      return
    }
    let earlier = Int(found[column])
    let yields = entry.traits.contains(.yielding)
    if earlier != 0, yields == (earlier < 0), !isSame(Int(earlier.magnitude), value) {
      ambiguous.insert(column)
    }
    if yields, earlier > 0 { return }
    found[column] = Int32(truncatingIfNeeded: yields ? -value : value)
    if let fill = entry.implied { impliedFill = fill }
  }

  /// What a spelling says about another column. One that is 0 does where another spelling says the
  /// same: nothing was charged, and in which currency.
  var implied: ColumnPlan.Fill? {
    if impliedFill >= 0 { return keys.fills[Int(impliedFill)] }
    guard let (fill, column) = impliedByZero, found[column] != 0,
      FieldReader.decimal(tape[Int(found[column].magnitude)]) == Amount.zero
    else { return nil }
    return keys.fills[Int(fill)]
  }

  /// Numbers may be written in several ways.
  private func isSame(_ left: Int, _ right: Int) -> Bool {
    let (left, right) = (tape[left], tape[right])
    if left.kind == right.kind, equals(left.bytes, right.bytes) { return true }
    guard let first = FieldReader.decimal(left), let second = FieldReader.decimal(right) else {
      return false
    }
    return first == second
  }

  private mutating func noteUnknown(
    _ key: Int, in scope: Int, _ notes: inout RecordNotes
  ) {
    notes.counters.unknownFields &+= 1
    let name = tape[key]
    guard tape[key + 1].kind != .null, watch.matches(name.bytes, in: scope),
      watch.isSaid(tape[key + 1], by: name.bytes)
    else { return }
    hasWatched = true
    mayContradict = mayContradict || watch.mayContradict(name.bytes)
    notes.unknown.note(name, in: scope, path: keys.paths[scope])
  }

  /// The first element speaks for its columns together, or not at all: the id of one target with
  /// the type of another would be worse than no target.
  private func findFirst(_ object: Int, in scope: Int) {
    let columns = keys.columns(ofFirst: scope)
    for column in columns where found[column] != 0 { return }
    var index = object + 1
    while index < tape[object].next {
      let key = tape[index]
      if let column = keys.find(key, in: scope)?.column, tape[index + 1].kind != .null {
        found[Int(column)] = Int32(truncatingIfNeeded: index + 1)
      }
      index = key.next
    }
  }
}
