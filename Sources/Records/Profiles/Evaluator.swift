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
    guard mayHaveValue(node) else { return nil }
    switch plan.nodes[node].form {
    case .slot(let slot): return try found(slot)
    case .constant(let token): return SourceValue(token: token)
    case .first(let choices):
      for choice in choices where mayHaveValue(choice) {
        if let value = try value(choice) { return value }
      }
      return nil
    case .call(let transform, let arguments): return try call(transform, arguments)
    case .map(let inner, let pairs, let otherwise): return try map(inner, pairs, otherwise)
    case .choose(let test, let then, let otherwise):
      if try holds(test) { return try value(then) }
      return try otherwise.flatMap { (node) throws(SourceFault) in try value(node) }
    case .header(let index): return given(headers.extra(index))
    case .key: return given(recordKey)
    }
  }

  /// False when the item has none of the paths that the expression is made of: of all names that a
  /// value may have, an item has one.
  @inline(__always)
  func mayHaveValue(_ node: Int) -> Bool {
    guard let needs = plan.nodes[node].needs else { return true }
    return !needs.isDisjoint(with: present)
  }

  func holds(_ test: Int) throws(SourceFault) -> Bool {
    switch plan.tests[test] {
    case .present(let node): return try value(node) != nil
    case .equal(let node, let texts):
      guard let value = try value(node), let text = value.text else { return false }
      for other in texts where equals(text, other) { return true }
      return value.token.kind == .number && isOne(of: texts, value.token)
    case .starts(let node, let prefix):
      guard let text = try value(node)?.text, text.count >= prefix.count else { return false }
      return equals(UnsafeRawBufferPointer(rebasing: text[..<prefix.count]), prefix)
    case .not(let inner): return try !holds(inner)
    case .all(let tests):
      for test in tests where try !holds(test) { return false }
      return true
    case .any(let tests):
      for test in tests where try holds(test) { return true }
      return false
    }
  }

  /// Numbers by their values: 0, 0.0 and 0e0 are the same.
  private func isOne(
    of texts: UnsafeBufferPointer<UnsafeRawBufferPointer>, _ number: JSONToken
  ) -> Bool {
    guard let value = FieldReader.decimal(number) else { return false }
    for text in texts where FieldReader.decimal(JSONToken(.number, text)) == value { return true }
    return false
  }

  private func found(_ slot: Int) throws(SourceFault) -> SourceValue? {
    let index = slots[slot]
    guard index >= 0 else { return nil }
    let token = tape[Int(index)]
    if !token.isUsable, let fault = token.fault {
      throw SourceFault(reason: Reason(fault), origin: index)
    }
    return SourceValue(token: token, index: index, origin: index)
  }

  /// A text from beside the payload; one that is none is absent.
  private func given(_ bytes: UnsafeRawBufferPointer?) -> SourceValue? {
    guard let bytes, !bytes.isEmpty, JSONParser.isUTF8(bytes), !containsNUL(bytes) else {
      return nil
    }
    return SourceValue(token: JSONToken(.string, bytes))
  }

  private func map(
    _ node: Int, _ pairs: UnsafeBufferPointer<MappingPlan.Pair>, _ otherwise: JSONToken?
  ) throws(SourceFault) -> SourceValue? {
    guard let value = try value(node) else { return nil }
    if let text = value.text {
      for pair in pairs where equals(pair.from, text) {
        return SourceValue(token: pair.to, origin: value.origin)
      }
    }
    return otherwise.map { SourceValue(token: $0, origin: value.origin) }
  }

  private func call(
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
    case .lower: return lower(value)
    case .text, .list: return value.text.map { value.made(.string, $0) }
    case .number: return try number(value)
    case .decimal: return try decimal(value)
    case .shift: return try shift(value, places: whole(arguments[1]))
    case .minus: return try minus(value, arguments[1])
    case .split: return split(value, arguments)
    case .cut: return cut(value, charactersMax: whole(arguments[1]))
    case .ip: return value.text.flatMap { InetAddress($0) == nil ? nil : value }
    case .sum, .join, .uuid5, .elapsedMilliseconds: return nil
    }
  }

  /// A constant of the profile.
  func whole(_ node: Int) -> Int {
    guard case .constant(let token) = plan.nodes[node].form else { return 0 }
    return Int(String(decoding: token.bytes, as: UTF8.self)) ?? 0
  }

  /// A constant of the profile.
  func text(_ node: Int) -> UnsafeRawBufferPointer {
    guard case .constant(let token) = plan.nodes[node].form else { return TapeBuilder.nothing }
    return token.bytes
  }
}
