// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Ledger
import Postgres
import Testing

/// The accounting stays provable when rows are gone.
@Suite struct RetiredAuditTests {
  @Test func theFixtureAddsUp() throws {
    try RetiredFixture.with(retired: false) { fixture in
      let report = try fixture.audit()
      #expect(report.problems == [])
      #expect(report.retiredBatches == 0 && report.isGood)
    }
  }

  @Test(arguments: TestServer.all)
  func retiredMonthsStillAddUp(_ server: TestServer) throws {
    try RetiredFixture.with(on: server) { fixture in
      let report = try fixture.audit()
      #expect(report.problems == [])
      #expect(report.isGood && report.partitions == 4)
      #expect(report.batches == 4 && report.retiredBatches == 5)
      let invocations = try #require(report.accounts.last)
      #expect(invocations.rows == 6 && invocations.retiredRows == 6)
      #expect(invocations.rejectedRows == 2 && invocations.retiredRejectedRows == 2)
      #expect(invocations.stored == 12)
      #expect(report.costs.map(\.currency) == ["EUR", "USD"])
      #expect(report.costs.map(\.retired) == ["2.5", "0.000000000002"])
      #expect(report.costs.map(\.daily) == ["5", "0.000000000004"])
      #expect(report.costs.map(\.monthly) == ["5", "0.000000000004"])
    }
  }

  @Test(arguments: ["German", "SQL, DMY", "Postgres, MDY"])
  func datesOfAnotherStyleAddUp(_ style: String) throws {
    try RetiredFixture.with { fixture in
      var connection = try fixture.database.connect()
      try connection.execute("SET datestyle = '\(style)'")
      let days = try RetiredDays.read(&connection, schema: "public")
      let month = Timestamp.now().month
      #expect(
        (-6...0).map { days.mayTouch(month.advanced(by: $0)) }
          == [false, true, true, true, true, false, false])
      var ledger = LedgerReader(connection, schema: "public")
      let report = try ledger.audit()
      #expect(report.problems == [])
    }
  }

  /// Every carried number is compared with what was journaled when the partition left.
  @Test(arguments: RetiredFixture.tables)
  func aChangedReceiptIsNamed(_ table: String) throws {
    try RetiredFixture.with { fixture in
      let name = try fixture.partition(of: table, monthsAgo: 3)
      for change in ["row_count = row_count + 1", "totals = totals || '{\"rows\": 0}'"] {
        try fixture.run("BEGIN; CREATE TABLE kept AS TABLE partition_retirements; COMMIT")
        try fixture.run(
          "UPDATE partition_retirements SET \(change) WHERE partition_name = '\(name)'")
        #expect(
          try fixture.audit().problems.contains(
            "\(table): the counts of retired partition \(name) are not those that were journaled "
              + "when it left"), "\(change)")
        try fixture.run(
          """
          UPDATE partition_retirements r SET row_count = k.row_count, totals = k.totals FROM kept k
          WHERE r.retirement_id = k.retirement_id; DROP TABLE kept
          """)
      }
      #expect(try fixture.audit().isGood)
      try fixture.run("DELETE FROM partition_retirements WHERE partition_name = '\(name)'")
      #expect(try !fixture.audit().isGood)
    }
  }

  /// With the journal forged as well, the sums do not fit each other.
  @Test(arguments: [
    ("invocations", "{rows}", "5", "invocations: 6 rows and 8 retired, but the ledger says 12"),
    ("invocations", "{costs,EUR}", "\"1.26\"", "costs in EUR: rows 2.5 and 2.51 retired, daily 5"),
    ("invocations", "{costs,USD}", "\"1\"", " left with retired partitions and 0 are in the rows"),
    ("audit_logs", "{rows}", "1", "audit_logs: 4 rows and 3 retired, but the ledger says 8"),
    (
      "rejected_records", "{tables,invocations}", "3",
      "invocations: 2 rejected_records and 4 retired, but the ledger says 4 rejected"
    ),
    ("ingest_batches", "{tables,invocations,seen}", "1", "items seen, but 12 stored"),
    ("ingest_batches", "{tables,audit_logs,stored}", "1", "but the ledger says 7 stored"),
    ("ingest_batches", "{tables,audit_logs,duplicates}", "1", "12 items seen, but 8 stored + 1"),
    ("ingest_batches", "{tables,invocations,rejected}", "9", "but the ledger says 12 rejected"),
    ("ingest_batches", "{tables,audit_logs,skipped}", "1", "4 rejected + 1 skipped"),
    (
      "ingest_batches", "{tables,audit_logs,records}", "4",
      "26 records of its tables, and 25 of its Kafka"
    ),
    ("ingest_batches", "{positions,0,next}", "9", "the retired ledger leads from 0 to 9"),
    ("ingest_batches", "{positions,0,from}", "1", "the retired ledger leads from 1 to 8"),
    (
      "ingest_batches", "{positions,0,next}", "7",
      "back/0: a hole of 1 offsets in the ledger, 7..<8"
    ),
    ("ingest_batches", "{positions,0,seen}", "12", "back/0: 13 retired offsets hold 12 records"),
    (
      "ingest_batches", "{positions,0,gaps}", "1",
      "back/0: 13 retired offsets hold 13 records and 1"
    ),
    ("ingest_batches", "{positions,2,next}", "5", "events/0: 2 offsets are in the ledger twice"),
    ("ingest_batches", "{positions,3,next}", "3", "idle/0: the ledger ends at 3, but the next"),
    ("ingest_batches", "{positions,1,offsets}", "5", "calls/0: 5 retired offsets hold 5 records"),
  ])
  func aForgedReceiptIsNamed(table: String, path: String, value: String, sentence: String) throws {
    try RetiredFixture.with { fixture in
      try fixture.forge(table, path, value)
      let problems = try fixture.audit().problems
      #expect(problems.contains { $0.contains(sentence) }, "\(problems)")
      #expect(!problems.contains { $0.contains("journaled when it left") })
    }
  }

  /// The rollups of a month whose rows are gone, one change at a time.
  @Test(arguments: [
    (["daily": "cost = cost + 1"], "the days make 2.25 EUR"),
    (["monthly": "cost = cost + 1"], "costs_monthly: tenant globex"),
    (["daily": "cost = cost + 1", "monthly": "cost = cost + 1"], "the rollup says 2.25"),
    (["daily": "records = 2", "monthly": "records = 2"], "3 records left with retired partitions"),
    (["daily": "input_tokens = 7"], "costs_monthly: tenant globex"),
    (["daily": "currency = 'USD'", "monthly": "currency = 'USD'"], "1.25 EUR left with retired"),
  ])
  func aChangedRollupOfARetiredMonthIsNamed(
    changes: [String: String], sentence: String
  ) throws {
    try RetiredFixture.with { fixture in
      for (period, change) in changes {
        let column = period == "daily" ? "day" : "month"
        try fixture.run(
          """
          UPDATE costs_\(period) SET \(change) WHERE currency = 'EUR' AND \(column) <
            date_trunc('month', now() AT TIME ZONE 'UTC')::date - interval '3 months'
          """)
      }
      let problems = try fixture.audit().problems
      #expect(problems.contains { $0.contains(sentence) }, "\(problems)")
    }
  }

  @Test(arguments: RetiredFixture.tables)
  func aPartitionInTransitIsNoGoodResult(_ table: String) throws {
    try RetiredFixture.with { fixture in
      let name = try fixture.partition(of: table, monthsAgo: 2)
      let id = try fixture.database.retire(name, of: table, upTo: .detaching)
      #expect(try fixture.audit().isGood)
      try fixture.run("ALTER TABLE \(table) DETACH PARTITION \(name)")
      for state in ["detaching", "detached"] {
        let report = try fixture.audit()
        #expect(report.problems == [] && !report.isGood)
        #expect(report.inTransit.map(\.partition) == [name])
        #expect(report.inTransit.map(\.state) == [state])
        if state == "detaching" { try fixture.run("SELECT daybook_mark_detached(\(id))") }
      }
      try fixture.run("SELECT daybook_revoke_detached(\(id))")
      #expect(try fixture.audit().isGood)
      try fixture.run(
        """
        DROP TRIGGER refuse_change ON \(name);
        ALTER TABLE \(table) ATTACH PARTITION \(name) \(try bounds(fixture, name))
        """)
      let again =
        "\(table): partition \(name) was counted as retired (revoked) and is attached again"
      #expect(try fixture.audit().problems.contains(again))
    }
  }

  private func bounds(_ fixture: RetiredFixture, _ partition: String) throws -> String {
    try fixture.run(
      """
      SELECT format('FOR VALUES FROM (%L) TO (%L)', lower_bound, upper_bound)
      FROM partition_retirements WHERE partition_name = '\(partition)'
      """) ?? ""
  }

  /// Late rows come into a month that was retired; later it is retired again.
  @Test(arguments: TestServer.all)
  func aMonthThatWasMadeAgainAddsUp(_ server: TestServer) throws {
    try RetiredFixture.with(on: server) { fixture in
      let name = try fixture.database.makePartition(of: "invocations", monthsAgo: 3)
      try fixture.run(
        """
        SET timezone = 'UTC';
        INSERT INTO invocations SELECT (jsonb_populate_record(NULL::invocations, to_jsonb(i)
          || jsonb_build_object('occurred_at', i.occurred_at - interval '3 months'))).*
        FROM invocations i WHERE cost = 1.25 AND occurred_at > now() - interval '40 days'
        """)
      try fixture.run("CREATE TABLE restored AS SELECT * FROM invocations")
      #expect(try !fixture.audit().isGood)
      try fixture.run(
        """
        UPDATE ingest_batches SET stored = stored + 1, duplicates = duplicates - 1,
          spans = jsonb_set(jsonb_set(spans, '{0,stored}', '4'), '{0,duplicates}', '0')
        WHERE spans->0->>'topic' = 'calls' AND committed_at > now() - interval '40 days';
        UPDATE costs_daily SET cost = cost + 1.25, records = records + 1,
          input_tokens = input_tokens + 100, output_tokens = output_tokens + 1
        WHERE currency = 'EUR' AND to_char(day, 'YYYYMM') = substring('\(name)' from '_p(......)');
        UPDATE costs_monthly SET cost = cost + 1.25, records = records + 1,
          input_tokens = input_tokens + 100, output_tokens = output_tokens + 1
        WHERE currency = 'EUR' AND to_char(month, 'YYYYMM') = substring('\(name)' from '_p(......)')
        """)
      #expect(try fixture.audit().problems == [])
      try fixture.database.retire(name, of: "invocations")
      let report = try fixture.audit()
      #expect(report.problems == [])
      #expect(report.accounts.last?.retiredRows == 7)
      #expect(report.costs.first?.retired == "3.75")
    }
  }

  /// Daybook's own events are counted like any others.
  @Test func ownEventsAddUp() throws {
    try RetiredFixture.with { fixture in
      try fixture.run("INSERT INTO legal_holds (tenant_id, reason) VALUES ('acme', 'r')")
      let report = try fixture.audit()
      #expect(report.problems == [])
      #expect(report.partitions == 4)
      try fixture.run("UPDATE ingest_offsets SET next_offset = 2 WHERE topic = 'daybook.events'")
      #expect(
        try fixture.audit().problems
          == ["daybook.events/0: the ledger ends at 1, but the next offset is 2"])
    }
  }
}
