// SPDX-License-Identifier: Apache-2.0
import Glibc

/// An instant in PostgreSQL's own form: microseconds since 2000-01-01T00:00:00Z.
///
/// The calendar is proleptic Gregorian, UTC; PostgreSQL's `timestamptz` knows no leap seconds.
@frozen public struct Timestamp: BitwiseCopyable, Comparable, Hashable, Sendable {
  package static let microsecondsPerSecond: Int64 = 1_000_000
  package static let microsecondsPerDay: Int64 = 86_400_000_000
  /// Days from 1970-01-01 to 2000-01-01.
  package static let unixEpochDays: Int64 = 10_957

  public var microseconds: Int64

  @inlinable public init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// Microseconds since 1970-01-01T00:00:00Z.
  package init(unixMicroseconds: Int64) {
    microseconds = unixMicroseconds &- Self.unixEpochDays &* Self.microsecondsPerDay
  }

  package static func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let seconds = Int64(time.tv_sec) &* microsecondsPerSecond
    return Timestamp(unixMicroseconds: seconds &+ Int64(time.tv_nsec) / 1000)
  }

  package var unixMicroseconds: Int64 {
    microseconds &+ Self.unixEpochDays &* Self.microsecondsPerDay
  }

  /// Days since 2000-01-01, UTC; PostgreSQL's binary form of `date`.
  package var day: Int32 {
    Int32(truncatingIfNeeded: floorDivide(microseconds, by: Self.microsecondsPerDay))
  }

  package var month: Month {
    let date = CivilDate(daysSince2000: Int64(day))
    return Month(year: date.year, month: date.month)
  }

  @inlinable public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microseconds < right.microseconds
  }
}

extension Timestamp: CustomStringConvertible {
  /// RFC 3339 in UTC with six fractional digits: `2026-08-21T09:15:02.123456Z`.
  public var description: String {
    let date = CivilDate(daysSince2000: Int64(day))
    let inDay = microseconds &- Int64(day) &* Self.microsecondsPerDay
    let seconds = inDay / Self.microsecondsPerSecond
    let time = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }
    return "\(date)T\(time.joined(separator: ":"))."
      + "\(padded(inDay % Self.microsecondsPerSecond, 6))Z"
  }
}

/// Division that rounds towards negative infinity, for a positive divisor.
func floorDivide(_ value: Int64, by divisor: Int64) -> Int64 {
  let quotient = value / divisor
  return value % divisor < 0 ? quotient - 1 : quotient
}

func padded(_ value: Int64, _ width: Int) -> String {
  let digits = String(value)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
