// SPDX-License-Identifier: Apache-2.0
import Postgres

/// A policy as it is and as it shall be.
package struct PolicyChange: Sendable {
  package let old: PartitionPolicy
  package let new: PartitionPolicy
  /// Why, in words; the journal keeps it.
  package let reason: String

  package init(old: PartitionPolicy, new: PartitionPolicy, reason: String) {
    self.old = old
    self.new = new
    self.reason = reason
  }

  /// Column, value before, value after; as people read them.
  package var differences: [(column: String, old: String, new: String)] {
    zip(Self.columns(old), Self.columns(new)).filter { $0.value != $1.value }
      .map { ($0.name, $0.value ?? "null", $1.value ?? "null") }
  }

  /// In order, for one transaction of a login that may act as app_owner.
  package func statements(schema: String) -> [String] {
    let changed = zip(Self.columns(old), Self.columns(new)).filter { $0.value != $1.value }
      .map { "\($1.name) = \($1.expression)" }
    let table = SQL.identifier(schema) + ".partition_policies"
    return [
      "SET LOCAL ROLE app_owner", "SET LOCAL lock_timeout = '5s'",
      "SELECT set_config('daybook.reason', \(SQL.literal(reason)), true)",
      "UPDATE \(table) SET \(changed.joined(separator: ", ")) "
        + "WHERE table_name = \(SQL.literal(new.table))",
    ]
  }

  /// Every column but the key, with its value as text and as an expression.
  package static func columns(
    _ policy: PartitionPolicy
  ) -> [(name: String, value: String?, expression: String)] {
    var archive = "required"
    var noArchiveReason: String?
    if case .none(let reason) = policy.archive {
      archive = "none"
      noArchiveReason = reason
    }
    let indexes = policy.closedIndexes.map(\.description)
    let array = "ARRAY[" + indexes.map(SQL.literal).joined(separator: ", ") + "]::text[]"
    return [
      number("months_ahead", policy.monthsAhead),
      number("retention_months", policy.retentionMonths),
      text("archive", archive), text("no_archive_reason", noArchiveReason),
      text("archive_directory", policy.archiveDirectory),
      text("held_rows", policy.heldRows.rawValue),
      number("close_after_days", policy.closeAfterDays),
      ("closed_indexes", indexes.joined(separator: "; "), array),
      ("is_managed", String(policy.isManaged), String(policy.isManaged)),
    ]
  }

  private static func number(
    _ name: String, _ value: Int
  ) -> (name: String, value: String?, expression: String) {
    (name, String(value), String(value))
  }

  private static func text(
    _ name: String, _ value: String?
  ) -> (name: String, value: String?, expression: String) {
    (name, value, value.map(SQL.literal) ?? "NULL")
  }
}
