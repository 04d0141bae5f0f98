// SPDX-License-Identifier: Apache-2.0

/// The value of a log field.
package enum LogValue: Sendable, Equatable {
  case string(String)
  case integer(Int64)
  case double(Double)
  case boolean(Bool)

  package init(_ value: String) { self = .string(value) }
  package init(_ value: Bool) { self = .boolean(value) }
  package init(_ value: Double) { self = .double(value) }

  /// An integer of any width; one that does not fit 64 bits is clamped.
  package init(_ value: some BinaryInteger) { self = .integer(Int64(clamping: value)) }

  package init(milliseconds duration: Duration) {
    let (seconds, attoseconds) = duration.components
    self = .double(Double(seconds) * 1e3 + Double(attoseconds / 1_000_000_000_000) / 1e3)
  }
}

extension LogValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(floatLiteral value: Double) { self = .double(value) }
  package init(booleanLiteral value: Bool) { self = .boolean(value) }
}
