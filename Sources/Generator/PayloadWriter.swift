// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// Appends JSON text to bytes that keep their capacity.
///
/// Strings are written as they are: the generator's words need no escapes, or are escaped already.
struct PayloadWriter {
  private(set) var bytes: [UInt8] = []

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  mutating func raw(_ text: StaticString) {
    unsafe bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  mutating func raw(_ text: [UInt8]) { bytes.append(contentsOf: text) }

  /// A string value in quotes.
  mutating func string(_ text: [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: text)
    bytes.append(UInt8(ascii: "\""))
  }

  mutating func integer(_ value: Int64) {
    var rest = value.magnitude
    var divisor: UInt64 = 1
    while rest / divisor >= 10 { divisor *= 10 }
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest / divisor))
      rest %= divisor
      divisor /= 10
    }
  }

  /// Exactly `width` digits, with leading zeros.
  mutating func digits(_ value: Int64, width: Int) {
    var divisor: Int64 = 1
    for _ in 1..<width { divisor *= 10 }
    var rest = value
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest / divisor))
      rest %= divisor
      divisor /= 10
    }
  }

  /// The low `count` hexadecimal digits.
  mutating func hex(_ value: UInt64, count: Int) {
    for index in stride(from: count - 1, through: 0, by: -1) {
      let digit = UInt8(truncatingIfNeeded: value >> UInt64(index * 4)) & 0xf
      bytes.append(digit < 10 ? UInt8(ascii: "0") &+ digit : UInt8(ascii: "a") &+ digit &- 10)
    }
  }

  mutating func uuid(_ uuid: UUIDBytes) {
    hex(uuid.high >> 32, count: 8)
    bytes.append(UInt8(ascii: "-"))
    hex(uuid.high >> 16, count: 4)
    bytes.append(UInt8(ascii: "-"))
    hex(uuid.high, count: 4)
    bytes.append(UInt8(ascii: "-"))
    hex(uuid.low >> 48, count: 4)
    bytes.append(UInt8(ascii: "-"))
    hex(uuid.low, count: 12)
  }

  /// A decimal of 10^-12 units without trailing zeros.
  mutating func amount(units: Int64) {
    let unitsPerOne: Int64 = 1_000_000_000_000
    integer(units / unitsPerOne)
    var fraction = units % unitsPerOne
    guard fraction != 0 else { return }
    var width = 12
    while fraction % 10 == 0 {
      fraction /= 10
      width -= 1
    }
    bytes.append(UInt8(ascii: "."))
    digits(fraction, width: width)
  }

  /// Drops everything after the first `count` bytes.
  mutating func truncate(to count: Int) { bytes.removeLast(bytes.count - count) }
}
