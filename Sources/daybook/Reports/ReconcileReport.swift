// SPDX-License-Identifier: Apache-2.0
import Books

/// What a reconciliation found, as people and programs read it.
enum ReconcileReport {
  static func print(
    _ report: Reconciliation, _ scope: ReconcileScope, _ prices: PriceCheck,
    _ extent: PriceCheckExtent, _ context: CommandContext
  ) throws(CommandError) {
    if context.wantsJSON {
      return try context.output.line(
        json(report, scope, PriceCheckReport.json(prices, extent)).text)
    }
    try context.output.write(
      Table(
        [.text("month"), .number("records"), .number("differences"), .text("note")],
        rows: report.months.map { month in
          [
            "\(month.month)", String(month.records), String(month.differences),
            month.leavesDaysOut ? "days of retired partitions left out" : nil,
          ]
        }
      ).text(context.tableView))
    if report.monthsResumed > 0 {
      try context.output.line(
        "and \(report.monthsResumed) months that were compared before this run was cut off")
    }
    if !report.currencies.isEmpty {
      try context.output.write("\n" + currencies(report).text(context.tableView))
      try context.output.write("\n" + drift(report).text(context.tableView))
    }
    for problem in PriceCheckReport.problems(prices) {
      try context.output.line("problem: \(problem)")
    }
    try context.output.line(PriceCheckReport.sentence(prices, extent))
    try context.output.line(verdict(report))
  }

  private static func currencies(_ report: Reconciliation) -> Table {
    Table(
      [
        .text("currency"), .number("differences"), .number("left"), .number("days_missing"),
        .number("months_missing"),
      ],
      rows: report.currencies.map {
        [
          CurrencyText.words($0.currency), String($0.differences), String($0.unrepaired), $0.daily,
          $0.monthly,
        ]
      })
  }

  private static func drift(_ report: Reconciliation) -> Table {
    Table(
      [
        .text("rollup"), .text("period"), .text("tenant_id"), .text("provider"), .text("model"),
        .text("currency", isKept: true), .number("should_be", isKept: true),
        .number("is", isKept: true),
        .number("records_missing"),
        .text("state"),
      ],
      rows: report.drift.map {
        [
          $0.granularity, $0.periodStart, $0.tenant, $0.provider, $0.model,
          CurrencyText.words($0.currency),
          $0.costExpected, $0.costFound, String($0.records), state($0),
        ]
      })
  }

  private static func state(_ drift: Reconciliation.Drift) -> String {
    if drift.isRepaired { return "repaired" }
    return drift.isClosed ? "closed" : "open"
  }

  private static func verdict(_ report: Reconciliation) -> String {
    let shown = report.drift.count
    let more = report.differences - Int64(shown)
    let rest = more > 0 ? "; \(more) more in reconciliation_drift" : ""
    let asOf = report.dataAsOf.map { ", data as of \($0)" } ?? ""
    if report.differences == 0 {
      return "reconciliation \(report.id): \(report.records) records, no difference\(asOf)"
    }
    return
      "reconciliation \(report.id): \(report.records) records, \(report.differences) differences, "
      + "\(report.unrepaired) left\(rest)\(asOf)"
  }

  private static func json(
    _ report: Reconciliation, _ scope: ReconcileScope, _ prices: JSONValue
  ) -> JSONValue {
    .object([
      "prices": prices,
      "reconciliation_id": .integer(report.id), "good": .boolean(report.isGood),
      "source": .string(scope.source.rawValue),
      "month": .optional(scope.month.map { "\($0)" }), "tenant_id": .optional(scope.tenant),
      "records": .integer(report.records), "differences": .integer(report.differences),
      "unrepaired": .integer(report.unrepaired), "data_as_of": .optional(report.dataAsOf),
      "months_resumed": .integer(report.monthsResumed),
      "months": .array(
        report.months.map {
          .object([
            "month": .string("\($0.month)"), "records": .integer($0.records),
            "differences": .integer($0.differences), "days_left_out": .boolean($0.leavesDaysOut),
          ])
        }),
      "currencies": .array(
        report.currencies.map {
          .object([
            "currency": .string($0.currency), "differences": .integer($0.differences),
            "unrepaired": .integer($0.unrepaired), "daily": .string($0.daily),
            "monthly": .string($0.monthly),
          ])
        }),
      "drift": .array(
        report.drift.map {
          .object([
            "granularity": .string($0.granularity), "period_start": .string($0.periodStart),
            "tenant_id": .string($0.tenant), "provider": .string($0.provider),
            "model": .string($0.model), "currency": .string($0.currency),
            "cost_expected": .string($0.costExpected), "cost_found": .optional($0.costFound),
            "cost": .string($0.cost), "records": .integer($0.records),
            "is_closed": .boolean($0.isClosed), "is_repaired": .boolean($0.isRepaired),
          ])
        }),
    ])
  }
}
