// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import JSON

/// Computes the expressions of a profile over one item after the other.
final class Evaluator {
  let plan: MappingPlan
  let slots: UnsafeMutableBufferPointer<Int32>
  /// Memory of one item.
  let scratch = Scratch()
  /// Of the item, as long as it is evaluated.
  var tape: JSONTape
  /// The paths that the item has.
  var present = SlotSet()
  /// Of the record.
  var headers = EnvelopeHeaders()
  var recordKey: UnsafeRawBufferPointer?

  /// `tape` is one that is there, until that of an item is.
  init(_ plan: MappingPlan, slots: UnsafeMutableBufferPointer<Int32>, tape: JSONTape) {
    (self.plan, self.slots, self.tape) = (plan, slots, tape)
  }

  /// The value; nil when it is absent.
  func value(_ node: Int) throws(SourceFault) -> SourceValue? {
    var value = SourceValue.nothing
    return try evaluate(node, into: &value) ? value : nil
  }

  /// Writes the value; false when it is absent. Not a result, which would be copied on each level.
  func evaluate(_ node: Int, into value: inout SourceValue) throws(SourceFault) -> Bool {
    switch plan.nodes[node].form {
    case .slot(let slot): return try find(slot, &value)
    case .firstSlot(let slots):
      for slot in slots where try find(slot, &value) { return true }
      return false
    case .constant(let token): value = SourceValue(token: token)
    case .first(let choices):
      for choice in choices where mayHaveValue(choice) {
        if case .slot(let slot) = plan.nodes[choice].form {
          if try find(slot, &value) { return true }
        } else if try evaluate(choice, into: &value) {
          return true
        }
      }
      return false
    case .call(let transform, let arguments):
      return mayHaveValue(node) ? try call(transform, arguments, &value) : false
    case .map(let inner, let pairs, let otherwise):
      guard mayHaveValue(inner), try evaluate(inner, into: &value) else { return false }
      return map(&value, pairs, otherwise)
    case .choose(let test, let then, let otherwise):
      guard mayHaveValue(node) else { return false }
      if try holds(test) { return try evaluate(then, into: &value) }
      guard let otherwise else { return false }
      return try evaluate(otherwise, into: &value)
    case .header(let index): return give(headers.extra(index), &value)
    case .key: return give(recordKey, &value)
    }
    return true
  }

  /// False when the item has none of the paths that the expression is made of: of all names that a
  /// value may have, an item has one.
  @inline(__always)
  func mayHaveValue(_ node: Int) -> Bool {
    plan.nodes[node].isFree || !plan.nodes[node].needs.isDisjoint(with: present)
  }

  func holds(_ test: Int) throws(SourceFault) -> Bool {
    switch plan.tests[test] {
    case .present(let node):
      guard mayHaveValue(node) else { return false }
      var value = SourceValue.nothing
      if case .call(.uuid, let arguments) = plan.nodes[node].form {
        return try evaluate(arguments[0], into: &value) && isUUID(value)
      }
      return try evaluate(node, into: &value)
    case .equal(let node, let operands, let hasNumbers):
      guard mayHaveValue(node) else { return false }
      var value = SourceValue.nothing
      guard try evaluate(node, into: &value), let text = value.text else { return false }
      for operand in operands where isSame(text, operand.bytes) { return true }
      return (hasNumbers || value.token.kind == .number) && isOne(of: operands, value.token)
    case .starts(let node, let prefix):
      guard let text = try value(node).flatMap(text(of:)), text.count >= prefix.count else {
        return false
      }
      return equals(UnsafeRawBufferPointer(rebasing: text[..<prefix.count]), prefix)
    case .less(let left, let right, let orEqual):
      // Nearly always one of them is absent.
      guard mayHaveValue(left), mayHaveValue(right),
        let first = try value(left).flatMap({ FieldReader.rough($0.token) }),
        let second = try value(right).flatMap({ FieldReader.rough($0.token) })
      else { return false }
      return orEqual ? first <= second : first < second
    case .not(let inner): return try !holds(inner)
    case .all(let tests):
      for test in tests where try !holds(test) { return false }
      return true
    case .any(let tests):
      for test in tests where try holds(test) { return true }
      return false
    }
  }

  /// Whether two texts are the same; most differ in their length or their first byte.
  @inline(__always)
  private func isSame(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard left.count == right.count else { return false }
    return left.isEmpty || left[0] == right[0] && equals(left, right)
  }

  /// Numbers by their values: 0, 0.0 and 0e0 are the same. Two texts are no numbers.
  private func isOne(of operands: UnsafeBufferPointer<JSONToken>, _ token: JSONToken) -> Bool {
    guard let value = FieldReader.decimal(token) else { return false }
    for operand in operands where token.kind == .number || operand.kind == .number {
      if FieldReader.decimal(operand) == value { return true }
    }
    return false
  }

  @inline(__always)
  private func find(_ slot: Int, _ value: inout SourceValue) throws(SourceFault) -> Bool {
    let index = slots[slot]
    guard index >= 0 else { return false }
    let token = tape[Int(index)]
    if !token.isUsable, let fault = token.fault {
      throw SourceFault(reason: Reason(fault), origin: index)
    }
    value = SourceValue(token: token, index: index, origin: index)
    return true
  }

  /// A text from beside the payload; one that is none is absent.
  private func give(_ bytes: UnsafeRawBufferPointer?, _ value: inout SourceValue) -> Bool {
    guard let bytes, !bytes.isEmpty, JSONParser.isUTF8(bytes), !containsNUL(bytes) else {
      return false
    }
    value = SourceValue(token: JSONToken(.string, bytes))
    return true
  }

  private func map(
    _ value: inout SourceValue, _ pairs: UnsafeBufferPointer<MappingPlan.Pair>,
    _ otherwise: JSONToken?
  ) -> Bool {
    if let text = value.text {
      for pair in pairs where isSame(pair.from, text) {
        value = SourceValue(token: pair.to, origin: value.origin)
        return true
      }
    }
    if value.token.kind == .number, let number = FieldReader.decimal(value.token) {
      for pair in pairs where FieldReader.decimal(JSONToken(.number, pair.from)) == number {
        value = SourceValue(token: pair.to, origin: value.origin)
        return true
      }
    }
    guard let otherwise else { return false }
    value = SourceValue(token: otherwise, origin: value.origin)
    return true
  }

  private func call(
    _ transform: Transform, _ arguments: UnsafeBufferPointer<Int>, _ value: inout SourceValue
  ) throws(SourceFault) -> Bool {
    switch transform {
    case .cut:
      guard try evaluate(arguments[0], into: &value) else { return false }
      return cut(&value, charactersMax: whole(arguments[1]))
    case .lower:
      guard try evaluate(arguments[0], into: &value) else { return false }
      return lower(&value)
    case .one:
      // Of several paths, one with nothing in it is none.
      if case .firstSlot(let slots) = plan.nodes[arguments[0]].form {
        for slot in slots where try find(slot, &value) {
          if try one(&value) { return true }
        }
        return false
      }
      guard try evaluate(arguments[0], into: &value) else { return false }
      return try one(&value)
    default:
      guard let made = try called(transform, arguments) else { return false }
      value = made
      return true
    }
  }

  private func called(
    _ transform: Transform, _ arguments: UnsafeBufferPointer<Int>
  ) throws(SourceFault) -> SourceValue? {
    switch transform {
    case .sum: return try sum(arguments)
    case .join: return try join(arguments)
    case .uuid5: return try uuid5(arguments)
    case .elapsedMilliseconds: return try elapsed(arguments)
    default: break
    }
    guard let value = try value(arguments[0]) else { return nil }
    switch transform {
    case .epochSeconds: return try time(value, unit: 0)
    case .epochMilliseconds: return try time(value, unit: 3)
    case .epochMicroseconds: return try time(value, unit: 6)
    case .epochNanoseconds: return try time(value, unit: 9)
    case .uuid: return uuid(value)
    case .text, .list: return text(of: value).map { value.made(.string, $0) }
    case .number: return try number(value)
    case .decimal: return try decimal(value)
    case .shift: return try shift(value, places: whole(arguments[1]))
    case .minus: return try minus(value, arguments[1])
    case .split: return split(value, arguments)
    case .ip: return value.text.flatMap { InetAddress($0) == nil ? nil : value }
    case .cut, .lower, .one, .sum, .join, .uuid5, .elapsedMilliseconds: return nil
    }
  }

  /// What the transforms of texts take: a number has one text in all formats.
  @inline(__always)
  func text(of value: SourceValue) -> UnsafeRawBufferPointer? {
    value.token.kind == .number ? scratch.plain(value.token.bytes) : value.text
  }

  /// A constant of the profile.
  func whole(_ node: Int) -> Int { plan.nodes[node].whole }

  /// A constant of the profile.
  func text(_ node: Int) -> UnsafeRawBufferPointer {
    guard case .constant(let token) = plan.nodes[node].form else { return TapeBuilder.nothing }
    return token.bytes
  }
}
