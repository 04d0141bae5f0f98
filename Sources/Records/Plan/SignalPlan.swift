// SPDX-License-Identifier: Apache-2.0
import JSON

/// A signal in the form that the decoder runs.
struct SignalPlan: BitwiseCopyable {
  let column: Int
  let reading: Signal.Reading
  let mustAgree: Bool
  let success, failure, unknown: ColumnPlan.Choice?

  /// What the value says about the column; nil when it says nothing.
  func read(
    _ token: JSONToken, _ choices: UnsafeBufferPointer<ColumnPlan.Choice>
  ) throws(Reason) -> ColumnPlan.Choice? {
    switch reading {
    case .failure: return isSaid(token) ? failure : nil
    case .ocsfStatus:
      guard let number = number(token) else { throw .wrongType }
      return number == 1 ? success : number == 2 ? failure : unknown
    case .outcome, .flag, .permission:
      if reading != .outcome, let said = flag(token) { return said ? success : failure }
      switch token.kind {
      case .true: return success
      case .false: return failure
      case .number, .string:
        if reading != .permission, let status = number(token) {
          guard 100..<600 ~= status else { throw .notAllowed }
          return status < 400 ? success : failure
        }
        for choice in choices where equalsWithoutCase(token.bytes, choice.spelling) {
          return choice
        }
        throw .notAllowed
      default: throw .wrongType
      }
    }
  }

  private func isSaid(_ token: JSONToken) -> Bool {
    switch token.kind {
    case .false, .null: false
    case .number: number(token) != 0
    case .string: !token.bytes.isEmpty
    case .object, .array: token.holdsAnything
    default: true
    }
  }

  /// Nil for what is no flag that is written as something else.
  private func flag(_ token: JSONToken) -> Bool? {
    switch token.kind {
    case .number:
      let number = FieldReader.wholeNumber(token)
      return number == 1 ? true : number == 0 ? false : nil
    case .string:
      if equals(token.bytes, "true") || equals(token.bytes, "1") { return true }
      if equals(token.bytes, "false") || equals(token.bytes, "0") { return false }
      return nil
    default: return nil
    }
  }

  /// A code of at most three digits: a number, however it is written, or a text of digits.
  private func number(_ token: JSONToken) -> Int? {
    if token.kind == .number {
      let number = FieldReader.wholeNumber(token)
      return number.flatMap { 0..<1000 ~= $0 ? Int($0) : nil }
    }
    guard token.kind == .string, 1...3 ~= token.bytes.count else { return nil }
    var number = 0
    for byte in token.bytes {
      let digit = byte &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      number = number * 10 + Int(digit)
    }
    return number
  }
}
