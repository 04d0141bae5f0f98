// SPDX-License-Identifier: Apache-2.0
import CopyFormat
package import Postgres
package import Pricing

extension PriceCatalog {
  /// Whether a call that is in the rollups would have the price of `change`, by whatever name.
  package func isUsed(
    _ connection: inout Connection, _ change: PriceChange, _ entries: [PriceEntry]
  ) throws(PostgresError) -> Bool {
    let version = try version(&connection)
    let book = PriceBook(
      version: version, entries: [change].applied(to: entries),
      aliases: try aliases(&connection, asOf: version),
      providers: try providerNames(&connection, asOf: version))
    let names = try connection.query(
      "SELECT DISTINCT provider, model FROM \(schema).costs_monthly", [],
      deadline: Self.readDeadline)
    for row in 0..<names.rowCount {
      guard let provider = names.text(row, 0), let model = names.text(row, 1) else {
        throw Self.unreadable("costs_monthly", row)
      }
      let entry = book.entry(
        provider: provider, region: change.key.region, responseModel: nil, requestModel: model,
        serviceTier: change.key.serviceTier, inputTokens: change.key.minInputTokens + 1,
        at: change.effectiveFrom)
      if entry?.key == change.key { return true }
    }
    return false
  }
}
