// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Testing
import Upkeep

/// What the functions of a retirement refuse, whoever calls them, and the way back.
struct RetirementGuardTests {
  /// `FROM ONLY` of a partitioned table has no rows, and DROP takes its partitions along.
  @Test(arguments: TestServer.all)
  func aPartitionWithPartitionsDoesNotLeave(_ server: TestServer) throws {
    try HoldScene.with(on: server) { scene in
      try scene.run(
        """
        SET ROLE app_owner;
        CREATE TABLE nested (LIKE invocations INCLUDING ALL) PARTITION BY HASH (tenant_id);
        CREATE TABLE nested_0 PARTITION OF nested FOR VALUES WITH (MODULUS 1, REMAINDER 0);
        ALTER TABLE invocations ATTACH PARTITION nested
          FOR VALUES FROM ('2021-03-01 00:00:00+00') TO ('2021-04-01 00:00:00+00')
        """)
      #expect(
        try scene.state(of: "SELECT daybook_begin_retirement('invocations', 'nested', 'test')")
          == "55000")
    }
  }

  /// A policy that shows nothing to the owner would let everything go as empty.
  @Test func hiddenRowsAreAnError() throws {
    try HoldScene.with { scene in
      try scene.run(
        """
        ALTER TABLE \(scene.partition) ENABLE ROW LEVEL SECURITY;
        ALTER TABLE \(scene.partition) FORCE ROW LEVEL SECURITY
        """)
      let id = try scene.database.retire(scene.partition, of: "invocations", upTo: .detached)
      #expect(
        try scene.state(of: "SELECT daybook_revoke_detached(\(id))", role: "app_owner") == "42501")
      #expect(try scene.run("SELECT state FROM partition_retirements") == "detached")
    }
  }

  @Test func aLongerRetentionStopsTheDropAndTheMonthComesBack() throws {
    try HoldScene.with { scene in
      let id = try scene.database.retire(scene.partition, of: "invocations", upTo: .verified)
      try scene.run(
        "UPDATE partition_policies SET retention_months = 60 WHERE table_name = 'invocations'")
      let drop = "SELECT daybook_drop_retired_partition(\(id))"
      #expect(try scene.state(of: drop, role: "app_owner") == "DB002")
      try scene.run("SET ROLE app_owner; SELECT daybook_cancel_retirement(\(id), 'kept longer')")
      #expect(try scene.run("SELECT count(*) FROM invocations") == "3")
      #expect(try scene.run("SELECT count(*) FROM partition_retirements") == "0")
      try scene.insert(7, tenant: "acme")
      #expect(try scene.run("SELECT count(*) FROM invocations") == "4")
      #expect(try scene.state(of: "DELETE FROM \(scene.partition)") == "42501")
      #expect(try scene.state(of: "TRUNCATE \(scene.partition)") == "42501")
      #expect(
        try scene.run(
          "SELECT has_table_privilege('app_audit_read', '\(scene.partition)', 'SELECT')")
          == "t")
      #expect(
        try scene.run("SELECT reason FROM partition_journal WHERE action = 'cancel'")
          == "kept longer")
    }
  }

  /// It stands alone when a migration comes.
  @Test func aMonthComesBackWithWhatTheSetHasNow() throws {
    try HoldScene.with { scene in
      let id = try scene.database.retire(scene.partition, of: "invocations", upTo: .verified)
      try scene.run(
        """
        SET ROLE app_owner;
        ALTER TABLE invocations ADD COLUMN extra text NOT NULL DEFAULT 'x';
        ALTER TABLE invocations ADD COLUMN "An other" numeric(5, 2);
        ALTER TABLE invocations ADD CONSTRAINT "is x" CHECK (extra = 'x');
        UPDATE partition_policies SET retention_months = 60 WHERE table_name = 'invocations';
        SELECT daybook_cancel_retirement(\(id), 'kept longer')
        """)
      #expect(try scene.run("SELECT count(*) FROM invocations WHERE extra = 'x'") == "3")
    }
  }

  /// It is still attached, and whoever leads may be about to detach it.
  @Test func aRetirementThatHasOnlyBegunIsTakenBack() throws {
    try HoldScene.with { scene in
      let id = try scene.database.retire(scene.partition, of: "invocations", upTo: .detaching)
      let cancel = "SELECT daybook_cancel_retirement(\(id), 'kept longer')"
      var leader = try MaintenanceSession(scene.database.settings(), schema: "public")
      #expect(try leader.lead())
      #expect(try scene.state(of: cancel, role: "app_owner") == "55P03")
      try leader.connection.execute("SELECT pg_advisory_unlock_all()")
      #expect(try scene.state(of: cancel, role: "app_owner") == nil)
      #expect(try scene.run("SELECT count(*) FROM invocations") == "3")
      #expect(try scene.run("SELECT count(*) FROM partition_retirements") == "0")
    }
  }

  /// A year that left does not come back month by month.
  @Test func monthsOfAYearThatLeftStayAway() throws {
    try HoldScene.with { scene in
      try scene.run(
        """
        SET ROLE app_owner;
        CREATE TABLE odd_year (LIKE invocations INCLUDING ALL);
        ALTER TABLE invocations ATTACH PARTITION odd_year
          FOR VALUES FROM ('2022-01-01 00:00:00+00') TO ('2023-01-01 00:00:00+00')
        """)
      try scene.database.retire("odd_year", of: "invocations")
      try scene.run(
        "UPDATE partition_policies SET retention_months = 600 WHERE table_name = 'invocations'")
      #expect(
        try scene.run("SELECT daybook_ensure_partition('invocations', '2022-02-01')") == nil)
      #expect(
        try scene.run("SELECT daybook_ensure_partition('invocations', '2023-02-01')")
          == "invocations_p20230201")
    }
  }

  /// Somebody's table that happens to be called like a table of held rows.
  @Test func aForeignTableIsNotEmptied() throws {
    try HoldScene.with { scene in
      try scene.run("SET ROLE app_owner; CREATE TABLE invocations_held AS SELECT 1 AS a")
      #expect(
        try scene.state(
          of: "SELECT daybook_release_held_rows('invocations', 10)", role: "app_owner") == "42P07")
      #expect(try scene.run("SELECT count(*) FROM invocations_held") == "1")
    }
  }

  @Test func rightsThatWerePassedOnGoToo() throws {
    try HoldScene.with { scene in
      try scene.run(
        """
        GRANT SELECT ON \(scene.partition) TO app_read WITH GRANT OPTION;
        SET ROLE app_read; GRANT SELECT ON \(scene.partition) TO app_write
        """)
      try scene.database.retire(scene.partition, of: "invocations", upTo: .revoked)
      #expect(
        try scene.run("SELECT has_table_privilege('app_write', '\(scene.partition)', 'SELECT')")
          == "f")
    }
  }

  /// A database that was restored from a dump has other oids.
  @Test func aDetachThatBeganElsewhereBeginsAgain() throws {
    try HoldScene.with { scene in
      let begin = "SELECT daybook_begin_retirement('invocations', '\(scene.partition)', 'test')"
      let id = try scene.run("SET ROLE app_owner; " + begin)
      #expect(try scene.state(of: begin, role: "app_owner") == "55000")
      try scene.run("UPDATE partition_retirements SET partition_oid = 1")
      #expect(try scene.run("SET ROLE app_owner; " + begin) == id)
    }
  }
}
