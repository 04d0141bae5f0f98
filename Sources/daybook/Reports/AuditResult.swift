// SPDX-License-Identifier: Apache-2.0
import Books
import Ledger
import Migrations
import Postgres

/// Everything that `daybook audit` proves, and how it is told.
struct AuditResult {
  let report: AuditReport
  let prices: PriceCheck
  let extent: PriceCheckExtent

  /// Looks at every row, over the direct connection.
  init(_ context: CommandContext) throws(CommandError) {
    let scanSeconds = context.settings.integer(Options.scanTimeout)
    var report = try context.withLedger(context.adminDatabase, wants: "app_audit_read") {
      (ledger: inout LedgerReader) throws(PostgresError) -> AuditReport in
      ledger.scanSeconds = scanSeconds
      return try ledger.audit()
    }
    let extent = FinanceOptions.priceExtent(context.settings)
    prices = try context.withBooks(context.adminDatabase) {
      (books: inout Books) throws(PostgresError) -> PriceCheck in
      books.scanSeconds = scanSeconds
      do throws(PostgresError) { return try books.checkPrices(extent) } catch {
        throw error.naming(scanSeconds: scanSeconds)
      }
    }
    report.problems += PriceCheckReport.problems(prices)
    report.problems += try Self.editedFunctions(context).map {
      "\($0) is not what daybook migrate up has loaded: see daybook migrate status"
    }
    self.extent = extent
    self.report = report
  }

  private static func editedFunctions(
    _ context: CommandContext
  ) throws(CommandError) -> [String] {
    do throws(PostgresError) {
      var connection = try Connection(context.adminDatabase)
      return try LoadedObjects.editedByHand(in: context.schema, &connection)
    } catch {
      throw CommandError(error)
    }
  }

  /// The sums as tables, and what is in transit; not the problems.
  func print(_ context: CommandContext) throws(CommandError) {
    try printTables(context)
    try context.output.line(PriceCheckReport.sentence(prices, extent))
  }

  private func printTables(_ context: CommandContext) throws(CommandError) {
    let hasRetired = report.accounts.contains { $0.retiredRows + $0.retiredRejectedRows > 0 }
    try context.output.write(
      accounts(withRetired: hasRetired).text(context.tableView) + "\n")
    try context.output.write(costs(withRetired: hasRetired).text(context.tableView) + "\n")
    let archived = report.retiredBatches == 0 ? "" : " and \(report.retiredBatches) archived"
    try context.output.line(
      "\(report.batches) batches\(archived), \(report.partitions) Kafka partitions, "
        + "\(report.statements) statements")
    if hasRetired {
      try context.output.line(
        "archived: rows of partitions that were archived and dropped, or are about to be")
    }
    if report.repeatedIdentityCount > 0 {
      try context.output.line(
        "for information: \(report.repeatedIdentityCount) identities are stored with several "
          + "times (a retry with a new occurred_at is a new record)")
      for identity in report.repeatedIdentities {
        try context.output.line(
          "  \(identity.table) \(identity.tenant) \(identity.id): \(identity.times) times")
      }
    }
    for transit in report.inTransit { try context.output.line(Self.sentence(transit)) }
  }

  private static func sentence(_ transit: AuditReport.Transit) -> String {
    "in transit: \(transit.partition) is leaving \(transit.table) (\(transit.state)); its rows were "
      + "not counted: run daybook maintain, then this audit again"
  }

  private func accounts(withRetired: Bool) -> Table {
    // Most records are one item, and nothing of them is skipped.
    let hasItems = report.accounts.contains { $0.records != $0.seen || $0.skipped != 0 }
    let columns: [(String, (AuditReport.TableAccount) -> Int64)] =
      (hasItems ? [("records", \.records)] : [])
      + [("seen", \.seen), ("stored", \.stored), ("duplicates", \.duplicates)]
      + [("rejected", \.rejected)] + (hasItems ? [("skipped", \.skipped)] : [])
      + [("rows", \.rows)]
      + (withRetired ? [("archived", \.retiredRows)] : [])
      + [("rejected_records", \.rejectedRows)]
      + (withRetired ? [("archived", \.retiredRejectedRows)] : [])
    var table = Table([.text("table")] + columns.map { .number($0.0, isKept: true) })
    table.rows = report.accounts.map { account in
      [account.table] + columns.map { String($0.1(account)) }
    }
    table.rows.append(
      ["total"] + columns.map { column in String(report.accounts.reduce(0) { $0 + column.1($1) }) })
    return table
  }

  private func costs(withRetired: Bool) -> Table {
    let isAdjusted = report.costs.contains { $0.repriced != "0" || $0.corrections != "0" }
    let columns: [(name: String, value: (AuditReport.CostSum) -> String)] =
      [("cost of rows", \.rows)]
      + (withRetired ? [("archived", \.retired)] : [])
      + (isAdjusted ? [("repriced", \.repriced)] : [])
      + [("costs_daily", \.daily), ("costs_monthly", \.monthly)]
      + (isAdjusted ? [("corrections", \.corrections)] : [])
    return Table(
      [.text("currency")] + columns.map { .number($0.name, isKept: true) },
      rows: report.costs.map { sum in [sum.currency] + columns.map { $0.value(sum) } })
  }
}
