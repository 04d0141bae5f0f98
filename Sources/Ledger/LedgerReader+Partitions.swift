// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
package import Postgres

extension LedgerReader {
  /// Makes the partition of a month if the table's policy allows it; its name, or nil outside of
  /// the window.
  package mutating func ensurePartition(
    table name: String, month: Month
  ) throws(PostgresError) -> String? {
    try rows(ensureSQL, [name, "\(month)-01"]).first?.optional(0)
  }

  /// What `ensurePartition` sends, for `--dry-run`.
  package func ensureStatement(table name: String, month: Month) -> String {
    "SELECT \(table("daybook_ensure_partition"))(\(SQL.literal(name)), "
      + "\(SQL.literal("\(month)-01")))"
  }

  private var ensureSQL: String {
    "SELECT \(table("daybook_ensure_partition"))($1, $2::date)"
  }
}
