// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres
import Testing

/// Which rows a hold covers, and what becomes of them when their partition goes.
@Suite struct HeldRowsTests {
  private func condition(_ scene: HoldScene, _ table: String = "invocations") throws -> String? {
    try scene.run("SELECT daybook_held_condition('\(table)', '2026-01-01Z', '2026-02-01Z')")
  }

  @Test func aTenantsNameIsQuoted() throws {
    try HoldScene.with { scene in
      #expect(try condition(scene) == nil)
      try scene.hold("'O''Brien\\', 'r'")
      try scene.hold("''') OR true --', 'r'")
      let text = try #require(try condition(scene))
      #expect(try scene.run("SELECT count(*) FROM invocations WHERE \(text)") == "0")
    }
  }

  @Test func aHoldIsLimitedToItsRange() throws {
    try HoldScene.with { scene in
      try scene.hold("'r', '-infinity', 'infinity'", columns: "reason, held_from, held_to")
      #expect(
        try condition(scene)
          == "(true AND occurred_at >= '2026-01-01 00:00:00+00' AND occurred_at < '2026-02-01 00:00:00+00')"
      )
      try scene.run("UPDATE legal_holds SET release_reason = 'r'")
      try scene.hold(
        "'r', '2026-01-15T00:00:00+02:00', '2026-06-01Z'", columns: "reason, held_from, held_to")
      #expect(
        try condition(scene)
          == "(true AND occurred_at >= '2026-01-14 22:00:00+00' AND occurred_at < '2026-02-01 00:00:00+00')"
      )
      // Touching ends: [from, to) on both sides.
      #expect(
        try scene.run(
          "SELECT daybook_held_condition('invocations', '2026-06-01Z', '2026-07-01Z')") == nil)
    }
  }

  /// Refused records have no tenant of their own, so a tenant's hold covers them all.
  @Test func aTableWithoutTenantsIsHeldWhole() throws {
    try HoldScene.with { scene in
      try scene.hold("'acme', 'r'")
      for table in ["rejected_records", "ingest_batches"] {
        let text = try #require(try condition(scene, table))
        #expect(!text.contains("acme"))
      }
      #expect(try condition(scene)?.contains("acme") == true)
    }
  }

  @Test func aTablePartitionedByAnExpressionIsHeldWhole() throws {
    try HoldScene.with { scene in
      try scene.run(
        "CREATE TABLE odd (day date NOT NULL) PARTITION BY RANGE ((day + 1))")
      try scene.hold("'odd', 'r'", columns: "table_name, reason")
      #expect(try condition(scene, "odd") == "(true)")
    }
  }

  @Test(arguments: TestServer.all)
  func aHeldPartitionIsNotDropped(_ server: TestServer) throws {
    try HoldScene.with(on: server) { scene in
      let id = try scene.database.retire(scene.partition, of: "invocations", upTo: .verified)
      try scene.hold("'O''Brien', 'r'")
      let drop = "SELECT daybook_drop_retired_partition(\(id))"
      #expect(try scene.state(of: drop) == "DB002")
      #expect(try scene.run("SELECT count(*) FROM \(scene.partition)") == "3")
      try scene.run("UPDATE legal_holds SET release_reason = 'settled'")
      #expect(try scene.state(of: drop) == nil)
      #expect(try scene.run("SELECT to_regclass('\(scene.partition)')") == nil)
    }
  }

  /// Whoever deletes a policy has not said that no archive is wanted, nor that nothing is kept.
  @Test(arguments: [TestDatabase.RetirementStep.revoked, .verified])
  func withoutAPolicyNothingIsDropped(state: TestDatabase.RetirementStep) throws {
    try HoldScene.with { scene in
      let id = try scene.database.retire(scene.partition, of: "invocations", upTo: state)
      try scene.run("DELETE FROM partition_policies WHERE table_name = 'invocations'")
      #expect(try scene.state(of: "SELECT daybook_drop_retired_partition(\(id))") == "55000")
      #expect(try scene.run("SELECT count(*) FROM \(scene.partition)") == "3")
    }
  }

  @Test func aHeldPartitionDoesNotBeginToGo() throws {
    try HoldScene.with { scene in
      let begin = "SELECT daybook_begin_retirement('invocations', '\(scene.partition)', 'test')"
      try scene.hold("'O''Brien', 'r'")
      #expect(try scene.state(of: begin) == "DB002")
      try scene.run("UPDATE partition_policies SET held_rows = 'carve'")
      #expect(try scene.state(of: begin) == nil)
    }
  }

  /// Such a transaction would not see a hold that was placed while it waited for the lock.
  @Test func anOldSnapshotDecidesNothing() throws {
    try HoldScene.with { scene in
      let id = try scene.database.retire(scene.partition, of: "invocations", upTo: .verified)
      for level in ["REPEATABLE READ", "SERIALIZABLE"] {
        let drop =
          "BEGIN ISOLATION LEVEL \(level); SELECT daybook_drop_retired_partition(\(id)); COMMIT"
        #expect(try scene.state(of: drop) == "55000")
      }
      #expect(try scene.run("SELECT count(*) FROM \(scene.partition)") == "3")
    }
  }

  @Test(arguments: TestServer.all)
  func heldRowsOutliveTheirPartition(_ server: TestServer) throws {
    try HoldScene.with(on: server) { scene in
      try scene.run("UPDATE partition_policies SET held_rows = 'carve'")
      try scene.hold("'O''Brien', 'r'")
      try scene.hold("'O''Brien', 'overlaps'")
      try scene.database.retire(scene.partition, of: "invocations")
      #expect(try scene.run("SELECT string_agg(tenant_id, ',') FROM invocations_held") == "O'Brien")
      #expect(try scene.run("SELECT carved_rows FROM partition_retirements") == "1")
      for sql in [
        "UPDATE invocations_held SET tenant_id = 'x'", "DELETE FROM invocations_held",
        "TRUNCATE invocations_held",
      ] {
        #expect(try scene.state(of: sql) == "42501", "\(sql)")
      }
      try scene.run("UPDATE legal_holds SET release_reason = 'r' WHERE hold_id = 1")
      #expect(try scene.run("SELECT daybook_release_held_rows('invocations', 100)") == "0")
      #expect(try scene.state(of: "DELETE FROM invocations_held") == "42501")
      try scene.run("UPDATE legal_holds SET release_reason = 'r' WHERE hold_id = 2")
      #expect(try scene.run("SELECT daybook_release_held_rows('invocations', 100)") == "1")
      #expect(try scene.run("SELECT count(*) FROM invocations_held") == "0")
    }
  }

  /// The month is made again and has a row that is new, one that was carved before, and one with a
  /// carved row's key and other content.
  @Test(arguments: TestServer.all)
  func aMonthThatWasMadeAgainIsCarvedAgain(_ server: TestServer) throws {
    try HoldScene.with(on: server) { scene in
      try scene.run("UPDATE partition_policies SET held_rows = 'carve'")
      try scene.hold("'acme', 'r'")
      try scene.run("CREATE TABLE before AS SELECT * FROM \(scene.partition)")
      try scene.database.retire(scene.partition, of: "invocations")
      #expect(try scene.run("SELECT count(*) FROM invocations_held") == "2")

      try scene.database.makePartition(of: "invocations", monthsAgo: HoldScene.monthsAgo)
      try scene.run("INSERT INTO invocations SELECT * FROM before WHERE source_offset = 0")
      try scene.insert(1, tenant: "acme", model: "other")
      try scene.insert(7, tenant: "acme")
      try scene.hold("'acme', 'second'")
      try scene.database.retire(scene.partition, of: "invocations")
      #expect(
        try scene.run(
          """
          SELECT string_agg(source_offset || request_model, ' ' ORDER BY source_offset,
            request_model) FROM invocations_held
          """) == "0m 1m 1other 7m")
      #expect(
        try scene.run(
          "SELECT concat_ws(' ', row_count, carved_rows, earlier->0->>'row_count', earlier->0->>'carved_rows') FROM partition_retirements"
        ) == "3 3 3 2")
    }
  }

  /// Columns came, went and moved since the held table was made.
  @Test func aHeldTableFollowsTheColumns() throws {
    try HoldScene.with { scene in
      try scene.run("UPDATE partition_policies SET held_rows = 'carve'")
      try scene.hold("'acme', 'r'")
      let late = try scene.database.makePartition(of: "invocations", monthsAgo: 21)
      try scene.database.retire(scene.partition, of: "invocations")
      try scene.run(
        """
        ALTER TABLE invocations ADD COLUMN grade numeric(4, 2) NOT NULL DEFAULT 1.5;
        DROP VIEW invocation_costs;
        ALTER TABLE invocations DROP COLUMN operation;
        INSERT INTO invocations SELECT (jsonb_populate_record(NULL::invocations, to_jsonb(h)
            || jsonb_build_object('occurred_at', h.occurred_at - interval '1 month', 'grade', 2)
          )).* FROM invocations_held h WHERE source_offset = 1
        """)
      try scene.database.retire(late, of: "invocations")
      #expect(
        try scene.run(
          """
          SELECT string_agg(concat_ws(' ', source_offset, operation, grade, content_sha256), '; '
            ORDER BY occurred_at) FROM invocations_held
          """) == "1 2.00 \\x; 0 chat \\x; 1 chat \\x")
    }
  }
}
