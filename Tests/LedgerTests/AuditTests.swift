// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Ledger
import Testing

@Suite struct AuditTests {
  @Test func aStoreThatAddsUpHasNoProblem() throws {
    try Fixture.with { fixture in
      var ledger = try fixture.ledger()
      let report = try ledger.audit()
      #expect(report.problems == [])
      #expect(report.batches == 2 && report.partitions == 1)
      let account = try #require(report.accounts.last)
      #expect(account.table == "invocations")
      #expect(account.seen == 5 && account.stored == 3 && account.rows == 3)
      #expect(account.duplicates == 1 && account.rejected == 1 && account.rejectedRows == 1)
      #expect(report.costs.map(\.currency) == ["USD"])
      #expect(
        report.costs.flatMap { [$0.rows, $0.daily, $0.monthly] }
          == Array(repeating: "1.250000000001", count: 3))
    }
  }

  /// As by a server that takes over with a clock that is behind.
  @Test func aClockThatIsSetBackMakesNoHoles() throws {
    try Fixture.with { fixture in
      try fixture.run(
        """
        UPDATE ingest_offsets SET updated_at = now() + interval '30 seconds';
        UPDATE ingest_batches SET committed_at = committed_at + interval '31 seconds'
        """)
      for (from, next) in [(16, 18), (20, 23)] {
        try fixture.run(
          """
          SELECT daybook_write_ledger(gen_random_uuid(), 'w', 'k',
            (SELECT jsonb_build_array(jsonb_build_object('topic', topic, 'partition', partition,
              'epoch', epoch)) FROM ingest_offsets),
            '[{"cluster":"k","topic":"calls","partition":0,"from":\(from),"next":\(next),
              "table":"invocations","records":0,"seen":0,"stored":0,"duplicates":0,"rejected":0,
              "skipped":0,"gaps":\(next - from)}]')
          """)
        guard next == 18 else { continue }
        try fixture.run("SELECT daybook_decide_offset('k', 'calls', 0, 'set', 18, 20, 'why')")
      }
      var ledger = try fixture.ledger()
      #expect(try ledger.audit().problems == [])
      // A clock that was wrong by more keeps nobody from writing into the month that it is.
      try fixture.run("UPDATE ingest_offsets SET updated_at = now() + interval '3 years'")
      #expect(
        try fixture.database.value(
          "SELECT daybook_time_after(updated_at) < now() + interval '1 minute' FROM ingest_offsets")
          == "t")
    }
  }

  /// One thing is broken at a time; the sentence names it.
  @Test(arguments: [
    (
      "UPDATE costs_daily SET cost = cost + 0.000000000001 WHERE cost = 1.25",
      "the rows make 1.25 USD 1 records 100 in 1 out, the rollup says 1.250000000001 USD"
    ),
    ("UPDATE costs_monthly SET input_tokens = input_tokens + 1", "costs_monthly: tenant"),
    ("DELETE FROM costs_daily WHERE currency = 'XXX'", "the rollup says nothing"),
    (
      "INSERT INTO costs_daily SELECT 'ghost', day, project_id, provider, model, service_tier, "
        + "currency, cost, records, failed_records, unpriced_records, input_tokens, output_tokens,"
        + " 0, 0, 0, now() FROM costs_daily LIMIT 1", "costs_daily: tenant ghost"
    ),
    ("DELETE FROM rejected_records", "0 rejected_records, but the ledger says 1 rejected"),
    (
      "ALTER TABLE invocations DISABLE TRIGGER ALL; DELETE FROM invocations WHERE tenant_id = '=cmd'",
      "invocations: 2 rows, but the ledger says 3 stored"
    ),
    (
      "UPDATE ingest_offsets SET next_offset = 20",
      "calls/0: the ledger ends at 16, but the next offset is 20"
    ),
    (
      "DELETE FROM ingest_offsets",
      "calls/0: records up to 16 are in the ledger, but it has no offset"
    ),
    (
      "UPDATE ingest_batches SET spans = jsonb_set(spans, '{0,from}', '13') WHERE seen = 3",
      "calls/0: a hole of 1 offsets in the ledger, 12..<13"
    ),
    (
      "UPDATE ingest_batches SET spans = jsonb_set(spans, '{0,from}', '11') WHERE seen = 3",
      "calls/0: 1 offsets are in the ledger twice, 11..<12"
    ),
    (
      "UPDATE ingest_batches SET spans = jsonb_set(spans, '{0,gaps}', '0') WHERE seen = 3",
      "calls/0: offsets 12..<16 hold 3 records and 0 gaps"
    ),
    // Records and skipped items, in the batch and in its span.
    (
      "UPDATE ingest_batches SET records = 4 WHERE seen = 3",
      "its sums are not those of its spans"
    ),
    (
      "UPDATE ingest_batches SET seen = 4, skipped = 1 WHERE seen = 3",
      "its sums are not those of its spans"
    ),
    (
      "UPDATE ingest_batches SET spans = jsonb_set(spans, '{0,records}', '2') WHERE seen = 3",
      "calls/0: offsets 12..<16 hold 2 records and 1 gaps"
    ),
    (
      "UPDATE ingest_batches SET spans = jsonb_set(spans, '{0,skipped}', '1') WHERE seen = 3",
      "invocations: 5 items seen, but 3 stored + 1 duplicates + 1 rejected + 1 skipped"
    ),
    (
      "UPDATE ingest_batches SET skipped = 1, seen = 4, "
        + "spans = jsonb_set(jsonb_set(spans, '{0,skipped}', '1'), '{0,seen}', '4') WHERE seen = 3",
      "calls/0: offsets 12..<16 hold 4 records and 1 gaps"
    ),
    (
      "UPDATE ingest_batches SET stored = 3, duplicates = 0, rejected = 0 WHERE seen = 3",
      "its sums are not those of its spans"
    ),
  ])
  func whatDoesNotAddUpIsNamed(sql: String, sentence: String) throws {
    try Fixture.with { fixture in
      try fixture.run(sql)
      var ledger = try fixture.ledger()
      let report = try ledger.audit()
      #expect(report.problems.contains { $0.contains(sentence) }, "\(report.problems)")
    }
  }

  /// The last record of the fixture becomes one with six items: two more refused, three skipped.
  @Test func aStoreWithItemsAddsUp() throws {
    try Fixture.with { fixture in
      try fixture.run(Fixture.withItems)
      var ledger = try fixture.ledger()
      let report = try ledger.audit()
      #expect(report.problems == [])
      let account = try #require(report.accounts.last)
      #expect(account.records == 5 && account.seen == 10 && account.skipped == 3)
      #expect(account.rejected == 3 && account.rejectedRows == 3)
      let rate = try ledger.rate(seconds: 60)
      #expect(rate.records == 5 && rate.seen == 10 && rate.skipped == 3)
      try fixture.run("DELETE FROM rejected_records WHERE item = 1")
      #expect(
        try ledger.audit().problems
          == ["invocations: 2 rejected_records, but the ledger says 3 rejected"])
    }
  }

  @Test func aJournaledDecisionExplainsAJump() throws {
    try Fixture.with { fixture in
      var ledger = try fixture.ledger()
      let position = try #require(try ledger.positions().first)
      let decision = OffsetDecision(
        position: position, action: .set, newOffset: 40, reason: "it's gone")
      let isDone = try ledger.decide(decision)
      #expect(isDone)
      #expect(try ledger.audit().problems == [])
      let moved = try #require(try ledger.positions().first)
      #expect(moved.nextOffset == 40 && moved.epoch == position.epoch + 1)
      #expect(
        try fixture.database.value(
          "SELECT concat_ws(' ', action, old_offset, new_offset, reason) FROM offset_changes WHERE action = 'set'"
        )
          == "set 16 40 it's gone")
      let isDoneTwice = try ledger.decide(decision)
      #expect(!isDoneTwice)

      let back = OffsetDecision(position: moved, action: .set, newOffset: 16, reason: "is there")
      let again = OffsetDecision(position: position, action: .set, newOffset: 50, reason: "no")
      let areDone = [try ledger.decide(back), try ledger.decide(again)]
      #expect(areDone == [true, true])
      #expect(try ledger.audit().problems == [])
      try fixture.run("UPDATE ingest_offsets SET next_offset = 40")
      #expect(
        try ledger.audit().problems
          == ["calls/0: the ledger ends at 16, but the next offset is 40"])
    }
  }

  /// The topic was made again with fewer partitions: what was stored from them stays explained.
  @Test func aForgottenPartitionIsExplained() throws {
    try Fixture.with { fixture in
      var ledger = try fixture.ledger()
      let position = try #require(try ledger.positions().first)
      let decision = OffsetDecision(
        position: position, action: .forget, newOffset: 0, reason: "made again")
      let isDoneToTheLiving = try ledger.decide(decision)
      #expect(!isDoneToTheLiving)
      try fixture.run(
        "UPDATE ingest_offsets SET state = 'halted', halt_reason = 'partition_count_shrank'")
      let isDone = try ledger.decide(decision)
      #expect(isDone)
      #expect(try ledger.positions().isEmpty)
      #expect(try ledger.audit().problems == [])
      #expect(
        try fixture.database.value(
          "SELECT concat_ws(' ', action, old_offset, new_offset, reason) FROM offset_changes WHERE action = 'forget'"
        )
          == "forget 16 0 made again")
      try fixture.run(
        "INSERT INTO ingest_offsets (cluster_id, topic, partition, next_offset) VALUES ('k', 'calls', 0, 0)"
      )
      #expect(try ledger.audit().problems == [])
    }
  }

  @Test func identitiesWithSeveralTimesAreInformation() throws {
    try Fixture.with { fixture in
      try fixture.run(
        """
        INSERT INTO audit_logs (event_id, occurred_at, tenant_id, action, actor_type, outcome,
          severity, content_sha256, ingested_at, source_topic, source_partition, source_offset)
        SELECT '0190b7c2-6f3e-7c1a-9a53-000000000001', now() - make_interval(secs => n), 'acme',
          'user.login', 'user', 'success', 1, '\\x00', now(), 'a', 0, n
        FROM generate_series(0, 1) AS n
        """)
      var ledger = try fixture.ledger()
      let report = try ledger.audit()
      #expect(report.repeatedIdentityCount == 1)
      #expect(report.repeatedIdentities.first?.times == 2)
    }
  }
}
