// SPDX-License-Identifier: Apache-2.0

extension Timestamp {
  /// Parses RFC 3339 with an offset, for instance `2026-08-21T11:15:02.123456789+02:00`.
  ///
  /// `T` may be `t` or a space (RFC 3339, 5.6), `Z` may be `z`. A fraction of any length is cut to
  /// microseconds, so that a producer's retry with the same text gives the same instant. A leap
  /// second (`:60`) is refused: PostgreSQL would move it into the next minute.
  package init?(rfc3339 bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 20,
      let date = Self.date(bytes), let timeOfDay = Self.timeOfDay(bytes)
    else { return nil }
    var index = 19
    guard let fraction = Self.fraction(bytes, &index),
      let offset = Self.offset(bytes, index)
    else { return nil }
    let seconds = date.daysSince2000 * 86_400 + timeOfDay - offset
    self.init(microseconds: seconds * Self.microsecondsPerSecond + fraction)
  }

  private static func date(_ bytes: UnsafeRawBufferPointer) -> CivilDate? {
    guard bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = number(bytes, 0, 4), let month = number(bytes, 5, 2),
      let day = number(bytes, 8, 2)
    else { return nil }
    return CivilDate(year: Int(year), month: Int(month), day: Int(day))
  }

  private static func timeOfDay(_ bytes: UnsafeRawBufferPointer) -> Int64? {
    let separator = bytes[10]
    guard
      separator == UInt8(ascii: "T") || separator == UInt8(ascii: "t")
        || separator == UInt8(ascii: " "),
      bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
      let hour = number(bytes, 11, 2), let minute = number(bytes, 14, 2),
      let second = number(bytes, 17, 2), hour < 24, minute < 60, second < 60
    else { return nil }
    return hour * 3600 + minute * 60 + second
  }

  /// Microseconds after the dot, 0 when there is none, nil for a dot without a digit.
  private static func fraction(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) -> Int64? {
    guard bytes[index] == UInt8(ascii: ".") else { return 0 }
    index += 1
    let start = index
    var value: Int64 = 0
    while index < bytes.count, let digit = digit(bytes[index]) {
      if index - start < 6 { value = value * 10 + digit }
      index += 1
    }
    guard index > start else { return nil }
    for _ in min(index - start, 6)..<6 { value *= 10 }
    return value
  }

  /// Seconds east of UTC; nil when the offset does not end the text.
  private static func offset(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Int64? {
    guard index < bytes.count else { return nil }
    let sign = bytes[index]
    if sign == UInt8(ascii: "Z") || sign == UInt8(ascii: "z") {
      return index + 1 == bytes.count ? 0 : nil
    }
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), index + 6 == bytes.count,
      bytes[index + 3] == UInt8(ascii: ":"),
      let hour = number(bytes, index + 1, 2), let minute = number(bytes, index + 4, 2),
      hour < 24, minute < 60
    else { return nil }
    let seconds = hour * 3600 + minute * 60
    return sign == UInt8(ascii: "-") ? -seconds : seconds
  }

  private static func number(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ count: Int
  ) -> Int64? {
    var value: Int64 = 0
    for index in start..<start + count {
      guard let digit = digit(bytes[index]) else { return nil }
      value = value * 10 + digit
    }
    return value
  }

  private static func digit(_ byte: UInt8) -> Int64? {
    let value = byte &- UInt8(ascii: "0")
    return value < 10 ? Int64(value) : nil
  }
}
