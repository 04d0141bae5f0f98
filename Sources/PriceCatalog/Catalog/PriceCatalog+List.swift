// SPDX-License-Identifier: Apache-2.0
import CopyFormat
package import Postgres
package import Pricing

extension PriceCatalog {
  /// The published list: what imports say, also where a price set by hand stands in its place.
  ///
  /// Of several imports the last one counts. Aliases are those in force.
  package func loadList(_ connection: inout Connection) throws(PostgresError) -> PriceBook {
    let version = try self.version(&connection)
    let result = try connection.query(
      """
      SELECT \(PriceEntry.columns) FROM \(schema).model_prices
       WHERE coalesce(origin_version, version) IN (
         SELECT v.version FROM \(schema).price_versions v WHERE v.format <> 'manual')
       ORDER BY version, price_id
      """)
    let rows = try (0..<result.rowCount).map { (row) throws(PostgresError) in
      guard let entry = PriceEntry(result, row) else { throw Self.unreadable("model_prices", row) }
      return entry
    }
    return PriceBook(
      version: version, entries: PriceEntry.layered(rows),
      aliases: try aliases(&connection, asOf: version),
      providers: try providerNames(&connection, asOf: version))
  }
}

extension PriceEntry {
  /// One entry for each key and instant: each of `rows` stands before those ahead of it.
  static func layered(_ rows: [PriceEntry]) -> [PriceEntry] {
    var layers: [PriceKey: [PriceEntry]] = [:]
    for row in rows {
      layers[row.key] = (layers[row.key] ?? []).flatMap { $0.outside(of: row) } + [row]
    }
    return layers.sorted { $0.key < $1.key }.flatMap(\.value)
  }

  /// What is left of its time, before and behind that of `other`.
  private func outside(of other: PriceEntry) -> [PriceEntry] {
    var parts: [PriceEntry] = []
    if effectiveFrom < other.effectiveFrom {
      var part = self
      part.effectiveTo = effectiveTo.map { min($0, other.effectiveFrom) } ?? other.effectiveFrom
      parts.append(part)
    }
    if let end = other.effectiveTo, effectiveTo.map({ end < $0 }) ?? true {
      var part = self
      part.effectiveFrom = max(effectiveFrom, end)
      parts.append(part)
    }
    return parts
  }
}
