// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Foundation
import Postgres
import Sysexits
import Testing
import Upkeep
import daybook

/// `daybook partitions` and `daybook policy` on real databases.
@Suite struct PartitionCommandTests {
  @Test func aReaderChecksThroughThePooler() throws {
    let server = try TestServer.main()
    try server.makeLogin("daybook_test_reader", memberOf: ["app_read"])
    try TestDatabase.with(.migrated) { database in
      let run = CommandRun(
        try database.settings(
          .transactionPooler, ["user": "daybook_test_reader", "password": "test"]))
      let good = try run("partitions", "check")
      #expect(good.code == .success)
      #expect(good.output == "ok: audit_logs, ingest_batches, invocations, rejected_records\n")
      #expect(try run("partitions", "list", "--json").code == .success)
      #expect(try run("policy", "list").output.contains("rejected_records"))
      #expect(try run("policy", "journal").code == .success)
      try database.value(
        """
        DO $$ DECLARE name text; BEGIN
          SELECT max(inhrelid::regclass::text) INTO name FROM pg_inherits
           WHERE inhparent = 'audit_logs'::regclass;
          EXECUTE 'ALTER TABLE audit_logs DETACH PARTITION ' || name;
        END $$;
        INSERT INTO rejected_records (rejected_at, cluster_id, topic, partition, "offset", table_name, reason,
          message, batch_id) VALUES (now(), 'c', 't', 0, 1, 'invocations', 'too_old', 'm', gen_random_uuid());
        INSERT INTO partition_retirements (table_name, partition_name, partition_oid, lower_bound, upper_bound,
          reason, attempts, last_error) VALUES ('invocations', 'invocations_p20200101', 1, '2020-01-01+00',
          '2020-02-01+00', 'r', 3, 'no space');
        """)
      let bad = try run("partitions", "check", "--json")
      #expect(bad.code == .checkFailed)
      for code in ["name_taken", "rows_outside", "retirement_stuck", "no_archive_place"] {
        #expect(bad.output.contains("\"code\":\"\(code)\""))
      }
      #expect(bad.output.contains("no space"))
      #expect(try run("partitions", "check", "--table", "ingest_batches").code == .success)
      #expect(try run("partitions", "check", "--table", "ingest_batch").code == .noInput)
    }
  }

  @Test func maintenanceThatDoesNotRunIsSeen() throws {
    try TestDatabase.with(.migrated) { database in
      let run = try CommandRun(database)
      try database.value(
        "INSERT INTO maintenance_runs (job, owner, started_at) "
          + "VALUES ('create', 'o', now() - interval '27 hours')")
      let stale = try run("partitions", "check", "--table", "audit_logs")
      #expect(stale.code == .checkFailed)
      #expect(stale.output.contains("maintenance_stale audit_logs: "))
      try database.value(
        """
        INSERT INTO maintenance_runs (job, owner, started_at, finished_at, outcome)
        SELECT job, 'o', now(), now(), 'success' FROM unnest(ARRAY['create', 'retain', 'close']) AS job
        """)
      #expect(try run("partitions", "check").code == .success)
    }
  }

  @Test func thePlanIsTextThatPsqlRuns() throws {
    try TestDatabase.with(.migrated) { database in
      let run = try CommandRun(database)
      try database.value(
        """
        SET ROLE app_owner;
        UPDATE partition_policies SET retention_months = 1, archive = 'none',
          no_archive_reason = E'two\\nlines; DROP TABLE costs_daily' WHERE table_name = 'ingest_batches';
        SELECT daybook_create_partition('ingest_batches', (now() - interval '4 months')::date);
        """)
      let plan = try run("partitions", "plan", "--table", "ingest_batches")
      #expect(plan.code == .success)
      #expect(plan.output.contains("\n-- detach ingest_batches "))
      #expect(plan.output.contains("CONCURRENTLY;\n"))
      #expect(plan.output.contains("no archive is wanted: two lines; DROP TABLE costs_daily\n"))
      let json = try run("partitions", "plan", "--json").output
      #expect(json.contains("\"action\":\"revoke\",\"table\":\"ingest_batches\""))
      let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).sql")
      try ("SET ROLE app_owner;\n" + plan.output).write(to: file, atomically: true, encoding: .utf8)
      defer { try? FileManager.default.removeItem(at: file) }
      let psql = Process()
      psql.executableURL = URL(filePath: "/usr/bin/psql")
      psql.arguments = ["-qX", "-v", "ON_ERROR_STOP=1", "-f", file.path]
      psql.arguments?.append(try database.settings().conninfo)
      psql.standardOutput = FileHandle.nullDevice
      try psql.run()
      psql.waitUntilExit()
      #expect(psql.terminationStatus == 0)
      let left = try run("partitions", "plan", "--table", "ingest_batches").output
      #expect(left.contains("action") && !left.contains("detach"))
      let list = try run("partitions", "list", "--table", "ingest_batches").output
      #expect(list.contains("attached"))
    }
  }

  @Test func aPolicyChangesWithAReason() throws {
    try TestDatabase.with(.migrated) { database in
      let run = try CommandRun(database)
      let set = ["policy", "set", "--table", "invocations", "--reason", "contract 7"]
      func policy(_ more: String...) throws -> ExitCode {
        try run.callAsFunction(set + more).code
      }
      #expect(try run("policy", "set", "--table", "invocations").code == .usage)
      #expect(try policy("--retention-months", "13") == .usage)
      #expect(try policy("--archive", "none") == .usage)
      #expect(try policy("--closed-index", "btree (nothing)") == .usage)
      #expect(try policy("--closed-index", "btree (a); DROP") == .usage)
      #expect(try policy("--archive-directory", "relative") == .usage)
      #expect(try policy("--retention-months", "24", "--dry-run") == .success)
      let months =
        "SELECT retention_months FROM partition_policies WHERE table_name = 'invocations'"
      #expect(try database.value(months) == "13")
      #expect(
        try policy(
          "--retention-months", "24", "--archive", "none", "--no-archive-reason", "it's a test",
          "--closed-index", "btree (user_id)", "--archive-directory", "/var/lib/x") == .success)
      #expect(try database.value(months) == "24")
      let journal = try run("policy", "journal", "--table", "invocations").output
      #expect(journal.contains("contract 7"))
      #expect(journal.contains("retention_months 13 → 24"))
      #expect(journal.contains("closed_indexes"))
      try database.value(
        "SELECT daybook_create_partition('invocations', (now() - interval '5 months')::date)")
      // Without a terminal to ask on, partitions that expire want --yes.
      #expect(try policy("--retention-months", "2") == .usage)
      #expect(try database.value(months) == "24")
      #expect(try policy("--retention-months", "2", "--yes") == .success)
      #expect(try database.value(months) == "2")
      let list = try run("policy", "list", "--json").output
      #expect(list.contains("\"closed_indexes\":[\"btree (user_id)\"],\"is_managed\":true"))
    }
  }
}
