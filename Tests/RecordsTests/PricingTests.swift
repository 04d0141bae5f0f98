// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Digest
import Pricing
import Records
import Testing

/// Records that come without a cost, priced while they are read.
@Suite struct PricingTests {
  private let decoder = RecordDecoder(stream: .invocations)

  private func sample(_ more: String, model: String = "gpt-5") -> Sample {
    Sample(
      #"{"invocation_id":"0190b7c2-6f3e-7c1a-9a53-2b1f0c9d7e11","#
        + #""occurred_at":"2026-08-20T12:00:00Z","tenant_id":"acme","provider":"openai","#
        + #""request_model":"\#(model)"\#(more)}"#)
  }

  private static let usage = #","input_tokens":1000,"output_tokens":100"#

  private func book(
    version: Int64 = 7, input: String = "0.00000125", output: String = "0.00001",
    currency: String = "USD"
  ) throws -> PriceBook {
    PriceBook(
      version: version,
      entries: [
        PriceEntry(
          priceID: 9_223_372_036_854_775_807, provider: "openai", model: "gpt-5",
          currency: try #require(CurrencyCode(currency.utf8)),
          rates: PriceRates(input: UnitPrice(input), output: UnitPrice(output)),
          effectiveFrom: Timestamp(rfc3339: "2026-01-01T00:00:00Z"), version: version)
      ], aliases: [])
  }

  private func priced(
    _ sample: Sample, _ book: PriceBook
  ) throws -> (verdict: PricingVerdict?, row: Row, measures: RollupMeasures, key: [UInt8]) {
    try sample.decode(with: decoder) { decoder in
      let verdict = decoder.price(with: book)
      var key = CopyBuffer()
      decoder.appendRollupKey(to: &key)
      return (verdict, Row(of: decoder), decoder.rollup, Array(key.bytes))
    }
  }

  /// Input at the price of the region that served the call; without one, of every other region.
  @Test(arguments: [("", 2), (#","region":"us-east-1""#, 2), (#","region":"eu-west-2""#, 3)])
  func theRegionOfARecordHasItsPrice(region: String, cost: Int) throws {
    let currency = try #require(CurrencyCode("USD".utf8))
    let entries = [("", "0.000002"), ("eu-west-2", "0.000003")].enumerated().map { index, row in
      PriceEntry(
        priceID: Int64(index), provider: "openai", model: "gpt-5", region: row.0,
        currency: currency, rates: PriceRates(input: UnitPrice(row.1), output: .zero),
        effectiveFrom: Timestamp(rfc3339: "2026-01-01T00:00:00Z"), version: 1)
    }
    let book = PriceBook(version: 1, entries: entries, aliases: [])
    let (verdict, _, measures, _) = try priced(sample(Self.usage + region), book)
    #expect(verdict == .computed)
    #expect(measures.cost == Int128(cost) * 1_000_000_000)
  }

  @Test func aRecordWithoutCostIsPriced() throws {
    let (verdict, row, measures, key) = try priced(sample(Self.usage), try book())
    #expect(verdict == .computed)
    #expect(row.text("currency") == "USD")
    #expect(row.text("cost_source") == "computed")
    #expect(row.text("price_version") == "9223372036854775807")
    // 1000 · 0.00000125 + 100 · 0.00001, in 10⁻¹².
    #expect(measures.cost == 2_250_000_000)
    #expect(measures.unpricedRecords == 0)
    #expect(key.suffix(3) == Array("USD".utf8))
    var cost = CopyBuffer()
    cost.append(amount: Amount(units: 2_250_000_000))
    #expect(row.fields["cost"] == Array(cost.bytes.dropFirst(4)))
  }

  /// A redelivery after a change of prices must be the same content.
  @Test(arguments: ["", #","currency":"EUR""#, #","tags":{"a":"b"},"stream":true,"region":"eu""#])
  func theFingerprintIsThatOfWhatWasSent(more: String) throws {
    let sample = sample(Self.usage + more)
    let unpriced = try sample.row(with: decoder)
    let books = [try book(), try book(version: 8, input: "0.5", currency: "GBP"), .empty]
    let rows = try books.map { try priced(sample, $0).row }
    #expect(rows.allSatisfy { $0.fields["content_sha256"] == unpriced.fields["content_sha256"] })
    #expect(rows[0].fields["cost"] != rows[1].fields["cost"])
    #expect(rows[1].text("currency") == "GBP")
    // Nothing else differs from the row that was sent.
    let changed: Set = ["cost", "currency", "cost_source", "price_version"]
    #expect(
      rows[0].fields.filter { !changed.contains($0.key) }
        == unpriced.fields.filter { !changed.contains($0.key) })
    #expect(rows[2].fields == unpriced.fields)
  }

  /// One provider, whatever a producer calls it; what it called it stays in the fingerprint.
  @Test(arguments: ["", #","cost":"1","currency":"EUR""#])
  func theProviderIsFolded(cost: String) throws {
    func sample(_ provider: String) -> Sample {
      Sample(
        String(decoding: self.sample(Self.usage + cost).payload ?? [], as: UTF8.self)
          .replacing(#""openai""#, with: "\"\(provider)\""))
    }
    let names = ProviderNames([ProviderAlias(alias: "llm-gateway", provider: "openai")])
    let book = PriceBook(
      version: 8, entries: try book().entries, aliases: [], providers: names)
    let plain = try priced(sample("openai"), book)
    let folded = try priced(sample("llm-gateway"), book)
    #expect(folded.row.text("provider") == "openai")
    #expect(folded.verdict == plain.verdict)
    #expect(folded.key == plain.key)
    #expect(folded.row.fields["cost"] == plain.row.fields["cost"])
    let sent = try sample("llm-gateway").row(with: decoder)
    #expect(sent.text("provider") == "llm-gateway")
    #expect(folded.row.fields["content_sha256"] == sent.fields["content_sha256"])
    #expect(folded.row.fields["content_sha256"] != plain.row.fields["content_sha256"])
    // The next record shows nothing of it.
    let next = try priced(sample("openai"), book)
    #expect(next.row.fields == plain.row.fields)
  }

  /// One row of the rollups, however a producer spells the tier; what it sent stays in the
  /// fingerprint.
  @Test(arguments: [
    ("BATCHES", "batch"), ("batches", "batch"), ("on_demand", "standard"), ("Turbo", "turbo"),
    ("ON_DEMAND_PRIORITY", "priority"), ("ON_DEMAND_FLEX", "flex"),
  ])
  func theTierIsFolded(tier: String, stored: String) throws {
    let book = try book()
    for cost in ["", #","cost":"1","currency":"EUR""#] {
      func sample(_ tier: String) -> Sample {
        self.sample(Self.usage + cost + #","service_tier":"\#(tier)""#)
      }
      let plain = try priced(sample(stored), book)
      let folded = try priced(sample(tier), book)
      #expect(folded.row.text("service_tier") == stored)
      #expect(folded.verdict == plain.verdict)
      #expect(folded.key == plain.key)
      let sent = try sample(tier).row(with: decoder)
      #expect(sent.text("service_tier") != stored)
      #expect(folded.row.fields["content_sha256"] == sent.fields["content_sha256"])
      // The next record shows nothing of it.
      #expect(try priced(sample(stored), book).row.fields == plain.row.fields)
    }
  }

  @Test func theProducersCostWins() throws {
    let more = Self.usage + #","cost":"0","currency":"EUR""#
    let (verdict, row, measures, _) = try priced(sample(more), try book())
    #expect(verdict == .producer)
    #expect(row.fields == (try sample(more).row(with: decoder)).fields)
    #expect(row.text("cost_source") == "producer")
    #expect(measures.cost == 0)
  }

  @Test func whatCannotBePricedSaysWhy() throws {
    func verdict(_ sample: Sample, _ book: PriceBook) throws -> PricingVerdict? {
      let (verdict, row, measures, key) = try priced(sample, book)
      #expect(row.text("cost_source") == "none")
      #expect(row.fields["cost"] == nil)
      #expect(row.fields["price_version"] == nil)
      #expect(measures.unpricedRecords == 1)
      #expect(key.suffix(3) == Array("XXX".utf8))
      return verdict
    }
    let book = try book()
    #expect(try verdict(sample(Self.usage, model: "other"), book) == .unpriced(.unknownModel))
    #expect(
      try verdict(sample(#","status":"failure","input_tokens":1000"#), book) == .noUsage)
    #expect(try verdict(sample(#","status":"failure""#), book) == .noUsage)
    let noOutput = PriceBook(
      version: 1,
      entries: [
        PriceEntry(
          priceID: 1, provider: "openai", model: "gpt-5",
          currency: try #require(CurrencyCode("USD".utf8)),
          rates: PriceRates(input: UnitPrice("1")),
          effectiveFrom: Timestamp(rfc3339: "2026-01-01T00:00:00Z"), version: 1)
      ], aliases: [])
    #expect(try verdict(sample(Self.usage), noOutput) == .unpriced(.noRate))
  }

  /// What was left of one record must not show in the next.
  @Test func oneRecordAfterTheOther() throws {
    let book = try book()
    _ = try priced(sample(Self.usage), book)
    let more = Self.usage + #","cost":"1","currency":"EUR""#
    #expect(try priced(sample(more), book).row.text("cost_source") == "producer")
    #expect(try priced(sample(Self.usage), .empty).row.text("cost_source") == "none")
    let again = try sample(Self.usage).decode(with: decoder) { decoder in
      [decoder.price(with: book), decoder.price(with: book)]
    }
    #expect(again == [.computed, .computed])
  }

  @Test func aStreamWithoutPricesIsNotPriced() throws {
    let decoder = RecordDecoder(stream: .auditLogs)
    let fixture = try #require(Fixture.accepted(.auditLogs).first)
    let book = try book()
    #expect(try fixture.sample.decode(with: decoder) { $0.price(with: book) } == nil)
  }

  /// Rows of earlier versions are in databases: these never change.
  @Test func fingerprintsAreThoseOfEarlierVersions() throws {
    var all: [UInt8] = []
    for fixture in try Fixture.accepted(.invocations) {
      all += try fixture.sample.row(with: decoder).fields["content_sha256"] ?? []
    }
    #expect(
      SHA256.hex(of: all) == "98bbe1efd722e93d118c896579dd5b470a871219758f13854eb4d3d99fe688f3")
  }
}
