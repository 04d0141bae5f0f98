// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// The rows of one model of one provider in one region: those of a tier stand together, `priority`
/// behind `fast` and the standard tier last, and within a tier those above more input tokens first.
struct PriceGroup: BitwiseCopyable {
  let firstRow, rowCount: Int32
}

/// A ``PriceEntry`` as a look-up needs it.
struct PriceRow: BitwiseCopyable {
  let tier: Int32
  /// Index in ``PriceBook/entries``.
  let entry: Int32
  let minInputTokens: Int64
  let effectiveFrom, effectiveTo: Timestamp
  let priceID: Int64
  let currency: CurrencyCode
  let rates: PartRates

  @inline(__always) func applies(_ inputTokens: Int64, at time: Timestamp) -> Bool {
    effectiveFrom <= time && time < effectiveTo
      && (minInputTokens == 0 || minInputTokens < inputTokens)
  }
}

/// Where an alias leads.
struct AliasTarget: BitwiseCopyable {
  /// ``PriceBook/anyProvider``: the record's own.
  let provider: Int32
  /// Its name, within ``PriceBook/aliasNames``.
  let nameOffset, nameLength: Int32
}
