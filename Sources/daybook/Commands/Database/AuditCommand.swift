// SPDX-License-Identifier: Apache-2.0
import Books
import Ledger
import Migrations
import Postgres
import Sysexits

/// `daybook audit`: proves that nothing was lost, doubled or changed on the way, or says exactly
/// what was.
enum AuditCommand {
  static let declaration = CommandDeclaration(
    ["audit"], "check the accounting and the rollups against the rows",
    options: [FinanceOptions.prices, Options.json, Options.wide, Options.adminDatabaseURL]
      + Options.database,
    details: """
      On one snapshot: seen = stored + duplicates + rejected, in every batch and per table; rows =
      stored; rejected_records = rejected; the ledger covers every partition's offsets without hole
      or overlap (an operator's journaled decision explains a jump); daily and monthly rollups
      recomputed from the rows and adjustments, equal to the last digit; in each currency rows +
      repriced = rollups + corrections; every statement is as it was hashed, follows the one before
      it, and says what the closed rollups and corrections say; each month is open or closed as the
      journal says. Then what calls and lines of repriced calls cost, computed once more from their
      tokens and the catalogue: of a sample, with --prices all of every one. Partitions that were
      archived and dropped count with the sums that were taken when they left. Functions and views
      are what was loaded: nobody has edited one. Exit code 1 if anything does not add up, 75 if a
      partition is just leaving: repeat it after daybook maintain. Reads every row, so it wants the
      direct connection.
      """,
    examples: [
      ("daybook audit", "print the sums, and every problem"),
      ("daybook audit --json", "for a scheduled check"),
    ], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    var report = try context.withLedger(context.adminDatabase, wants: "app_audit_read") {
      (ledger) throws(PostgresError) in
      try ledger.audit()
    }
    let extent = FinanceOptions.priceExtent(context.settings)
    let prices = try context.withBooks(context.adminDatabase) { (books) throws(PostgresError) in
      try books.checkPrices(extent)
    }
    report.problems += PriceCheckReport.problems(prices)
    report.problems += try editedFunctions(context).map {
      "\($0) is not what daybook migrate up has loaded: see daybook migrate status"
    }
    if context.wantsJSON {
      try context.output.line(json(report, prices, extent).text)
    } else {
      try printTables(report, context)
      try context.output.line(PriceCheckReport.sentence(prices, extent))
      for problem in report.problems { try context.output.line("problem: \(problem)") }
      try context.output.line(verdict(report))
    }
    if report.isGood { return .success }
    return report.problems.isEmpty ? .temporary : .checkFailed
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

  private static func printTables(
    _ report: AuditReport, _ context: CommandContext
  ) throws(CommandError) {
    let hasRetired = report.accounts.contains { $0.retiredRows + $0.retiredRejectedRows > 0 }
    try context.output.write(
      accounts(report, withRetired: hasRetired).text(context.tableView) + "\n")
    try context.output.write(costs(report, withRetired: hasRetired).text(context.tableView) + "\n")
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
    for transit in report.inTransit { try context.output.line(sentence(transit)) }
  }

  private static func sentence(_ transit: AuditReport.Transit) -> String {
    "in transit: \(transit.partition) is leaving \(transit.table) (\(transit.state)); its rows were "
      + "not counted: run daybook maintain, then this audit again"
  }

  private static func verdict(_ report: AuditReport) -> String {
    if report.isGood { return "everything adds up" }
    return report.problems.isEmpty
      ? "no result: what depends on the rows in transit was not judged"
      : "it does not add up: \(report.problems.count) problems"
  }

  private static func accounts(_ report: AuditReport, withRetired: Bool) -> Table {
    let columns: [(String, (AuditReport.TableAccount) -> Int64)] =
      [("seen", \.seen), ("stored", \.stored), ("duplicates", \.duplicates)]
      + [("rejected", \.rejected), ("rows", \.rows)]
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

  private static func costs(_ report: AuditReport, withRetired: Bool) -> Table {
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

  private static func json(
    _ report: AuditReport, _ prices: PriceCheck, _ extent: PriceCheckExtent
  ) -> JSONValue {
    .object([
      "good": .boolean(report.isGood),
      "tables": .array(
        report.accounts.map {
          .object([
            "table": .string($0.table), "seen": .integer($0.seen), "stored": .integer($0.stored),
            "duplicates": .integer($0.duplicates), "rejected": .integer($0.rejected),
            "gap_offsets": .integer($0.gaps), "rows": .integer($0.rows),
            "archived_rows": .integer($0.retiredRows),
            "rejected_records": .integer($0.rejectedRows),
            "archived_rejected_records": .integer($0.retiredRejectedRows),
          ])
        }),
      "costs": .array(
        report.costs.map {
          .object([
            "currency": .string($0.currency), "rows": .string($0.rows),
            "archived": .string($0.retired), "repriced": .string($0.repriced),
            "daily": .string($0.daily), "monthly": .string($0.monthly),
            "corrections": .string($0.corrections),
          ])
        }),
      "batches": .integer(report.batches), "archived_batches": .integer(report.retiredBatches),
      "kafka_partitions": .integer(report.partitions),
      "statements": .integer(report.statements),
      "prices": PriceCheckReport.json(prices, extent),
      "repeated_identities": .integer(report.repeatedIdentityCount),
      "in_transit": .array(
        report.inTransit.map {
          .object([
            "table": .string($0.table), "partition": .string($0.partition),
            "state": .string($0.state),
          ])
        }),
      "problems": .array(report.problems.map { .string($0) }),
    ])
  }
}
