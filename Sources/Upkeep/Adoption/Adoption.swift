// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres

/// Whether a set can be adopted, and what that takes. A pure function of what was read.
package struct Adoption: Sendable {
  /// What does not fit, each with what to do; nothing is done while there are any.
  package private(set) var refusals: [String] = []
  /// What the operator should know.
  package private(set) var remarks: [String] = []
  package let monthsAhead: Int
  package let retentionMonths: Int
  package let reason: String
  private let subject: AdoptionSubject

  /// What pg_partman keeps without end is kept for a century.
  package static let retentionMonthsMax = 1_200
  package static let monthsAheadMax = 24
  static let monthsAheadDefault = 3
  /// Room for `_pYYYYMMDD` in a name of 63 bytes.
  static let tableBytesMax = 53

  /// `monthsAhead` and `retentionMonths` are the operator's; without them pg_partman's hold.
  package init(
    _ subject: AdoptionSubject, monthsAhead: Int?, retentionMonths: Int?, reason: String
  ) {
    self.subject = subject
    self.reason = reason
    self.monthsAhead =
      monthsAhead
      ?? subject.partman.map { min(max(1, $0.premake), Self.monthsAheadMax) }
      ?? Self.monthsAheadDefault
    let isEndless = subject.partman.map { $0.retention == nil } ?? false
    let known = retentionMonths ?? subject.partman?.retentionMonths
    self.retentionMonths =
      known.map { min(max(1, $0), Self.retentionMonthsMax) }
      ?? Self.retentionMonthsMax
    refusals = tableRefusals()
    guard subject.kind == "p" else { return }
    refusals += childRefusals() + partmanRefusals(isRetentionKnown: known != nil || isEndless)
    remarks = remarks(isEndless: isEndless && retentionMonths == nil)
  }

  /// In order, for one transaction: pg_partman's row as the login, all else as app_owner.
  package var statements: [String] {
    var statements = ["SET LOCAL lock_timeout = '5s'"]
    if let partman = subject.partman {
      statements.append(
        "UPDATE \(SQL.identifier(partman.schema)).part_config SET automatic_maintenance = 'off', "
          + "retention = NULL WHERE parent_table = \(SQL.literal(partman.parentTable))")
    }
    let home = SQL.identifier(subject.schema)
    let table = SQL.literal(subject.table)
    let detail = subject.partman.map {
      "jsonb_build_object('part_config', \(SQL.literal($0.json))::jsonb, 'pg_partman', "
        + "\(SQL.literal($0.version)))"
    }
    statements += [
      "SET LOCAL ROLE app_owner",
      "SELECT set_config('daybook.reason', \(SQL.literal(reason)), true)",
      "INSERT INTO \(home).partition_journal (action, table_name, reason, detail) VALUES "
        + "('adopt', \(table), \(SQL.literal(reason)), \(detail ?? "'{}'"))",
      "INSERT INTO \(home).partition_policies (table_name, months_ahead, retention_months) VALUES "
        + "(\(table), \(monthsAhead), \(retentionMonths)) ON CONFLICT (table_name) DO UPDATE SET "
        + "months_ahead = excluded.months_ahead, retention_months = excluded.retention_months, "
        + "is_managed = true",
    ]
    return statements + subject.children.flatMap(\.missingTriggers)
  }

  private func tableRefusals() -> [String] {
    let name = "\(subject.schema).\(subject.table)"
    guard let kind = subject.kind else { return ["there is no table \(name)"] }
    guard kind == "p" else { return ["\(name) is not partitioned"] }
    var found: [String] = []
    if subject.strategy != "r" { found.append("\(name) is not partitioned by ranges") }
    if subject.keyCount != 1 || subject.keyType != "timestamp with time zone" {
      found.append(
        "\(name) is partitioned by \(subject.keyCount) keys, the first of type \(subject.keyType): "
          + "it must be one column of type timestamptz")
    }
    if subject.table.utf8.count > Self.tableBytesMax {
      found.append("the name \(subject.table) is longer than \(Self.tableBytesMax) bytes")
    }
    let strangers = ([subject.owner] + subject.children.map(\.owner)).filter { $0 != "app_owner" }
    if let stranger = strangers.first {
      found.append(
        "\(strangers.count) of its tables belong to another role (\(stranger)): ALTER TABLE … OWNER "
          + "TO app_owner for \(name) and its partitions")
    }
    return found
  }

  private func childRefusals() -> [String] {
    var found: [String] = []
    let ranges = subject.children.filter { !$0.isDefault }
    let nested = subject.children.filter { !$0.isPlainTable }
    if let first = nested.first {
      found.append("\(first.name) is no plain table: sub-partitions are not supported")
    }
    let odd = ranges.filter { child in
      guard let lower = child.lower, let upper = child.upper else { return true }
      return lower.month.start != lower || lower.month.next.start != upper
    }
    if let first = odd.first {
      let lower = first.lower.map { "\($0)" } ?? "no time"
      let upper = first.upper.map { "\($0)" } ?? "no time"
      found.append(
        "\(odd.count) of \(ranges.count) partitions hold no month of UTC: \(first.name) reaches from "
          + "\(lower) to \(upper); make such a set anew with the time zone UTC")
    }
    return found
  }

  private func partmanRefusals(isRetentionKnown: Bool) -> [String] {
    guard let partman = subject.partman else {
      return isRetentionKnown
        ? [] : ["pg_partman does not know \(subject.table): give --retention-months"]
    }
    var found: [String] = []
    if !isRetentionKnown {
      found.append(
        "pg_partman's retention \(partman.retention ?? "") is no whole number of months: give "
          + "--retention-months")
    }
    if partman.hasSubPartitions {
      found.append("pg_partman sub-partitions it (part_config_sub): that is not supported")
    }
    if partman.isBeingUndone { found.append("pg_partman is undoing it (undo_in_progress)") }
    return found
  }

  private func remarks(isEndless: Bool) -> [String] {
    var found: [String] = []
    if let child = subject.children.first(where: \.isDefault) {
      found.append(
        subject.hasRowsInDefault
          ? "the default partition \(child.name) has rows: move them to the partitions of their "
            + "months, then maintenance removes it"
          : "the default partition \(child.name) is empty: maintenance removes it")
    }
    if isEndless {
      found.append("pg_partman keeps everything: the policy says \(retentionMonths) months")
    }
    if let partman = subject.partman, partman.retention != nil {
      found.append(
        "pg_partman's retention \(partman.retention ?? "") is taken out of its row, so that nothing "
          + "is dropped without an archive; the journal keeps the row")
    }
    return found
  }
}
