// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Migrations
import Postgres
import Testing

struct PartitionTests {
  @Test func runwayReachesFromLastMonthToThreeAhead() throws {
    try TestDatabase.with { database in
      let months = try database.value(
        """
        SELECT string_agg(DISTINCT n::text, ',') FROM (
          SELECT count(*) AS n FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhparent
          WHERE c.relkind = 'p' GROUP BY c.oid) AS t
        """)
      #expect(months == "5")
      try database.value("DROP TABLE invocations_p\(Self.nextMonth(database))")
      try database.value("SELECT * FROM daybook_ensure_runway()")
      var connection = try database.connect()
      let found = try SchemaCheck(tables: [], daybookVersion: "test").differences(&connection)
      #expect(found == [])
    }
  }

  @Test(arguments: [
    (-73, false), (-72, true), (-1, true), (0, true), (3, true), (4, false),
  ])
  func onlyMonthsOfTheWindow(_ offset: Int, _ isInside: Bool) throws {
    try TestDatabase.with { database in
      let month = "(now() AT TIME ZONE 'UTC' + interval '\(offset) months')::date"
      let name = try database.value("SELECT daybook_ensure_partition('audit_logs', \(month))")
      #expect((name != nil) == isInside)
      let again = try database.value("SELECT daybook_ensure_partition('audit_logs', \(month))")
      #expect(again == name)
      if let name {
        let bounds = try database.value(
          "SET timezone = 'Asia/Tokyo'; SELECT daybook_ensure_partition('audit_logs', \(month))")
        #expect(bounds == name)
      }
    }
  }

  /// An adopted set may have one. Only `daybook_create_partition`, which maintenance calls, says
  /// that the month cannot be made.
  @Test func aMonthWithRowsInTheDefaultPartitionStaysThere() throws {
    try TestDatabase.with { database in
      let next = "now() + interval '1 month'"
      try database.value(
        """
        DROP TABLE invocations_p\(Self.nextMonth(database));
        CREATE TABLE invocations_rest PARTITION OF invocations DEFAULT
        """)
      var connection = try database.connect()
      try connection.execute(
        MigratorTests.row("invocations").replacing("now(), 'acme'", with: "\(next), 'acme'"))
      let names = try database.value(
        """
        SELECT string_agg(partition_name, ' ') FROM daybook_ensure_runway()
        WHERE table_name = 'invocations' AND month = date_trunc('month', (\(next)) AT TIME ZONE 'UTC')
        """)
      #expect(names == "invocations_rest")
      let refused = sqlState(
        of: "SELECT daybook_create_partition('invocations', (\(next))::date)", &connection)
      #expect(refused == "23514")
      try connection.execute("TRUNCATE invocations_rest")
      #expect(
        try database.value("SELECT daybook_ensure_partition('invocations', (\(next))::date)")
          == "invocations_p\(Self.nextMonth(database))")
    }
  }

  @Test func goesThroughBesideAnOpenBatch() throws {
    try TestDatabase.with { database in
      var batch = try database.connect()
      try batch.execute("BEGIN; " + MigratorTests.row("invocations"))
      let name = try database.value(
        "SELECT daybook_ensure_partition('invocations', (now() - interval '5 months')::date)")
      #expect(name != nil)
      try batch.execute(
        MigratorTests.row("invocations").replacing(
          "now(), 'acme'", with: "now() - interval '5 months', 'acme'"))
      let tag = try batch.execute("COMMIT").commandTag
      #expect(tag == "COMMIT")
    }
  }

  @Test func twoAtOnceMakeOne() throws {
    try TestDatabase.with { database in
      let sql =
        "SELECT daybook_ensure_partition('invocations', (now() - interval '5 months')::date)"
      var first = try database.connect()
      var second = try database.connect()
      try first.execute("BEGIN; " + sql)
      try second.send(sql)
      try first.execute("COMMIT")
      let name = try second.receive().text(0, 0)
      #expect(name?.hasPrefix("invocations_p") == true)
    }
  }

  @Test func adoptsAPartitionOfAnotherName() throws {
    try TestDatabase.with { database in
      let name = try #require(
        try database.value("SELECT daybook_ensure_partition('invocations', now()::date)"))
      try database.value("ALTER TABLE \(name) RENAME TO invocations_current")
      let found = try database.value("SELECT daybook_ensure_partition('invocations', now()::date)")
      #expect(found == "invocations_current")
    }
  }

  @Test func refusesWhatItCannotMake() throws {
    try TestDatabase.with { database in
      var connection = try database.connect()
      let unknown = sqlState(
        of: "SELECT daybook_ensure_partition('users', now()::date)", &connection)
      #expect(unknown == "42704")
      let name = try #require(
        try database.value("SELECT daybook_ensure_partition('invocations', now()::date)"))
      try connection.execute("ALTER TABLE invocations DETACH PARTITION \(name)")
      let detached = sqlState(
        of: "SELECT daybook_ensure_partition('invocations', now()::date)", &connection)
      #expect(detached == "42P07")
    }
  }

  /// A temporary table of the caller must not be mistaken for the policy.
  @Test func ignoresTemporaryTablesOfTheCaller() throws {
    try TestDatabase.with { database in
      try database.server.makeLogin("daybook_test_app_write", memberOf: ["app_write"])
      var connection = try database.connect(as: "daybook_test_app_write")
      try connection.execute(
        """
        CREATE TEMPORARY TABLE partition_policies (table_name text, months_ahead int, retention_months int);
        INSERT INTO partition_policies VALUES ('users', 1000, 1000), ('audit_logs', 1000, 1000)
        """)
      let name = try connection.execute(
        "SELECT daybook_ensure_partition('audit_logs', '2090-01-01')"
      ).text(0, 0)
      #expect(name == nil)
    }
  }

  private static func nextMonth(_ database: TestDatabase) throws -> String {
    try #require(
      try database.value(
        "SELECT to_char(date_trunc('month', now() AT TIME ZONE 'UTC') + interval '1 month', 'YYYYMMDD')"
      ))
  }
}
