// SPDX-License-Identifier: Apache-2.0

/// A rollup that the database counts as it stores the rows of a stream: by tenant, UTC day and
/// columns of the stream, how many records there are, and sums of others of its columns.
///
/// Costs are not counted like this: they are priced, billed by zone and closed (``Rollup``).
package struct DailySums: Sendable {
  package let table: String
  /// Columns that are never null.
  package let keys: [String]
  /// Numbers; null counts as 0.
  package let measures: [String]

  package init(_ table: String, by keys: [String], of measures: [String]) {
    self.table = table
    self.keys = keys
    self.measures = measures
  }

  /// The primary key of the table.
  package var keyColumns: [String] { ["tenant_id", "day"] + keys }

  /// Every column of the table; those behind the key in any order.
  package func storedColumns(of stream: Stream) -> [StoredColumn] {
    func column(_ name: String, _ sqlType: String) -> StoredColumn {
      StoredColumn(name: name, sqlType: sqlType, isRequired: true)
    }
    func type(of name: String) -> String {
      stream.columns.first { $0.name == name }?.sqlType ?? ""
    }
    return [column("tenant_id", "text"), column("day", "date")]
      + keys.map { column($0, type(of: $0)) } + [column("records", "bigint")]
      + measures.map { column($0, type(of: $0) == "numeric(24,12)" ? "numeric(38,12)" : "bigint") }
      + [column("updated_at", "timestamptz")]
  }
}
