// SPDX-License-Identifier: Apache-2.0
package import Postgres

/// The catalogue in the database: `price_versions`, `model_prices`, `price_aliases`.
///
/// Every statement names its schema, so it works through a pooler in transaction mode.
package struct PriceCatalog: Sendable {
  let schema: String

  /// `schema` is where the tables stand, not quoted.
  package init(schema: String) {
    self.schema = SQL.identifier(schema)
  }

  /// The version in force; 0 for a catalogue that nobody has changed yet. One index look-up.
  package func version(_ connection: inout Connection) throws(PostgresError) -> Int64 {
    try connection.query("SELECT coalesce(max(version), 0) FROM \(schema).price_versions")
      .int64(0, 0) ?? 0
  }
}
