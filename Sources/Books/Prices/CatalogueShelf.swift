// SPDX-License-Identifier: Apache-2.0
import Postgres
import PriceCatalog
import Pricing

/// States of the catalogue by version, read when they are wanted.
struct CatalogueShelf {
  private let catalog: PriceCatalog
  /// Versions with their times, microseconds since 1970, in order.
  private let changes: [(version: Int64, at: Int64)]
  /// Version that a price was entered with.
  private let origins: [Int64: Int64]
  private var books: [Int64: PriceBook] = [:]
  /// A state of some thousand prices takes some MiB.
  private static var booksMax: Int { 16 }

  init(_ connection: inout Connection, schema: String) throws(PostgresError) {
    catalog = PriceCatalog(schema: schema)
    let schema = SQL.identifier(schema)
    let versions = try connection.execute(
      """
      SELECT version, (extract(epoch FROM changed_at) * 1000000)::bigint
      FROM \(schema).price_versions ORDER BY version
      """)
    changes = (0..<versions.rowCount).map {
      (versions.int64($0, 0) ?? 0, versions.int64($0, 1) ?? 0)
    }
    let prices = try connection.execute("SELECT price_id, version FROM \(schema).model_prices")
    var origins: [Int64: Int64] = [:]
    for row in 0..<prices.rowCount {
      origins[prices.int64(row, 0) ?? 0] = prices.int64(row, 1) ?? 0
    }
    self.origins = origins
  }

  mutating func book(
    _ version: Int64, _ connection: inout Connection
  ) throws(PostgresError) -> PriceBook {
    if let book = books[version] { return book }
    if books.count == Self.booksMax { books.removeAll() }
    let book = try catalog.load(&connection, asOf: version)
    books[version] = book
    return book
  }

  /// The versions with which a record of that time can have been priced, likely ones first: a batch
  /// keeps the one that it began with, the clocks of a worker and the server may differ, and a
  /// price is in none before it was entered.
  func versions(of price: Int64, at time: Int64) -> [Int64] {
    guard let origin = origins[price] else { return [] }
    let newest = changes.last { $0.at <= time }?.version ?? origin
    let before = changes.last { $0.version < newest }?.version ?? origin
    let after = changes.first { $0.version > newest }?.version ?? newest
    var versions: [Int64] = []
    for version in [newest, before, after, origin] where version >= origin {
      if !versions.contains(version) { versions.append(version) }
    }
    return versions
  }
}
