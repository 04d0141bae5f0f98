// SPDX-License-Identifier: Apache-2.0
import JSON

/// Writes an item as a record of the stream: the tape that a producer who knows Daybook's contract
/// would have sent.
struct CanonicalRecord {
  let evaluator: Evaluator
  let output: TapeBuilder
  /// For the texts of objects, which are made member by member.
  let texts: Scratch
  /// Members of objects that were left out.
  private(set) var omittedCount = 0

  init(_ evaluator: Evaluator, into output: TapeBuilder, texts: Scratch) {
    (self.evaluator, self.output, self.texts) = (evaluator, output, texts)
  }

  /// Writes all columns; `refuse` is told of one that cannot be computed, by the index of its
  /// target.
  mutating func write(
    _ refuse: (SourceFault, Int) throws(Rejection) -> Void
  ) throws(Rejection) {
    output.removeAll()
    let record = output.begin(.object, origin: -1)
    let (targets, present) = (evaluator.plan.targets, evaluator.present)
    for index in targets.indices
    where targets[index].isFree || !targets[index].needs.isDisjoint(with: present) {
      let (count, depth) = (output.count, output.depth)
      output.add(targets[index].key, origin: -1)
      var isWritten = false
      do throws(SourceFault) {
        isWritten = try write(targets, index)
      } catch {
        try refuse(error, index)
      }
      if isWritten { output.endKey(count) } else { output.cut(to: count, depth: depth) }
    }
    output.end(record)
  }

  @inline(__always)
  private mutating func write(
    _ targets: UnsafeBufferPointer<MappingPlan.Target>, _ index: Int
  ) throws(SourceFault) -> Bool {
    switch targets[index].shape {
    case .value:
      var value = SourceValue.nothing
      guard try evaluator.evaluate(targets[index].whole, into: &value) else { return false }
      if value.index >= 0, value.token.kind == .object || value.token.kind == .array {
        try add(container: value)
      } else {
        output.add(value.token, origin: Int(value.origin))
      }
      return true
    case .list:
      guard case .call(_, let arguments) = evaluator.plan.nodes[targets[index].whole].form else {
        return false
      }
      return try write(list: arguments)
    case .object: return try write(object: targets[index])
    }
  }

  private mutating func write(object target: MappingPlan.Target) throws(SourceFault) -> Bool {
    guard let rule = target.rule else { return false }
    var object = ObjectWriter(self, rule)
    defer { omittedCount += object.omittedCount }
    return try object.write(target)
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

  private func write(list arguments: UnsafeBufferPointer<Int>) throws(SourceFault) -> Bool {
    let array = output.begin(.array, origin: -1)
    for argument in arguments {
      guard let value = try evaluator.value(argument) else { continue }
      guard value.token.kind == .array, value.index >= 0 else {
        add(text: value.token, origin: value.origin)
        continue
      }
      var element = Int(value.index) + 1
      while element < value.token.next {
        add(text: evaluator.tape[element], origin: Int32(truncatingIfNeeded: element))
        element = evaluator.tape[element].next
      }
    }
    let isEmpty = output.count == array + 1
    output.end(array)
    return !isEmpty
  }

  private func add(text token: JSONToken, origin: Int32) {
    switch token.kind {
    case .null, .object, .array: break
    default:
      if token.fault == nil { output.add(JSONToken(.string, token.bytes), origin: Int(origin)) }
    }
  }
}
