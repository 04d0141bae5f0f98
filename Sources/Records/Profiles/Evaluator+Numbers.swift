// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import JSON

/// The transforms that compute: exactly, in decimals.
extension Evaluator {
  /// The sum of the numbers that are present.
  func sum(_ arguments: UnsafeBufferPointer<Int>) throws(SourceFault) -> SourceValue? {
    var sum: SourceValue?
    var units: Int128 = 0
    for argument in arguments {
      guard let value = try value(argument) else { continue }
      units = try add(units, try amount(value).units, value)
      sum = sum.map { $0.token.kind == .string ? $0 : value } ?? value
    }
    return sum.map { written(units, $0) }
  }

  func minus(_ value: SourceValue, _ other: Int) throws(SourceFault) -> SourceValue? {
    guard let other = try self.value(other) else { return value }
    let units = try add(try amount(value).units, -(try amount(other).units), value)
    return written(units, value)
  }

  private func add(
    _ left: Int128, _ right: Int128, _ value: SourceValue
  ) throws(SourceFault) -> Int128 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    guard !overflow else { throw SourceFault(reason: .outOfRange, origin: value.origin) }
    return sum
  }

  private func amount(_ value: SourceValue) throws(SourceFault) -> Amount {
    guard value.token.kind == .number || value.token.kind == .string else {
      throw SourceFault(reason: .wrongType, origin: value.origin)
    }
    do throws(DecimalText.Malformed) {
      return try DecimalText.amount(value.token.bytes)
    } catch {
      throw fault(error, value)
    }
  }

  private func fault(_ error: DecimalText.Malformed, _ value: SourceValue) -> SourceFault {
    let reason: Reason =
      switch error {
      case .notDecimal: .badFormat
      case .tooLarge: .outOfRange
      case .tooFine: .costPrecision
      }
    return SourceFault(reason: reason, origin: value.origin)
  }

  /// A text that is a number, as one.
  func number(_ value: SourceValue) throws(SourceFault) -> SourceValue? {
    guard let text = value.text, FieldReader.decimal(value.token) != nil else {
      throw SourceFault(reason: .wrongType, origin: value.origin)
    }
    return value.made(.number, text)
  }

  /// A double as the decimal that its program would print, to 12 places.
  func decimal(_ given: SourceValue) throws(SourceFault) -> SourceValue? {
    var value = given
    let units = try units(ofShortest: &value)
    return written(units, value)
  }

  /// The value becomes the shortest text, where it is not.
  func units(ofShortest value: inout SourceValue) throws(SourceFault) -> Int128 {
    guard value.token.kind == .number || value.token.kind == .string else {
      throw SourceFault(reason: .wrongType, origin: value.origin)
    }
    if DecimalText.isShortest(value.token.bytes) { return try rounded(value, places: 0) }
    let room = scratch.room(JSONParser.shortestBytesMax)
    let count = JSONParser.shortest(value.token.bytes, into: room)
    guard count > 0 else { throw SourceFault(reason: .badFormat, origin: value.origin) }
    value = value.made(.string, scratch.keep(count))
    return try rounded(value, places: 0)
  }

  /// The value times a power of ten; as a number where it was one.
  func shift(_ value: SourceValue, places: Int) throws(SourceFault) -> SourceValue? {
    guard value.token.kind == .number || value.token.kind == .string else {
      throw SourceFault(reason: .wrongType, origin: value.origin)
    }
    return written(try rounded(value, places: places), value)
  }

  private func rounded(_ value: SourceValue, places: Int) throws(SourceFault) -> Int128 {
    do throws(DecimalText.Malformed) {
      return try DecimalText.rounded(value.token.bytes, shiftedBy: places).units
    } catch {
      throw fault(error, value)
    }
  }

  /// An amount as plain decimal text, of the kind of `value`.
  private func written(_ units: Int128, _ value: SourceValue) -> SourceValue {
    let room = scratch.room(48)
    var index = 0
    if units < 0 {
      room[0] = UInt8(ascii: "-")
      index = 1
    }
    let (whole, fraction) = units.magnitude.quotientAndRemainder(
      dividingBy: UInt128(Amount.unitsPerOne))
    write(UInt64(clamping: whole), digitsMin: 1, to: room, &index)
    if fraction > 0 {
      room[index] = UInt8(ascii: ".")
      index += 1
      write(UInt64(fraction), digitsMin: Amount.scale, to: room, &index)
      while room[index - 1] == UInt8(ascii: "0") { index -= 1 }
    }
    return value.made(value.token.kind == .number ? .number : .string, scratch.keep(index))
  }

  private func write(
    _ number: UInt64, digitsMin: Int, to room: UnsafeMutableRawBufferPointer, _ index: inout Int
  ) {
    var digits = 1
    var power: UInt64 = 10
    while digits < 19, number >= power || digits < digitsMin {
      digits += 1
      power *= 10
    }
    if digits == 19, number >= power { digits = 20 }
    var rest = number
    for position in stride(from: index + digits - 1, through: index, by: -1) {
      room[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    index += digits
  }
}
