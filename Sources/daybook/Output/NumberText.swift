// SPDX-License-Identifier: Apache-2.0

/// A decimal as commands print it, of any length, for order and for people.
struct NumberText: Comparable {
  private let isNegative: Bool
  /// Without leading zeros; empty below 1.
  private let integer: Substring
  /// Without trailing zeros.
  let fraction: Substring
  /// As it was written.
  let decimals: Int

  init?(_ text: String) {
    isNegative = text.first == "-"
    let parts = (isNegative ? text.dropFirst() : text[...])
      .split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first, !whole.isEmpty, parts.last?.isEmpty == false,
      parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } })
    else { return nil }
    let written = parts.count == 2 ? parts[1] : ""
    integer = whole.drop { $0 == "0" }
    fraction = written.prefix(written.count - written.reversed().prefix { $0 == "0" }.count)
    decimals = written.count
  }

  var isZero: Bool { integer.isEmpty && fraction.isEmpty }

  /// Without anything that does not count.
  var plain: String {
    (isNegative && !isZero ? "-" : "") + (integer.isEmpty ? "0" : integer)
      + (fraction.isEmpty ? "" : "." + fraction)
  }

  /// `-1,234.50`: thousands apart, at least so many decimals.
  func grouped(decimals: Int) -> String {
    var text = ""
    for (exponent, digit) in integer.reversed().enumerated() {
      if exponent > 0, exponent % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    text = text.isEmpty ? "0" : String(text.reversed())
    let zeros = String(repeating: "0", count: max(0, decimals - fraction.count))
    let point = fraction.isEmpty && zeros.isEmpty ? "" : "."
    return (isNegative && !isZero ? "-" : "") + text + point + fraction + zeros
  }

  static func < (left: NumberText, right: NumberText) -> Bool {
    let (leftIsBelow, rightIsBelow) = (
      left.isNegative && !left.isZero, right.isNegative && !right.isZero
    )
    if leftIsBelow != rightIsBelow { return leftIsBelow }
    return leftIsBelow ? right.isSmaller(than: left) : left.isSmaller(than: right)
  }

  static func == (left: NumberText, right: NumberText) -> Bool { !(left < right || right < left) }

  /// By magnitude.
  private func isSmaller(than other: NumberText) -> Bool {
    if integer.count != other.integer.count { return integer.count < other.integer.count }
    return integer == other.integer ? fraction < other.fraction : integer < other.integer
  }
}
