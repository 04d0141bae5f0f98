// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
import Telemetry

/// What an option's value must look like, wherever it comes from.
package enum ValueKind: Sendable, Equatable {
  /// No value on the command line; `true` or `false` elsewhere.
  case toggle
  case text
  case integer(ClosedRange<Int>)
  case fraction(ClosedRange<Double>)
  case choice([String])
  /// Each of the comma-separated words is one of these.
  case list([String])
  /// `NAME=VALUE`, both not empty.
  case assignment
  /// `YYYY-MM`, `last-month` or `this-month`.
  case month
  /// RFC 3339 with offset, a month or a day (its first moment, UTC).
  case time
  /// `ADDR:PORT`.
  case address

  /// What is wrong with `value`, as the end of a sentence, or nil.
  package func complaint(about value: String) -> String? {
    switch self {
    case .toggle:
      return Self.boolean(value) == nil ? "give true or false" : nil
    case .text:
      return value.utf8.contains(0) ? "a NUL character is not allowed" : nil
    case .integer(let range):
      guard let number = Int(value), range.contains(number) else {
        return "give an integer from \(range.lowerBound) to \(range.upperBound)"
      }
      return nil
    case .fraction(let range):
      guard let number = Double(value), range.contains(number) else {
        return "give a number from \(range.lowerBound) to \(range.upperBound)"
      }
      return nil
    case .choice(let words):
      return words.contains(value) ? nil : "give one of " + words.joined(separator: ", ")
    case .list(let words):
      let given = value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return given.allSatisfy(words.contains) && Set(given).count == given.count
        ? nil : "give some of " + words.joined(separator: ",") + ", each once"
    case .assignment:
      return Self.assignment(value) == nil ? "give NAME=VALUE" : nil
    case .month:
      return Self.month(value) == nil ? "give a month as \(Self.monthForms)" : nil
    case .time:
      return Self.time(value) == nil
        ? "give a time as 2026-08-21T00:00:00Z, a day as 2026-08-21 (midnight UTC), or a month as "
          + Self.monthForms : nil
    case .address:
      return ListenAddress(value) == nil ? "give ADDR:PORT with a numeric address" : nil
    }
  }

  package static func boolean(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "true", "yes", "on", "1": true
    case "false", "no", "off", "0": false
    default: nil
    }
  }

  package static func assignment(_ text: String) -> (name: String, value: String)? {
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else { return nil }
    let value = text[text.index(after: equals)...]
    return value.isEmpty ? nil : (String(text[..<equals]), String(value))
  }

  private static let monthForms = "YYYY-MM, last-month or this-month"

  /// `value` as commands read it: days and names of months become what they stand for at `now`.
  package func canonical(_ value: String, at now: Timestamp) -> String {
    switch self {
    case .month: Self.month(value, at: now)?.description ?? value
    case .time: Self.time(value, at: now)?.description ?? value
    default: value
    }
  }

  package static func month(_ text: String) -> Month? { month(text, at: .now()) }

  /// By UTC: which month it is at `now`.
  package static func month(_ text: String, at now: Timestamp) -> Month? {
    switch text {
    case "this-month": now.month
    case "last-month": now.month.advanced(by: -1)
    default: Month(text)
    }
  }

  package static func time(_ text: String) -> Timestamp? { time(text, at: .now()) }

  package static func time(_ text: String, at now: Timestamp) -> Timestamp? {
    if let month = month(text, at: now) { return month.start }
    if let day = day(text) { return day }
    var copy = text
    return copy.withUTF8 { unsafe Timestamp(rfc3339: UnsafeRawBufferPointer($0)) }
  }

  /// The first moment of `YYYY-MM-DD`, UTC.
  private static func day(_ text: String) -> Timestamp? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2],
      parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
      let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
      let date = CivilDate(year: year, month: month, day: day)
    else { return nil }
    return Timestamp(microseconds: date.daysSince2000 * Timestamp.microsecondsPerDay)
  }
}
