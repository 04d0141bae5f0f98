// SPDX-License-Identifier: Apache-2.0
import Ledger

/// What `daybook verify-restore` has found out.
struct RestoreReport {
  let audit: AuditResult
  let schemaProblems: [String]
  let points: [ResumePoint]
  /// What the ledger counts with, whether it was looked at or not.
  let archives: [RecordedArchive]
  /// Nil without a directory to look in.
  let archiveFindings: [ArchiveFinding]?
  /// Nil without a file of the source.
  let comparison: SourceComparison?

  /// Each as one sentence; empty is good.
  var problems: [String] {
    audit.report.problems + schemaProblems + points.compactMap(\.problem)
      + (archiveFindings ?? []).compactMap(\.problem) + (comparison?.problems ?? [])
  }

  /// What could not be judged.
  var doubts: [String] {
    points.compactMap(\.doubt)
      + audit.report.inTransit.map {
        "\($0.partition) is leaving \($0.table): run daybook maintain"
      }
  }

  var verdict: String {
    if !problems.isEmpty { return "it is not what it must be: \(problems.count) problems" }
    if !doubts.isEmpty { return "no result: \(doubts.count) questions are open" }
    return points.allSatisfy { $0.log == .notAsked } && !points.isEmpty
      ? "everything adds up; whether the logs have the rest was not asked: set kafka_brokers"
      : "everything adds up, and ingest can go on from these offsets: nothing is lost"
  }

  func print(_ context: CommandContext) throws(CommandError) {
    try audit.print(context)
    if let comparison {
      try context.output.line(
        "records of the source to be read again: \(max(0, comparison.behind))")
    }
    try context.output.line(archiveSentence)
    try context.output.write("\n" + offsets.text(context.tableView) + "\n")
    for doubt in doubts { try context.output.line("open: \(doubt)") }
    for problem in problems { try context.output.line("problem: \(problem)") }
    try context.output.line(verdict)
  }

  private var archiveSentence: String {
    guard let archiveFindings else {
      return "archives in the ledger: \(archives.count)"
        + (archives.isEmpty ? "" : ", none looked at: give --archive-dir")
    }
    let good = archiveFindings.count { $0.fault == nil }
    return "archives in the ledger: \(archives.count), read back and good: \(good)"
  }

  private var offsets: Table {
    Table(
      [
        .text("topic"), .id("partition"), .id("go_on_from"), .id("log_begins"), .id("log_ends"),
        .number("to_read", isKept: true), .text("state"),
      ],
      rows: points.map { point in
        var log: (low: String?, high: String?) = (nil, nil)
        if case .known(let low, let high) = point.log { log = (String(low), String(high)) }
        return [
          point.position.topic, String(point.position.partition),
          String(point.position.nextOffset), log.low, log.high, point.toRead.map { String($0) },
          point.position.haltReason.map { "halted: \($0)" } ?? "active",
        ]
      })
  }
}
