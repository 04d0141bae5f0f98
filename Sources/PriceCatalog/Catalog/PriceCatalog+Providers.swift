// SPDX-License-Identifier: Apache-2.0
package import Postgres
package import Pricing

extension PriceCatalog {
  /// The spellings of providers that counted at `version`; nil: that count now.
  package func providerNames(
    _ connection: inout Connection, asOf version: Int64? = nil
  ) throws(PostgresError) -> ProviderNames {
    let result = try connection.query(
      """
      SELECT alias, provider FROM \(schema).provider_aliases
       WHERE ($1::bigint IS NULL AND superseded_by IS NULL)
          OR (coalesce(version, 0) <= $1 AND (superseded_by IS NULL OR superseded_by > $1))
       ORDER BY alias_id
      """, [version.map { String($0) }])
    return ProviderNames(
      (0..<result.rowCount).map { row in
        ProviderAlias(alias: result.text(row, 0) ?? "", provider: result.text(row, 1) ?? "")
      })
  }

  /// Enters one change of spellings and returns its version; fails as ``change`` does, and with
  /// SQLSTATE 22023 for an alias of an alias, or one of a provider that has prices.
  package func changeProviders(
    _ connection: inout Connection, expectedVersion: Int64, source: Source,
    _ aliases: [ProviderAliasChange]
  ) throws(PostgresError) -> Int64 {
    let result = try connection.query(
      "SELECT \(schema).daybook_change_provider_aliases($1, $2, $3, $4)",
      [
        String(expectedVersion), source.name, source.detail,
        "[" + aliases.map(\.json).joined(separator: ",") + "]",
      ])
    guard let version = result.int64(0, 0) else { throw Self.unreadable("price_versions", 0) }
    return version
  }
}
