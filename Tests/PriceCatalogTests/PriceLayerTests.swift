// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Pricing
import Testing

@testable import PriceCatalog

struct PriceLayerTests {
  private static func entry(
    _ id: Int64, _ from: Int64, _ end: Int64?, model: String = "m"
  ) throws -> PriceEntry {
    PriceEntry(
      priceID: id, provider: "p", model: model, currency: try #require(CurrencyCode("USD".utf8)),
      rates: PriceRates(), effectiveFrom: Timestamp(microseconds: from),
      effectiveTo: end.map(Timestamp.init(microseconds:)), version: id)
  }

  /// At each instant the last entry that holds it, and nothing twice.
  @Test func theLastOneStandsAtEachInstant() throws {
    let rows = try [
      Self.entry(1, 0, nil), Self.entry(2, 20, 40), Self.entry(3, 10, 25), Self.entry(4, 60, 70),
      Self.entry(5, 90, nil), Self.entry(6, 0, 5, model: "other"),
    ]
    let layered = PriceEntry.layered(rows)
    for instant in Int64(0)..<120 {
      for model in ["m", "other"] {
        let time = Timestamp(microseconds: instant)
        let expected = rows.last { $0.model == model && $0.isInForce(at: time) }?.priceID
        let found = layered.filter { $0.model == model && $0.isInForce(at: time) }.map(\.priceID)
        #expect(found == (expected.map { [$0] } ?? []))
      }
    }
  }
}
