// SPDX-License-Identifier: Apache-2.0
import Postgres
import Sysexits
import Upkeep

/// `daybook partitions adopt`.
enum PartitionsAdoptCommand {
  static let declaration = CommandDeclaration(
    ["partitions", "adopt"], "take over a monthly set that pg_partman made",
    options: [
      PartitionsCommand.table, PolicySetCommand.monthsAhead, PolicySetCommand.retentionMonths,
      PolicySetCommand.reason, Options.dryRun, Options.yes, Options.databaseURL,
      Options.adminDatabaseURL, Options.schema,
    ],
    details: """
      Recognises the set from the catalogue: one timestamptz key, bounds of calendar months in UTC,
      any names. In one transaction: keeps pg_partman's row in the journal, turns its maintenance
      and retention of the set off, writes the policy (premake and retention, unless given here),
      and gives the partitions the TRUNCATE triggers that they lack. The login must be able to
      change pg_partman's part_config and to act as app_owner. The way back: ops/runbooks/partman.md.
      """,
    examples: [
      ("daybook partitions adopt --table audit_logs --dry-run", "what would be done, as SQL"),
      (
        "daybook partitions adopt --table audit_logs --retention-months 72 --reason 'decision 4'",
        "with another retention than pg_partman's"
      ),
    ], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let table = try context.settings.required(PartitionsCommand.table)
    let why = try context.reasonText(PolicySetCommand.reason)
    let reader = AdoptionReader(schema: context.schema)
    let seen = try context.withTransaction(context.adminDatabase, readOnly: true) {
      (connection) throws(PostgresError) in try reader.read(table, &connection)
    }
    let adoption = Adoption(
      seen, monthsAhead: number(PolicySetCommand.monthsAhead, context),
      retentionMonths: number(PolicySetCommand.retentionMonths, context),
      reason: why ?? "it was adopted")
    for remark in adoption.remarks { context.say("\(table): \(remark)") }
    guard adoption.refusals.isEmpty else {
      throw CommandError(
        .data, "\(table) cannot be adopted: " + adoption.refusals.joined(separator: "; "))
    }
    context.say(
      "\(table): \(seen.children.filter { !$0.isDefault }.count) months; the policy will be "
        + "\(adoption.monthsAhead) months ahead, \(adoption.retentionMonths) months of retention")
    if context.settings.isOn(Options.dryRun) {
      try context.output.line(
        (["BEGIN"] + adoption.statements + ["COMMIT"]).map { $0 + ";" }.joined(separator: "\n"))
      return .success
    }
    try context.confirm()
    let isDone = try context.withTransaction(context.adminDatabase) {
      (connection) throws(PostgresError) in
      guard try reader.read(table, &connection) == seen else { return false }
      for statement in adoption.statements { try connection.execute(statement) }
      return true
    }
    guard isDone else {
      throw CommandError(.temporary, "\(table) has changed meanwhile: look again and decide again")
    }
    try context.output.line("\(table) is adopted: daybook partitions plan says what comes next")
    return .success
  }

  private static func number(_ option: OptionDeclaration, _ context: CommandContext) -> Int? {
    context.settings.text(option).flatMap { Int($0) }
  }
}
