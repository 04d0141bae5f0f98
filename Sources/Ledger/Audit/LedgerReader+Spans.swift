// SPDX-License-Identifier: Apache-2.0
import Postgres

extension LedgerReader {
  /// Each Kafka partition's spans follow each other without hole or overlap, from where the journal
  /// says that it was begun up to its next offset. What a retired partition of the ledger
  /// covered stands in the chain as one span.
  mutating func checkSpans(_ report: inout AuditReport) throws(PostgresError) {
    report.partitions = Int(
      try rows(
        """
        SELECT count(*) FROM \(qualified("ingest_offsets"))
        WHERE cluster_id <> \(SQL.literal(PartitionPosition.ownCluster))
        """
      ).first?.integer(0) ?? 0)
    let wrong = try rows(
      """
      SELECT topic, partition, from_offset, next_offset, records, gap_offsets
      FROM \(qualified("ingest_spans")) WHERE next_offset - from_offset <> records + gap_offsets
      """, deadline: scanDeadline)
    report.add(
      wrong.map {
        "\($0.text(0))/\($0.text(1)): offsets \($0.text(2))..<\($0.text(3)) hold "
          + "\($0.text(4)) records and \($0.text(5)) gaps"
      })
    if report.isUnsettled("ingest_batches") { return }
    let journal = try offsetJournal()
    let areStartsKnown = try areStartsJournaled()
    let breaks = try rows(spanBreaksSQL, deadline: scanDeadline).map(SpanBreak.init)
      .filter { areStartsKnown || ![.start, .unread].contains($0.place) }
    report.add(breaks.compactMap { $0.problem(journal: journal) })
    let retired = try rows(retiredSpansSQL).map(RetiredSpan.init)
    report.add(retired.compactMap { $0.problem(journal: journal) })
    try compareRetiredRecords(&report)
  }

  /// A receipt of the ledger counts its Kafka records twice: by table, and by Kafka partition.
  private mutating func compareRetiredRecords(
    _ report: inout AuditReport
  ) throws(PostgresError) {
    let wrong = try rows(
      """
      SELECT * FROM (
        SELECT c.partition_name,
          (SELECT coalesce(sum(coalesce(t.value->>'records', t.value->>'seen')::bigint), 0)
            FROM jsonb_each(c.totals->'tables') AS t) AS of_tables,
          (SELECT coalesce(sum((p->>'seen')::bigint), 0)
            FROM jsonb_array_elements(c.totals->'positions') AS p) AS of_partitions
        FROM \(receiptsSQL) AS c WHERE c.table_name = 'ingest_batches') AS counted
      WHERE of_tables <> of_partitions ORDER BY 1
      """)
    report.add(
      wrong.map {
        "ingest_batches: the counts of retired partition \($0.text(0)) have \($0.text(1)) records of "
          + "its tables, and \($0.text(2)) of its Kafka partitions"
      })
  }

  /// Release 0.1.0 journaled no start: where it had made the positions, nobody knows which of them
  /// began behind 0.
  private mutating func areStartsJournaled() throws(PostgresError) -> Bool {
    let table = qualified("daybook_migrations")
    guard try rows("SELECT to_regclass($1) IS NOT NULL", [table]).first?.text(0) == "t" else {
      return false
    }
    return try rows(
      """
      SELECT count(*) = 2 AND count(DISTINCT daybook_version) = 1 FROM \(table)
      WHERE version IN (\(Self.positionsMade), \(Self.startsJournaled))
      """
    ).first?.text(0) == "t"
  }

  /// The migrations that made `ingest_offsets`, and the journal of starts.
  private static let positionsMade = 4
  private static let startsJournaled = 10

  /// A partition that is halted at its first claim, because another cluster had its topic, starts
  /// where its halt says.
  private mutating func offsetJournal() throws(PostgresError) -> [SpanBreak.Change] {
    try rows(
      """
      SELECT cluster_id, topic, partition, CASE action WHEN 'halt' THEN 0 ELSE old_offset END, new_offset,
        \(Self.utc("changed_at")), action
      FROM \(qualified("offset_changes"))
      WHERE action IN ('start', 'set', 'forget') OR action = 'halt' AND reason LIKE 'cluster_id_changed:%'
      ORDER BY id
      """
    ).map {
      SpanBreak.Change(
        partition: .init(cluster: $0.text(0), topic: $0.text(1), partition: $0.integer(2)),
        old: $0.integer(3), new: $0.integer(4), time: $0.text(5),
        isForgotten: $0.text(6) == "forget")
    }
  }

  /// Places where a span does not begin where the one before ended, with the beginning and the end
  /// of each chain, and positions without any.
  private var spanBreaksSQL: String {
    """
    WITH spans AS (
      SELECT cluster_id, topic, partition, from_offset, next_offset, committed_at AS first_at,
        committed_at AS last_at
      FROM \(qualified("ingest_spans"))
      UNION ALL
      SELECT p.cluster, p.topic, p.partition, p."from", p.next, p.first_at, p.last_at
      FROM \(retiredPositionsSQL)),
    chain AS (
      SELECT cluster_id, topic, partition, from_offset, next_offset, first_at, last_at,
        lag(next_offset) OVER w AS expected, lag(last_at) OVER w AS committed_before,
        lead(from_offset) OVER w AS following
      FROM spans
      WINDOW w AS (PARTITION BY cluster_id, topic, partition ORDER BY first_at, from_offset))
    SELECT cluster_id, topic, partition, expected, from_offset, 'between',
      \(Self.utc("committed_before")), \(Self.utc("first_at"))
    FROM chain
    WHERE expected IS NOT NULL AND expected <> from_offset
    UNION ALL
    SELECT cluster_id, topic, partition, 0, from_offset, 'start', '', \(Self.utc("first_at"))
    FROM chain WHERE expected IS NULL
    UNION ALL
    SELECT c.cluster_id, c.topic, c.partition, c.next_offset, o.next_offset, 'end',
      \(Self.utc("c.last_at")), NULL
    FROM chain c LEFT JOIN \(qualified("ingest_offsets")) o USING (cluster_id, topic, partition)
    WHERE c.following IS NULL AND c.next_offset IS DISTINCT FROM o.next_offset
    UNION ALL
    SELECT o.cluster_id, o.topic, o.partition, 0, o.next_offset, 'unread', '', NULL
    FROM \(qualified("ingest_offsets")) o LEFT JOIN (
      SELECT DISTINCT cluster_id, topic, partition FROM chain) AS c USING (cluster_id, topic, partition)
    WHERE c.cluster_id IS NULL
    ORDER BY 1, 2, 3, 4
    """
  }

  private var retiredSpansSQL: String {
    """
    SELECT p.cluster, p.topic, p.partition, p."from", p.next, p.offsets, p.seen, p.gaps,
      \(Self.utc("p.first_at")), \(Self.utc("p.last_at"))
    FROM \(retiredPositionsSQL) ORDER BY 1, 2, 3, 9
    """
  }

  /// One row a Kafka partition a retired partition of the ledger, as `p`.
  private var retiredPositionsSQL: String {
    """
    \(receiptsSQL) AS c, jsonb_to_recordset(c.totals->'positions') AS p(cluster text, topic text,
      partition integer, "from" bigint, next bigint, first_at timestamptz, last_at timestamptz,
      offsets bigint, seen bigint, gaps bigint)
    WHERE c.table_name = 'ingest_batches'
    """
  }
}
