// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Pricing

extension PriceRates {
  /// Nil where ``charge(for:)`` fails.
  func cost(of usage: TokenUsage) -> Amount? { try? charge(for: usage).get() }
}
