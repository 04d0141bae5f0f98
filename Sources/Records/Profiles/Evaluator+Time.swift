// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import JSON

/// The transforms of times.
extension Evaluator {
  /// The time of a number since 1970; `unit` is the power of ten of its parts of a second.
  func time(_ value: SourceValue, unit: Int) throws(SourceFault) -> SourceValue? {
    let time = try timestamp(value, unit: unit)
    guard let written = write(time) else {
      throw SourceFault(reason: .badEpoch, origin: value.origin)
    }
    return value.made(.string, written)
  }

  /// A text that is a time by itself is taken as it is: it has no unit to be mistaken in.
  func timestamp(_ value: SourceValue, unit: Int) throws(SourceFault) -> Timestamp {
    let bad = SourceFault(reason: .badEpoch, origin: value.origin)
    guard value.token.kind == .number || value.token.kind == .string else { throw bad }
    if let whole = Self.whole(value.token.bytes) {
      // Nearly all times are numbers of this kind.
      let microseconds = unit <= 6 ? whole &* Self.powers[6 - unit] : whole / 1000
      guard unit > 6 || whole < Int64.max / Self.powers[6 - unit] else { throw bad }
      return Timestamp(microseconds: microseconds - Self.secondsTo2000 * 1_000_000)
    }
    let microseconds: Int128
    do throws(DecimalText.Malformed) {
      microseconds = try DecimalText.whole(value.token.bytes, shiftedBy: 6 - unit)
    } catch {
      guard value.token.kind == .string, let time = Timestamp(rfc3339: value.token.bytes) else {
        throw bad
      }
      return time
    }
    let since2000 = microseconds - Int128(Self.secondsTo2000) * 1_000_000
    guard since2000.magnitude < Self.microsecondsMax else { throw bad }
    return Timestamp(microseconds: Int64(since2000))
  }

  private static var powers: InlineArray<7, Int64> {
    [1, 10, 100, 1000, 10_000, 100_000, 1_000_000]
  }

  /// A number of at most 18 digits, and nothing else.
  private static func whole(_ text: UnsafeRawBufferPointer) -> Int64? {
    guard 1...19 ~= text.count, text.count < 19 || text[0] <= UInt8(ascii: "8") else { return nil }
    var number: Int64 = 0
    var index = 0
    while index + 8 <= text.count {
      let eight = text.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      guard let value = whole(ofEight: UInt64(littleEndian: eight)) else { return nil }
      number = number &* 100_000_000 &+ value
      index += 8
    }
    while index < text.count {
      let digit = text[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      number = number &* 10 &+ Int64(digit)
      index += 1
    }
    return number
  }

  /// Eight digits, the first one in the lowest byte: pairs of them, then of pairs, then of those.
  @inline(__always)
  private static func whole(ofEight text: UInt64) -> Int64? {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let low = 0x7f &* ones
    let digits = text ^ UInt64(UInt8(ascii: "0")) &* ones
    // Above 9, or no ASCII.
    let noDigits = (digits & low) &+ 0x76 &* ones | digits
    guard noDigits & ~low == 0 else { return nil }
    let pairs = (digits &* 10 &+ digits >> 8) & 0x00ff_00ff_00ff_00ff
    let fours = (pairs &* 100 &+ pairs >> 16) & 0x0000_ffff_0000_ffff
    return Int64((fours &* 10_000 &+ fours >> 32) & 0xffff_ffff)
  }

  /// Milliseconds between two times, with a fraction; nil when the second is the earlier one.
  func elapsed(_ arguments: UnsafeBufferPointer<Int>) throws(SourceFault) -> SourceValue? {
    var origin: Int32 = -1
    guard let microseconds = try microseconds(arguments, &origin) else { return nil }
    let room = scratch.room(32)
    var index = 0
    var digits: Int64 = 1000
    while digits <= microseconds / 10 { digits *= 10 }
    while digits > 0 {
      if digits == 100 {
        room[index] = UInt8(ascii: ".")
        index += 1
      }
      room[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: microseconds / digits % 10)
      index += 1
      digits /= 10
    }
    return SourceValue(token: JSONToken(.number, scratch.keep(index)), origin: origin)
  }

  /// The same in microseconds; the origin is that of the second time.
  func microseconds(
    _ arguments: UnsafeBufferPointer<Int>, _ origin: inout Int32
  ) throws(SourceFault) -> Int64? {
    guard let start = try instant(arguments[0], &origin),
      let end = try instant(arguments[1], &origin), end >= start
    else { return nil }
    return end.microseconds - start.microseconds
  }

  /// The time that an expression is, and what it is made of.
  private func instant(
    _ node: Int, _ origin: inout Int32
  ) throws(SourceFault) -> Timestamp? {
    var value = SourceValue.nothing
    if case .call(let transform, let arguments) = plan.nodes[node].form,
      let unit = transform.partsOfSecond
    {
      guard try evaluate(arguments[0], into: &value) else { return nil }
      origin = value.origin
      return try timestamp(value, unit: unit)
    }
    guard try evaluate(node, into: &value) else { return nil }
    origin = value.origin
    return value.text.flatMap { Timestamp(rfc3339: $0) }
  }

  /// From 1970 to 2000.
  private static var secondsTo2000: Int64 { 946_684_800 }
  /// Beyond all years of four digits.
  private static var microsecondsMax: UInt128 { 260_000_000_000_000_000 }

  /// `2026-08-21T09:15:02.123456Z`; nil outside of the years 0 to 9999.
  private func write(_ time: Timestamp) -> UnsafeRawBufferPointer? {
    let perDay: Int64 = 86_400_000_000
    var day = time.microseconds / perDay
    var rest = time.microseconds % perDay
    if rest < 0 { (day, rest) = (day - 1, rest + perDay) }
    let date = CivilDate(daysSince2000: day)
    guard (0...9999).contains(date.year) else { return nil }
    let room = scratch.room(27)
    func put(_ number: Int, at index: Int) {
      let number = UInt32(truncatingIfNeeded: number)
      room[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / 10)
      room[index + 1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10)
    }
    let second = UInt64(rest) / 1_000_000
    let fraction = UInt32(truncatingIfNeeded: UInt64(rest) % 1_000_000)
    let minute = UInt32(truncatingIfNeeded: second) / 60
    put(date.year / 100, at: 0)
    put(date.year % 100, at: 2)
    put(date.month, at: 5)
    put(date.day, at: 8)
    put(Int(minute / 60), at: 11)
    put(Int(minute % 60), at: 14)
    put(Int(UInt32(truncatingIfNeeded: second) % 60), at: 17)
    put(Int(fraction / 10_000), at: 20)
    put(Int(fraction / 100 % 100), at: 22)
    put(Int(fraction % 100), at: 24)
    room[4] = UInt8(ascii: "-")
    room[7] = UInt8(ascii: "-")
    room[10] = UInt8(ascii: "T")
    room[13] = UInt8(ascii: ":")
    room[16] = UInt8(ascii: ":")
    room[19] = UInt8(ascii: ".")
    room[26] = UInt8(ascii: "Z")
    return scratch.keep(27)
  }
}
