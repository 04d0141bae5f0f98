// SPDX-License-Identifier: Apache-2.0
import Postgres

extension Migrator {
  /// One step: lock, check that nobody was faster, run the file, note it, commit.
  mutating func apply(_ step: MigrationStep, force: Bool) throws(MigrationError) {
    do throws(MigrationError) {
      try begin()
      try postgres { (migrator) throws(PostgresError) in try migrator.createTables() }
      let status = try status()
      guard status.version == step.before, !status.isDirty else { throw MigrationError.busy }
      if step.direction == .up && !status.intruders.isEmpty {
        throw MigrationError.untrusted(status.intruders)
      }
      let filled = step.direction == .down ? try lockFilledTables(step) : []
      if step.direction == .down { try dropObjects() }
      try run(step)
      if !force { try refuseLoss(of: filled) }
      if step.direction == .up, step.after == migrations.last?.version, !objects.isEmpty {
        try loadObjects()
      }
      try postgres { (migrator) throws(PostgresError) in try migrator.note(step) }
      try commit()
    } catch {
      // The error that matters is the one we have; a broken connection rolls back by itself.
      _ = try? connection.execute("ROLLBACK")
      throw error
    }
  }

  mutating func begin() throws(MigrationError) {
    do {
      try connection.execute(
        """
        BEGIN;
        SET LOCAL lock_timeout = '\(Self.lockTimeoutMilliseconds)ms';
        SET LOCAL statement_timeout = 0;
        SET LOCAL search_path = \(SQL.identifier(schema)), pg_temp;
        SELECT pg_advisory_xact_lock(hashtextextended(\(SQL.literal(Self.lockName + schema)), 0))
        """)
    } catch {
      throw error.sqlState == .lockNotAvailable ? .busy : .postgres(error)
    }
  }

  private mutating func createTables() throws(PostgresError) {
    let found = try connection.query(
      "SELECT to_regnamespace($1) IS NOT NULL", [SQL.identifier(schema)])
    if found.bool(0, 0) != true {
      try connection.execute("CREATE SCHEMA \(SQL.identifier(schema))")
    }
    if try exists("schema_migrations"), try exists("daybook_migrations") { return }
    try connection.execute(Self.tables)
  }

  private mutating func run(_ step: MigrationStep) throws(MigrationError) {
    do {
      if step.after == 0 { try connection.execute(Self.takeTables) }
      try connection.execute(step.sql, deadline: .seconds(Self.stepSecondsMax))
      try connection.execute("SET LOCAL ROLE NONE")
      if step.direction == .up { try connection.execute(Self.giveTables) }
    } catch {
      throw .failed(title: step.migration.title, error)
    }
  }

  private mutating func note(_ step: MigrationStep) throws(PostgresError) {
    try connection.execute("DELETE FROM schema_migrations")
    if step.after > 0 {
      try connection.query(
        "INSERT INTO schema_migrations (version, dirty) VALUES ($1::bigint, false)",
        [String(step.after)])
    }
    let version = String(step.migration.version)
    try connection.query("DELETE FROM daybook_migrations WHERE version = $1::bigint", [version])
    if step.direction == .up {
      try connection.query(
        """
        INSERT INTO daybook_migrations (version, name, checksum, daybook_version)
        VALUES ($1::bigint, $2, encode(sha256(convert_to($3, 'UTF8')), 'hex'), $4)
        """, [version, step.migration.name, step.migration.up, daybookVersion])
    }
  }

  mutating func commit() throws(MigrationError) {
    try postgres { (migrator) throws(PostgresError) in
      let tag = try migrator.connection.execute("COMMIT").commandTag
      guard tag == "COMMIT" else {
        throw PostgresError(
          .internalError, "the server answered COMMIT with \(tag)", phase: .answered)
      }
    }
  }

  /// Tables with rows that nobody should lose by mistake, of those that the step names: locked
  /// against writers until the end.
  private mutating func lockFilledTables(
    _ step: MigrationStep
  ) throws(MigrationError) -> [ProtectedTable] {
    let named = ProtectedTable.all.filter { step.sql.contains($0.name) }
    return try postgres { (migrator) throws(PostgresError) in
      var filled: [ProtectedTable] = []
      for table in named where try migrator.exists(table.name) {
        try migrator.connection.execute("LOCK TABLE \(table.name) IN SHARE ROW EXCLUSIVE MODE")
        let row = try migrator.connection.execute(table.question)
        if row.bool(0, 0) == true { filled.append(table) }
      }
      return filled
    }
  }

  private mutating func refuseLoss(of filled: [ProtectedTable]) throws(MigrationError) {
    let lost = try postgres { (migrator) throws(PostgresError) in
      var lost: [ProtectedTable] = []
      for table in filled {
        let remains = try migrator.exists(table.name)
        if !remains { lost.append(table) }
      }
      return lost
    }
    guard lost.isEmpty else { throw .wouldDropRows(lost) }
  }

  private mutating func postgres<Value>(
    _ body: (inout Migrator) throws(PostgresError) -> Value
  ) throws(MigrationError) -> Value {
    do {
      return try body(&self)
    } catch {
      throw .postgres(error)
    }
  }

  private static let lockName = "daybook_migrate:"
  private static let lockTimeoutMilliseconds = 3000
  private static let stepSecondsMax = 3600

  /// `schema_migrations` is golang-migrate's own table, so that either tool can go on.
  private static let tables = """
    CREATE TABLE IF NOT EXISTS schema_migrations (
      version bigint NOT NULL PRIMARY KEY,
      dirty   boolean NOT NULL
    );
    COMMENT ON TABLE schema_migrations IS 'Version of the schema, one row, as golang-migrate keeps it';
    COMMENT ON COLUMN schema_migrations.version IS 'Number of the last migration applied';
    COMMENT ON COLUMN schema_migrations.dirty IS 'Left half applied by another tool; never by Daybook';
    CREATE TABLE IF NOT EXISTS daybook_migrations (
      version         bigint NOT NULL PRIMARY KEY,
      name            text NOT NULL,
      checksum        text NOT NULL,
      applied_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
      applied_by      text NOT NULL DEFAULT session_user,
      daybook_version text NOT NULL
    );
    COMMENT ON TABLE daybook_migrations IS 'Migrations applied by Daybook';
    COMMENT ON COLUMN daybook_migrations.version IS 'Number of the migration';
    COMMENT ON COLUMN daybook_migrations.name IS 'Name of the migration';
    COMMENT ON COLUMN daybook_migrations.checksum IS 'SHA-256 of the up file, 64 hexadecimal digits';
    COMMENT ON COLUMN daybook_migrations.applied_at IS 'When it was applied, UTC';
    COMMENT ON COLUMN daybook_migrations.applied_by IS 'Login role that applied it';
    COMMENT ON COLUMN daybook_migrations.daybook_version IS 'Release of Daybook that applied it';
    GRANT SELECT ON schema_migrations, daybook_migrations TO PUBLIC;
    """

  /// Whoever may act as app_owner may go on with the next migration.
  private static let giveTables = """
    ALTER TABLE schema_migrations OWNER TO app_owner;
    ALTER TABLE daybook_migrations OWNER TO app_owner
    """

  /// The step that drops app_owner must find nothing that it owns.
  private static let takeTables = """
    ALTER TABLE schema_migrations OWNER TO CURRENT_USER;
    ALTER TABLE daybook_migrations OWNER TO CURRENT_USER
    """
}
