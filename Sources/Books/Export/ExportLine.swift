// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres

/// One line of the rollups, or the sum of the corrections of one kind and cause.
struct ExportLine {
  let tenant: String
  let tenantName: String?
  let payer: String?
  /// First day of the period, `YYYY-MM-DD`, as all dates here.
  let periodStart: String
  let billingMonth: String
  let timeZone: String
  /// `late` or `reprice`, ``rounding`` of a statement, empty for a line of the rollups.
  let kind: String
  /// 0 for none.
  let runID: Int64
  let reason: String
  let project: String
  let provider: String
  let model: String
  let serviceTier: String
  /// `XXX` where there is no cost.
  let currency: String
  let cost: Amount
  let records: Int64
  let failedRecords: Int64
  let unpricedRecords: Int64
  let inputTokens: Int64
  let outputTokens: Int64
  let cacheReadInputTokens: Int64
  let cacheCreationInputTokens: Int64
  let reasoningOutputTokens: Int64
  /// Calls whose usage the source estimated, and what they cost: parts of `records` and `cost`.
  let estimatedRecords: Int64
  let estimatedCost: Amount
  let isFinal: Bool
  /// Bounds in UTC; empty unless the format asks for them.
  let chargeStart: String
  let chargeEnd: String
  let billingStart: String
  let billingEnd: String
  /// Zone of the billing month; likewise.
  let billingZone: String

  static let noCurrency = "XXX"
  static let rounding = "rounding"
  var isRounding: Bool { kind == Self.rounding }
  var isCorrection: Bool { !kind.isEmpty && !isRounding }
  var hasCost: Bool { currency != Self.noCurrency }

  /// Nil when the answer is not that of `ExportSQL.lines`.
  init?(_ result: borrowing QueryResult, _ row: Int) {
    func text(_ column: Int) -> String { result.text(row, column) ?? "" }
    func count(_ column: Int) -> Int64 { result.int64(row, column) ?? 0 }
    guard let cost = Amount(sum: text(14)), let estimatedCost = Amount(sum: text(24)) else {
      return nil
    }
    self.cost = cost
    self.estimatedCost = estimatedCost
    tenant = text(0)
    tenantName = result.text(row, 1)
    payer = result.text(row, 2)
    periodStart = text(3)
    billingMonth = text(4)
    timeZone = text(5)
    kind = text(6)
    runID = count(7)
    reason = text(8)
    project = text(9)
    provider = text(10)
    model = text(11)
    serviceTier = text(12)
    currency = text(13)
    records = count(15)
    failedRecords = count(16)
    unpricedRecords = count(17)
    inputTokens = count(18)
    outputTokens = count(19)
    cacheReadInputTokens = count(20)
    cacheCreationInputTokens = count(21)
    reasoningOutputTokens = count(22)
    estimatedRecords = count(23)
    isFinal = result.bool(row, 25) ?? false
    chargeStart = text(26)
    chargeEnd = text(27)
    billingStart = text(28)
    billingEnd = text(29)
    billingZone = text(30)
  }

  /// The values of `ExportSQL.keys`: where the export stands behind this line.
  var key: [String] {
    [
      billingMonth, tenant, periodStart, provider, model, project, serviceTier, currency, kind,
      String(runID), reason,
    ]
  }
}
