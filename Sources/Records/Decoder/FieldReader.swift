// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import JSON

/// Turns one token into the value of one column, or says what is wrong with it.
struct FieldReader {
  let tape: JSONTape
  /// The wall clock when the record is decoded.
  let now: Timestamp

  /// `fill` is set when the value says something about another column, too.
  func read(
    _ index: Int, as kind: ColumnPlan.Kind, fill: inout ColumnPlan.Fill?
  ) throws(Reason) -> Value {
    let token = tape[index]
    switch kind {
    case .choice(let choices, let otherwise):
      return try choice(token, choices, otherwise, &fill)
    case .integer(let width, let min, let max):
      return try integer(token, width, min, max)
    case .boolean:
      guard token.kind == .true || token.kind == .false else { throw .wrongType }
      return .boolean(token.kind == .true)
    case .amount: return .amount(try amount(token))
    case .json(let rule):
      var check = JSONCheck(tape: tape)
      try check.check(index, rule)
      return .json(token.bytes)
    case .textArray(let countMax, let rule):
      var check = JSONCheck(tape: tape)
      try check.check(texts: index, countMax, rule)
      return .textArray(index)
    case .set: return .null
    case .uuid, .timestamp, .text, .folded, .currency, .inet:
      guard token.kind == .string else { throw .wrongType }
      return try read(text: token.bytes, as: kind)
    }
  }

  /// The kinds that are texts in JSON; header values are read by this one, too.
  func read(
    text bytes: UnsafeRawBufferPointer, as kind: ColumnPlan.Kind
  ) throws(Reason) -> Value {
    switch kind {
    case .uuid:
      guard let uuid = UUIDBytes(bytes) else { throw .badUUID }
      return .uuid(uuid)
    case .timestamp: return .timestamp(try timestamp(bytes))
    case .text(let rule): return .text(try rule.check(bytes))
    case .folded(let rule, let scratch): return try folded(bytes, rule, scratch)
    case .currency(let scratch): return .text(try currency(bytes, scratch))
    case .inet:
      if bytes.isEmpty { return .null }
      guard let address = InetAddress(bytes) else { throw .badAddress }
      return .inet(address)
    default: throw .wrongType
    }
  }

  /// The bounds of a value that did not have to be read.
  func check(_ value: Value, as kind: ColumnPlan.Kind) throws(Reason) {
    switch value {
    case .timestamp(let time): try check(time)
    case .amount(let amount): if amount < .zero { throw .costNegative }
    case .integer(let number):
      guard case .integer(_, let min, let max) = kind, min...max ~= Int64(number) else {
        throw .outOfRange
      }
    default: break
    }
  }

  private func timestamp(_ bytes: UnsafeRawBufferPointer) throws(Reason) -> Timestamp {
    guard let time = Timestamp(rfc3339: bytes) else { throw .badTime }
    try check(time)
    return time
  }

  private func check(_ time: Timestamp) throws(Reason) {
    if time < TimeBounds.earliest { throw .tooOld }
    if time > TimeBounds.latest(at: now) || time >= TimeBounds.end { throw .tooNew }
  }

  private func choice(
    _ token: JSONToken, _ choices: UnsafeBufferPointer<ColumnPlan.Choice>,
    _ otherwise: TextRule?, _ fill: inout ColumnPlan.Fill?
  ) throws(Reason) -> Value {
    if token.kind == .number { return try choice(number: token, choices) }
    guard token.kind == .string else { throw .wrongType }
    for choice in choices where equalsWithoutCase(choice.spelling, token.bytes) {
      fill = choice.fill
      return choice.stored
    }
    guard let otherwise else { throw .notAllowed }
    return .text(try otherwise.check(token.bytes))
  }

  private func choice(
    number token: JSONToken, _ choices: UnsafeBufferPointer<ColumnPlan.Choice>
  ) throws(Reason) -> Value {
    var isNumeric = false
    let number = Self.wholeNumber(token)
    for choice in choices {
      guard let spelled = choice.number else { continue }
      if spelled == number { return choice.stored }
      isNumeric = true
    }
    throw isNumeric ? .notAllowed : .wrongType
  }

  /// The value of a whole number, however it is written: 10, 10.0, 1e1; nil when it is none, or
  /// larger than any that has a meaning.
  static func wholeNumber(_ token: JSONToken) -> Int64? {
    guard token.kind == .number, let number = decimal(token),
      number.units % Amount.unitsPerOne == 0
    else { return nil }
    return Int64(truncatingIfNeeded: number.units / Amount.unitsPerOne)
  }

  private func integer(
    _ token: JSONToken, _ width: ColumnKind.IntegerWidth, _ min: Int64, _ max: Int64
  ) throws(Reason) -> Value {
    guard token.kind == .number else { throw .wrongType }
    let isNegative = token.bytes.first == UInt8(ascii: "-")
    var magnitude: Int64 = 0
    var overflow = false
    for byte in token.bytes.dropFirst(isNegative ? 1 : 0) {
      let digit = byte &- UInt8(ascii: "0")
      guard digit < 10 else { return try whole(token, width, min, max) }
      let (product, tooLarge) = magnitude.multipliedReportingOverflow(by: 10)
      let (sum, tooLargeSum) = product.addingReportingOverflow(Int64(digit))
      overflow = overflow || tooLarge || tooLargeSum
      magnitude = sum
    }
    let value = isNegative ? 0 &- magnitude : magnitude
    guard !overflow, value >= min, value <= max else { throw .outOfRange }
    return width == .bigint ? .bigint(value) : .integer(Int32(truncatingIfNeeded: value))
  }

  /// A number with a point or an exponent: 10.0 is an integer, and a duration is rounded.
  private func whole(
    _ token: JSONToken, _ width: ColumnKind.IntegerWidth, _ min: Int64, _ max: Int64
  ) throws(Reason) -> Value {
    let number: Amount
    do throws(DecimalText.Malformed) {
      number = try DecimalText.amount(token.bytes)
    } catch {
      // Of a duration, what is finer than that is not looked at.
      guard error == .tooFine, width == .integer, let rough = DecimalText.cut(token.bytes) else {
        throw error == .tooLarge ? .outOfRange : .wrongType
      }
      number = rough
    }
    let one = Amount.unitsPerOne
    var value = number.units / one
    let rest = number.units % one
    if rest != 0 {
      guard width == .integer else { throw .wrongType }
      if rest >= one / 2 { value += 1 }
      if rest <= -one / 2 { value -= 1 }
    }
    guard value >= Int128(min), value <= Int128(max) else { throw .outOfRange }
    return width == .bigint
      ? .bigint(Int64(truncatingIfNeeded: value)) : .integer(Int32(truncatingIfNeeded: value))
  }

  /// Text in lower case; an id in hexadecimal digits that is none says nothing.
  private func folded(
    _ bytes: UnsafeRawBufferPointer, _ rule: TextRule, _ scratch: UnsafeMutableRawBufferPointer
  ) throws(Reason) -> Value {
    let isID = rule.alphabet == .hexadecimal
    if isID, bytes.count == rule.charactersMax, Hexadecimal.writeLower(bytes, to: scratch),
      bytes.contains(where: { $0 != UInt8(ascii: "0") })
    {
      return .text(UnsafeRawBufferPointer(rebasing: scratch[..<bytes.count]))
    }
    var count = 0
    for byte in bytes {
      // An id in the form of a UUID.
      if isID, byte == UInt8(ascii: "-") { continue }
      guard count < scratch.count else { break }
      scratch[count] = lowerCased(byte)
      count += 1
    }
    // Longer than it may be, in bytes as well as in characters.
    let isCut = !isID && bytes.count > scratch.count
    let text = isCut ? bytes : UnsafeRawBufferPointer(rebasing: scratch[..<count])
    guard isID else { return .text(try rule.check(text)) }
    guard text.count == rule.charactersMax, rule.alphabet.holds(text) else { return .null }
    return .text(text)
  }
}
