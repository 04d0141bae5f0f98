// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import PriceCatalog
import Pricing
import Synchronization
import Telemetry

/// The reference data of a process, shared by its workers. Any thread.
///
/// What was read last stays in use while the database is away: an outage unprices nothing.
final class ReferenceCache: Sendable {
  private struct State {
    var data = ReferenceData.nothing
    /// Numbers of the last reading that began, and of the one that `data` is from.
    var begun = 0
    var kept = 0
  }

  /// Measured again with each reading.
  let clock: ServerClock
  private let catalog: PriceCatalog
  private let sql: IngestSQL
  private let state = Mutex(State())

  init(schema: String, clock: ServerClock = ServerClock()) {
    self.clock = clock
    catalog = PriceCatalog(schema: schema)
    sql = IngestSQL(schema: schema)
  }

  var current: ReferenceData { state.withLock { $0.data } }

  /// Reads what has changed since the last time; costs two index look-ups when nothing has.
  func refresh(_ link: DatabaseLink) throws(PostgresError) {
    let (number, known) = state.withLock { state in
      state.begun += 1
      return (state.begun, state)
    }
    let next = try link.transaction { (connection) throws(PostgresError) -> State in
      try clock.measure(&connection)
      return try read(&connection, known)
    }
    // A reading that was overtaken is older than what is there.
    let isKept = state.withLock { state in
      guard number > state.kept else { return false }
      (state.kept, state.data) = (number, next.data)
      return true
    }
    guard isKept else { return }
    let (found, before) = (next.data, known.data)
    report(
      found,
      isNew: known.kept == 0 || found.prices !== before.prices || found.zoned !== before.zoned)
  }

  private func read(
    _ connection: inout Connection, _ known: State
  ) throws(PostgresError) -> State {
    var state = known
    // Read before the prices, as that of the calendar before the tenants: what changes in between
    // is seen the next time.
    let prices = try catalog.revision(&connection)
    if prices != known.data.revision {
      state.data.prices = try catalog.load(&connection, asOf: prices.version)
      state.data.revision = prices
    }
    let revision = try connection.query(sql.calendarRevision).text(0, 0) ?? ""
    if revision != known.data.zoned.revision {
      let rows = try connection.query(sql.zonedTenants)
      state.data.zoned = ZonedTenants(
        (0..<rows.rowCount).compactMap { rows.text($0, 0) }, revision: revision)
    }
    return state
  }

  private func report(_ data: ReferenceData, isNew: Bool) {
    Metrics.priceCatalogVersion.set(data.prices.version)
    Metrics.priceCatalogLoaded.set(Double(Timestamp.now().unixMicroseconds) / 1_000_000)
    guard isNew else { return }
    Log.info(
      "prices and time zones were read",
      [
        "price_catalog_version": LogValue(String(data.prices.version)),
        "zoned_tenants": LogValue(data.zoned.count),
      ])
  }
}
