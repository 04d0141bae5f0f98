// SPDX-License-Identifier: Apache-2.0
import Doctor
import Sysexits

/// `daybook doctor`: what is wrong with the servers and settings of a site, why it matters, and
/// what mends it.
enum DoctorCommand {
  private static let accept = OptionDeclaration(
    "accept", "CHECK", kind: .text, repeatable: true, sources: .flag,
    "count what this check finds and say no more of it, such as kafka.replication.factor")

  static let declaration = CommandDeclaration(
    ["doctor"], "say what is wrong with servers, pooler, topics and settings, and what mends it",
    options: [accept, Options.json, Options.poolerAdminURL, Options.adminDatabaseURL]
      + [Options.replicaDatabaseURL] + Options.database + Options.kafka
      + [Options.topic, Options.group, Options.workers, Options.gapsAllowed],
    details: """
      Looks at the PostgreSQL server (parameters, versions, encoding, collation, TLS, clock, what is
      logged of personal data), the catalogue (rights of PUBLIC, triggers that are disabled or
      gone, leftovers that fill the disk or hold back vacuum, passwords that end within 14 days),
      the login that stores records, the schema and its partitions, a replica, PgBouncer, the
      topics (retention, compaction, replicas, min.insync.replicas, unclean elections) and the
      settings of ingest. It changes nothing. The admin connection should be a member of
      pg_monitor, or parameters and other people's transactions stay unseen. A problem loses,
      forges, shows or stops something, now or with the next fault; a warning does not. What could
      not be looked at is said.

      Exit code 1 if anything was found that is not accepted.
      """,
    examples: [
      ("daybook doctor", "before the first ingest, after every change of a server, once a day"),
      ("daybook doctor --accept kafka.replication.factor", "a test site with one broker"),
      ("daybook doctor --json | jq '.findings[].remedy'", "for a program"),
    ], run: run)

  private static func run(_ context: CommandContext) throws(CommandError) -> ExitCode {
    var visit = DoctorVisit(context, accepting: try accepted(context.settings))
    try visit.look()
    let diagnosis = visit.diagnosis
    if context.wantsJSON {
      try context.output.line(DoctorReport.json(diagnosis).text)
    } else {
      try context.output.write(DoctorReport.text(diagnosis))
    }
    return diagnosis.findings.isEmpty ? .success : .checkFailed
  }

  private static func accepted(_ settings: Settings) throws(CommandError) -> Set<String> {
    let names = settings.values(accept)
    for name in names where !Diagnosis.checkNames.contains(name) {
      let hint = Suggestion.hint(for: name, among: Diagnosis.checkNames)
      throw CommandError(
        .usage, "there is no check \(name)\(hint): daybook doctor names each beside its finding")
    }
    return Set(names)
  }
}
