// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Migrations
import Postgres
import Sysexits
import Testing

struct SchemaCheckTests {
  static let users: SchemaCheck.Table = (
    "users",
    [
      ("user_id", "uuid"), ("tenant_id", "text"), ("email", "text"),
      ("created_at", "timestamptz"), ("failed_sign_ins", "integer"),
    ]
  )
  static let costs: SchemaCheck.Table = (
    "costs_daily",
    [
      ("tenant_id", "text"), ("day", "date"), ("provider", "text"), ("model", "text"),
      ("service_tier", "text"), ("currency", "char(3)"), ("cost", "numeric(38,12)"),
      ("records", "bigint"), ("failed_records", "bigint"), ("unpriced_records", "bigint"),
      ("input_tokens", "bigint"), ("output_tokens", "bigint"),
      ("cache_read_input_tokens", "bigint"), ("cache_creation_input_tokens", "bigint"),
      ("reasoning_output_tokens", "bigint"), ("updated_at", "timestamptz"),
    ]
  )

  @Test func freshDatabaseHasNoDifferences() throws {
    try TestDatabase.with { database in
      try database.server.makeLogin("daybook_test_app_write", memberOf: ["app_write"])
      var connection = try database.connect(as: "daybook_test_app_write")
      let found = try SchemaCheck(tables: [Self.users, Self.costs], daybookVersion: "test")
        .differences(&connection)
      #expect(found == [])
    }
  }

  @Test func namesEveryDifference() throws {
    try TestDatabase.with { database in
      try database.value(
        """
        DROP SCHEMA reporting CASCADE;
        DROP VIEW costs;
        ALTER TABLE costs_daily DROP COLUMN records, ALTER COLUMN cost TYPE numeric(38,10),
          ADD COLUMN shard integer NOT NULL, ADD COLUMN note text, ADD COLUMN n integer NOT NULL DEFAULT 0;
        UPDATE schema_migrations SET version = 5;
        """)
      var connection = try database.connect()
      let nosuch: SchemaCheck.Table = ("nosuch", [("a", "text")])
      let found = try SchemaCheck(
        tables: [Self.costs, nosuch], versionNeeded: 6, daybookVersion: "test"
      )
      .differences(&connection)
      #expect(
        found == [
          .oldSchema(found: 5, needed: 6),
          .unknownRequiredColumn(table: "costs_daily", column: "shard"),
          .wrongType(
            table: "costs_daily", column: "cost", found: "numeric(38,10)", needed: "numeric(38,12)"),
          .missingColumn(table: "costs_daily", column: "records", type: "bigint"),
          .missingTable("nosuch"),
        ])
    }
  }

  @Test func emptyDatabaseIsOld() throws {
    try TestDatabase.with(.empty) { database in
      var connection = try database.connect()
      let found = try SchemaCheck(tables: [Self.users], versionNeeded: 6, daybookVersion: "test")
        .differences(&connection)
      #expect(found == [.oldSchema(found: 0, needed: 6), .missingTable("users")])
    }
  }

  @Test func readOnlyServerAndShortRunwayAreSeen() throws {
    try TestDatabase.with { database in
      let month = try #require(
        try database.value(
          """
          SELECT to_char(date_trunc('month', now() AT TIME ZONE 'UTC') + interval '1 month', 'YYYY-MM')
          """))
      try database.value("DROP TABLE invocations_p\(month.replacing("-", with: ""))01")
      var connection = try database.connect(
        .direct, ["options": "-c default_transaction_read_only=on"])
      try connection.execute("SET timezone = 'Asia/Tokyo'")
      let found = try SchemaCheck(tables: [], daybookVersion: "test").differences(&connection)
      #expect(found == [.readOnlyServer, .missingPartition(table: "invocations", month: month)])
      #expect(found.map(\.exitCode) == [.unavailable, .configuration])
      // What another client of a pool has set is not the server's.
      var pooled = try database.connect()
      try pooled.execute("SET default_transaction_read_only = on")
      #expect(
        try !SchemaCheck(tables: [], daybookVersion: "test").differences(&pooled).contains(
          .readOnlyServer))
      try pooled.execute("SET quote_all_identifiers = on")
      let users = SchemaCheck(
        tables: [(name: "tenants", columns: [("tenant_id", "text")])], daybookVersion: "test")
      #expect(try users.differences(&pooled).allSatisfy(\.isMissingPartition))
    }
  }
}
