// SPDX-License-Identifier: Apache-2.0
package import Postgres

extension Books {
  /// How long the months of one tenant may take to be made again; ingest waits meanwhile.
  package static let rebuildSecondsMax = 600
  /// How long the server waits for the client between two statements of that.
  package static let rebuildIdleSecondsMax = 10
  /// How long a change of the books waits for the batches that are under way.
  package static let booksLockSecondsMax = 30

  /// Tenants that finance has said something of, by id; or one of them.
  package mutating func tenants(only id: String? = nil) throws(PostgresError) -> [Tenant] {
    let rows = try connection.query(
      """
      SELECT t.tenant_id, t.display_name, t.time_zone, t.payer, t.currency, \(Self.time("t.updated_at")),
        t.updated_by, to_char(nullif(z.first_month, '-infinity'), 'YYYY-MM'), z.time_zone,
        \(Self.time("z.set_at")), z.set_by
      FROM \(qualified("tenants")) t LEFT JOIN \(qualified("tenant_time_zones")) z USING (tenant_id)
      WHERE $1::text IS NULL OR t.tenant_id = $1
      ORDER BY t.tenant_id, z.first_month DESC
      """, [id])
    var tenants: [Tenant] = []
    for row in 0..<rows.rowCount {
      if tenants.last?.id != rows.text(row, 0) {
        tenants.append(
          Tenant(
            id: rows.text(row, 0) ?? "", displayName: rows.text(row, 1),
            timeZone: rows.text(row, 2) ?? "", payer: rows.text(row, 3),
            currency: rows.text(row, 4), updatedAt: rows.text(row, 5) ?? "",
            updatedBy: rows.text(row, 6) ?? "", zones: []))
      }
      guard let zone = rows.text(row, 8) else { continue }
      tenants[tenants.count - 1].zones.append(
        Tenant.Zone(
          firstMonth: rows.text(row, 7), timeZone: zone, setAt: rows.text(row, 9) ?? "",
          setBy: rows.text(row, 10) ?? ""))
    }
    return tenants
  }

  /// Names of the server's IANA database.
  package mutating func timeZones() throws(PostgresError) -> [String] {
    try names("SELECT name FROM pg_timezone_names ORDER BY name")
  }

  /// ISO 4217 codes.
  package mutating func currencies() throws(PostgresError) -> [String] {
    try names("SELECT code FROM \(qualified("currencies")) ORDER BY code")
  }

  /// What another zone of the tenant would touch now.
  package mutating func zoneChange(of tenant: String) throws(PostgresError) -> ZoneChange {
    let facts = try connection.query(
      """
      WITH opening AS (SELECT \(qualified("daybook_first_open_month"))() AS month)
      SELECT to_char(nullif(month, '-infinity'), 'YYYY-MM'),
        (SELECT count(*) FROM \(qualified("partition_retirements")) r
          WHERE r.table_name = 'invocations' AND (month = '-infinity' OR r.upper_bound >
            month::timestamp AT TIME ZONE coalesce(
              (SELECT z.time_zone FROM \(qualified("tenant_time_zones")) z
                WHERE z.tenant_id = $1 AND z.first_month < month
                ORDER BY z.first_month DESC LIMIT 1), 'UTC'))),
        (SELECT to_char(max(a.charge_month), 'YYYY-MM') FROM \(qualified("cost_adjustments")) a
          WHERE a.tenant_id = $1 AND a.charge_month >= month AND a.billing_month <> a.charge_month),
        coalesce((SELECT z.time_zone FROM \(qualified("tenant_time_zones")) z
          WHERE z.tenant_id = $1 AND z.first_month <= month
          ORDER BY z.first_month DESC LIMIT 1), 'UTC'),
        EXISTS (SELECT FROM \(qualified("tenant_time_zones")) z
          WHERE z.tenant_id = $1 AND z.first_month > month),
        EXISTS (SELECT FROM \(qualified("tenants")) t WHERE t.tenant_id = $1)
          OR EXISTS (SELECT FROM \(qualified("costs_monthly")) c WHERE c.tenant_id = $1)
          OR EXISTS (SELECT FROM \(qualified("cost_adjustments")) a WHERE a.tenant_id = $1)
      FROM opening
      """, [tenant])
    let months = try connection.query(
      """
      SELECT to_char(month, 'YYYY-MM'), sum(records)::bigint FROM \(qualified("costs_monthly"))
       WHERE tenant_id = $1 AND month >= \(qualified("daybook_first_open_month"))()
       GROUP BY month ORDER BY month
      """, [tenant])
    return ZoneChange(
      firstOpenMonth: facts.text(0, 0),
      months: (0..<months.rowCount).map { (months.text($0, 0) ?? "", months.int64($0, 1) ?? 0) },
      retiredPartitions: facts.int64(0, 1) ?? 0, reopenedMonth: facts.text(0, 2),
      zoneInForce: facts.text(0, 3) ?? "UTC", hasLaterZones: facts.bool(0, 4) ?? false,
      isKnownTenant: facts.bool(0, 5) ?? false)
  }

  /// Changes what is named; nil takes away. True when the open months were made again for another
  /// zone. Ingest waits for as long as that takes.
  package mutating func setTenant(
    _ tenant: String, _ changes: [(name: String, value: String?)], reason: String
  ) throws(PostgresError) -> Bool {
    // Under the lock, a snapshot from before the wait for it would miss what ingest has added.
    try connection.execute(
      """
      \(Begin.readWrite); SET LOCAL lock_timeout = '\(Self.booksLockSecondsMax)s';
      SET LOCAL statement_timeout = '\(Self.rebuildSecondsMax)s';
      SET LOCAL idle_in_transaction_session_timeout = '\(Self.rebuildIdleSecondsMax)s'
      """)
    let members = changes.map { change in
      "\(SQL.literal(change.name)), \(change.value.map { SQL.literal($0) } ?? "NULL")::text"
    }
    let result = try connection.query(
      """
      SELECT \(qualified("daybook_set_tenant"))($1, jsonb_build_object(\(members.joined(separator: ", "))), $2)
      """, [tenant, reason], deadline: .seconds(Self.rebuildSecondsMax + 5))
    let isRebuilt = result.bool(0, 0) ?? false
    try connection.execute("COMMIT")
    return isRebuilt
  }

  private mutating func names(_ sql: String) throws(PostgresError) -> [String] {
    let rows = try connection.query(sql)
    return (0..<rows.rowCount).compactMap { rows.text($0, 0) }
  }
}
