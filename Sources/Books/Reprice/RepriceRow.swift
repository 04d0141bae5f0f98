// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import Pricing
import Text

/// One record as pricing sees it.
struct RepriceRow {
  let tenant: String
  /// RFC 3339 with microseconds, UTC.
  let occurredAt: String
  let invocationID: String
  let provider: String
  let region: String?
  let requestModel: String
  let responseModel: String?
  let serviceTier: String
  /// Nil when the call does not tell its tokens.
  let usage: TokenUsage?
  /// What the record itself says; nil without a cost.
  let recorded: RepriceCost?
  let time: Timestamp
  /// `YYYY-MM` of its billing day; empty unless it was asked for.
  let chargeMonth: String

  var model: String { responseModel ?? requestModel }

  /// The columns that `init` reads.
  static let columns = """
    tenant_id, to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    invocation_id, provider, request_model, response_model, service_tier, input_tokens,
    output_tokens, cache_read_input_tokens, cache_creation_input_tokens,
    cache_creation_1h_input_tokens, reasoning_output_tokens, audio_input_tokens,
    audio_output_tokens, cost, currency, region
    """

  /// Nil when the answer is not that of `columns`.
  init?(_ result: borrowing QueryResult, _ row: Int) {
    func count(_ column: Int) -> Int64 { result.int64(row, column) ?? 0 }
    var at = result.text(row, 1) ?? ""
    guard let time = at.withUTF8({ unsafe Timestamp(rfc3339: UnsafeRawBufferPointer($0)) }) else {
      return nil
    }
    self.time = time
    occurredAt = at
    tenant = result.text(row, 0) ?? ""
    invocationID = result.text(row, 2) ?? ""
    provider = result.text(row, 3) ?? ""
    region = result.text(row, 17)
    requestModel = result.text(row, 4) ?? ""
    responseModel = result.text(row, 5)
    serviceTier = result.text(row, 6) ?? ""
    let isKnown = result.text(row, 7) != nil && result.text(row, 8) != nil
    usage =
      !isKnown
      ? nil
      : TokenUsage(
        inputTokens: count(7), outputTokens: count(8), cacheReadInputTokens: count(9),
        cacheCreationInputTokens: count(10), cacheCreation1hInputTokens: count(11),
        reasoningOutputTokens: count(12), audioInputTokens: count(13), audioOutputTokens: count(14))
    if let text = result.text(row, 15) {
      guard let cost = Amount(sum: text), let currency = result.text(row, 16) else { return nil }
      recorded = RepriceCost(cost: cost, currency: currency)
    } else {
      recorded = nil
    }
    chargeMonth = result.text(row, 18) ?? ""
  }

  /// Nil for a call that does not tell its tokens: as at ingest, nothing is known of its cost.
  func outcome(_ book: PriceBook) -> PriceOutcome? {
    guard let usage else { return nil }
    return book.outcome(
      provider: provider, region: region, responseModel: responseModel, requestModel: requestModel,
      serviceTier: serviceTier, usage: usage, at: time)
  }

  /// What the record should cost, for `daybook_post_adjustments`.
  func item(_ priced: PricedCost) -> String {
    """
    {"tenant_id":\(JSONText.string(tenant)),"occurred_at":"\(occurredAt)",\
    "invocation_id":"\(invocationID)","cost":"\(priced.cost)",\
    "currency":"\(priced.currency)","price_version":"\(priced.priceID)"}
    """
  }
}
