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
    for index in evaluator.plan.targets.indices {
      let target = evaluator.plan.targets[index]
      if target.rule == nil, !evaluator.mayHaveValue(target.whole) { continue }
      let (count, depth) = (output.count, output.depth)
      output.add(target.key, origin: -1)
      var isWritten = false
      do throws(SourceFault) {
        isWritten = try write(target)
      } catch {
        try refuse(error, index)
      }
      if isWritten { output.endKey(count) } else { output.cut(to: count, depth: depth) }
    }
    output.end(record)
  }

  private mutating func write(_ target: MappingPlan.Target) throws(SourceFault) -> Bool {
    if let rule = target.rule {
      var object = ObjectWriter(self, rule)
      defer { omittedCount += object.omittedCount }
      return try object.write(target)
    }
    if case .call(.list, let arguments) = evaluator.plan.nodes[target.whole].form {
      return try write(list: arguments)
    }
    guard let value = try evaluator.value(target.whole) else { return false }
    try add(value)
    return true
  }

  private func add(_ value: SourceValue) throws(SourceFault) {
    guard value.index >= 0 else { return output.add(value.token, origin: Int(value.origin)) }
    let tape = evaluator.tape
    for inner in Int(value.index)..<tape[Int(value.index)].next {
      if !tape[inner].isUsable, let fault = tape[inner].fault {
        throw SourceFault(reason: Reason(fault), origin: Int32(truncatingIfNeeded: inner))
      }
    }
    let root = output.count
    output.copy(Int(value.index), of: tape)
    guard value.token.kind == .object || value.token.kind == .array, value.token.bytes.isEmpty
    else { return }
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
