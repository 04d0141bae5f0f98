// SPDX-License-Identifier: Apache-2.0
import JSON

/// Walks the keys of a record once and notes which token belongs to which column.
struct FieldFinder {
  let tape: JSONTape
  let keys: KeyTable
  /// For each column the index of its token, or 0.
  let found: UnsafeMutableBufferPointer<Int32>
  /// The first element of an array that spellings reach into, and its scope.
  private var first: (object: Int, scope: Int)?

  init(tape: JSONTape, keys: KeyTable, found: UnsafeMutableBufferPointer<Int32>) {
    self.tape = tape
    self.keys = keys
    self.found = found
  }

  /// `record` is the token of an object.
  mutating func find(_ record: Int, _ counters: inout DecoderCounters) throws(Rejection) {
    try find(record, in: KeyTable.recordScope, &counters)
    if let first { findFirst(first.object, in: first.scope) }
  }

  private mutating func find(
    _ object: Int, in scope: Int, _ counters: inout DecoderCounters
  ) throws(Rejection) {
    var index = object + 1
    let end = tape[object].next
    while index < end {
      let key = tape[index]
      if let entry = keys.find(key, in: scope) {
        try note(entry, index + 1, &counters)
      } else {
        counters.unknownFields &+= 1
      }
      index = key.next
    }
  }

  private mutating func note(
    _ entry: KeyTable.Entry, _ value: Int, _ counters: inout DecoderCounters
  ) throws(Rejection) {
    let token = tape[value]
    if token.kind == .null { return }
    if let scope = entry.scopeBelow, token.kind == .object {
      return try find(value, in: scope, &counters)
    }
    if let scope = entry.scopeOfFirst, token.kind == .array, value + 1 < token.next,
      tape[value + 1].kind == .object
    {
      first = (value + 1, scope)
    }
    if entry.isDropped {
      counters.droppedContent &+= 1
    } else if let column = entry.column {
      try note(value, for: column)
    } else {
      counters.unknownFields &+= 1
    }
  }

  private func note(_ value: Int, for column: Int) throws(Rejection) {
    let earlier = Int(found[column])
    if earlier != 0 {
      let isSame =
        tape[earlier].kind == tape[value].kind && equals(tape[earlier].bytes, tape[value].bytes)
      if !isSame { throw Rejection(.ambiguousField, column: column) }
    }
    found[column] = Int32(truncatingIfNeeded: value)
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
        found[column] = Int32(truncatingIfNeeded: index + 1)
      }
      index = key.next
    }
  }
}
