// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Migrations
import Postgres
import Testing

struct MigratorTests {
  @Test(arguments: TestServer.all)
  func upDownUp(_ server: TestServer) throws {
    try TestDatabase.with(.empty, on: server) { database in
      var migrator = try Self.migrator(database)
      let latest = try #require(Migration.embedded.last?.version)
      for _ in 0..<2 {
        let plan = try migrator.planUp().map(\.migration.version)
        let done = try migrator.up().map(\.migration.version)
        #expect(done == Array(1...latest))
        #expect(plan == done)
        #expect(try database.value("SELECT version FROM schema_migrations") == "\(latest)")
        let again = try migrator.up().count
        #expect(again == 0)

        let undone = try migrator.down(to: 0).map(\.migration.version)
        #expect(undone == (1...latest).reversed())
        let left = try #require(try database.value(MigrationFilesTests.objects))
        let names = Set(left.split(separator: ", ").filter { !$0.contains("_migrations") })
        #expect(names.isEmpty)
      }
    }
  }

  @Test(arguments: [TestRoute.transactionPooler, .sessionPooler])
  func worksThroughAPooler(_ route: TestRoute) throws {
    try TestDatabase.with(.empty) { database in
      var migrator = try Migrator(database.connect(route), daybookVersion: "test")
      try migrator.up()
      try migrator.down()
      // The pooler keeps the server connection: whatever it holds now has leaked.
      #expect(
        try database.value(
          """
          SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
          WHERE l.locktype = 'advisory' AND d.datname = current_database()
          """) == "0")
    }
  }

  @Test(arguments: TestServer.all)
  func worksWithoutSuperuser(_ server: TestServer) throws {
    // As on RDS: may make roles and databases, owns the database, is no superuser.
    try server.makeLogin("daybook_test_master", memberOf: [], "CREATEROLE CREATEDB")
    // On RDS the master has made the group roles; here another test's superuser may have, and since
    // PostgreSQL 16 only ADMIN OPTION lets anybody else grant them.
    try TestDatabase.with(.migrated, on: server) { database in
      _ = try database.value("GRANT app_owner TO daybook_test_master WITH ADMIN OPTION")
    }
    try TestDatabase.with(.empty, on: server) { database in
      try Self.handOver(database, to: "daybook_test_master")
      var migrator = try Migrator(
        database.connect(as: "daybook_test_master"), daybookVersion: "test")
      try migrator.up()
      let others = try database.value(Self.foreignObjects)
      #expect(others == nil)
      try migrator.down(to: 0)
      try migrator.up()
    }
  }

  /// golang-migrate keeps `schema_migrations`, and nothing else.
  @Test func aSchemaOfAnotherToolGoesOn() throws {
    try TestDatabase.with(.empty) { database in
      var migrator = try Self.migrator(database)
      let latest = try #require(Migration.embedded.last?.version)
      try migrator.up(to: latest - 1)
      try database.value("DROP TABLE daybook_migrations")
      let before = try migrator.status()
      #expect(before.version == latest - 1)
      #expect(before.entries.dropLast().allSatisfy { $0.state == .appliedElsewhere })
      #expect(before.entries.last?.state == .pending)
      #expect(try migrator.up().map(\.migration.version) == [latest])
      #expect(try migrator.status().version == latest)
    }
  }

  @Test func stepsOneByOneToAVersion() throws {
    try TestDatabase.with(.empty) { database in
      var migrator = try Self.migrator(database)
      let up = try migrator.up(to: 3).map(\.migration.name)
      #expect(up == ["roles", "streams", "costs"])
      let down = try migrator.down().map(\.migration.name)
      #expect(down == ["costs"])
      let states = try migrator.status().entries.map(\.state)
      #expect(states.dropFirst(2).allSatisfy { $0 == .pending })
      let record = try #require(states.first)
      guard case .applied(let record) = record else {
        Issue.record("migration 1 is \(record)")
        return
      }
      #expect(record.daybookVersion == "test")
      #expect(record.appliedBy == "postgres")
      #expect(record.appliedAt.hasSuffix("Z"))
      expectError("there is no migration 99") { () throws(MigrationError) in
        try migrator.up(to: 99)
      }
    }
  }

  @Test func changedFileIsReported() throws {
    try TestDatabase.with { database in
      let edited = Migration.embedded.map { migration in
        migration.version == 2
          ? Migration(
            version: 2, name: migration.name, up: migration.up + "\n-- edited", down: migration.down
          )
          : migration
      }
      var migrator = try Migrator(
        database.connect(), migrations: edited, daybookVersion: "test")
      let changed = try migrator.status().changed
      #expect(changed == ["000002_streams"])
      expectError("000002_streams") { () throws(MigrationError) in try migrator.up() }
      expectError("000002_streams") { () throws(MigrationError) in try migrator.down() }
      try migrator.up(force: true)
    }
  }

  @Test(arguments: ["audit_logs", "invocations"])
  func doesNotDropRowsWithoutForce(_ table: String) throws {
    try TestDatabase.with { database in
      try database.value(Self.row(table))
      var migrator = try Self.migrator(database)
      expectError("drop table \(table)") { () throws(MigrationError) in
        try migrator.down(to: 0)
      }
      #expect(try database.value("SELECT count(*) FROM \(table)") == "1")
      #expect(try database.value("SELECT version FROM schema_migrations") == "2")
      let forced = try migrator.down(to: 0, force: true).map(\.migration.version)
      #expect(forced == [2, 1])
    }
  }

  @Test func failedFileLeavesNothing() throws {
    try TestDatabase.with(.empty) { database in
      let broken = Migration(
        version: 1, name: "broken", up: "CREATE TABLE half (i int); SELECT 1/0", down: "")
      var migrator = try Migrator(
        database.connect(), migrations: [broken], daybookVersion: "test")
      expectError("000001_broken") { () throws(MigrationError) in try migrator.up() }
      let others = try database.value(MigrationFilesTests.objects)
      #expect(others == nil)
      let version = try migrator.status().version
      #expect(version == 0)
    }
  }

  @Test func onlyOneMigratesAtATime() throws {
    try TestDatabase.with(.empty) { database in
      var other = try database.connect()
      try other.execute(
        "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('daybook_migrate:public', 0))")
      var migrator = try Self.migrator(database)
      expectError("another process") { () throws(MigrationError) in try migrator.up() }
      try other.execute("ROLLBACK")
      try migrator.up()
    }
  }

  @Test func dirtyAndNewerDatabasesAreLeftAlone() throws {
    try TestDatabase.with { database in
      var migrator = try Self.migrator(database)
      try database.value("UPDATE schema_migrations SET dirty = true")
      expectError("dirty") { () throws(MigrationError) in try migrator.up() }
      try database.value("UPDATE schema_migrations SET dirty = false, version = 4711")
      expectError("4711") { () throws(MigrationError) in try migrator.up() }
    }
  }

  @Test func anotherSchemaHoldsEverything() throws {
    try TestDatabase.with(.empty) { database in
      let schema = "Odd \"name"
      var migrator = try Migrator(database.connect(), schema: schema, daybookVersion: "test")
      try migrator.up()
      let others = try database.value(MigrationFilesTests.objects)
      #expect(others == nil)
      var connection = try database.connect()
      let found = try SchemaCheck(schema: schema, tables: [], daybookVersion: "test").differences(
        &connection)
      #expect(found == [])
      try connection.execute("SET search_path = \(SQL.identifier(schema))")
      let month = try connection.execute(
        "SELECT daybook_ensure_partition('audit_logs', '2026-01-15')")
      let name = month.text(0, 0)
      #expect(name == "audit_logs_p20260101")
      try migrator.down(to: 0)
    }
  }

  static func migrator(_ database: TestDatabase) throws -> Migrator {
    try Migrator(database.connect(), daybookVersion: "test")
  }

  static func row(_ table: String) -> String {
    switch table {
    case "audit_logs":
      """
      INSERT INTO audit_logs (event_id, occurred_at, tenant_id, action, actor_type, outcome, severity,
        content_sha256, ingested_at, source_topic, source_partition, source_offset)
      VALUES (gen_random_uuid(), now(), 'acme', 'user.login', 'user', 'success', 1, '', now(), 't', 0, 0)
      """
    default:
      """
      INSERT INTO invocations (invocation_id, occurred_at, tenant_id, provider, operation,
        request_model, service_tier, cost_source, status, content_sha256, ingested_at, source_topic,
        source_partition, source_offset)
      VALUES (gen_random_uuid(), now(), 'acme', 'anthropic', 'chat', 'm', 'standard', 'none',
        'success', '', now(), 't', 0, 0)
      """
    }
  }

  /// Relations and functions that are not app_owner's, or NULL.
  /// The constructors of a range type are the server's own, whoever makes the type.
  static let foreignObjects = """
    SELECT string_agg(name, ', ') FROM (
      SELECT relname AS name, relowner AS owner FROM pg_class
      WHERE relnamespace IN ('public'::regnamespace, 'reporting'::regnamespace)
      UNION ALL SELECT proname, proowner FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend d
                         WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')
      UNION ALL SELECT nspname, nspowner FROM pg_namespace WHERE nspname = 'reporting'
    ) AS o WHERE owner <> 'app_owner'::regrole
    """

  private static func handOver(_ database: TestDatabase, to login: String) throws {
    try database.value("ALTER DATABASE \(SQL.identifier(database.name)) OWNER TO \(login)")
  }
}
