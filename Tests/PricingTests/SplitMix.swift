// SPDX-License-Identifier: Apache-2.0

/// Repeatable random numbers.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }

  /// A number of 1 to `count` digits, without leading zeros.
  mutating func digits(upTo count: Int) -> String {
    let length = Int.random(in: 1...count, using: &self)
    let rest = (1..<length).map { _ in String(Int.random(in: 0...9, using: &self)) }
    return String(Int.random(in: 1...9, using: &self)) + rest.joined()
  }
}
