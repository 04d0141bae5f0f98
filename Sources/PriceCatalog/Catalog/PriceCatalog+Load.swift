// SPDX-License-Identifier: Apache-2.0
import CopyFormat
package import Postgres
package import Pricing

extension PriceCatalog {
  /// The catalogue as it is in force, or as it was at an earlier `version`.
  ///
  /// Rows of a version never change but for `superseded_by`, and versions are committed in order,
  /// so the four statements give one state without a transaction around them.
  package func load(
    _ connection: inout Connection, asOf version: Int64? = nil
  ) throws(PostgresError) -> PriceBook {
    let newest = try self.version(&connection)
    let version = min(version ?? newest, newest)
    return PriceBook(
      version: version, entries: try entries(&connection, asOf: version),
      aliases: try aliases(&connection, asOf: version),
      providers: try providerNames(&connection, asOf: version))
  }

  /// Rows that counted at `version`.
  package func entries(
    _ connection: inout Connection, asOf version: Int64
  ) throws(PostgresError) -> [PriceEntry] {
    let result = try connection.query(
      """
      SELECT \(PriceEntry.columns) FROM \(schema).model_prices
       WHERE version <= $1 AND (superseded_by IS NULL OR superseded_by > $1)
       ORDER BY price_id
      """, [String(version)])
    return try (0..<result.rowCount).map { (row) throws(PostgresError) in
      guard let entry = PriceEntry(result, row) else { throw Self.unreadable("model_prices", row) }
      return entry
    }
  }

  /// Aliases that counted at `version`.
  package func aliases(
    _ connection: inout Connection, asOf version: Int64
  ) throws(PostgresError) -> [PriceAlias] {
    let result = try connection.query(
      """
      SELECT provider, pattern, target_provider, target_model FROM \(schema).price_aliases
       WHERE version <= $1 AND (superseded_by IS NULL OR superseded_by > $1)
       ORDER BY alias_id
      """, [String(version)])
    return (0..<result.rowCount).map { row in
      PriceAlias(
        provider: result.text(row, 0) ?? "", pattern: result.text(row, 1) ?? "",
        targetProvider: result.text(row, 2) ?? "", targetModel: result.text(row, 3) ?? "")
    }
  }

  static func unreadable(_ table: String, _ row: Int) -> PostgresError {
    PostgresError(
      .internalError,
      "row \(row) of \(table) cannot be read: is the schema newer than the program?",
      phase: .answered)
  }
}
