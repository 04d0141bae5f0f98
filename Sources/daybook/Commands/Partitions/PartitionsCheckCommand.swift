// SPDX-License-Identifier: Apache-2.0
import Sysexits
import Upkeep

/// `daybook partitions check`.
enum PartitionsCheckCommand {
  static let declaration = CommandDeclaration(
    ["partitions", "check"], "say what is not as it should be with the partitions",
    options: [PartitionsCommand.table, Options.json, Options.archiveDirectory] + Options.database,
    details: """
      Exit code 1 with a line for each reason:
      \(codes(0..<5)),
      \(codes(5..<9)),
      \(codes(9..<PlanFinding.Code.allCases.count)).
      Reads only, as any reading role and through a pooler. archive-dir is that of this host: check
      with the settings of maintenance.
      """,
    examples: [
      ("daybook partitions check", "for a scheduled check"),
      ("daybook partitions check --table audit_logs --json", "one table, for a program"),
    ], run: run)

  private static func codes(_ range: Range<Int>) -> String {
    PlanFinding.Code.allCases[range].map(\.rawValue).joined(separator: ", ")
  }

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let only = context.settings.text(PartitionsCommand.table)
    let (now, sets) = try context.partitionSets(context.database, of: only)
    let findings = context.plan(sets, now).findings
    if context.wantsJSON {
      try context.output.line(
        JSONValue.object([
          "ok": .boolean(findings.isEmpty), "now": .string("\(now)"),
          "tables": .array(sets.map { .string($0.table) }),
          "findings": .array(findings.map(json)),
        ]).text)
    } else {
      for finding in findings { try context.output.line("\(finding)") }
      if findings.isEmpty {
        try context.output.line("ok: " + sets.map(\.table).joined(separator: ", "))
      }
    }
    return findings.isEmpty ? .success : .checkFailed
  }

  static func json(_ finding: PlanFinding) -> JSONValue {
    .object([
      "code": .string(finding.code.rawValue), "table": .string(finding.table),
      "partition": .optional(finding.partition), "message": .string(finding.message),
    ])
  }
}
