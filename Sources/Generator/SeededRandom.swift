// SPDX-License-Identifier: Apache-2.0

/// SplitMix64: the same seed gives the same numbers on every machine.
package struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// An even number in `0..<bound`; the bias of the multiplication is below 2^-32 for our bounds.
  mutating func below(_ bound: Int) -> Int {
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// True with this probability.
  mutating func chance(_ probability: Double) -> Bool { unit() < probability }

  /// In `0..<1`.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
