// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// Collects a report while rows go by.
struct RepriceTally {
  private var moves: [RepriceReport.Move.Key: (cost: Amount, lines: Int64)] = [:]
  private var unpriced: [RepriceReport.Unpriced.Key: Int64] = [:]
  var rowsExamined: Int64 = 0
  var rowsAdjusted: Int64 = 0

  /// Notes the lines that posting would make of a row; `openFrom` is the first open month.
  mutating func note(_ row: RepriceRow, now: RepriceCost?, openFrom: String, new: RepriceCost) {
    let billing = max(row.chargeMonth, openFrom)
    func key(_ currency: String) -> RepriceReport.Move.Key {
      RepriceReport.Move.Key(
        tenant: row.tenant, chargeMonth: row.chargeMonth, billingMonth: billing, currency: currency)
    }
    if let now, now.currency == new.currency {
      add(Amount(units: new.cost.units - now.cost.units), key(new.currency))
    } else {
      add(new.cost, key(new.currency))
      add(
        Amount(units: -(now?.cost.units ?? 0)), key(now?.currency ?? ExportLine.noCurrency))
    }
  }

  private mutating func add(_ cost: Amount, _ key: RepriceReport.Move.Key) {
    let sum = moves[key] ?? (.zero, 0)
    // 10^14 of the largest costs fit: no database holds so many records.
    guard let cost = sum.cost.adding(cost) else { preconditionFailure("a sum of costs overflows") }
    moves[key] = (cost, sum.lines + 1)
  }

  mutating func note(unpriced row: RepriceRow, reason: String, hasCost: Bool) {
    let key = RepriceReport.Unpriced.Key(
      provider: row.provider, model: row.model, reason: reason, hasCost: hasCost)
    unpriced[key, default: 0] += 1
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
