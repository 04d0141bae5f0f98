// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Pricing

/// The columns of a price computation, as indexes, and the memory that its results are kept in.
struct PricingPlan: BitwiseCopyable {
  let provider, region, responseModel, requestModel, serviceTier: Int
  let inputTokens, outputTokens, cacheReadInputTokens, cacheCreationInputTokens: Int
  let cacheCreation1hInputTokens, reasoningOutputTokens: Int
  let audioInputTokens, audioOutputTokens: Int
  let cost, currency, source, version: Int
  /// The text of `source` for a computed cost.
  let computed: Value
  /// Spellings of tiers whose one name is another text.
  let tierNames: UnsafeBufferPointer<TierName>
  let providerText: UnsafeMutableRawBufferPointer
  let tierText: UnsafeMutableRawBufferPointer
  let currencyText: UnsafeMutableRawBufferPointer
  let versionText: UnsafeMutableRawBufferPointer

  /// Digits of the largest `bigint`.
  static let versionBytesMax = 19

  struct TierName: BitwiseCopyable {
    let spelling: UnsafeRawBufferPointer
    let stored: Value
  }

  /// The columns that pricing may change, and those between them.
  var columns: Range<Int> {
    let first = min(serviceTier, cost, currency, source, version)
    return first..<max(serviceTier, cost, currency, source, version) + 1
  }

  /// Puts the one name of the provider in the place of another spelling, which it returns; null: it
  /// is the one name.
  func fold(_ row: UnsafeMutableBufferPointer<Value>, _ book: PriceBook) -> Value {
    guard let sent = row[provider].text,
      let name = book.providerNames.fold(sent, into: providerText)
    else {
      return .null
    }
    row[provider] = .text(name)
    return .text(sent)
  }

  /// The one name of a tier that is spelled otherwise; nil: it is the one name.
  func tier(_ row: UnsafeMutableBufferPointer<Value>) -> Value? {
    guard let sent = row[serviceTier].text else { return nil }
    for name in tierNames where equalsWithoutCase(name.spelling, sent) { return name.stored }
    guard sent.contains(where: { $0 &- UInt8(ascii: "A") < 26 }), sent.count <= tierText.count
    else { return nil }
    for index in sent.indices { tierText[index] = lowerCased(sent[index]) }
    return .text(UnsafeRawBufferPointer(rebasing: tierText[..<sent.count]))
  }

  /// Nil for a record that says nothing about its usage.
  func outcome(
    _ row: UnsafeMutableBufferPointer<Value>, _ book: PriceBook, at time: Timestamp
  ) -> PriceOutcome? {
    guard !row[inputTokens].isNull, !row[outputTokens].isNull else { return nil }
    let usage = TokenUsage(
      inputTokens: row[inputTokens].number, outputTokens: row[outputTokens].number,
      cacheReadInputTokens: row[cacheReadInputTokens].number,
      cacheCreationInputTokens: row[cacheCreationInputTokens].number,
      cacheCreation1hInputTokens: row[cacheCreation1hInputTokens].number,
      reasoningOutputTokens: row[reasoningOutputTokens].number,
      audioInputTokens: row[audioInputTokens].number,
      audioOutputTokens: row[audioOutputTokens].number)
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    return book.outcome(
      provider: row[provider].text ?? nothing, region: row[region].text,
      responseModel: row[responseModel].text,
      requestModel: row[requestModel].text ?? nothing,
      serviceTier: row[serviceTier].text ?? nothing, usage: usage, at: time)
  }

  func store(_ price: PricedCost, in row: UnsafeMutableBufferPointer<Value>) {
    row[cost] = .amount(price.cost)
    price.currency.withBytes { currencyText.copyMemory(from: $0) }
    row[currency] = .text(UnsafeRawBufferPointer(currencyText))
    row[source] = computed
    row[version] = .text(decimal(price.priceID))
  }

  /// The digits of a number that is not negative, in `versionText`.
  private func decimal(_ number: Int64) -> UnsafeRawBufferPointer {
    var start = versionText.count
    var rest = max(number, 0)
    repeat {
      start -= 1
      versionText[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    return UnsafeRawBufferPointer(rebasing: versionText[start...])
  }
}

/// The first release took the tier `fast` for `priority`, and rows are stored that have it in their
/// fingerprint. Apart from the rest, of which every record would copy 400 bytes to ask.
struct FirstTier: BitwiseCopyable {
  let column: Int
  let spelling: UnsafeRawBufferPointer
  /// What is fingerprinted instead.
  let fingerprinted: Value

  func isTier(of row: UnsafeMutableBufferPointer<Value>) -> Bool {
    row[column].text.map { equals($0, spelling) } ?? false
  }
}
