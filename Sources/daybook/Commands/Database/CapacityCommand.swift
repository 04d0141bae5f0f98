// SPDX-License-Identifier: Apache-2.0
import Ledger
import Postgres
import Sysexits

/// `daybook capacity`: how large the database will be, and when a limit of the site is met.
enum CapacityCommand {
  private static let growth = OptionDeclaration(
    "growth", "PERCENT", kind: .fraction(-50...100), default: "0", sources: .flag,
    "each month brings so much more than the one before")
  private static let storage = OptionDeclaration(
    "storage", "GIB", kind: .integer(1...1_000_000), unit: "GiB", sources: .flag,
    "the size of the server's storage: say when 70 % of it are taken")

  static let declaration = CommandDeclaration(
    ["capacity"], "project the size of the database 6 and 12 months ahead",
    options: [growth, storage, Options.json, Options.wide, Options.adminDatabaseURL]
      + Options.database,
    details: """
      As if every month to come were like the last whole one, or like the current one so far where
      that is more: monthly partitions with their indexes, less what retention drops; the rest
      (rollups, prices, books) keeps its size. WAL is what the server has written a day since its
      statistics were reset. The triggers are those of the platform's documents: storage 70 %,
      connections 80 %. IOPS (80 %) and CPU (75 %) are not known to the database: the dashboard
      "Daybook: database" and its alerts show them.

      Exit code 1 if a trigger is met now, or within 6 months.
      """,
    examples: [
      ("daybook capacity --storage 500", "when are 70 % of 500 GiB taken?"),
      ("daybook capacity --storage 500 --growth 8 --json", "with 8 % more records each month"),
    ], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let capacity = try context.withLedger(context.adminDatabase) {
      (ledger) throws(PostgresError) in
      try ledger.capacity()
    }
    let report = CapacityReport(
      capacity, growth: context.settings.fraction(growth) / 100,
      storageGiB: context.settings.text(storage).flatMap { Double($0) })
    if context.wantsJSON {
      try context.output.line(report.json.text)
    } else {
      try context.output.write(report.text(context.tableView))
    }
    return report.isTriggered ? .checkFailed : .success
  }
}
