// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres

/// The queries of the catalogue reader; every object is named with its schema.
struct CatalogSQL: InSchema {
  package let schema: String
  let readsSizes: Bool
  /// A literal in the query prunes partitions before they are opened.
  let now: Timestamp

  /// The server's clock.
  static let clock = "SELECT \(microseconds("now()"))"

  /// One row a policy.
  var tables: String {
    """
    WITH outside AS MATERIALIZED (
        SELECT table_name, count(*) AS records FROM \(qualified("rejected_records"))
         WHERE rejected_at > \(SQL.literal("\(now)"))::timestamptz - interval '24 hours'
           AND reason IN ('too_old', 'too_new')
         GROUP BY table_name),
      runs AS (
        SELECT job, min(started_at) AS first, max(finished_at) FILTER (WHERE outcome = 'success') AS last
          FROM \(qualified("maintenance_runs")) GROUP BY job)
    SELECT p.table_name, p.months_ahead, p.retention_months, p.archive, p.no_archive_reason,
      p.archive_directory, p.held_rows, p.close_after_days,
      array_to_string(p.closed_indexes, \(Self.itemSeparator)), p.is_managed,
      has_function_privilege(\(SQL.literal(qualified("daybook_held_condition")
        + "(text, timestamptz, timestamptz)")), 'EXECUTE'),
      -- Tables named like our children that are no children.
      (SELECT string_agg(c.relname, \(Self.itemSeparator)) FROM pg_class c
        WHERE c.relnamespace = \(SQL.literal(SQL.identifier(schema)))::regnamespace
          AND starts_with(c.relname, p.table_name || '_p')
          AND length(c.relname) = length(p.table_name) + length('_pYYYYMMDD')
          AND NOT EXISTS (SELECT FROM pg_inherits i
                           WHERE i.inhrelid = c.oid AND i.inhparent = \(parent("p.table_name")))),
      coalesce((SELECT records FROM outside o WHERE o.table_name = p.table_name), 0),
      least((SELECT \(Self.microseconds("min(first)")) FROM runs),
            (SELECT \(Self.microseconds("min(at)")) FROM \(qualified("partition_journal")))),
      \(PlannedAction.Job.allCases.map { job in
        "(SELECT \(Self.microseconds("last")) FROM runs WHERE job = \(SQL.literal(job.rawValue)))"
      }.joined(separator: ", "))
    FROM \(qualified("partition_policies")) p ORDER BY p.table_name
    """
  }

  /// One row a partition in order of its bounds. A bound of another type than timestamptz is NULL.
  var partitions: String {
    """
    WITH frozen AS (
        SELECT partition_oid, max(at) AS at FROM \(qualified("partition_journal"))
         WHERE action = 'freeze' GROUP BY partition_oid),
      -- Materialized: the expression of the bounds is expensive, and there are many uses of it.
      children AS MATERIALIZED (
        SELECT p.table_name, c.oid, c.relname, c.reltuples, i.inhdetachpending,
          pg_get_expr(c.relpartbound, c.oid) AS bounds,
          t.partnatts = 1 AND a.atttypid = 'timestamptz'::regtype AS is_timed
        FROM \(qualified("partition_policies")) p
        JOIN pg_inherits i ON i.inhparent = \(parent("p.table_name"))
        JOIN pg_class c ON c.oid = i.inhrelid
        LEFT JOIN pg_partitioned_table t ON t.partrelid = i.inhparent
        LEFT JOIN pg_attribute a ON a.attrelid = t.partrelid AND a.attnum = t.partattrs[0]),
      -- FOR VALUES FROM ('…') TO ('…'); MINVALUE and MAXVALUE have no quotes.
      bounded AS MATERIALIZED (
        SELECT *, CASE WHEN is_timed AND bounds LIKE '% FROM (''%'
            THEN split_part(bounds, '''', 2)::timestamptz END AS lower,
          CASE WHEN is_timed AND bounds LIKE '%'')'
            THEN split_part(bounds, '''', -2)::timestamptz END AS upper
        FROM children)
    SELECT k.table_name, k.relname, k.oid, \(Self.microseconds("k.lower")),
      \(Self.microseconds("k.upper")), k.inhdetachpending, k.bounds = 'DEFAULT',
      nullif(k.reltuples, -1)::bigint, \(readsSizes ? "pg_total_relation_size(k.oid)" : "0"),
      pg_stat_get_ins_since_vacuum(k.oid), \(Self.microseconds("f.at")),
      (SELECT string_agg(CASE WHEN x.indisvalid THEN 't' ELSE 'f' END || n.relname, \(Self.itemSeparator))
         FROM pg_index x JOIN pg_class n ON n.oid = x.indexrelid WHERE x.indrelid = k.oid),
      \(holds("k.table_name", "k.lower", "k.upper")),
      has_table_privilege(k.oid, 'SELECT')
    FROM bounded k LEFT JOIN frozen f ON f.partition_oid = k.oid
    ORDER BY k.table_name, k.lower NULLS FIRST, k.oid
    """
  }

  /// One row a retirement, those that have ended too.
  var retirements: String {
    """
    SELECT r.table_name, r.retirement_id, r.partition_name, r.partition_oid,
      \(Self.microseconds("r.lower_bound")), \(Self.microseconds("r.upper_bound")), r.state,
      r.row_count, r.manifest_path, r.attempts, r.last_error,
      CASE WHEN r.state <> 'dropped' THEN \(holds("r.table_name", "r.lower_bound", "r.upper_bound")) END,
      coalesce(has_table_privilege(c.oid, 'SELECT'), false)
    FROM \(qualified("partition_retirements")) r
    LEFT JOIN pg_class c ON c.oid = r.partition_oid AND r.state <> 'dropped'
      AND c.oid = to_regclass(format('%I.%I', \(SQL.literal(schema)), r.partition_name))
    ORDER BY r.table_name, r.lower_bound
    """
  }

  /// What is held of each partition, as a condition.
  func heldConditions(_ questions: [RowQuestion]) -> String {
    questions.map { question in
      let bounds = [question.lower, question.upper].map { bound in
        SQL.literal(bound.map { "\($0)" } ?? "infinity") + "::timestamptz"
      }
      return "SELECT \(question.number), \(qualified("daybook_held_condition"))"
        + "(\(SQL.literal(question.table)), \(bounds[0]), \(bounds[1]))"
    }.joined(separator: " UNION ALL ")
  }

  static func existence(_ questions: [RowQuestion]) -> String {
    questions.map { question in
      "SELECT \(question.number), EXISTS (SELECT FROM ONLY \(question.relation) "
        + "WHERE \(question.condition ?? "false"))"
    }.joined(separator: " UNION ALL ")
  }

  /// Active holds on a range, as `CatalogRow.holds` reads them.
  private func holds(_ table: String, _ lower: String, _ upper: String) -> String {
    """
    (SELECT string_agg(concat_ws(chr(31), h.hold_id::text, h.placed_by, coalesce(h.matter, '')),
       \(Self.itemSeparator) ORDER BY h.hold_id) FROM \(qualified("legal_holds")) h
      WHERE h.released_at IS NULL AND (h.table_name IS NULL OR h.table_name = \(table))
        AND h.held_from < coalesce(\(upper), 'infinity')
        AND h.held_to > coalesce(\(lower), '-infinity'))
    """
  }

  private func parent(_ table: String) -> String {
    "to_regclass(format('%I.%I', \(SQL.literal(schema)), \(table)))"
  }

  /// Since 1970; NULL for an infinite time.
  private static func microseconds(_ time: String) -> String {
    "CASE WHEN isfinite(\(time)) THEN (extract(epoch FROM \(time)) * 1000000)::bigint END"
  }

  private static let itemSeparator = "chr(30)"
}
