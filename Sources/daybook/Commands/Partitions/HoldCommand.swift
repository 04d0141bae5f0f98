// SPDX-License-Identifier: Apache-2.0
import Postgres
import Sysexits
import Upkeep

/// `daybook hold add|list|release`.
enum HoldCommand {
  static let tenant = OptionDeclaration(
    "tenant", "T", kind: .text, sources: .flag, "only rows of this tenant")
  static let table = OptionDeclaration(
    "table", "NAME", kind: .text, sources: .flag, "only rows of this partitioned table")
  static let from = OptionDeclaration(
    "from", "TIME", kind: .time, sources: .flag,
    "only rows from this time on; a month is its first moment")
  static let to = OptionDeclaration(
    "to", "TIME", kind: .time, sources: .flag,
    "only rows before this time; a month is its first moment")
  static let everything = OptionDeclaration(
    "everything", kind: .toggle, sources: .flag, "hold every row of every table")
  static let reason = OptionDeclaration(
    "reason", "TEXT", kind: .text, sources: .flag, "why, for the journal")
  static let matter = OptionDeclaration(
    "matter", "REF", kind: .text, sources: .flag, "reference of the case, such as a docket number")
  static let all = OptionDeclaration(
    "all", kind: .toggle, sources: .flag, "released holds too")

  private static let direct = [Options.databaseURL, Options.adminDatabaseURL, Options.schema]

  static let declarations = [
    CommandDeclaration(
      ["hold", "add"], "place a legal hold: what it covers is not dropped",
      options: [tenant, table, from, to, everything, reason, matter, Options.dryRun, Options.json]
        + direct,
      details: """
        At least one of --tenant, --table, --from and --to says what is held, or --everything. Tables
        without tenants (rejected_records, ingest_batches) are held in the whole range. Shows what is
        covered, and which months of the range were dropped before. Journaled, and written to
        audit_logs as a security event. Wants a login in app_maintain.
        """,
      examples: [
        (
          "daybook hold add --tenant acme --from 2026-01 --to 2026-07 --reason 'subpoena' "
            + "--matter 26-cv-117", "January to June"
        ),
        ("daybook hold add --table audit_logs --reason 'review' --dry-run", "what would it cover"),
      ], run: HoldAddCommand.run),
    CommandDeclaration(
      ["hold", "list"], "list legal holds with who, why, and what they cover",
      options: [all] + Options.table + Options.database,
      examples: [("daybook hold list --all", "with those that were released")], run: list),
    CommandDeclaration(
      ["hold", "release"], "release a legal hold",
      operands: "ID", count: 1...1, options: [reason, Options.dryRun, Options.json] + direct,
      details:
        "Once. What only this hold covered follows the policy of its table again: expired\n"
        + "partitions go with the next maintenance, held rows leave <table>_held.",
      examples: [("daybook hold release 3 --reason 'case closed'", "by its number")],
      run: release),
  ]

  /// Runs `body` with the holds; the connection ends with it.
  static func withBook<Result>(
    _ context: CommandContext, _ database: ConnectionSettings? = nil,
    _ body: (inout HoldBook) throws(PostgresError) -> Result
  ) throws(CommandError) -> Result {
    do throws(PostgresError) {
      var book = HoldBook(
        try Connection(database ?? context.adminDatabase), schema: context.schema)
      return try body(&book)
    } catch {
      throw CommandError(error, wants: database == nil ? "app_maintain" : "app_read")
    }
  }

  private static func list(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let isAll = context.settings.isOn(all)
    let holds = try withBook(context, context.database) { (book) throws(PostgresError) in
      try book.holds(all: isAll)
    }
    try context.list(HoldReport.table(holds), json: holds.map(HoldReport.json))
    return .success
  }

  private static func release(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let text = context.operands.first ?? ""
    guard let id = Int64(text), id > 0 else {
      throw CommandError(.usage, "\(text) is no number of a hold: see daybook hold list")
    }
    let why = try context.requiredReason(reason)
    let found = try withBook(context) { (book) throws(PostgresError) in
      try book.holds(all: true).first { $0.id == id }
    }
    guard let hold = found else {
      throw CommandError(.noInput, "there is no hold \(id): see daybook hold list --all")
    }
    if let at = hold.releasedAt {
      throw CommandError(.usage, "hold \(id) was released at \(at) by \(hold.releasedBy ?? "")")
    }
    if context.settings.isOn(Options.dryRun) {
      context.say("hold \(id) (\(hold.scope.description)) would be released")
      try HoldReport.printStatements(context) { $0.statement(toRelease: id, reason: why) }
      return .success
    }
    let isDone = try withBook(context) { (book) throws(PostgresError) in
      try book.release(id, reason: why)
    }
    guard isDone else {
      throw CommandError(
        .temporary, "hold \(id) was released by somebody else meanwhile: look again")
    }
    if context.wantsJSON {
      try context.output.line(
        JSONValue.object(["hold_id": .integer(id), "released": .boolean(true)]).text)
    } else {
      try context.output.line("hold \(id) (\(hold.scope.description)) is released")
    }
    return .success
  }
}
