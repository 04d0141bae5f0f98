// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Testing

@testable import Migrations

/// Functions and views from files of their own: what is in them, and when they are loaded.
struct SchemaObjectTests {
  @Test func aFileMakesWhatItsNameSaysAndItsRights() {
    for object in SchemaObject.embedded {
      let kind = object.kind.rawValue.uppercased()
      let end = object.kind == .function ? "(" : ""
      #expect(
        object.sql.contains("CREATE OR REPLACE \(kind) \(object.name)\(end)"), "\(object.path)")
      #expect(object.sql.contains("COMMENT ON \(kind) \(object.name) IS '"), "\(object.path)")
      if object.kind == .function {
        #expect(
          object.sql.contains("REVOKE ALL ON FUNCTION \(object.name) FROM PUBLIC;"),
          "\(object.path)")
      }
    }
  }

  /// What came with the first release stays where it was; everything since has one place.
  @Test func migrationsHoldTablesAndNoBodyStandsTwice() {
    let firstWithout: Int64 = 7
    for migration in Migration.embedded where migration.version >= firstWithout {
      let starts = migration.up.split(separator: "\n").filter { $0.hasPrefix("CREATE ") }
      for word in ["FUNCTION ", "VIEW ", "TRIGGER "] {
        #expect(!starts.contains { $0.contains(word) }, "\(migration.title): \(word)")
      }
      #expect(!migration.up.contains("PERFORM daybook_"), "\(migration.title)")
      #expect(!migration.up.contains("SELECT daybook_"), "\(migration.title)")
    }
    var bodies: [Substring: String] = [:]
    for object in SchemaObject.embedded {
      guard let start = object.sql.firstRange(of: "AS $$")?.upperBound,
        let end = object.sql[start...].firstRange(of: "\n$$")?.lowerBound
          ?? object.sql[start...]
          .firstRange(of: "END $$")?.lowerBound
      else { continue }
      let other = bodies.updateValue(object.path, forKey: object.sql[start..<end])
      #expect(other == nil, "\(object.path)")
    }
    #expect(bodies.count > 70)
  }

  /// Version 6 is release 0.1.0: its functions come back word for word, and the rows stay.
  @Test(arguments: TestServer.all)
  func theFirstReleaseIsMigratedAndTakenBackWithItsRows(_ server: TestServer) throws {
    try TestDatabase.with(.empty, on: server) { database in
      var migrator = try MigratorTests.migrator(database)
      try migrator.up(to: 6)
      #expect(migrator.loaded == [])
      for table in ["audit_logs", "invocations"] { try database.value(MigratorTests.row(table)) }
      try database.value(Self.olderRows)
      let before = try database.value(Self.definitions)
      try migrator.up()
      #expect(migrator.loaded.count == SchemaObject.embedded.count)
      #expect(try migrator.objectDifferences() == [])
      #expect(try database.value(Self.counts) == "1 1 1 1")
      #expect(try database.value(Self.definitions) != before)
      try migrator.down(to: 6)
      #expect(try database.value(Self.definitions) == before)
      #expect(try database.value(Self.counts) == "1 1 1 1")
      try migrator.up()
      #expect(try migrator.objectDifferences() == [])
    }
  }

  /// Each major version spells definitions in its way.
  @Test func whatAnotherServerSpelledIsLoadedAgain() throws {
    try TestDatabase.with(.migrated) { database in
      try database.value("UPDATE daybook_objects SET server_version = 14")
      try database.value("DROP FUNCTION daybook_forget_partition")
      var migrator = try MigratorTests.migrator(database)
      let states = try migrator.objectDifferences().map(\.state)
      #expect(states.count > 100 && states.count { $0 == .missing } == 1)
      #expect(states.allSatisfy { [.missing, .otherServer].contains($0) })
      var connection = try database.connect()
      #expect(
        try LoadedObjects.editedByHand(in: "public", &connection) == ["daybook_forget_partition"])
      #expect(
        try SchemaCheck(tables: [], daybookVersion: "0.2.0").differences(&connection).count == 1)
      try migrator.up()
      #expect(try migrator.objectDifferences() == [])
    }
  }

  @Test(arguments: TestServer.all)
  func whatDiffersIsNamedAndLoadedAgain(_ server: TestServer) throws {
    try TestDatabase.with(.migrated, on: server) { database in
      try database.value(
        """
        CREATE OR REPLACE FUNCTION daybook_lock_books() RETURNS void LANGUAGE sql AS 'SELECT 1';
        DROP VIEW reporting.statements;
        UPDATE daybook_objects SET sha256 = sha256('') WHERE name = 'costs';
        CREATE FUNCTION daybook_of_another_release() RETURNS void LANGUAGE sql AS 'SELECT';
        ALTER FUNCTION daybook_of_another_release() OWNER TO app_owner;
        INSERT INTO daybook_objects (name, kind, position, sha256, definition_md5, server_version, daybook_version)
        VALUES ('daybook_of_another_release', 'function', 999, sha256(''), '', 14, '9.0.0')
        """)
      var migrator = try MigratorTests.migrator(database)
      let found = try migrator.objectDifferences()
      #expect(
        found == [
          ObjectDifference(name: "daybook_lock_books", state: .editedByHand),
          ObjectDifference(name: "costs", state: .otherFile(daybookVersion: "test")),
          ObjectDifference(name: "reporting.statements", state: .missing),
          ObjectDifference(name: "daybook_of_another_release", state: .surplus),
        ])
      var connection = try database.connect()
      let check = SchemaCheck(tables: [], daybookVersion: "0.2.0")
      let differences = try check.differences(&connection)
      #expect(differences.filter(\.isWarning).count == 2)
      #expect(differences.filter { !$0.isWarning }.count == 2)
      let edited = try LoadedObjects.editedByHand(in: "public", &connection)
      #expect(edited == ["daybook_lock_books", "reporting.statements"])

      try migrator.up()
      #expect(migrator.loaded == ["daybook_lock_books", "costs", "reporting.statements"])
      #expect(try migrator.objectDifferences() == [])
      #expect(try database.value("SELECT to_regproc('daybook_of_another_release')") == nil)
      #expect(try check.differences(&connection) == [])
      #expect(try LoadedObjects.editedByHand(in: "public", &connection) == [])
    }
  }

  /// The start of ingest waits for nobody who has a table locked.
  @Test func theCheckAtTheStartLocksNoTable() throws {
    try TestDatabase.with { database in
      var holder = try database.connect()
      try holder.execute(
        "BEGIN; LOCK TABLE costs_daily, costs_monthly, billing_periods, tenant_time_zones")
      var connection = try database.connect(.direct, ["options": "-c lock_timeout=2s"])
      let check = SchemaCheck(tables: [], daybookVersion: "test")
      #expect(try check.differences(&connection) == [])
      try holder.execute("ROLLBACK")
    }
  }

  @Test func whatANewerReleaseLoadedDoesNotHinderAnOlderOne() {
    func hinders(_ state: ObjectDifference.State, _ version: String) -> Bool {
      ObjectDifference(name: "f", state: state).hinders(version)
    }
    #expect(!hinders(.otherFile(daybookVersion: "0.10.0"), "0.9.2"))
    #expect(hinders(.otherFile(daybookVersion: "0.9.2"), "0.10.0"))
    #expect(hinders(.otherFile(daybookVersion: "0.9.2"), "0.9.2"))
    #expect(hinders(.otherFile(daybookVersion: nil), "0.9.2"))
    #expect(hinders(.missing, "0.9.2"))
    #expect(!hinders(.editedByHand, "0.9.2"))
  }

  /// One transaction with the last step: a file that fails leaves the version before it.
  @Test func aFileThatFailsLeavesNothing() throws {
    try TestDatabase.with(.empty) { database in
      let broken = SchemaObject(
        name: "daybook_broken", kind: .function, path: "functions/broken.sql",
        sql: "CREATE OR REPLACE FUNCTION daybook_broken() RETURNS nosuch LANGUAGE sql AS 'SELECT 1'"
      )
      var migrator = Migrator(
        try database.connect(), objects: SchemaObject.embedded + [broken], daybookVersion: "test")
      expectError("functions/broken.sql") { () throws(MigrationError) in try migrator.up() }
      let newest = Migration.embedded.last?.version ?? 0
      #expect(try database.value("SELECT version FROM schema_migrations") == "\(newest - 1)")
      #expect(try database.value("SELECT count(*) FROM daybook_objects") == "0")
    }
  }

  private static let olderRows = """
    INSERT INTO ingest_offsets (cluster_id, topic, partition, next_offset, epoch, owner)
    VALUES ('c', 't', 0, 1, 1, 'w');
    INSERT INTO costs_daily VALUES ('acme', current_date, '', 'p', 'm', 'standard', 'USD', 1, 1, 0, 0, 0, 0, 0, 0, 0, now())
    """

  private static let counts = """
    SELECT concat_ws(' ', (SELECT count(*) FROM audit_logs), (SELECT count(*) FROM invocations),
      (SELECT count(*) FROM ingest_offsets), (SELECT count(*) FROM costs))
    """

  /// Functions, views, their rights and what is said of them.
  private static let definitions = """
    SELECT md5(string_agg(line, '|' ORDER BY line COLLATE "C")) FROM (
      SELECT pg_get_functiondef(oid) || coalesce(obj_description(oid, 'pg_proc'), '') || p.proowner::regrole
        || (SELECT coalesce(string_agg(a.grantee || a.privilege_type, ',' ORDER BY a.grantee), '')
              FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a) AS line
      FROM pg_proc p WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'daybook\\_%'
        AND proname NOT LIKE '%range'
      UNION ALL
      SELECT pg_get_viewdef(oid) || obj_description(oid, 'pg_class') || col_description(oid, 1)
        || (SELECT coalesce(string_agg(a.grantee || a.privilege_type, ',' ORDER BY a.grantee, a.privilege_type), '')
              FROM aclexplode(c.relacl) AS a)
      FROM pg_class c WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace
      UNION ALL
      SELECT pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal) AS lines
    """
}
