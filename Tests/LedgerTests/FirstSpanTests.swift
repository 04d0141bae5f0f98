// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Ledger
import Testing

/// The ledger of a Kafka partition begins at offset 0, or where the journal says; the fixture's at
/// 10, where the log began.
@Suite struct FirstSpanTests {
  private static let claim = "SELECT count(*) FROM daybook_claim_partitions('w', "

  @Test(arguments: [
    // The first batch is gone, with all that it stored.
    (
      """
      DELETE FROM ingest_batches WHERE seen = 2;
      ALTER TABLE invocations DISABLE TRIGGER ALL; DELETE FROM invocations WHERE source_offset < 12
      """, "calls/0: the ledger begins at 12, but as the journal says it had to at 10"
    ),
    (
      """
      UPDATE ingest_batches SET seen = 4, duplicates = 2, spans = jsonb_set(spans, '{0}',
        spans->0 || '{"from": 8, "seen": 4, "duplicates": 2}') WHERE seen = 2
      """, "calls/0: the ledger begins at 8, but as the journal says it had to at 10"
    ),
    (
      "INSERT INTO ingest_offsets (cluster_id, topic, partition, next_offset) VALUES ('k', 'calls', 1, 99)",
      "calls/1: nothing is in the ledger, but the next offset is 99, and as the journal says 0"
    ),
    (
      claim + """
        'k', '[{"topic":"new","partition":0,"low":7,"partitions":1}]');
        UPDATE ingest_offsets SET next_offset = 9 WHERE topic = 'new'
        """,
      "new/0: nothing is in the ledger, but the next offset is 9, and as the journal says 7"
    ),
  ])
  func aBeginningThatNobodyDecidedIsNamed(sql: String, sentence: String) throws {
    try Fixture.with { fixture in
      try fixture.run(sql)
      var ledger = try fixture.ledger()
      let problems = try ledger.audit().problems
      #expect(problems.contains(sentence), "\(problems)")
    }
  }

  /// What Daybook and operators do about a partition before its first batch.
  @Test(arguments: TestServer.all)
  func everyBeginningOfOursIsKnown(_ server: TestServer) throws {
    try Fixture.with(on: server) { fixture in
      var ledger = try fixture.ledger()
      // From 0, from where the log begins, and another cluster's, which is halted there.
      for (cluster, topic, low) in [("k", "a", 0), ("k", "b", 40), ("k2", "calls", 30)] {
        try fixture.run(
          Self.claim + """
            '\(cluster)', '[{"topic":"\(topic)","partition":0,"low":\(low),"partitions":1}]')
            """)
        #expect(try ledger.audit().problems == [])
      }
      for decision in ["'k', 'b', 0, 'set', 40, 50", "'k2', 'calls', 0, 'resume', 30, 30"] {
        try fixture.run("SELECT daybook_decide_offset(\(decision), 'why')")
        #expect(try ledger.audit().problems == [])
      }
      for (cluster, topic, from) in [("k", "a", 0), ("k", "b", 50), ("k2", "calls", 30)] {
        try fixture.run(
          """
          UPDATE ingest_offsets SET next_offset = \(from + 1), updated_at = clock_timestamp()
           WHERE (cluster_id, topic) = ('\(cluster)', '\(topic)');
          INSERT INTO ingest_batches (batch_id, owner, seen, stored, duplicates, rejected, gap_offsets, spans)
          VALUES (gen_random_uuid(), 'w', 1, 0, 1, 0, 0, jsonb_build_array(jsonb_build_object('cluster', '\(cluster)',
            'topic', '\(topic)', 'partition', 0, 'from', \(from), 'next', \(from + 1), 'table', 'invocations',
            'seen', 1, 'stored', 0, 'duplicates', 1, 'rejected', 0, 'gaps', 0)))
          """)
        #expect(try ledger.audit().problems == [])
      }
    }
  }

  /// Release 0.1.0 journaled no start, and another tool does not say which release it was.
  @Test(arguments: [
    "UPDATE daybook_migrations SET daybook_version = '0.1.0' WHERE version < 7",
    "DELETE FROM daybook_migrations WHERE version < 7", "DROP TABLE daybook_migrations",
  ])
  func positionsOfTheFirstReleaseAreNotJudged(change: String) throws {
    try Fixture.with { fixture in
      try fixture.run(
        "INSERT INTO ingest_offsets (cluster_id, topic, partition, next_offset) VALUES ('k', 'a', 0, 99)"
      )
      var ledger = try fixture.ledger()
      #expect(try ledger.audit().problems.count == 1)
      try fixture.run(change)
      #expect(try ledger.audit().problems == [])
    }
  }
}
