// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Pricing
import Sysexits

/// The prices that explain the cost of a line: what was agreed, and what is published.
struct FocusPrices {
  struct Found {
    /// In force, contracts included.
    let contracted: PriceEntry
    /// Of the published list; nil where it does not know the model.
    let listed: PriceEntry?
  }

  static let none = FocusPrices(inForce: .empty, listed: .empty)

  let inForce: PriceBook
  let listed: PriceBook

  /// The price of the line's whole period; nil when there is none, or more than one.
  ///
  /// A list price that changed meanwhile is that of the beginning.
  func find(_ line: ExportLine) throws(ExportError) -> Found? {
    let start = try Self.time(line.chargeStart)
    let end = Timestamp(microseconds: try Self.time(line.chargeEnd).microseconds - 1)
    guard let first = Self.entry(inForce, line, at: start),
      let last = Self.entry(inForce, line, at: end), first.priceID == last.priceID,
      // A list price in another currency would have to be converted.
      first.currency.description == line.currency
    else { return nil }
    let listed = Self.entry(listed, line, at: start)
    return Found(
      contracted: first, listed: listed?.currency == first.currency ? listed : nil)
  }

  private static func entry(
    _ book: PriceBook, _ line: ExportLine, at time: Timestamp
  ) -> PriceEntry? {
    book.entry(
      provider: line.provider, region: nil, responseModel: nil, requestModel: line.model,
      serviceTier: line.serviceTier, inputTokens: 0, at: time)
  }

  private static func time(_ text: String) throws(ExportError) -> Timestamp {
    var text = text
    guard let time = text.withUTF8({ unsafe Timestamp(rfc3339: UnsafeRawBufferPointer($0)) }) else {
      throw .refused("\(text) is no time: this is a defect of Daybook", exitCode: .software)
    }
    return time
  }
}
