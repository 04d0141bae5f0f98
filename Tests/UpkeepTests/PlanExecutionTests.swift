// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Postgres
import Testing
import Upkeep

/// Plans made from real catalogues, and their statements sent to real servers.
@Suite struct PlanExecutionTests {
  private static let zones = ["America/New_York", "Asia/Kolkata", "Pacific/Apia"]
  /// SET wins over PGTZ, which the environment of the tests may have.
  private static let clients = [
    "SET timezone = 'Europe/Berlin'; SET datestyle = 'SQL, DMY'",
    "SET timezone = 'Asia/Kolkata'; SET datestyle = 'German'",
    "SET timezone = 'America/New_York'; SET datestyle = 'Postgres, MDY'",
    "SET timezone = 'Pacific/Apia'", "RESET timezone",
  ]
  static let cases = TestServer.all.flatMap { server in zones.map { (server, $0) } }

  @Test(arguments: cases)
  func everyClientInEveryZoneReadsTheSame(_ server: TestServer, _ zone: String) throws {
    try TestDatabase.with(.migrated, on: server) { database in
      try database.value(
        """
        ALTER DATABASE \(SQL.identifier(database.name)) SET timezone = \(SQL.literal(zone));
        UPDATE partition_policies SET retention_months = 2, archive = 'none', no_archive_reason = 'test'
         WHERE table_name = 'invocations';
        """)
      var connection = try database.connect()
      try connection.execute(
        "SET timezone = \(SQL.literal(zone)); SET datestyle = 'SQL, DMY'")
      // Over the changes of summer time in both hemispheres.
      for month in ["2026-03-01", "2026-04-01", "2026-05-01", "2026-09-01", "2026-11-01"] {
        try connection.execute("SELECT daybook_create_partition('invocations', '\(month)')")
      }
      var plans: [Plan] = []
      for settings in Self.clients {
        var client = try database.connect()
        try client.execute(settings)
        let (now, sets) = try CatalogReader(schema: "public").read(&client)
        #expect(sets.flatMap(\.partitions).allSatisfy { $0.month != nil })
        #expect(sets.flatMap(\.partitions).allSatisfy { $0.lower == $0.month?.start })
        plans.append(
          PartitionPlan.make(sets, now: now, schema: "public", hasArchivePlace: true))
      }
      #expect(plans.allSatisfy { $0 == plans.first })
      #expect(plans.first?.actions.contains { $0.partition == "invocations_p20260301" } == true)
    }
  }

  @Test(arguments: TestServer.all)
  func whatIsPrintedRunsAndLeavesNothing(_ server: TestServer) throws {
    try TestDatabase.with(.migrated, on: server) { database in
      var connection = try database.connect()
      try connection.execute("SET ROLE app_owner")
      try Self.makeTrouble(&connection)
      let first = try Self.plan(&connection)
      let names = Set(first.actions.map(\.name))
      #expect(
        names.isSuperset(of: ["create", "drop_default", "detach", "revoke", "drop", "freeze"]))
      #expect(names.isSuperset(of: ["index", "drop_index"]))
      try Self.execute(first, &connection)
      // A month that was made late is closed by the second plan.
      let second = try Self.plan(&connection)
      #expect(second.actions.allSatisfy { $0.job == .close })
      try Self.execute(second, &connection)
      let third = try Self.plan(&connection)
      #expect(third.actions.isEmpty)
      #expect(third.findings.isEmpty)
      let dropped = "SELECT count(*) FROM partition_retirements WHERE state = 'dropped'"
      #expect(try connection.execute(dropped).int64(0, 0) == 2)
    }
  }

  /// Every sentence of the plan that can be sent, in one set: a gap, an empty default partition,
  /// expired months, one of them with a detach that was interrupted, an invalid index.
  private static func makeTrouble(_ connection: inout Connection) throws {
    let month = "date_trunc('month', now() AT TIME ZONE 'UTC')"
    try connection.execute(
      """
      UPDATE partition_policies SET retention_months = 3, archive = 'none', no_archive_reason = 'test'
       WHERE table_name = 'invocations';
      SELECT daybook_create_partition('invocations', (\(month) - interval '7 months')::date);
      SELECT daybook_create_partition('invocations', (\(month) - interval '6 months')::date);
      SELECT daybook_create_partition('invocations', (\(month) - interval '3 months')::date);
      CREATE TABLE invocations_default PARTITION OF invocations DEFAULT;
      """)
    let last = try connection.execute(
      "SELECT 'invocations_p' || to_char(\(month) - interval '3 months', 'YYYYMMDD')")
    let text = last.text(0, 0)
    let name = try #require(text)
    try connection.execute(
      "CREATE INDEX \(SQL.identifier(name + "_ingested_at_brin_idx")) ON \(SQL.identifier(name)) "
        + "USING brin (ingested_at)")
    try connection.execute("RESET ROLE")
    try connection.execute(
      """
      UPDATE pg_index SET indisvalid = false
       WHERE indexrelid = '\(name)_ingested_at_brin_idx'::regclass
      """)
    try connection.execute("SET ROLE app_owner")
  }

  @Test(arguments: TestServer.all)
  func anInterruptedDetachIsFinishedAndRetired(_ server: TestServer) throws {
    try TestDatabase.with(.migrated, on: server) { database in
      var connection = try database.connect()
      try connection.execute(
        """
        SET ROLE app_owner;
        UPDATE partition_policies SET archive = 'none', no_archive_reason = 'test'
         WHERE table_name = 'rejected_records';
        SELECT daybook_create_partition('rejected_records', (now() - interval '8 months')::date);
        """)
      let sets = try CatalogReader(schema: "public").read(&connection).sets
      let name = try #require(
        sets.first { $0.table == "rejected_records" }?.partitions.first?.name)
      try Self.interruptDetach(of: name, database)
      let plan = try Self.plan(&connection)
      #expect(plan.findings.contains { $0.code == .detachPending && $0.partition == name })
      #expect(
        plan.actions.filter { $0.job == .retain }.map(\.name) == ["finalize", "revoke", "drop"])
      try Self.execute(plan, &connection)
      #expect(try Self.plan(&connection).actions.allSatisfy { $0.job == .close })
      #expect(try connection.execute("SELECT to_regclass('\(name)')").text(0, 0) == nil)
    }
  }

  /// A reader's snapshot holds the second half of the detach up; then its wait is cancelled.
  private static func interruptDetach(of name: String, _ database: TestDatabase) throws {
    var reader = try database.connect()
    try reader.execute("BEGIN; SELECT count(*) FROM rejected_records")
    var detacher = try database.connect()
    try detacher.execute("SET lock_timeout = '200ms'")
    #expect(throws: PostgresError.self) {
      try detacher.execute("ALTER TABLE rejected_records DETACH PARTITION \(name) CONCURRENTLY")
    }
    try reader.execute("COMMIT")
    let pending = "SELECT count(*) FROM pg_inherits WHERE inhdetachpending"
    #expect(try reader.execute(pending).int64(0, 0) == 1)
  }

  @Test func heldRowsKeepTheirPartition() throws {
    try TestDatabase.with(.migrated) { database in
      var connection = try database.connect()
      try connection.execute(
        """
        UPDATE partition_policies SET retention_months = 2 WHERE table_name = 'ingest_batches';
        SELECT daybook_create_partition('ingest_batches', (now() - interval '4 months')::date);
        SELECT daybook_create_partition('ingest_batches', (now() - interval '5 months')::date);
        INSERT INTO ingest_batches VALUES (gen_random_uuid(), date_trunc('month', now()) - interval '4 months'
          + interval '3 days', 'o', 0, 0, 0, 0, 0, '[]');
        INSERT INTO legal_holds (tenant_id, reason, matter) VALUES ('acme', 'a claim', 'case 12');
        """)
      let plan = try Self.plan(&connection)
      let kept = plan.actions.filter { $0.name == "keep" }
      #expect(kept.count == 1)
      #expect(kept.first?.reason.contains("hold 1 (case 12) placed by ") == true)
      #expect(plan.actions.filter { $0.name == "detach" }.count == 1)
      try connection.execute("SET ROLE app_read")
      let blind = try Self.plan(&connection)
      #expect(blind.actions.filter { $0.name == "keep" }.count == 2)
    }
  }

  static func plan(_ connection: inout Connection) throws -> Plan {
    let (now, sets) = try CatalogReader(schema: "public").read(&connection)
    return PartitionPlan.make(sets, now: now, schema: "public", hasArchivePlace: true)
  }

  static func execute(_ plan: Plan, _ connection: inout Connection) throws {
    for statement in plan.actions.flatMap(\.statements) { try connection.execute(statement) }
  }
}
