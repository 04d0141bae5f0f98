// SPDX-License-Identifier: Apache-2.0

/// A natural number as decimal digits, the lowest first: slow, and obviously right.
struct SlowDecimal: Equatable {
  private(set) var digits: [Int]

  init(_ text: String) {
    digits = text.reversed().compactMap(\.wholeNumberValue)
    trim()
  }

  private init(digits: [Int]) {
    self.digits = digits
    trim()
  }

  /// As printed, without leading zeros.
  var text: String {
    digits.isEmpty ? "0" : digits.reversed().map(String.init).joined()
  }

  static func + (left: SlowDecimal, right: SlowDecimal) -> SlowDecimal {
    let count = max(left.digits.count, right.digits.count)
    return carried((0..<count).map { left.digit($0) + right.digit($0) })
  }

  static func * (left: SlowDecimal, right: SlowDecimal) -> SlowDecimal {
    var sums = [Int](repeating: 0, count: left.digits.count + right.digits.count)
    for (index, digit) in left.digits.enumerated() {
      for (other, factor) in right.digits.enumerated() { sums[index + other] += digit * factor }
    }
    return carried(sums)
  }

  /// Without the last `count` digits, rounded half up.
  func rounded(off count: Int) -> SlowDecimal {
    let kept = SlowDecimal(digits: Array(digits.dropFirst(count)))
    return digit(count - 1) >= 5 ? kept + SlowDecimal("1") : kept
  }

  private func digit(_ index: Int) -> Int { index < digits.count ? digits[index] : 0 }

  private mutating func trim() {
    while digits.last == 0 { digits.removeLast() }
  }

  private static func carried(_ sums: [Int]) -> SlowDecimal {
    var digits: [Int] = []
    var carry = 0
    for sum in sums {
      digits.append((sum + carry) % 10)
      carry = (sum + carry) / 10
    }
    while carry > 0 {
      digits.append(carry % 10)
      carry /= 10
    }
    return SlowDecimal(digits: digits)
  }
}
