// SPDX-License-Identifier: Apache-2.0

/// Why a text is not a price.
package enum UnitPriceError: String, Error, Hashable, Sendable, CustomStringConvertible {
  case notANumber = "not a number"
  case negative = "negative"
  /// It has digits behind the 24th decimal.
  case tooFine = "more than 24 decimals"
  /// It is 1000 or more.
  case tooLarge = "1000 or more"

  package var description: String { rawValue }
}
