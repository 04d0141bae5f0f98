// SPDX-License-Identifier: Apache-2.0
import CopyFormat
package import Postgres
package import Pricing

extension PriceCatalog {
  /// What the calls of each of `intervals` cost now, and would cost after `changes` of `book` and a
  /// reprice; nothing is changed. In the order of `intervals`. `progress` hears how many calls were
  /// read. SQLSTATE 42501 for a login that may not read calls.
  package func effects(
    _ connection: inout Connection, _ book: PriceBook, _ changes: [PriceChange],
    on intervals: [PriceInterval], progress: (Int64) -> Void
  ) throws(PostgresError) -> [PriceEffect] {
    guard let from = intervals.map(\.from).min() else { return [] }
    let aliases = try aliases(&connection, asOf: book.version)
    var reader = PriceEffectReader(
      book: book,
      next: PriceBook(
        version: book.version, entries: changes.applied(to: book.entries), aliases: aliases,
        providers: book.providerNames),
      intervals: intervals)
    let end = intervals.contains { $0.to == nil } ? nil : intervals.compactMap(\.to).max()
    let before = end.map { " AND occurred_at < '\(PriceEntry.instantText($0))'" } ?? ""
    // In one transaction, so that the cursor also lives through a pooler in transaction mode.
    try connection.execute(Begin.snapshot)
    do throws(PostgresError) {
      try connection.execute(
        """
        DECLARE effects NO SCROLL CURSOR FOR
        SELECT \(PriceEffectReader.columns) FROM \(schema).invocation_costs
         WHERE recorded_cost_source <> 'producer'
           AND occurred_at >= '\(PriceEntry.instantText(from))'\(before)
        """)
      while true {
        let rows = try connection.execute(
          "FETCH \(Self.fetchRows) FROM effects", deadline: Self.readDeadline)
        for row in 0..<rows.rowCount { try reader.add(rows, row) }
        progress(reader.callsRead)
        if rows.rowCount < Self.fetchRows { break }
      }
      try connection.execute("COMMIT")
    } catch {
      if connection.isUsable { _ = try? connection.execute("ROLLBACK") }
      throw error
    }
    return reader.effects
  }
}
