// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// What a call costs, and with which price.
struct RepriceCost: Hashable {
  var cost: Amount
  var currency: String
}
