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

  /// Of a state of the catalogue. A database that was restored may give a number again to another
  /// change, but not at the same time.
  package struct Revision: Sendable, Hashable {
    package let version: Int64
    /// Seconds since 1970, exact; nil for a catalogue that nobody has changed yet.
    package let changedAt: String?

    package static let none = Revision(version: 0, changedAt: nil)
  }

  /// The revision in force. One index look-up.
  package func revision(_ connection: inout Connection) throws(PostgresError) -> Revision {
    let newest = try connection.query(
      """
      SELECT version, extract(epoch FROM changed_at) FROM \(schema).price_versions
       ORDER BY version DESC LIMIT 1
      """)
    guard newest.rowCount > 0 else { return .none }
    return Revision(version: newest.int64(0, 0) ?? 0, changedAt: newest.text(0, 1))
  }
}
