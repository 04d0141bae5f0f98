// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// How the rows of a stream add up to `costs_daily` and `costs_monthly`.
package struct Rollup: Sendable {
  package let project: String
  package let provider: String
  /// The first of these that is there.
  package let models: [String]
  package let serviceTier: String
  package let cost: String
  package let currency: String
  /// Counted as failed when it holds this text.
  package let failed: (column: String, text: String)
  /// Its usage was estimated by whoever reports the call when it holds this text.
  package let estimated: (column: String, text: String)
  package let inputTokens: String
  package let outputTokens: String
  package let cacheReadInputTokens: String
  package let cacheCreationInputTokens: String
  package let reasoningOutputTokens: String
  /// Function of the database that makes deltas of staged rows.
  package let stagingFunction: String

  /// The key of a rollup delta, in the order of ``RecordDecoder/appendRollupKey(to:isZoned:)``.
  package static let keyColumns = [
    "tenant_id", "day", "slot", "project_id", "provider", "model", "service_tier", "currency",
  ]
  /// What the primary keys of the rollups have behind tenant and period.
  package static let sortColumns = ["provider", "model", "project_id", "service_tier", "currency"]
  /// Records and tokens that are added up for each key, in the order of ``RollupMeasures``.
  package static let countColumns = [
    "records", "failed_records", "unpriced_records", "input_tokens", "output_tokens",
    "cache_read_input_tokens", "cache_creation_input_tokens", "reasoning_output_tokens",
    "estimated_records",
  ]
  /// Exact amounts in the currency of the key, likewise.
  package static let amountColumns = ["cost", "estimated_cost"]
  package static let measureColumns = countColumns + amountColumns
  /// In `currency`, where there is no cost: ISO 4217's code for "no currency".
  package static let noCurrency: StaticString = "XXX"

  /// No zone changes its offset from UTC within one, and every one begins its days with one.
  package static let slotMicroseconds: Int64 = 900 * Timestamp.microsecondsPerSecond

  /// The quarter of an hour of the UTC day: 0 to 95.
  package static func slot(of time: Timestamp) -> Int16 {
    let inDay = time.microseconds &- Int64(time.day) &* Timestamp.microsecondsPerDay
    return Int16(truncatingIfNeeded: inDay / slotMicroseconds)
  }
}
