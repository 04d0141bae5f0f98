// SPDX-License-Identifier: Apache-2.0
import Ledger
import Sysexits

/// `daybook audit`: proves that nothing was lost, doubled or changed on the way, or says exactly
/// what was.
enum AuditCommand {
  static let declaration = CommandDeclaration(
    ["audit"], "check the accounting and the rollups against the rows",
    options: [FinanceOptions.prices, Options.json, Options.wide, Options.scanTimeout]
      + [Options.adminDatabaseURL] + Options.database,
    details: """
      On one snapshot: seen = stored + duplicates + rejected + skipped, in every batch and per table;
      rows = stored; rejected_records = rejected; records and gaps of the ledger cover every
      partition's offsets without hole or overlap (an operator's journaled decision explains a jump).
      seen counts items: a Kafka record is one, or holds many. Daily and monthly rollups
      recomputed from the rows and adjustments, equal to the last digit; in each currency rows +
      repriced = rollups + corrections; every statement is as it was hashed, follows the one before
      it, and says what the closed rollups and corrections say; each month is open or closed as the
      journal says. Then what calls and lines of repriced calls cost, computed once more from their
      tokens and the catalogue: of a sample, with --prices all of every one. Partitions that were
      archived and dropped count with the sums that were taken when they left. Functions and views
      are what was loaded: nobody has edited one. Exit code 1 if anything does not add up, 75 if a
      partition is just leaving: repeat it after daybook maintain, or if one of its questions has
      taken longer than scan_timeout. Reads every row, so it wants the direct connection.
      """,
    examples: [
      ("daybook audit", "print the sums, and every problem"),
      ("daybook audit --json", "for a scheduled check"),
    ], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let audit = try AuditResult(context)
    if context.wantsJSON {
      try context.output.line(audit.json.text)
    } else {
      try audit.print(context)
      for problem in audit.report.problems { try context.output.line("problem: \(problem)") }
      try context.output.line(verdict(audit.report))
    }
    if audit.report.isGood { return .success }
    return audit.report.problems.isEmpty ? .temporary : .checkFailed
  }

  private static func verdict(_ report: AuditReport) -> String {
    if report.isGood { return "everything adds up" }
    return report.problems.isEmpty
      ? "no result: what depends on the rows in transit was not judged"
      : "it does not add up: \(report.problems.count) problems"
  }
}
