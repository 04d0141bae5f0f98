// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres

/// The text of every statement of a plan, for one partitioned table.
///
/// Each is sent alone. One that begins with BEGIN is a transaction of its own in one string: when
/// it fails, a ROLLBACK is due.
struct PlanStatements: InSchema {
  package let schema: String
  let table: String

  /// A detach that must lock the parent gives up after so long, and is tried again.
  static let lockTimeoutMilliseconds = 250

  func create(_ month: Month) -> String {
    call("daybook_create_partition", SQL.literal(table), SQL.literal("\(month)-01"))
  }

  func beginRetirement(_ partition: String, reason: String) -> String {
    call(
      "daybook_begin_retirement", SQL.literal(table), SQL.literal(partition), SQL.literal(reason))
  }

  func detach(_ partition: String, isConcurrent: Bool) -> String {
    let statement = "ALTER TABLE \(qualified(table)) DETACH PARTITION \(qualified(partition))"
    return isConcurrent
      ? statement + " CONCURRENTLY"
      : "BEGIN; SET LOCAL lock_timeout = '\(Self.lockTimeoutMilliseconds)ms'; \(statement); COMMIT"
  }

  func finalize(_ partition: String) -> String {
    "ALTER TABLE \(qualified(table)) DETACH PARTITION \(qualified(partition)) FINALIZE"
  }

  func markDetached(_ partition: String) -> String {
    call("daybook_mark_detached", retirement(partition))
  }

  /// Empty for the steps that write or read files.
  func advance(_ partition: String, to state: Retirement.State) -> [String] {
    switch state {
    case .revoked: [call("daybook_revoke_detached", retirement(partition))]
    case .dropped: [call("daybook_drop_retired_partition", retirement(partition))]
    case .detached: [markDetached(partition)]
    case .detaching, .archived, .verified, .shipped: []
    }
  }

  func dropEmptyDefault(_ partition: String) -> String {
    call("daybook_drop_empty_default", SQL.literal(table), SQL.literal(partition))
  }

  func freeze(_ partition: String) -> String { "VACUUM (FREEZE, ANALYZE) \(qualified(partition))" }

  func dropIndex(_ index: String) -> String { "DROP INDEX CONCURRENTLY \(qualified(index))" }

  func createIndex(
    _ index: String, on partition: String, _ specification: IndexSpecification
  ) -> String {
    let keys = specification.keys.map { key in
      SQL.identifier(key.column) + (key.operatorClass.map { " " + $0 } ?? "")
    }
    return "CREATE INDEX CONCURRENTLY \(SQL.identifier(index)) ON \(qualified(partition)) "
      + "USING \(specification.method) (\(keys.joined(separator: ", ")))"
  }

  func journal(_ action: String, _ partition: String, reason: String) -> String {
    "INSERT INTO \(qualified("partition_journal")) (action, table_name, partition_name, partition_oid, "
      + "reason) VALUES (\(SQL.literal(action)), \(SQL.literal(table)), \(SQL.literal(partition)), "
      + "\(SQL.literal(qualified(partition)))::regclass, \(SQL.literal(reason)))"
  }

  /// The number of a retirement is not known before it has begun.
  private func retirement(_ partition: String) -> String {
    "(SELECT retirement_id FROM \(qualified("partition_retirements")) WHERE table_name = "
      + "\(SQL.literal(table)) AND partition_name = \(SQL.literal(partition)) "
      + "AND state <> 'dropped')"
  }

  private func call(_ function: String, _ arguments: String...) -> String {
    "SELECT \(qualified(function))(\(arguments.joined(separator: ", ")))"
  }
}
