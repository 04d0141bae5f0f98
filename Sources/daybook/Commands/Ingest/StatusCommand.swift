// SPDX-License-Identifier: Apache-2.0
import Ledger
import Postgres
import Sysexits

/// `daybook status`: whether it keeps up, who owns what, what waits for a decision.
enum StatusCommand {
  private static let window = OptionDeclaration(
    "window", "N", kind: .integer(1...86_400), default: "300", unit: "seconds", sources: .flag,
    "the stretch of time that the rate is taken over")

  static let declaration = CommandDeclaration(
    ["status"], "show lag, owners, halts, rate and the state of maintenance",
    options: [window, Options.json, Options.wide] + Options.kafka + Options.database,
    details: """
      Lag is the end offset at the broker minus the next offset in the database; without brokers it
      is left out, and where a partition's end is not known the reason is said. Maintenance: how many
      months the partitions reach ahead, the oldest one, partitions that are leaving, active legal
      holds, and when each job succeeded last. Fields that nobody reads: names of the last
      \(UnreadFields.days) days that look like usage, cost or outcome, the newest first, as when a
      source has renamed an attribute; all of them are in daybook rejects unknown-fields. Exit
      code 1 if a Kafka partition is halted.
      """,
    examples: [
      ("daybook status", "one look"), ("daybook status --json | jq .lag", "for a script"),
    ], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let seconds = context.settings.integer(window)
    let (positions, rate, last, maintenance, unread) = try context.withLedger(context.database) {
      (ledger) throws(PostgresError) in
      (
        try ledger.positions().filter { !$0.isOwnStream }, try ledger.rate(seconds: seconds),
        try ledger.lastCommit(), try ledger.maintenance(), try ledger.unreadFields()
      )
    }
    let extents = try context.logExtents(of: positions)
    let report = StatusReport(
      lines: zip(positions, extents).map { StatusReport.Line(position: $0, extent: $1) },
      rate: rate, lastCommit: last, maintenance: maintenance, unread: unread)
    if context.wantsJSON {
      try context.output.line(report.json.text)
    } else {
      try context.output.write(report.text(context.tableView))
    }
    return report.lines.contains { $0.position.isHalted } ? .checkFailed : .success
  }
}
