// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import Pricing

/// Prices calls with the catalogue as it is and as it would be.
struct PriceEffectReader {
  /// What ``add(_:_:)`` reads, in its order.
  static let columns = """
    provider, response_model, request_model, service_tier,
    (extract(epoch FROM occurred_at) * 1000000)::bigint, cost, currency, region,
    \(TokenUsage.columns.joined(separator: ", "))
    """

  private let book: PriceBook
  private let next: PriceBook
  private let intervals: [PriceInterval]
  private let byKey: [PriceKey: [Int]]
  private(set) var effects: [PriceEffect]
  private(set) var callsRead: Int64 = 0

  init(book: PriceBook, next: PriceBook, intervals: [PriceInterval]) {
    self.book = book
    self.next = next
    self.intervals = intervals
    byKey = Dictionary(grouping: intervals.indices) { intervals[$0].key }
    effects = [PriceEffect](repeating: PriceEffect(), count: intervals.count)
  }

  mutating func add(
    _ rows: borrowing QueryResult, _ row: Int
  ) throws(PostgresError) {
    callsRead += 1
    guard let provider = rows.text(row, 0), let request = rows.text(row, 2),
      let tier = rows.text(row, 3), let micros = rows.int64(row, 4)
    else { throw PriceCatalog.unreadable("invocation_costs", row) }
    guard let usage = TokenUsage(rows, row, from: 8) else { return }
    let response = rows.text(row, 1)
    let region = rows.text(row, 7)
    let time = Timestamp(unixMicroseconds: micros)
    func entry(_ book: PriceBook) -> PriceEntry? {
      book.entry(
        provider: provider, region: region, responseModel: response, requestModel: request,
        serviceTier: tier,
        inputTokens: usage.inputTokens, at: time)
    }
    let (old, new) = (entry(book), entry(next))
    guard old?.priceID != new?.priceID,
      let interval = interval(new?.key, time) ?? interval(old?.key, time)
    else { return }
    let cost = rows.text(row, 5).flatMap { Amount($0) }
    effects[interval].calls += 1
    guard
      case .priced(let priced) = next.outcome(
        provider: provider, region: region, responseModel: response, requestModel: request,
        serviceTier: tier,
        usage: usage, at: time)
    else {
      if cost != nil { effects[interval].withoutPrice += 1 }
      return
    }
    if let cost, let currency = rows.text(row, 6) {
      effects[interval].now[currency, default: .zero] &+= cost
    }
    effects[interval].then[priced.currency.description, default: .zero] &+= priced.cost
  }

  private func interval(_ key: PriceKey?, _ time: Timestamp) -> Int? {
    key.flatMap { byKey[$0] }?.first { intervals[$0].covers(time) }
  }
}
