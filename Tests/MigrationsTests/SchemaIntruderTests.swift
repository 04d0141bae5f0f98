// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Migrations
import Postgres
import Sysexits
import Testing

/// Where others may create, they could become the owner: databases that were upgraded from
/// PostgreSQL 14 still let everybody create in schema public.
struct SchemaIntruderTests {
  private static let everybody = SchemaIntruder.creator("PUBLIC", schema: #""public""#)

  @Test(arguments: TestServer.all)
  func doesNotMigrateWhereEverybodyMayCreate(_ server: TestServer) throws {
    try TestDatabase.with(.empty, on: server) { database in
      try database.value("GRANT CREATE ON SCHEMA public TO PUBLIC")
      var migrator = try MigratorTests.migrator(database)
      let error = #expect(throws: MigrationError.self) { try migrator.up() }
      #expect(error?.exitCode == .configuration)
      #expect(try #require(error).description.contains("\(Self.everybody)"))
      let status = try migrator.status()
      #expect(status.version == 0 && status.intruders == [Self.everybody])
      try database.value("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
      try migrator.up()
    }
  }

  @Test(arguments: TestServer.all)
  func isSeenBeforeIngestStarts(_ server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      try server.makeLogin("daybook_test_app_write", memberOf: ["app_write"])
      try database.value(
        "GRANT CREATE ON SCHEMA public TO PUBLIC; GRANT CREATE ON SCHEMA public TO daybook_test_app_write"
      )
      var writer = try database.connect(as: "daybook_test_app_write")
      let found = try SchemaCheck(tables: [], daybookVersion: "test").differences(&writer)
      #expect(
        found == [
          .untrusted(Self.everybody),
          .untrusted(.creator("daybook_test_app_write", schema: #""public""#)),
        ])
      #expect(found.allSatisfy { $0.exitCode == .configuration })
    }
  }

  /// A function with a built-in name that was made before the right was taken away.
  @Test(arguments: TestServer.all)
  func whatWasLeftBehindIsSeen(_ server: TestServer) throws {
    try TestDatabase.with(on: server) { database in
      try server.makeLogin("daybook_test_app_write", memberOf: ["app_write"])
      try database.value("GRANT CREATE ON SCHEMA public TO daybook_test_app_write")
      var writer = try database.connect(as: "daybook_test_app_write")
      try writer.execute(
        """
        CREATE FUNCTION date_trunc(text, date) RETURNS timestamptz LANGUAGE sql
          RETURN pg_catalog.date_trunc($1, $2::timestamptz);
        CREATE FUNCTION mine(integer) RETURNS integer LANGUAGE sql RETURN $1;
        CREATE FUNCTION mine(smallint, text) RETURNS integer LANGUAGE sql RETURN 1;
        CREATE OPERATOR + (LEFTARG = smallint, RIGHTARG = text, FUNCTION = mine);
        """)
      try database.value("REVOKE CREATE ON SCHEMA public FROM daybook_test_app_write")
      let found = try SchemaCheck(tables: [], daybookVersion: "test").differences(&writer)
      #expect(
        found == [
          .untrusted(
            .shadow("function public.date_trunc(text, date)", owner: "daybook_test_app_write")),
          .untrusted(.shadow("operator +(smallint,text)", owner: "daybook_test_app_write")),
        ])
    }
  }
}
