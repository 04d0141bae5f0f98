// SPDX-License-Identifier: Apache-2.0

/// Divides a number in proportion to weights, so that the shares add up to it exactly.
enum ProportionalShares {
  /// Largest remainder: each share is rounded towards zero, and what is left goes, one each, to the
  /// largest remainders, the first of equal ones.
  ///
  /// Nil when the weights have different signs, or are all zero while `total` is not.
  static func divide(_ total: Int128, by weights: [Int128]) -> [Int128]? {
    guard total != 0 else { return weights.map { _ in 0 } }
    let hasNegative = weights.contains { $0 < 0 }
    guard !hasNegative || !weights.contains(where: { $0 > 0 }) else { return nil }
    var sum: UInt128 = 0
    for weight in weights {
      let (next, overflow) = sum.addingReportingOverflow(weight.magnitude)
      guard !overflow else { return nil }
      sum = next
    }
    guard sum > 0 else { return nil }
    let parts = weights.map { weight in
      // The quotient is at most the total, so it fits.
      sum.dividingFullWidth(total.magnitude.multipliedFullWidth(by: weight.magnitude))
    }
    var shares = parts.map(\.quotient)
    let undivided = total.magnitude - shares.reduce(0, +)
    let order = parts.indices.sorted {
      (parts[$0].remainder, -$0) > (parts[$1].remainder, -$1)
    }
    for index in order.prefix(Int(undivided)) { shares[index] += 1 }
    return shares.map { total < 0 ? -Int128($0) : Int128($0) }
  }
}
