// SPDX-License-Identifier: Apache-2.0
import Sysexits
import Upkeep

/// `daybook partitions apply`: does what `partitions plan` prints, now.
enum PartitionsApplyCommand {
  static let declaration = CommandDeclaration(
    ["partitions", "apply"], "do what the plan says: make, archive, drop, freeze and index",
    options: [MaintainOptions.table, Options.dryRun, Options.json, Options.wide] + Options.archive
      + MaintainOptions.direct,
    details: """
      The jobs create, retain and close of `daybook maintain`, with progress on a terminal. Ends with
      exit code 1 when something failed, and 75 when another process leads or a stop came first.
      """,
    examples: [
      ("daybook partitions apply --dry-run", "print the SQL and change nothing"),
      ("daybook partitions apply --table invocations --archive-dir /srv/archive", "one table"),
    ], run: run)

  private static let jobs: [MaintenanceJob] = [.create, .retain, .close]

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let table = context.settings.text(MaintainOptions.table)
    if table != nil { _ = try context.partitionSets(context.adminDatabase, of: table) }
    if context.settings.isOn(Options.dryRun) {
      return try MaintenanceDryRun.print(jobs, table: table, context)
    }
    let stop = StopRequest()
    let signals = StopSignals("stop requested, the present step ends") { stop.request() }
    defer { signals.finish() }
    let journal = ApplyJournal()
    let maintainer = Maintainer(try context.maintenance, stop: stop, observe: journal.note)
    let reports: [JobReport]
    do throws(UpkeepError) {
      reports = try maintainer.run(jobs, table: table)
    } catch {
      throw CommandError(error)
    }
    try context.list(
      Table(ApplyJournal.names.map { .text($0) }, rows: journal.lines.map { $0.map { $0 } }),
      json: journal.lines.map { line in
        .object(zip(ApplyJournal.names, line).map { .init(name: $0, value: .string($1)) })
      })
    for report in reports where report.outcome != .success {
      context.say("\(report.job.rawValue): \(report.message)")
    }
    return JobReport.exitCode(of: reports)
  }
}
