// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// Names of models that end in a day: `gpt-4o-2024-08-06`, `claude-sonnet-4-20250514`,
/// `claude-sonnet-4@20250514`.
package enum DatedName {
  /// Of the longest day at the end of a name: `-0000-00-00`.
  static let dayBytesMax = 11

  /// The name before the day; nil for a name that does not end in one.
  package static func undated(_ name: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    let length =
      isDay(name, "-0000-00-00") ? 11 : isDay(name, "-00000000") || isDay(name, "@00000000") ? 9 : 0
    guard length > 0 else { return nil }
    return UnsafeRawBufferPointer(rebasing: name[..<(name.count - length)])
  }

  package static func undated(_ name: String) -> String? {
    var name = name
    return name.withUTF8 { name in
      undated(UnsafeRawBufferPointer(name)).map { String(decoding: $0, as: UTF8.self) }
    }
  }

  /// Whether `name`, which is longer, ends in a day of this shape.
  private static func isDay(_ name: UnsafeRawBufferPointer, _ shape: StaticString) -> Bool {
    let length = shape.utf8CodeUnitCount
    guard name.count > length else { return false }
    var digits = 0
    for index in 0..<length {
      let byte = name[name.count - length + index]
      let digit = byte &- UInt8(ascii: "0")
      if shape.utf8Start[index] == UInt8(ascii: "0") {
        guard digit < 10 else { return false }
        digits = digits * 10 + Int(digit)
      } else if byte != shape.utf8Start[index] {
        return false
      }
    }
    let year = digits / 10_000
    return (2000..<2100).contains(year)
      && CivilDate(year: year, month: digits / 100 % 100, day: digits % 100) != nil
  }
}
