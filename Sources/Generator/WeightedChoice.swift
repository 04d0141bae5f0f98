// SPDX-License-Identifier: Apache-2.0

/// Picks indices by weight.
struct WeightedChoice {
  private let cumulative: [Double]

  init(_ weights: [Double]) {
    precondition(!weights.isEmpty, "there is something to choose from")
    var sum = 0.0
    cumulative = weights.map {
      sum += $0
      return sum
    }
  }

  /// Zipf: the k-th of `count` has weight 1 / k^1.1, as tenants of a platform have.
  static func zipf(count: Int) -> WeightedChoice {
    WeightedChoice((1...count).map { rank in 1 / skew(Double(rank)) })
  }

  func pick(_ random: inout SeededRandom) -> Int {
    let target = random.unit() * (cumulative.last ?? 0)
    var low = 0
    var high = cumulative.count - 1
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] > target { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// rank^1.125, by square roots only: `pow` of two C libraries may differ in the last bit, and
  /// seeds must not.
  private static func skew(_ rank: Double) -> Double {
    rank * rank.squareRoot().squareRoot().squareRoot()
  }
}
