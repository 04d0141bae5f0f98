// SPDX-License-Identifier: Apache-2.0
import CopyFormat
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
  case month
  /// RFC 3339 with offset, or a month (its first moment).
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
      return Month(value) == nil ? "give a month as YYYY-MM" : nil
    case .time:
      return Self.time(value) == nil ? "give YYYY-MM or a time as 2026-08-21T00:00:00Z" : nil
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

  static func time(_ text: String) -> Timestamp? {
    if let month = Month(text) { return month.start }
    var copy = text
    return copy.withUTF8 { Timestamp(rfc3339: UnsafeRawBufferPointer($0)) }
  }
}
