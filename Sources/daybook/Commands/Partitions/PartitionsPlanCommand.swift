// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Sysexits
import Upkeep

/// `daybook partitions plan`.
enum PartitionsPlanCommand {
  static let declaration = CommandDeclaration(
    ["partitions", "plan"], "print what maintenance would do now, with the SQL and the reasons",
    options: [PartitionsCommand.table, Options.json, Options.archiveDirectory]
      + [Options.archiveCommand, Options.adminDatabaseURL] + Options.database,
    details: """
      Changes nothing. The text is SQL; each statement is sent alone and as app_owner. Steps that
      only touch files (archive, verify, ship) have no statement. What is not as it should be
      stands below.
      """,
    examples: [
      ("daybook partitions plan", "every table with a policy"),
      ("daybook partitions plan --table invocations --json", "one table, for a program"),
    ], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let only = context.settings.text(PartitionsCommand.table)
    let (now, sets) = try context.partitionSets(context.adminDatabase, of: only, asOwner: true)
    let plan = context.plan(sets, now)
    if context.wantsJSON {
      try context.output.line(json(plan, now).text)
    } else {
      try context.output.write(text(plan, now))
    }
    return .success
  }

  private static func text(_ plan: Plan, _ now: Timestamp) -> String {
    var text = "-- \(plan.actions.count) actions, \(plan.findings.count) findings at \(now)\n"
    for action in plan.actions {
      text += comment("\n\(action.name) \(action.table) \(action.partition): \(action.reason)")
      for statement in action.statements { text += statement + ";\n" }
    }
    if !plan.findings.isEmpty { text += "\n" }
    for finding in plan.findings { text += comment("finding: \(finding)") }
    return text
  }

  /// One line: a hold or a reason with a line break in it must not become a statement.
  static func comment(_ sentence: String) -> String {
    let lead = sentence.hasPrefix("\n") ? "\n" : ""
    let words = sentence.dropFirst(lead.count).map { $0.isNewline ? " " : $0 }
    return "\(lead)-- \(String(words))\n"
  }

  private static func json(_ plan: Plan, _ now: Timestamp) -> JSONValue {
    .object([
      "now": .string("\(now)"),
      "actions": .array(
        plan.actions.map {
          .object([
            "job": .string($0.job.rawValue), "action": .string($0.name),
            "table": .string($0.table), "partition": .string($0.partition),
            "reason": .string($0.reason), "statements": .array($0.statements.map { .string($0) }),
          ])
        }), "findings": .array(plan.findings.map(PartitionsCheckCommand.json)),
    ])
  }
}

extension CommandContext {
  /// The plan under this host's settings.
  func plan(_ sets: [PartitionSet], _ now: Timestamp) -> Plan {
    PartitionPlan.make(
      sets, now: now, schema: schema,
      hasArchivePlace: settings.text(Options.archiveDirectory) != nil,
      hasArchiveCommand: settings.text(Options.archiveCommand) != nil)
  }
}
