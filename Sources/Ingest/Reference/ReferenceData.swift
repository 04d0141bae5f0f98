// SPDX-License-Identifier: Apache-2.0
import PriceCatalog
import Pricing

/// What the database says beside the records: their prices, and whose days are not those of UTC.
///
/// A batch is made with one of these from its first record to its last.
struct ReferenceData: Sendable {
  var prices: PriceBook
  var zoned: ZonedTenants
  /// Of `prices`.
  var revision = PriceCatalog.Revision.none

  static let nothing = ReferenceData(prices: .empty, zoned: .none)
}
