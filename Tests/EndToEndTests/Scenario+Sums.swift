// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Generator
import Kafka
import Postgres
import Testing

extension Scenario {
  /// The four sums, whatever has happened, and that the program's own check agrees. Daybook's own
  /// events (cluster daybook) were produced by nobody, and are left out.
  ///
  /// - Parameter extra: rejected records by reason that the load does not know.
  func expectSums(alsoRejected extra: [String: Int] = [:]) throws {
    try load.finish()
    let summary = load.summary
    let rejected = summary.rejectedByReason.merging(extra, uniquingKeysWith: +)
    let produced = summary.produced + extra.values.reduce(0, +)

    // 1. accepted + duplicates + rejected = produced
    #expect(
      try row(
        """
        SELECT sum(seen), sum(stored), sum(duplicates), sum(rejected) FROM ingest_spans
        WHERE cluster_id <> 'daybook'
        """)
        == [produced, summary.unique, summary.duplicates, rejected.values.reduce(0, +)])
    #expect(try counts("SELECT reason, count(*) FROM rejected_records GROUP BY 1") == rejected)
    #expect(
      try number(
        """
        SELECT count(*) - count(DISTINCT (topic, partition, "offset")) FROM rejected_records
        """) == 0)

    // 2. rows = accepted
    #expect(try number("SELECT count(*) FROM invocations") == summary.uniqueInvocations)
    let events = "SELECT count(*) FROM audit_logs WHERE source_topic <> 'daybook.events'"
    #expect(try number(events) == summary.uniqueAuditLogs)

    try expectMoney(summary)
    try expectOffsets(produced: produced)
    let audit = try daybook(["audit"])
    #expect(audit.wait() == .exit(0), "\(audit.output)")
  }

  /// 3. Σ of the rows = Σ of the rollups = Σ of the fixture, for each tenant, month and currency.
  private func expectMoney(_ summary: GeneratorSummary) throws {
    let expected = summary.costs.reduce(into: [:]) { texts, entry in
      texts["\(entry.key.tenant) \(entry.key.month) \(entry.key.currency)"] =
        entry.value.description
    }
    let sources = [
      ("to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM')", "invocations WHERE cost IS NOT NULL"),
      ("to_char(day, 'YYYY-MM')", "costs_daily WHERE currency <> 'XXX'"),
      ("to_char(month, 'YYYY-MM')", "costs_monthly WHERE currency <> 'XXX'"),
    ]
    for (month, rows) in sources {
      let sums = try texts(
        """
        SELECT concat_ws(' ', tenant_id, \(month), currency), trim_scale(sum(cost)) FROM \(rows)
        GROUP BY 1
        """)
      #expect(sums == expected, "\(rows)")
    }
    for table in ["costs_daily", "costs_monthly"] {
      #expect(
        try row(
          """
          SELECT coalesce(sum(records), 0), coalesce(sum(failed_records), 0),
            coalesce(sum(unpriced_records), 0), coalesce(sum(input_tokens), 0),
            coalesce(sum(output_tokens), 0) FROM \(table)
          """)
          == [
            summary.uniqueInvocations, summary.failed, summary.unpriced,
            Int(summary.inputTokens), Int(summary.outputTokens),
          ], "\(table)")
    }
  }

  /// 4. Stored offsets = end offsets, and the ledger covers every offset exactly once.
  private func expectOffsets(produced: Int) throws {
    let consumer = try Consumer(
      settings: ConsumerSettings(brokers: Stack.brokers, groupID: "\(group)-check"),
      rebalance: Nobody())
    defer { consumer.close(deadline: .seconds(5)) }
    var ends: [String: Int] = [:]
    for topic in allTopics {
      let count = try consumer.partitionCount(topic: topic, timeoutMilliseconds: 10_000)
      for partition in 0..<Int32(count) {
        let topicPartition = TopicPartition(topic: topic, partition: partition)
        let marks = try consumer.watermarks(topicPartition, timeoutMilliseconds: 10_000)
        ends["\(topic) \(partition)"] = Int(marks.high)
      }
    }
    #expect(ends.values.reduce(0, +) == produced, "the broker has not everything")
    let offsets = """
      SELECT topic || ' ' || partition, next_offset FROM ingest_offsets WHERE cluster_id <> 'daybook'
      """
    #expect(try counts(offsets) == ends)
    #expect(
      try number(
        """
        WITH chain AS (
          SELECT from_offset, next_offset, seen, gap_offsets,
            lag(next_offset, 1, 0::bigint) OVER (PARTITION BY topic, partition ORDER BY from_offset)
              AS expected
          FROM ingest_spans)
        SELECT count(*) FROM chain
        WHERE from_offset <> expected OR next_offset - from_offset <> seen + gap_offsets
        """) == 0)
    #expect(
      try number(
        """
        SELECT coalesce(sum(next_offset - from_offset), 0) FROM ingest_spans
        WHERE cluster_id <> 'daybook'
        """) == produced)
  }

  // MARK: Reading

  private func row(_ sql: String) throws -> [Int] {
    var connection = try database.connect()
    let result = try connection.execute(sql)
    return (0..<result.columnCount).map { Int(result.int64(0, $0) ?? 0) }
  }

  private func counts(_ sql: String) throws -> [String: Int] {
    try texts(sql).mapValues { Int($0) ?? -1 }
  }

  private func texts(_ sql: String) throws -> [String: String] {
    var connection = try database.connect()
    let result = try connection.execute(sql)
    var values: [String: String] = [:]
    for row in 0..<result.rowCount { values[result.text(row, 0) ?? ""] = result.text(row, 1) }
    return values
  }
}

/// The handler of a consumer that never subscribes.
private final class Nobody: RebalanceHandler {
  func assign(_ added: [TopicPartition], consumer: Consumer) -> [PartitionOffset] { [] }

  func revoke(_ removed: [TopicPartition], lost: Bool, consumer: Consumer) {}
}
