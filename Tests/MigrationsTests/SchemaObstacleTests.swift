// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Sysexits
import Testing

@testable import Migrations

/// Names that are taken stop `migrate up` before its first step, not in the middle of them.
struct SchemaObstacleTests {
  /// The release before goes on: it still has the functions that it calls.
  @Test(arguments: TestServer.all)
  func aForeignSchemaStopsNothingHalfWay(_ server: TestServer) throws {
    try TestDatabase.with(.empty, on: server) { database in
      try server.makeLogin("daybook_test_stranger", memberOf: [])
      var migrator = try MigratorTests.migrator(database)
      try migrator.up(to: 6)
      try database.value("CREATE SCHEMA reporting AUTHORIZATION daybook_test_stranger")
      let before = try database.value(Self.state)
      let error = #expect(throws: MigrationError.self) { try migrator.up() }
      #expect(error?.exitCode == .configuration)
      let said = try #require(error).description
      #expect(said.hasPrefix("schema reporting of daybook_test_stranger is in the way: rename it"))
      #expect(said.hasSuffix("nothing has been changed"))
      #expect(try database.value(Self.state) == before)
      expectError("schema reporting") { () throws(MigrationError) in try migrator.planUp() }
      // Steps that do not need it are no matter of it.
      try migrator.up(to: 7)
      try database.value("ALTER SCHEMA reporting OWNER TO app_owner")
      try migrator.up()
      #expect(try database.value("SELECT to_regclass('reporting.statements')") != nil)
    }
  }

  @Test(arguments: [
    ("CREATE TABLE tenants (a int)", "table public.tenants of postgres is in the way"),
    ("CREATE TYPE currencies AS ENUM ('EUR')", "type public.currencies of postgres"),
    ("CREATE SEQUENCE statements", "sequence public.statements of postgres"),
    ("CREATE VIEW charges AS SELECT 1 AS a", "view public.charges of postgres"),
    (
      "CREATE TABLE a (b int); CREATE INDEX model_prices_model ON a (b)",
      "index public.model_prices_model of postgres"
    ),
    (
      "CREATE FUNCTION daybook_lock_books(a int) RETURNS int LANGUAGE sql RETURN a",
      "function public.daybook_lock_books(a integer) of postgres"
    ),
    (
      "CREATE SCHEMA reporting AUTHORIZATION app_owner; CREATE TABLE reporting.daily_costs (a int)",
      "table reporting.daily_costs of postgres"
    ),
  ])
  func whateverHasANameOfOursIsNamed(sql: String, sentence: String) throws {
    try TestDatabase.with(.empty) { database in
      var migrator = try MigratorTests.migrator(database)
      try migrator.up(to: 6)
      try database.value(sql)
      let before = try database.value(Self.state)
      expectError(sentence) { () throws(MigrationError) in try migrator.up() }
      #expect(try database.value(Self.state) == before)
    }
  }

  @Test func inANewDatabaseNothingIsMadeBesideIt() throws {
    try TestDatabase.with(.empty) { database in
      try database.value("CREATE TABLE users (a int)")
      var migrator = try MigratorTests.migrator(database)
      expectError("table public.users") { () throws(MigrationError) in try migrator.up() }
      #expect(try database.value("SELECT to_regclass('schema_migrations')") == nil)
      try database.value("ALTER TABLE users RENAME TO people")
      try migrator.up()
    }
  }

  /// Roles are the cluster's: other tests need ours as they are, so these have other names.
  @Test func rolesAndMissingRights() throws {
    try TestDatabase.with(.empty) { database in
      try database.server.makeLogin("app_daybook_test_login", memberOf: [])
      func error(_ up: String, as login: String?) throws -> MigrationError? {
        let user = login.map { ["user": $0, "password": "test"] } ?? [:]
        var migrator = try Migrator(
          database.connect(.direct, user),
          migrations: [Migration(version: 1, name: "a", up: up, down: "")], objects: [],
          daybookVersion: "test")
        return #expect(throws: MigrationError.self) { try migrator.planUp() }
      }
      let login = "app_daybook_test_login"
      #expect(
        try error("SELECT '\(login)'", as: nil)?.description.hasPrefix(
          "role \(login) is no group of Daybook: it has LOGIN; rename it") == true)
      #expect(
        try error("SELECT 'app_daybook_test_no'", as: login)?.description.hasPrefix(
          "\(login) may not make role app_daybook_test_no: ALTER ROLE \(login) CREATEROLE") == true)
      #expect(
        try error("CREATE SCHEMA daybook_test_no", as: login)?.description.hasPrefix(
          "\(login) may not make schema daybook_test_no: GRANT CREATE ON DATABASE") == true)
    }
  }

  /// Migrations and records are UTF-8. Servers that were set up under the locale C have SQL_ASCII.
  @Test(arguments: ["LATIN1", "SQL_ASCII"])
  func anotherEncodingStopsNothingHalfWay(_ encoding: String) throws {
    try TestDatabase.with(.empty) { database in
      try database.remake(encoding: encoding)
      var migrator = try MigratorTests.migrator(database)
      expectError("has encoding \(encoding), and records are UTF-8") {
        () throws(MigrationError) in try migrator.up()
      }
      #expect(try database.value("SELECT to_regclass('schema_migrations')") == nil)
      var connection = try database.connect()
      let found = try SchemaCheck(tables: [], daybookVersion: "test").differences(&connection)
      #expect(
        found.first == .encoding(DatabaseEncoding(database: database.name, name: encoding)))
    }
  }

  /// They are read from the text of the migrations: all that a new database has is among them.
  @Test func theNamesAreThoseOfANewDatabase() throws {
    let names = CreatedNames(Migration.embedded)
    #expect(names.schemas == ["reporting"])
    #expect(names.roles == Set(RolesTests.everybody + ["app_owner"]))
    try TestDatabase.with { database in
      let made = try database.value(
        """
        SELECT string_agg(relname, ' ') FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
          AND relname NOT IN ('schema_migrations', 'daybook_migrations')
        """)
      let tables = Set(try #require(made).split(separator: " ").map { String($0) })
      #expect(tables.subtracting(names.relations) == [])
      #expect(names.relations.isSuperset(of: ["users_email", "daybook_text_range", "costs"]))
    }
  }

  /// The version, and every function of the schema.
  private static let state = """
    SELECT (SELECT version FROM schema_migrations) || string_agg(pg_get_functiondef(p.oid), '' ORDER BY p.oid)
    FROM pg_proc p WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
    """
}
