// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Ledger
import Postgres
import Sysexits
import Upkeep

/// `daybook partitions list|plan|check|ensure|adopt`.
enum PartitionsCommand {
  static let table = OptionDeclaration(
    "table", "TABLE", kind: .text, sources: .flag, "the partitioned table")
  private static let from = OptionDeclaration(
    "from", "YYYY-MM", kind: .month, sources: .flag, "the first month")
  private static let to = OptionDeclaration(
    "to", "YYYY-MM", kind: .month, sources: .flag, "the last month")
  /// A decade: a typing error must not make thousands of tables.
  private static let monthCountMax = 120

  static let declarations = [
    PartitionsListCommand.declaration, PartitionsPlanCommand.declaration,
    PartitionsCheckCommand.declaration,
    CommandDeclaration(
      ["partitions", "ensure"], "make the partitions of these months",
      options: [table, from, to, Options.dryRun, Options.json, Options.databaseURL]
        + [Options.adminDatabaseURL, Options.schema],
      details:
        "Ingest makes the months of the table's policy (partition_policies) by itself; this is for\n"
        + "older ones, before their records are loaded.",
      examples: [
        (
          "daybook partitions ensure --table invocations --from 2026-06 --to 2026-08",
          "before old records are loaded"
        )
      ], run: ensure), PartitionsAdoptCommand.declaration,
  ]

  private static func ensure(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let name = try context.settings.required(table)
    let months = try months(context.settings)
    try warnOfExpired(months, of: name, context)
    let isDry = context.settings.isOn(Options.dryRun)
    let made = try context.withLedger(context.adminDatabase, wants: "app_maintain") {
      (ledger) throws(PostgresError) in
      var made: [String] = []
      for month in months {
        made.append(
          isDry
            ? ledger.partitionStatement(of: name, month: month)
            : try ledger.makePartition(of: name, month: month))
      }
      return made
    }
    if isDry {
      for statement in made { try context.output.line(statement) }
      return .success
    }
    let printed = Table(
      [.text("month"), .text("partition")],
      rows: zip(months, made).map { ["\($0)", $1] })
    try context.list(
      printed,
      json: zip(months, made).map {
        .object(["month": .string("\($0)"), "partition": .string($1)])
      })
    return .success
  }

  /// Maintenance archives and drops such a month, perhaps before it is filled.
  private static func warnOfExpired(
    _ months: [Month], of name: String, _ context: CommandContext
  ) throws(CommandError) {
    let (now, sets) = try context.partitionSets(context.adminDatabase, of: name)
    guard let policy = sets.first?.policy, policy.isManaged, let first = months.first else {
      return
    }
    let oldest = now.month.advanced(by: -policy.retentionMonths)
    guard first < oldest else { return }
    context.say(
      "warning: \(name) keeps \(policy.retentionMonths) months, from \(oldest) on: maintenance "
        + "archives and drops older ones; to keep more: daybook policy set --table \(name) "
        + "--retention-months N")
  }

  private static func months(_ settings: Settings) throws(CommandError) -> [Month] {
    let start = try settings.required(from)
    guard let first = Month(start), let last = Month(settings.text(to) ?? start) else {
      throw CommandError(.usage, "give --from and --to as YYYY-MM")
    }
    guard first <= last else { throw CommandError(.usage, "--from must not lie after --to") }
    var months: [Month] = []
    var month = first
    while month <= last {
      months.append(month)
      guard months.count <= monthCountMax else {
        throw CommandError(
          .usage, "more than \(monthCountMax) months at once: give a shorter range")
      }
      month = month.next
    }
    return months
  }
}
