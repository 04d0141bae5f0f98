// SPDX-License-Identifier: Apache-2.0
import Ledger
import Postgres
import Sysexits

/// `daybook verify-restore`: proves a restored database, and says from where ingest goes on.
enum VerifyRestoreCommand {
  private static let against = OptionDeclaration(
    "against", "FILE", kind: .text, sources: .flag,
    "what daybook audit --json printed at the source: compare with it")

  static let declaration = CommandDeclaration(
    ["verify-restore"], "prove a restored database, and say from which offsets ingest goes on",
    options: [
      against, FinanceOptions.prices, Options.json, Options.wide, Options.archiveDirectory,
      Options.scanTimeout, Options.adminDatabaseURL,
    ] + Options.kafka + Options.database,
    details: """
      Everything that daybook audit proves, statements and their hashes included; then whether
      migrations, functions and views are those of this release; with --archive-dir whether each
      archive that the ledger counts with is there, whole, and the same one (all of it is read). For
      each Kafka partition the offset to go on from, and with --kafka-brokers whether the log still
      has it: log_begins <= go_on_from <= log_ends. A log that begins later has lost what was not
      restored. Whether it is the same log, ingest itself proves before it stores anything. With
      --against nothing is missing that the logs could not give back, and where nothing is missing
      every count and cost is equal. It changes nothing. Exit code 1 if anything is wrong, 75 if
      brokers do not answer or a partition is just leaving.
      """,
    examples: [
      ("daybook verify-restore --kafka-brokers kafka-1:9092", "before ingest is started"),
      (
        "daybook verify-restore --against source.json --archive-dir /srv/archive --json",
        "with all that there is, for a drill"
      ),
    ], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    let report = try report(context)
    if context.wantsJSON {
      try context.output.line(report.json.text)
    } else {
      try report.print(context)
    }
    if !report.problems.isEmpty { return .checkFailed }
    return report.doubts.isEmpty ? .success : .temporary
  }

  private static func report(_ context: CommandContext) throws(CommandError) -> RestoreReport {
    // What is wrong with an argument is said before every row is read.
    let source: SavedAudit? =
      if let path = context.settings.text(against) { try SavedAudit.read(path) } else { nil }
    // Without the tables of this release nothing else can be asked.
    let schemaProblems = try SchemaFindings.problems(context)
    let (positions, archives) = try context.withLedger(
      context.adminDatabase, wants: "app_audit_read"
    ) { (ledger) throws(PostgresError) in
      (try ledger.positions().filter { !$0.isOwnStream }, try ledger.recordedArchives())
    }
    let points = zip(positions, try context.logExtents(of: positions))
      .map { ResumePoint(position: $0, log: $1) }
    let audit = try AuditResult(context)
    return RestoreReport(
      audit: audit, schemaProblems: schemaProblems, points: points, archives: archives,
      archiveFindings: context.settings.text(Options.archiveDirectory).map { directory in
        archives.map { ArchiveFinding($0, in: directory) }
      },
      comparison: source.map { SourceComparison(audit.report, $0, points) })
  }
}
