// SPDX-License-Identifier: Apache-2.0
import Postgres

extension Migrator {
  /// What has been applied; reads only, and does not need the tables of the migrator to exist.
  package mutating func status() throws(MigrationError) -> MigrationStatus {
    do {
      let intruders = try SchemaIntruder.all(in: schema, trustsLogin: true, &connection)
      guard try exists("schema_migrations") else {
        return MigrationStatus(
          version: 0, isDirty: false, entries: entries(version: 0, [:]), intruders: intruders)
      }
      let current = try connection.execute(
        "SELECT version, dirty FROM \(table("schema_migrations"))")
      let version = current.int64(0, 0) ?? 0
      let isDirty = current.bool(0, 1) ?? false
      var states: [Int64: MigrationStatus.State] = [:]
      // Another tool has brought the schema up.
      if try exists("daybook_migrations") {
        for migration in migrations { states[migration.version] = try recorded(migration) }
      }
      return MigrationStatus(
        version: version, isDirty: isDirty, entries: entries(version: version, states),
        intruders: intruders)
    } catch {
      throw .postgres(error)
    }
  }

  private func entries(
    version: Int64, _ recorded: [Int64: MigrationStatus.State]
  ) -> [MigrationStatus.Entry] {
    migrations.map { migration in
      let state: MigrationStatus.State =
        migration.version > version
        ? .pending : recorded[migration.version] ?? .appliedElsewhere
      return MigrationStatus.Entry(
        version: migration.version, title: migration.title, state: state)
    }
  }

  private mutating func recorded(
    _ migration: Migration
  ) throws(PostgresError) -> MigrationStatus.State? {
    let row = try connection.query(
      """
      SELECT to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), applied_by,
             daybook_version, checksum = encode(sha256(convert_to($2, 'UTF8')), 'hex')
      FROM \(table("daybook_migrations")) WHERE version = $1::bigint
      """, [String(migration.version), migration.up])
    guard row.rowCount == 1 else { return nil }
    let record = MigrationStatus.Record(
      appliedAt: row.text(0, 0) ?? "", appliedBy: row.text(0, 1) ?? "",
      daybookVersion: row.text(0, 2) ?? "")
    return row.bool(0, 3) == true ? .applied(record) : .changed(record)
  }

  mutating func exists(_ name: String) throws(PostgresError) -> Bool {
    try connection.query("SELECT to_regclass($1) IS NOT NULL", [table(name)]).bool(0, 0) == true
  }

  func table(_ name: String) -> String { SQL.qualified(schema, name) }
}
