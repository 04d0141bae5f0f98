// SPDX-License-Identifier: Apache-2.0
import JSON

/// Writes an item as a record of the stream: what the decoder would have found in one of a producer
/// who knows Daybook's contract. One for all records: what it refers to is not counted for each.
final class CanonicalRecord {
  let evaluator: Evaluator
  /// The values; one has a key where more than its column is to be found by that.
  let output = TapeBuilder()
  /// For the texts of objects, which are made member by member.
  let texts = Scratch()
  private let row: UnsafeMutableBufferPointer<Value>
  private let found: UnsafeMutableBufferPointer<Int32>
  /// Columns that have what they store.
  private(set) var stored = ColumnSet()
  /// Members of objects, and texts of lists, that were left out of the last record.
  private(set) var omittedCount = 0

  /// `row` and `found` are those of the decoder, which begins a record before it is written here.
  init(
    _ mapping: MappingPlan, slots: UnsafeMutableBufferPointer<Int32>,
    row: UnsafeMutableBufferPointer<Value>, found: UnsafeMutableBufferPointer<Int32>
  ) {
    evaluator = Evaluator(mapping, slots: slots, tape: output.tape)
    (self.row, self.found) = (row, found)
  }

  /// Writes all columns; `refuse` is told of one that cannot be computed, by the index of its
  /// target.
  func write(
    _ refuse: (SourceFault, Int) throws(Rejection) -> Void
  ) throws(Rejection) {
    output.removeAll()
    texts.removeAll()
    (stored, omittedCount) = (ColumnSet(), 0)
    let record = output.begin(.object, origin: -1)
    let (targets, targetsOfSlots) = (evaluator.plan.targets, evaluator.plan.targetsOfSlots)
    var wanted = evaluator.plan.freeTargets
    evaluator.present.forEach { wanted.formUnion(targetsOfSlots[$0]) }
    while let index = wanted.popFirst() {
      let (count, depth, column) = (output.count, output.depth, targets[index].column)
      if column < 0 { output.add(targets[index].key, origin: -1) }
      var isWritten = false
      do throws(SourceFault) {
        isWritten = try write(targets, index)
      } catch {
        try refuse(error, index)
      }
      if !isWritten {
        output.cut(to: count, depth: depth)
      } else if column < 0 {
        output.endKey(count)
      } else if output[count].kind != .null {
        found[column] = Int32(truncatingIfNeeded: count)
      }
    }
    output.end(record)
  }

  @inline(__always)
  private func write(
    _ targets: UnsafeBufferPointer<MappingPlan.Target>, _ index: Int
  ) throws(SourceFault) -> Bool {
    switch targets[index].shape {
    case .path(let slots, let charactersMax):
      return try write(firstOf: slots, charactersMax)
    case .value: return try write(node: targets[index].whole)
    case .stored(let kind):
      return try write(node: targets[index].whole, as: kind, targets[index].column)
    case .list(let bounds):
      guard case .call(_, let arguments) = evaluator.plan.nodes[targets[index].whole].form else {
        return false
      }
      return try write(list: arguments, bounds)
    case .object: return try write(object: targets[index])
    }
  }

  @inline(__always)
  private func write(
    firstOf slots: UnsafeBufferPointer<Int>, _ charactersMax: Int
  ) throws(SourceFault) -> Bool {
    for slot in slots where evaluator.slots[slot] >= 0 {
      let index = evaluator.slots[slot]
      let token = evaluator.tape[Int(index)]
      if !token.isUsable, let fault = token.fault {
        throw SourceFault(reason: Reason(fault), origin: index)
      }
      if token.kind == .object || token.kind == .array {
        guard charactersMax == 0 else { return false }
        try add(container: SourceValue(token: token, index: index, origin: index))
      } else if charactersMax == 0 {
        output.add(token, origin: Int(index))
      } else {
        let text =
          token.kind == .number ? evaluator.scratch.plain(token.bytes) : token.bytes
        let cut = Evaluator.cut(text, charactersMax: charactersMax)
        output.add(JSONToken(.string, cut), origin: Int(index))
      }
      return true
    }
    return false
  }

  private func write(node: Int) throws(SourceFault) -> Bool {
    var value = SourceValue.nothing
    guard try evaluator.evaluate(node, into: &value) else { return false }
    if value.index >= 0, value.token.kind == .object || value.token.kind == .array {
      try add(container: value)
    } else {
      output.add(value.token, origin: Int(value.origin))
    }
    return true
  }

  private func write(
    node: Int, as kind: MappingPlan.Stored, _ column: Int
  ) throws(SourceFault) -> Bool {
    var (value, origin) = (Value.null, Int32(-1))
    switch try evaluator.compute(node, as: kind, &value, &origin) {
    case .absent: return false
    case .value:
      store(value, column, JSONToken(.string, TapeBuilder.nothing), origin: origin)
      return true
    case .text(let node): return try write(node: node)
    }
  }

  /// The token is no more than what tells where the value came from.
  private func store(
    _ value: Value, _ column: Int, _ token: JSONToken, origin: Int32
  ) {
    output.add(token, origin: Int(origin))
    row[column] = value
    stored.insert(column)
  }

  private func write(object target: MappingPlan.Target) throws(SourceFault) -> Bool {
    guard let rule = target.rule else { return false }
    var object = ObjectWriter(rule, room: texts.room(rule.bytesMax))
    defer { omittedCount += object.omittedCount }
    guard try object.write(target, evaluator) else { return false }
    let text = texts.keep(object.count)
    let token = JSONToken(.object, text)
    store(.json(text), target.column, token, origin: object.firstOrigin)
    return true
  }

  private func add(container value: SourceValue) throws(SourceFault) {
    let tape = evaluator.tape
    for inner in Int(value.index)..<tape[Int(value.index)].next {
      if !tape[inner].isUsable, let fault = tape[inner].fault {
        throw SourceFault(reason: Reason(fault), origin: Int32(truncatingIfNeeded: inner))
      }
    }
    let root = output.count
    output.copy(Int(value.index), of: tape)
    guard value.token.bytes.isEmpty else { return }
    let text = JSONWriter.text(of: Int(value.index), tape, texts)
    output.replaceText(of: root, with: text)
  }

  private func write(
    list arguments: UnsafeBufferPointer<Int>, _ bounds: ColumnPlan.Texts
  ) throws(SourceFault) -> Bool {
    let array = output.begin(.array, origin: -1)
    let end = array + 1 + bounds.countMax
    for argument in arguments where evaluator.mayHaveValue(argument) {
      guard let value = try evaluator.value(argument) else { continue }
      guard value.token.kind == .array, value.index >= 0 else {
        add(text: value.token, bounds.charactersMax, origin: value.origin, before: end)
        continue
      }
      var element = Int(value.index) + 1
      while element < value.token.next {
        add(
          text: evaluator.tape[element], bounds.charactersMax,
          origin: Int32(truncatingIfNeeded: element), before: end)
        element = evaluator.tape[element].next
      }
    }
    let isEmpty = output.count == array + 1
    output.end(array)
    return !isEmpty
  }

  /// Unless the list has as many as it takes.
  private func add(text token: JSONToken, _ charactersMax: Int, origin: Int32, before end: Int) {
    switch token.kind {
    case .null, .object, .array: break
    default:
      guard token.fault == nil else { return }
      guard output.count < end else {
        omittedCount += 1
        return
      }
      let text = token.kind == .number ? evaluator.scratch.plain(token.bytes) : token.bytes
      let cut = Evaluator.cut(text, charactersMax: charactersMax)
      output.add(JSONToken(.string, cut), origin: Int(origin))
    }
  }
}
