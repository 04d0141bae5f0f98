// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres

/// Collects a report while rows go by.
struct RepriceTally {
  private var moves: [RepriceReport.Move.Key: (cost: Amount, lines: Int64)] = [:]
  private var unpriced: [RepriceReport.Unpriced.Key: Int64] = [:]
  private var refused: [RepriceReport.Refused.Key: (records: Int64, invocationID: String)] = [:]
  var rowsExamined: Int64 = 0
  var rowsAdjusted: Int64 = 0

  /// Notes the lines that posting would make of a row; `openFrom` is the first open month.
  mutating func note(
    _ row: RepriceRow, now: RepriceCost?, openFrom: String, new: RepriceCost
  ) throws(PostgresError) {
    let billing = max(row.chargeMonth, openFrom)
    func key(_ currency: String) -> RepriceReport.Move.Key {
      RepriceReport.Move.Key(
        tenant: row.tenant, chargeMonth: row.chargeMonth, billingMonth: billing, currency: currency)
    }
    if let now, now.currency == new.currency {
      try add(Amount(units: new.cost.units - now.cost.units), key(new.currency))
    } else {
      try add(new.cost, key(new.currency))
      try add(
        Amount(units: -(now?.cost.units ?? 0)), key(now?.currency ?? ExportLine.noCurrency))
    }
  }

  private mutating func add(
    _ cost: Amount, _ key: RepriceReport.Move.Key
  ) throws(PostgresError) {
    let sum = moves[key] ?? (.zero, 0)
    moves[key] = (try Self.sum(sum.cost, cost), sum.lines + 1)
  }

  /// 10^14 of the largest costs fit, so what does not is a database that somebody has falsified.
  static func sum(_ first: Amount, _ second: Amount) throws(PostgresError) -> Amount {
    guard let sum = first.adding(second) else {
      throw PostgresError(.internalError, "a sum of costs is out of range", phase: .answered)
    }
    return sum
  }

  mutating func note(unpriced row: RepriceRow, reason: String, hasCost: Bool) {
    let key = RepriceReport.Unpriced.Key(
      provider: row.provider, model: row.model, reason: reason, hasCost: hasCost)
    unpriced[key, default: 0] += 1
  }

  mutating func note(refused row: RepriceRow, reason: String) {
    let key = RepriceReport.Refused.Key(
      provider: row.provider, model: row.model, reason: reason)
    refused[key, default: (0, row.invocationID)].records += 1
  }

  var sortedRefused: [RepriceReport.Refused] {
    refused.sorted { $0.key < $1.key }.map {
      RepriceReport.Refused(
        key: $0.key, records: $0.value.records, invocationID: $0.value.invocationID)
    }
  }

  var sortedMoves: [RepriceReport.Move] {
    moves.sorted { $0.key < $1.key }.map {
      RepriceReport.Move(key: $0.key, cost: $0.value.cost, lines: $0.value.lines)
    }
  }

  var sortedUnpriced: [RepriceReport.Unpriced] {
    unpriced.sorted { $0.key < $1.key }.map {
      RepriceReport.Unpriced(key: $0.key, records: $0.value)
    }
  }
}
