// SPDX-License-Identifier: Apache-2.0
import Ledger
import Postgres

/// `daybook audit`: proves that nothing was lost, doubled or changed on the way, or says exactly
/// what was.
enum AuditCommand {
  static let declaration = CommandDeclaration(
    ["audit"], "check the accounting and the rollups against the rows",
    options: [Options.json, Options.adminDatabaseURL] + Options.database,
    details: """
      On one snapshot: seen = stored + duplicates + rejected, in every batch and per table; rows =
      stored; rejected_records = rejected; the ledger covers every partition's offsets without hole
      or overlap (an operator's journaled decision explains a jump); daily and monthly rollups
      recomputed from the rows, equal to the last digit. Exit code 1 if anything does not add up.
      Reads every row, so it wants the direct connection.
      """,
    examples: [
      ("daybook audit", "print the sums, and every problem"),
      ("daybook audit --json", "for a scheduled check"),
    ], run: run)

  private static func run(_ context: CommandContext) throws(Fault) -> ExitCode {
    let report = try context.withLedger(context.adminDatabase) { (ledger) throws(PostgresError) in
      try ledger.audit()
    }
    if context.wantsJSON {
      try context.output.line(json(report).text)
    } else {
      try printTables(report, context)
    }
    return report.isGood ? .success : .checkFailed
  }

  private static func printTables(
    _ report: AuditReport, _ context: CommandContext
  ) throws(Fault) {
    var accounts = Table([
      .text("table"), .number("seen"), .number("stored"), .number("duplicates"),
      .number("rejected"), .number("rows"), .number("rejected_records"),
    ])
    accounts.rows = report.accounts.map {
      [
        $0.table, String($0.seen), String($0.stored), String($0.duplicates), String($0.rejected),
        String($0.rows), String($0.rejectedRows),
      ]
    }
    accounts.rows.append(total(report))
    try context.output.write(accounts.aligned + "\n")
    let costs = Table(
      [
        .text("currency"), .number("cost of rows"), .number("costs_daily"),
        .number("costs_monthly"),
      ], rows: report.costs.map { [$0.currency, $0.rows, $0.daily, $0.monthly] })
    try context.output.write(costs.aligned + "\n")
    try context.output.line(
      "\(report.batches) batches, \(report.partitions) Kafka partitions")
    if report.repeatedIdentityCount > 0 {
      try context.output.line(
        "for information: \(report.repeatedIdentityCount) identities are stored with several "
          + "times (a retry with a new occurred_at is a new record)")
      for identity in report.repeatedIdentities {
        try context.output.line(
          "  \(identity.table) \(identity.tenant) \(identity.id): \(identity.times) times")
      }
    }
    for problem in report.problems { try context.output.line("problem: \(problem)") }
    try context.output.line(
      report.isGood
        ? "everything adds up" : "it does not add up: \(report.problems.count) problems")
  }

  private static func total(_ report: AuditReport) -> [String?] {
    func sum(_ value: (AuditReport.TableAccount) -> Int64) -> String {
      String(report.accounts.reduce(0) { $0 + value($1) })
    }
    return [
      "total", sum(\.seen), sum(\.stored), sum(\.duplicates), sum(\.rejected), sum(\.rows),
      sum(\.rejectedRows),
    ]
  }

  private static func json(_ report: AuditReport) -> JSONValue {
    .object([
      "good": .boolean(report.isGood),
      "tables": .array(
        report.accounts.map {
          .object([
            "table": .string($0.table), "seen": .integer($0.seen), "stored": .integer($0.stored),
            "duplicates": .integer($0.duplicates), "rejected": .integer($0.rejected),
            "gap_offsets": .integer($0.gaps), "rows": .integer($0.rows),
            "rejected_records": .integer($0.rejectedRows),
          ])
        }),
      "costs": .array(
        report.costs.map {
          .object([
            "currency": .string($0.currency), "rows": .string($0.rows),
            "daily": .string($0.daily), "monthly": .string($0.monthly),
          ])
        }),
      "batches": .integer(report.batches), "kafka_partitions": .integer(report.partitions),
      "repeated_identities": .integer(report.repeatedIdentityCount),
      "problems": .array(report.problems.map { .string($0) }),
    ])
  }
}
