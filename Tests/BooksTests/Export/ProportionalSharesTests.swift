// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Books

struct ProportionalSharesTests {
  @Test(arguments: [
    (10, [1, 1, 1], [4, 3, 3]), (-10, [1, 1, 1], [-4, -3, -3]), (7, [0, 5, 0], [0, 7, 0]),
    (100, [-1, -3], [25, 75]), (0, [0, 0], [0, 0]), (1, [1, 2, 1], [0, 1, 0]),
  ])
  func sharesAddUp(_ total: Int, _ weights: [Int], _ expected: [Int]) {
    let shares = ProportionalShares.divide(Int128(total), by: weights.map { Int128($0) })
    #expect(shares == expected.map { Int128($0) })
  }

  @Test func thereIsNoShareOfNothing() {
    #expect(ProportionalShares.divide(5, by: [0, 0]) == nil)
    #expect(ProportionalShares.divide(5, by: []) == nil)
    #expect(ProportionalShares.divide(5, by: [1, -1]) == nil)
  }

  /// Products of more than 128 bits, and any remainder.
  @Test func largeNumbersAddUpToTheLastDigit() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      let bits = Int.random(in: 1...120, using: &generator)
      let total = Int128.random(in: 0...(Int128(1) << bits), using: &generator)
      let sign: Int128 = Bool.random(using: &generator) ? 1 : -1
      let weights = (0..<Int.random(in: 1...5, using: &generator)).map { _ in
        Int128.random(in: 1...(Int128(1) << 120), using: &generator)
      }
      let shares = ProportionalShares.divide(total * sign, by: weights) ?? []
      #expect(shares.reduce(0, +) == total * sign)
      let sum = weights.reduce(0.0) { $0 + Double($1) }
      for (share, weight) in zip(shares, weights) {
        let exact = Double(total) * Double(weight) / sum
        #expect(abs(Double(share.magnitude) - exact) <= 1 + exact * 1e-9)
      }
    }
  }
}
