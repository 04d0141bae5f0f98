// SPDX-License-Identifier: Apache-2.0

/// One kind of record, declared once: from the topic it is read from to the table it is stored in.
///
/// The decoder, the validator, the COPY column list, the schema check and the JSON Schema of the
/// topic follow this table of columns, or are compared with it by a test.
package struct Stream: Sendable {
  package let table: String
  /// Read by default; a site may name others.
  package let topic: String
  /// What the record says, in the order of the table.
  package let columns: [Column]
  /// What the columns must say about each other.
  package let rules: [Rule]
  /// Other ways in which a record says what a column says.
  package let signals: [Signal]
  /// Top-level keys that are never stored: prompts and completions.
  package let droppedKeys: [String]
  /// What an unknown field must not be called without being told of.
  package let watch: Watch
  package let rollup: Rollup?
  /// Nil for records that cost nothing.
  package let pricing: PricedColumns?
  /// Rollups that the database counts.
  package var sums: [DailySums] = []

  package static let all = [auditLogs, invocations]

  package static func named(_ table: String) -> Stream? {
    all.first { $0.table == table }
  }

  /// The columns behind the content: the fingerprint of the content, then where it came from.
  package static let stampedColumns = [
    StoredColumn(name: "content_sha256", sqlType: "bytea", isRequired: true),
    StoredColumn(name: "ingested_at", sqlType: "timestamptz", isRequired: true),
    StoredColumn(name: "source_topic", sqlType: "text", isRequired: true),
    StoredColumn(name: "source_partition", sqlType: "integer", isRequired: true),
    StoredColumn(name: "source_offset", sqlType: "bigint", isRequired: true),
    // Null where the record itself is the row: ordinary rows take no byte more.
    StoredColumn(name: "source_item", sqlType: "integer", isRequired: false),
  ]

  /// Every column of the table, in the order of the table and of COPY.
  package var storedColumns: [StoredColumn] {
    columns.map { StoredColumn(name: $0.name, sqlType: $0.sqlType, isRequired: $0.isNeverNull) }
      + Self.stampedColumns
  }

  /// How many columns the first release had; the others follow them.
  package var firstReleaseCount: Int { columns.prefix { $0.added == nil }.count }

  /// The primary key of the table: tenant, time, id.
  package var identityColumns: [String] {
    [Column.Source.recordKey, .eventTime, .eventID].compactMap { source in
      columns.first { $0.source == source }?.name
    }
  }

  /// Indexes of these columns.
  package var identityFields: [Int] { identityColumns.compactMap(index(of:)) }

  /// The last column of the primary key.
  package var idColumn: String { identityColumns.last ?? "" }

  package func index(of column: String) -> Int? {
    columns.firstIndex { $0.name == column }
  }
}
