// SPDX-License-Identifier: Apache-2.0
import Books
import CopyFormat

/// A report of reprice in words and as JSON.
enum RepriceText {
  static func text(
    _ report: RepriceReport, isDryRun: Bool, _ view: TableView
  ) -> String {
    let verb = isDryRun ? "would change" : "changed"
    var text =
      "\(Progress.grouped(report.rowsExamined)) calls looked at, \(verb)"
      + " \(Progress.grouped(report.rowsAdjusted)), prices of version \(report.priceVersion)"
      + (report.runID.map { ", run \($0)" } ?? "") + "\n"
    if !report.moves.isEmpty { text += "\n" + moves(report).text(view) }
    if !report.unpriced.isEmpty { text += "\nwithout a price\n" + unpriced(report).text(view) }
    if !report.refused.isEmpty {
      text += "\nnot posted: the database refuses the price\n" + refused(report).text(view)
    }
    return text
  }

  private static func moves(_ report: RepriceReport) -> Table {
    Table(
      [
        .text("tenant_id"), .text("charge_month"), .text("billing_month"), .text("kind"),
        .text("currency", isKept: true), .sum("cost", isKept: true), .sum("lines"),
      ],
      rows: report.moves.map {
        [
          $0.key.tenant, $0.key.chargeMonth, $0.key.billingMonth, kind($0),
          currency($0), $0.cost.description, String($0.lines),
        ]
      })
  }

  private static func unpriced(_ report: RepriceReport) -> Table {
    Table(
      [
        .text("provider"), .text("model"), .text("reason"), .text("cost now"), .number("calls"),
      ],
      rows: report.unpriced.map {
        [
          $0.key.provider, $0.key.model, $0.key.reason,
          $0.key.hasCost ? "kept: its price is gone" : "none", String($0.records),
        ]
      })
  }

  private static func refused(_ report: RepriceReport) -> Table {
    Table(
      [
        .text("provider"), .text("model"), .text("reason"), .number("calls"), .text("one of them"),
      ],
      rows: report.refused.map {
        [
          $0.key.provider, $0.key.model, $0.key.reason, String($0.records), $0.invocationID,
        ]
      })
  }

  private static func kind(_ move: RepriceReport.Move) -> String {
    move.key.isCorrection ? "correction" : "open month"
  }

  private static func currency(_ move: RepriceReport.Move) -> String? {
    CurrencyText.isNone(move.key.currency) ? nil : move.key.currency
  }

  static func json(_ report: RepriceReport, isDryRun: Bool) -> JSONValue {
    .object([
      "dry_run": .boolean(isDryRun),
      "run_id": report.runID.map { .integer($0) } ?? .null,
      "price_version": .integer(report.priceVersion),
      "rows_examined": .integer(report.rowsExamined),
      "rows_adjusted": .integer(report.rowsAdjusted),
      "moves": .array(
        report.moves.map { move in
          .object([
            "tenant_id": .string(move.key.tenant), "charge_month": .string(move.key.chargeMonth),
            "billing_month": .string(move.key.billingMonth), "kind": .string(kind(move)),
            "currency": .optional(currency(move)), "cost": .string(move.cost.description),
            "lines": .integer(move.lines),
          ])
        }),
      "unpriced": .array(
        report.unpriced.map { entry in
          .object([
            "provider": .string(entry.key.provider), "model": .string(entry.key.model),
            "reason": .string(entry.key.reason), "keeps_cost": .boolean(entry.key.hasCost),
            "calls": .integer(entry.records),
          ])
        }),
      "refused": .array(
        report.refused.map { entry in
          .object([
            "provider": .string(entry.key.provider), "model": .string(entry.key.model),
            "reason": .string(entry.key.reason), "calls": .integer(entry.records),
            "invocation_id": .string(entry.invocationID),
          ])
        }),
      "retired_months": .array(report.retiredMonths.map { .string($0) }),
    ])
  }
}
