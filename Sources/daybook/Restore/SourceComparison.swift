// SPDX-License-Identifier: Apache-2.0
import Ledger

/// A restored database beside what its source said: it has all of it, or an earlier state of it
/// whose rest can be read again.
struct SourceComparison {
  /// Records that the source had accounted for and this database has not.
  let behind: Int64
  let problems: [String]

  init(_ report: AuditReport, _ source: SavedAudit, _ points: [ResumePoint]) {
    // Records, not their items: offsets are compared with them.
    let records = report.accounts.reduce(Int64(0)) { $0 + $1.records }
    let sourceRecords = source.tables.reduce(Int64(0)) {
      $0.addingReportingOverflow($1.records ?? $1.seen).partialValue
    }
    behind = sourceRecords.subtractingReportingOverflow(records).partialValue
    var problems = source.tables.flatMap {
      Self.differences(report, $0, isBehind: sourceRecords > records)
    }
    if behind == 0 {
      problems += Self.costDifferences(report, source)
      if report.statements != source.statements {
        problems.append("statements: \(report.statements) here, \(source.statements) at the source")
      }
    }
    if behind < 0 {
      problems.append(
        "\(behind.magnitude) more records are accounted for here than at the source: the file is older than "
          + "the restored point, or of another database")
    }
    let toRead = points.compactMap(\.toRead)
    let readable = toRead.reduce(Int64(0), &+)
    if behind > 0, toRead.count == points.count, readable < behind {
      problems.append(
        "\(behind) records of the source are missing, but the logs have only \(readable) offsets "
          + "behind those to go on from")
    }
    self.problems = problems
  }

  /// Of a table: equal, or less where the whole is less.
  private static func differences(
    _ report: AuditReport, _ source: SavedAudit.TableAccount, isBehind: Bool
  ) -> [String] {
    guard let account = report.accounts.first(where: { $0.table == source.table }) else {
      return ["\(source.table): the source had it, and this release does not know it"]
    }
    let pairs: [(String, Int64, Int64)] = [
      ("records", account.records, source.records ?? source.seen),
      ("seen", account.seen, source.seen), ("stored", account.stored, source.stored),
      ("duplicates", account.duplicates, source.duplicates),
      ("rejected", account.rejected, source.rejected),
      ("skipped", account.skipped, source.skipped ?? 0),
      (
        "rows", account.rows &+ account.retiredRows, source.rows &+ source.archived_rows
      ),
      (
        "rejected_records", account.rejectedRows &+ account.retiredRejectedRows,
        source.rejected_records &+ source.archived_rejected_records
      ),
    ]
    return pairs.filter { isBehind ? $0.1 > $0.2 : $0.1 != $0.2 }.map {
      "\(source.table): \($0.0) is \($0.1) here, \($0.2) at the source"
    }
  }

  private static func costDifferences(_ report: AuditReport, _ source: SavedAudit) -> [String] {
    let here = report.costs.map {
      [$0.currency, $0.rows, $0.retired, $0.repriced, $0.daily, $0.monthly, $0.corrections]
    }
    let there = source.costs.map {
      [$0.currency, $0.rows, $0.archived, $0.repriced, $0.daily, $0.monthly, $0.corrections]
    }
    return here == there
      ? []
      : [
        "costs: \(here.map { $0.joined(separator: " ") }) here, "
          + "\(there.map { $0.joined(separator: " ") }) at the source"
      ]
  }
}
