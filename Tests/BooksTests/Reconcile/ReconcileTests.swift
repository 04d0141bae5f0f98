// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Foundation
import Ledger
import Postgres
import Synchronization
import Testing

@testable import Books
@testable import Ingest

/// The rollups against the records: what is wrong is found, and only that.
@Suite struct ReconcileTests {
  private static let month = BooksScene.month(3)

  /// So many records of one month by SQL, and their rollups by plain sums.
  private static func fill(_ scene: BooksScene, rows: Int) throws {
    try scene.value(
      """
      INSERT INTO invocations (invocation_id, occurred_at, tenant_id, project_id, provider,
        operation, request_model, input_tokens, output_tokens, service_tier, cost, currency,
        cost_source, status, content_sha256, ingested_at, source_topic, source_partition,
        source_offset)
      SELECT gen_random_uuid(), '\(month.start)'::timestamptz + n % 28 * interval '1 day', 'tenant-' || n % 50,
        'p', 'openai', 'chat', 'model-' || n % 10, n % 977, n % 311, 'standard',
        n * 0.000000000123, 'USD', 'producer', 'success', '\\x00', now(), 't', 9, n
      FROM generate_series(1, \(rows)) AS n;
      INSERT INTO costs_daily
      SELECT tenant_id, occurred_at::date, project_id, provider, request_model, service_tier, currency,
        sum(cost), count(*), 0, 0, sum(input_tokens), sum(output_tokens), 0, 0, 0, now()
      FROM invocations GROUP BY 1, 2, 3, 4, 5, 6, 7;
      INSERT INTO costs_monthly
      SELECT tenant_id, date_trunc('month', day)::date, project_id, provider, model, service_tier,
        currency, sum(cost), sum(records), 0, 0, sum(input_tokens), sum(output_tokens), 0, 0, 0, now()
      FROM costs_daily GROUP BY 1, 2, 3, 4, 5, 6, 7;
      ANALYZE
      """)
  }

  @Test func theSmallestDriftAmongManyRowsIsFoundAndRepaired() throws {
    try BooksScene.with { scene in
      try Self.fill(scene, rows: 200_000)
      let clean = try scene.reconcile()
      #expect(clean.differences == 0 && clean.records == 200_000 && clean.isGood)
      try scene.value(
        """
        UPDATE costs_daily SET cost = cost + 0.000000000001
        WHERE (tenant_id, day, model) = (SELECT tenant_id, day, model FROM costs_daily LIMIT 1 OFFSET 77)
        """)
      let found = try scene.reconcile(Self.month)
      #expect(found.differences == 1 && found.drift.first?.cost == "-0.000000000001")
      #expect(found.currencies.map(\.daily) == ["-0.000000000001"])
      #expect(try scene.reconcile(repair: "test").isGood)
      #expect(try scene.reconcile().differences == 0)
      #expect(
        try scene.value("SELECT count(*) FROM billing_journal WHERE action = 'repair'") == "1")
    }
  }

  /// One row of a rollup is wrong in one way at a time; so many differences, and repaired.
  @Test(arguments: [
    ("DELETE FROM costs_daily WHERE model = 'b'", 1),
    ("DELETE FROM costs_daily; DELETE FROM costs_monthly", 4),
    (
      "INSERT INTO costs_daily SELECT 'ghost', day, project_id, provider, model, service_tier, "
        + "currency, cost, 1, 0, 0, 1, 1, 0, 0, 0, now(), 'UTC' FROM costs_daily LIMIT 1", 1
    ),
    ("UPDATE costs_daily SET records = records + 1 WHERE model = 'a'", 1),
    ("UPDATE costs_daily SET reasoning_output_tokens = 1 WHERE model = 'a'", 1),
    ("UPDATE costs_daily SET estimated_records = 0 WHERE model = 'a'", 1),
    ("UPDATE costs_daily SET estimated_cost = 0.249999999999 WHERE model = 'a'", 1),
    ("UPDATE costs_monthly SET estimated_cost = 0.000000000001 WHERE model = 'b'", 1),
    ("UPDATE costs_daily SET day = day + 1 WHERE model = 'b'", 2),
    ("UPDATE costs_daily SET time_zone = 'UTC' WHERE tenant_id = 'berlin'", 1),
    ("UPDATE costs_monthly SET time_zone = 'Asia/Tokyo' WHERE tenant_id = 'acme'", 1),
    ("UPDATE costs_monthly SET month = month - interval '1 month' WHERE model = 'b'", 2),
    ("UPDATE costs_monthly SET unpriced_records = 1 WHERE model = 'a'", 1),
  ])
  func everyKindOfDriftIsFound(plant: String, differences: Int) throws {
    try BooksScene.with { scene in
      try scene.setZone("berlin", "Europe/Berlin")
      let noon = Timestamp(microseconds: Self.month.start.microseconds + 43_200_000_000)
      try scene.ingest([
        .init(tenant: "acme", at: noon, model: "a", usageSource: "estimated"),
        .init(tenant: "berlin", at: noon, model: "b"),
      ])
      #expect(try scene.reconcile().differences == 0)
      try scene.value(plant)
      let found = try scene.reconcile()
      #expect(found.differences == Int64(differences) && !found.isGood, "\(found.drift)")
      #expect(try scene.reconcile(repair: "test").isGood)
      #expect(try scene.differences() == [])
      #expect(try scene.audit().problems == [])
    }
  }

  @Test(arguments: TestServer.all)
  func repairBesideRunningIngestIsExact(_ server: TestServer) throws {
    try BooksScene.with(on: server) { scene in
      try Self.fill(scene, rows: 2_000)
      let settings = try scene.database.settings()
      let stop = Atomic(false)
      let written = Atomic(0)
      let writer = Thread {
        do {
          var connection = try Connection(settings)
          while !stop.load(ordering: .acquiring) {
            try connection.execute(Self.concurrentBatch)
            written.add(1, ordering: .relaxed)
          }
        } catch { Issue.record("\(error)") }
        stop.store(true, ordering: .releasing)
      }
      writer.start()
      #expect(eventually { written.load(ordering: .relaxed) >= 3 })
      for _ in 0..<5 {
        try scene.value(
          "UPDATE costs_daily SET cost = cost + 1, records = records + 2 WHERE day = '\(Self.month)-02'"
        )
        let report = try scene.reconcile(repair: "test")
        #expect(report.differences > 0 && report.isGood)
      }
      stop.store(true, ordering: .releasing)
      #expect(eventually { writer.isFinished })
      #expect(try scene.reconcile().differences == 0)
      #expect(written.load(ordering: .relaxed) > 3)
    }
  }

  /// A batch of its own for a second writer: rows and sums in one transaction, under the books'
  /// lock.
  private static let concurrentBatch = """
    BEGIN; SET LOCAL timezone = 'UTC';
    SELECT daybook_begin_batch(gen_random_uuid(), '[]', 0, NULL, false);
    WITH written AS (INSERT INTO invocations (invocation_id, occurred_at, tenant_id, provider, operation,
        request_model, service_tier, cost, currency, cost_source, status, content_sha256, ingested_at,
        source_topic, source_partition, source_offset)
      SELECT gen_random_uuid(), '\(month.start)'::timestamptz + n * interval '6 hours', 'tenant-' || n, 'openai',
        'chat', 'model-1', 'standard', 0.000000000001, 'USD', 'producer', 'success', '\\x00', now(), 't',
        8, n FROM generate_series(1, 20) AS n RETURNING *)
    INSERT INTO pg_temp.daybook_rollup_deltas (\(BooksScene.deltaColumns)) SELECT tenant_id, occurred_at::date, NULL, '', provider,
      request_model, service_tier, currency, 1, 0, 0, 0, 0, 0, 0, 0, 0, cost, 0 FROM written;
    SELECT daybook_add_rollups(gen_random_uuid());
    COMMIT
    """

  @Test func aReconciliationIsRepairedOnce() throws {
    try BooksScene.with { scene in
      try scene.ingest([.init(at: Self.month.start)])
      try scene.value("UPDATE costs_daily SET cost = 7")
      let report = try scene.reconcile(repair: "test")
      #expect(report.isGood)
      // What it found is history; what it says now is looked at again.
      #expect(try scene.value("SELECT daybook_repair_rollups(\(report.id), 'again')") == "0")
      #expect(try scene.differences() == [])
    }
  }

  /// A repair that has not committed yet keeps a new reconciliation from beginning: else that one
  /// would see the drift, and be repaired once more.
  @Test func aReconciliationBeginsAfterTheRepairsBeforeIt() throws {
    try BooksScene.with { scene in
      try scene.ingest([.init(at: Self.month.start)])
      var holder = try scene.database.connect()
      try holder.execute("BEGIN; SELECT daybook_lock_books()")
      let settings = try scene.settings()
      let count = "SELECT count(*) FROM reconciliations"
      let thread = Thread {
        do {
          var reconciler = Reconciler(
            primary: try Connection(settings), source: try Connection(settings), schema: "public",
            scope: ReconcileScope(month: nil, tenant: nil, source: .primary))
          _ = try reconciler.run()
        } catch { Issue.record("\(error)") }
      }
      thread.start()
      let waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'relation' AND NOT granted"
      #expect(try eventually { try scene.value(waiting) == "1" })
      #expect(try scene.value(count) == "0")
      try holder.execute("COMMIT")
      #expect(eventually { thread.isFinished })
      #expect(try scene.value(count) == "1")
    }
  }

  @Test func aRunThatWasCutOffGoesOnAtItsMonth() throws {
    try BooksScene.with { scene in
      try scene.ingest(BooksScene.monthsAgo.map { .init(at: BooksScene.month($0).start) })
      try scene.value("UPDATE costs_daily SET records = 2")
      // Its connection goes after the second month, as with kill -9.
      do {
        var reconciler = try scene.reconciler()
        let admin = try scene.database.settings()
        var done = 0
        _ = try? reconciler.run { _, _ in
          done += 1
          guard done == 2, var killer = try? Connection(admin) else { return }
          _ = try? killer.execute(
            """
            SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
            WHERE usename = '\(BooksScene.login)' AND datname = current_database()
            """)
        }
      }
      #expect(
        try scene.value(
          "SELECT cardinality(months_done) FROM reconciliations WHERE finished_at IS NULL") == "2")
      let other = try scene.reconcile(BooksScene.month(2))
      #expect(other.monthsResumed == 0 && other.differences == 1)
      let rest = try scene.reconcile()
      #expect(rest.monthsResumed == 2 && rest.months.count == BooksScene.monthsAgo.count - 2)
      #expect(rest.differences == Int64(BooksScene.monthsAgo.count))
      #expect(try scene.reconcile().monthsResumed == 0)
    }
  }

  /// Who may reconcile could else have another's reconciliation pass over any month.
  @Test func aRunOfAnotherLoginProvesNothing() throws {
    try BooksScene.with { scene in
      try scene.database.server.makeLogin("daybook_test_forger", memberOf: ["app_finance"])
      try scene.ingest([.init(at: Self.month.start)])
      try scene.value("UPDATE costs_daily SET cost = 7")
      var forger = try scene.database.connect(as: "daybook_test_forger")
      try forger.execute(
        """
        INSERT INTO reconciliations (source) VALUES ('primary');
        UPDATE reconciliations SET months_done = ARRAY(
          SELECT ('\(Self.month)-01'::date + n * interval '1 month')::date FROM generate_series(-9, 9) AS n)
        """)
      let found = try scene.reconcile()
      #expect(found.differences == 1 && found.monthsResumed == 0)

      // Neither may he change what another has begun, nor anybody what is finished.
      var owner = try scene.database.connect(as: BooksScene.login)
      try owner.execute("INSERT INTO reconciliations (source) VALUES ('primary')")
      func state(of change: String, _ login: inout Connection) throws -> SQLState? {
        do throws(PostgresError) {
          try login.execute("UPDATE reconciliations SET \(change)")
          return nil
        } catch { return error.sqlState }
      }
      let others = "months_done = '{}' WHERE started_by <> session_user AND finished_at IS NULL"
      #expect(try state(of: others, &forger) == .insufficientPrivilege)
      for change in ["finished_at = NULL", "differences = 0"] {
        let finished = "\(change) WHERE started_by = session_user AND finished_at IS NOT NULL"
        #expect(try state(of: finished, &owner) == .insufficientPrivilege, "\(change)")
      }

      // Nor add to what they have found.
      let columns = """
        granularity, tenant_id, period_start, project_id, provider, model, service_tier, currency,
        time_zone, is_closed, cost, records, failed_records, unpriced_records, input_tokens,
        output_tokens, cache_read_input_tokens, cache_creation_input_tokens,
        reasoning_output_tokens, cost_expected
        """
      for run in ["finished_at IS NULL AND started_by <> session_user", "finished_at IS NOT NULL"] {
        do throws(PostgresError) {
          try forger.execute(
            """
            INSERT INTO reconciliation_drift (reconciliation_id, \(columns))
            SELECT (SELECT max(reconciliation_id) FROM reconciliations WHERE \(run)), 'month', 'ghost',
              '2026-01-01', '', '', '', '', 'USD', 'UTC', false, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1
            """)
          Issue.record("\(run)")
        } catch {
          #expect(error.sqlState == .insufficientPrivilege)
          #expect(error.message.contains("is finished, or not yours"), "\(error)")
        }
      }
    }
  }

  /// Else whoever may reconcile could end a run that has compared nothing, and the gauge of drift
  /// would count from it.
  @Test func aRunEndsWhenEachMonthWasCompared() throws {
    try BooksScene.with { scene in
      try scene.ingest([.init(at: Self.month.start), .init(at: BooksScene.month(2).start)])
      try scene.value("UPDATE costs_daily SET cost = 7")
      var login = try scene.database.connect(as: BooksScene.login)
      try login.execute("INSERT INTO reconciliations (source) VALUES ('primary')")
      func refusal(ending done: String, _ login: inout Connection) throws -> String? {
        do throws(PostgresError) {
          try login.execute("UPDATE reconciliations SET finished_at = now(), months_done = \(done)")
          return nil
        } catch { return error.message }
      }
      let none = try refusal(ending: "'{}'", &login)
      #expect(none?.contains("has not compared \(Self.month)") == true, "\(none ?? "")")
      let one = try refusal(ending: "ARRAY['\(Self.month)-01'::date]", &login)
      #expect(one?.contains("has not compared \(BooksScene.month(2))") == true, "\(one ?? "")")
      #expect(try scene.value("SELECT count(finished_at) FROM reconciliations") == "0")
      // What was begun is gone on with, and ends when it has looked at all of it.
      #expect(try scene.reconcile().differences == 2)
      #expect(try scene.value("SELECT count(finished_at) FROM reconciliations") == "1")
    }
  }

  @Test func closedMonthsAreReportedAndNotRepaired() throws {
    try BooksScene.with { scene in
      let months = BooksScene.monthsAgo.map { BooksScene.month($0) }
      try scene.ingest(months.map { .init(at: $0.start) })
      var books = try scene.books()
      #expect(try books.close(months[0], reason: nil, allowUnpriced: false, dryRun: false).isClosed)
      let plant = "UPDATE costs_daily SET cost = cost + 1"
      let refused = #expect(throws: PostgresError.self) { try scene.value(plant) }
      #expect(refused?.message.contains("are closed") == true)
      try scene.value(
        "SET session_replication_role = replica; \(plant); RESET session_replication_role")
      let report = try scene.reconcile(repair: "test")
      #expect(report.differences == Int64(months.count) && report.unrepaired == 1)
      #expect(report.drift.filter(\.isClosed).allSatisfy { !$0.isRepaired })
      #expect(
        try scene.value("SELECT cost FROM costs_daily ORDER BY day LIMIT 1") == "1.250000000000")
      #expect(try scene.audit().problems.count == 2)
    }
  }

  @Test func daysOfRetiredPartitionsAreLeftOutAndItSaysSo() throws {
    try BooksScene.with { scene in
      try scene.setZone("berlin", "Europe/Berlin")
      for months in BooksScene.monthsAgo {
        let start = BooksScene.month(months).start.microseconds
        try scene.ingest([
          .init(tenant: "berlin", at: Timestamp(microseconds: start)),
          .init(
            tenant: "berlin",
            at: Timestamp(microseconds: start - 1 + Timestamp.microsecondsPerDay * 28)),
          .init(tenant: "acme", at: Timestamp(microseconds: start + Timestamp.microsecondsPerDay)),
        ])
      }
      let name =
        try scene.value(
          "SELECT 'invocations_' || '\(BooksScene.month(4).partitionSuffix)'") ?? ""
      try scene.value("UPDATE partition_policies SET retention_months = 1")
      try scene.database.retire(name, of: "invocations")
      let report = try scene.reconcile()
      #expect(report.isGood && report.records > 0)
      #expect(report.months.first { $0.month == BooksScene.month(4) }?.leavesDaysOut == true)
      #expect(report.months.first { $0.month == BooksScene.month(2) }?.leavesDaysOut == false)
      #expect(try scene.audit().problems == [])
      try scene.value(
        "UPDATE costs_daily SET cost = 9 WHERE day = '\(BooksScene.month(4))-10'::date - 8")
      #expect(try !scene.reconcile().isGood)
    }
  }
}
