// SPDX-License-Identifier: Apache-2.0
import Books
import CopyFormat
import Postgres
import Sysexits

/// `daybook periods show`.
enum PeriodsShowCommand {
  private static let version = OptionDeclaration(
    "version", "N", kind: .integer(1...1_000_000), sources: .flag,
    "this version; the default is the one in force")
  private static let asOf = OptionDeclaration(
    "as-of", "TIME", kind: .time, sources: .flag, "what was known at this time")
  private static let tenant = OptionDeclaration(
    "tenant", "ID", kind: .text, sources: .flag, "only this tenant")

  static let declaration = CommandDeclaration(
    ["periods", "show"], "print the statement of a month, and check its hash",
    operands: "YYYY-MM", count: 1...1,
    options: [
      version, asOf, tenant, Options.databaseURL, Options.adminDatabaseURL, Options.schema,
    ] + Options.table,
    details: """
      Of a closed month: the lines that were written when it was closed, with the SHA-256 over them
      and over the hash of the statement before, both checked; exit code 1 if they are wrong. Of an
      open month: what a statement would say now.

      --as-of: when the month was closed at that time, the version that was in force then. When it
      was open, its amounts are computed from the records that had come (ingested_at) and the late
      records, repriced records and corrections that were posted (created_at) up to that time, with
      the billing zones of that time; names and payers are not shown. The same call gives the same
      answer for ever. Both times are read before the commit, ingested_at by the clock of the worker:
      what was being written at that very time counts as known, and after an outage a batch may be
      written long after it was read: ask when that is over. This reads the records of the month and
      wants app_finance; once they have left with retired partitions, only times at which the month
      was closed can be asked.
      """,
    examples: [
      ("daybook periods show 2026-07", "the statement in force"),
      ("daybook periods show 2026-07 --version 1 --tenant acme", "before it was reopened"),
      ("daybook periods show 2026-07 --as-of 2026-08", "what was known when August began"),
    ], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let month = try context.monthOperand()
    let settings = context.settings
    let wanted = settings.text(version).flatMap { Int($0) }
    let time = settings.text(asOf).flatMap(ValueKind.time)
    let only = settings.text(tenant)
    guard wanted == nil || time == nil else {
      throw CommandError(.usage, "give --version or --as-of, not both")
    }
    if let time, time > .now() { throw CommandError(.usage, "--as-of lies in the future") }
    // As of a time, records may have to be read, for longer than a pooler lets a query run.
    let database = time == nil ? context.database : context.adminDatabase
    let found = try context.withBooks(database) { (books) throws(PostgresError) in
      if let time { return try books.statement(month, asOf: time, tenant: only) }
      return try books.statement(month, version: wanted, tenant: only)
    }
    guard let statement = found else {
      throw CommandError(
        .noInput,
        "\(month) has no statement\(wanted.map { " \($0)" } ?? ""): see daybook periods list")
    }
    if statement.lines.isEmpty { try context.requireTenant(only) }
    try StatementReport.print(statement, isDraft: false, context)
    return statement.problems.isEmpty ? .success : .checkFailed
  }
}
