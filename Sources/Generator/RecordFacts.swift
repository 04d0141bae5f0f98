// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// What the record under construction says, for its envelope and for the summary.
struct RecordFacts {
  var tenant = 0
  var id = UUIDBytes(high: 0, low: 0)
  var occurredAt = Timestamp(microseconds: 0)
  var inputTokens: Int64 = 0
  var outputTokens: Int64 = 0
  /// 10^-12 of the currency; nil without a cost.
  var costUnits: Int64?
  var currency: [UInt8] = []
  var hasFailed = false
}
