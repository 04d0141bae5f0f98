// SPDX-License-Identifier: Apache-2.0
import Sysexits
import Upkeep

/// `--dry-run`: why and what, as SQL that could be run by hand; nothing is changed.
enum MaintenanceDryRun {
  static func print(
    _ jobs: [MaintenanceJob], table: String?, _ context: CommandContext
  ) throws(CommandError) -> ExitCode {
    let settings = try context.maintenance
    let planned: [PlannedAction]
    do throws(UpkeepError) {
      planned = try Maintainer(settings, stop: StopRequest()).planned(table: table)
    } catch {
      throw CommandError(error)
    }
    let names = Set(jobs.map(\.rawValue))
    let actions = planned.filter { names.contains($0.job.rawValue) }
    guard !context.wantsJSON else {
      try context.output.line(JSONValue.array(actions.map(json)).text)
      return .success
    }
    for action in actions {
      // A reason quotes what people wrote: a line break in it must not become a statement.
      try context.output.write(
        PartitionsPlanCommand.comment("\(action.name) \(action.partition): \(action.reason)"))
      for statement in action.statements { try context.output.line(statement + ";") }
    }
    for job in jobs {
      for statement in settings.statements(of: job) {
        try context.output.line("-- \(job.rawValue), until it changes no row")
        try context.output.line(statement + ";")
      }
    }
    return .success
  }

  private static func json(_ action: PlannedAction) -> JSONValue {
    .object([
      "action": .string(action.name), "table": .string(action.table),
      "partition": .string(action.partition), "reason": .string(action.reason),
      "statements": .array(action.statements.map { .string($0) }),
    ])
  }
}
