// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
package import Postgres

extension LedgerReader {
  /// Makes the partition of a month, whatever the policy says; its name. For an administrator, who
  /// may act as app_owner.
  package mutating func makePartition(
    of name: String, month: Month
  ) throws(PostgresError) -> String {
    try connection.execute(partitionStatement(of: name, month: month)).text(0, 0) ?? ""
  }

  /// What `makePartition` sends, for `--dry-run`.
  package func partitionStatement(of name: String, month: Month) -> String {
    "BEGIN; SET LOCAL ROLE app_owner; SELECT \(qualified("daybook_create_partition"))"
      + "(\(SQL.literal(name)), \(SQL.literal("\(month)-01"))); COMMIT;"
  }
}
