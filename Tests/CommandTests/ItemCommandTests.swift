// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Sysexits
import Testing

/// What commands say of records that hold many items.
struct ItemCommandTests {
  /// A record of six items: one stored, two refused, three skipped.
  private static let store = """
    INSERT INTO audit_logs (event_id, occurred_at, tenant_id, action, actor_type, outcome, severity,
      content_sha256, ingested_at, source_topic, source_partition, source_offset, source_item)
    VALUES (gen_random_uuid(), now(), 'acme', 'a', 'user', 'success', 1, '', now(), 't', 0, 0, 5);
    INSERT INTO rejected_records (rejected_at, cluster_id, topic, partition, "offset", item, table_name,
      reason, message, payload, batch_id)
    SELECT now(), 'k', 't', 0, 0, n, 'audit_logs', 'bad_time', 'send a time',
      CASE n WHEN 1 THEN '\\x7b7d'::bytea END, '0190b7c2-6f3e-7c1a-9a53-0000000000b1'
    FROM unnest(ARRAY[1, 3]) AS n;
    INSERT INTO ingest_batches (batch_id, owner, records, seen, stored, duplicates, rejected, skipped,
      gap_offsets, spans)
    VALUES ('0190b7c2-6f3e-7c1a-9a53-0000000000b1', 'w', 1, 6, 1, 0, 2, 3, 0,
      '[{"cluster":"k","topic":"t","partition":0,"from":0,"next":1,"table":"audit_logs","records":1,"seen":6,
         "stored":1,"duplicates":0,"rejected":2,"skipped":3,"gaps":0}]');
    INSERT INTO ingest_offsets (cluster_id, topic, partition, next_offset) VALUES ('k', 't', 0, 1)
    """

  @Test func theyAreToldOnlyWhereThereAreAny() throws {
    try CommandScene.with { scene in
      let without = try scene.run(["audit"])
      #expect(without.code == .success && !without.output.contains("skipped"))
      try scene.database.value(Self.store)
      let audit = try scene.run(["audit"])
      #expect(audit.code == .success, "\(audit.output)")
      let line = try #require(
        audit.output.split(separator: "\n").first { $0.contains("audit_logs") })
      #expect(
        line.split(separator: " ").map(String.init)
          == ["audit_logs", "1", "6", "1", "0", "2", "3", "1", "2"])
      let object = try scene.json(["audit"]) as? [String: Any]
      let table = (object?["tables"] as? [[String: Any]])?.first
      #expect(table?["records"] as? Int == 1 && table?["skipped"] as? Int == 3)
    }
  }

  @Test func aRefusedItemIsNamedAndShownWithTheBytesOfItsRecord() throws {
    try CommandScene.with { scene in
      try scene.database.value(Self.store)
      let list = try scene.run(["rejects", "list"]).output
      #expect(list.contains(" 0#1 ") && list.contains(" 0#3 "), "\(list)")
      let all = try scene.json(["rejects", "list"]) as? [[String: Any]]
      #expect(all?.map { $0["item"] as? Int } == [1, 3])
      let show = ["rejects", "show", "--topic", "t", "--partition", "0", "--offset", "0"]
      for (item, shown) in [(nil, "1"), ("3", "3")] {
        let more = item.map { ["--item", $0] } ?? []
        let found = try scene.run(show + more + ["--payload"])
        #expect(found.output.contains("item: \(shown)\n"), "\(found.output)")
        #expect(found.output.contains("payload: {}\n"))
      }
      let none = try scene.run(show + ["--item", "2"])
      #expect(none.code == .noInput && none.output.contains("no refused item 2 at t/0 offset 0"))
    }
  }

  @Test func statusCountsRecordsAndTellsWhatWasSkipped() throws {
    try CommandScene.with { scene in
      try scene.database.value(Self.store)
      let text = try scene.run(["status"]).output
      #expect(text.contains("1 records in 1 batches"), "\(text)")
      #expect(text.contains("1 stored, 0 duplicates, 2 rejected, 3 skipped"))
      let object = try scene.json(["status"]) as? [String: Any]
      let rate = object?["rate"] as? [String: Any]
      #expect(rate?["records"] as? Int == 1 && rate?["seen"] as? Int == 6)
      #expect(rate?["skipped"] as? Int == 3)
    }
  }
}
