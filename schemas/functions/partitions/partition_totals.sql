-- What an audit needs to know of a partition when its rows are gone.
-- Here and below, row_security = off: policies that hide rows from the owner are an error, not a smaller count.
CREATE OR REPLACE FUNCTION daybook_partition_totals(p_table text, p_partition text) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path FROM CURRENT SET timezone = 'UTC' SET row_security = off AS $$
DECLARE
  result jsonb;
BEGIN
  CASE p_table
  WHEN 'invocations' THEN
    EXECUTE pg_catalog.format($sql$
      SELECT pg_catalog.jsonb_build_object('rows', coalesce(pg_catalog.sum(n), 0), 'costs',
               coalesce(pg_catalog.jsonb_object_agg(currency, cost::text) FILTER (WHERE currency IS NOT NULL), '{}'))
        FROM (SELECT CASE WHEN cost IS NOT NULL THEN currency END AS currency, pg_catalog.count(*) AS n,
          pg_catalog.sum(cost) AS cost
                FROM ONLY %I GROUP BY 1) AS sums $sql$, p_partition) INTO result;
  WHEN 'rejected_records' THEN
    EXECUTE pg_catalog.format($sql$
      SELECT pg_catalog.jsonb_build_object('rows', coalesce(pg_catalog.sum(n), 0), 'tables',
        coalesce(pg_catalog.jsonb_object_agg(table_name, n), '{}'))
        FROM (SELECT table_name, pg_catalog.count(*) AS n FROM ONLY %I GROUP BY 1) AS sums $sql$, p_partition)
          INTO result;
  WHEN 'ingest_batches' THEN
    EXECUTE pg_catalog.format($sql$
      WITH spans AS (
        SELECT b.committed_at, s.* FROM ONLY %I b, pg_catalog.jsonb_to_recordset(b.spans) AS s(cluster text, topic text,
          partition integer,
          "from" bigint, next bigint, "table" text, seen bigint, stored bigint, duplicates bigint,
          rejected bigint, gaps bigint, records bigint, skipped bigint))
      SELECT pg_catalog.jsonb_build_object('rows', (SELECT pg_catalog.count(*) FROM ONLY %I),
        'tables', (SELECT coalesce(pg_catalog.jsonb_object_agg(t."table", pg_catalog.to_jsonb(t) - 'table'), '{}')
          FROM (
            SELECT "table", pg_catalog.sum(seen) AS seen, pg_catalog.sum(stored) AS stored,
              pg_catalog.sum(duplicates) AS duplicates,
                   pg_catalog.sum(rejected) AS rejected, pg_catalog.sum(gaps) AS gaps,
                   pg_catalog.sum(coalesce(records, seen)) AS records, coalesce(pg_catalog.sum(skipped), 0) AS skipped
              FROM spans GROUP BY 1) AS t),
        'positions', (SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(p)), '[]') FROM (
            -- The last span in time, not the highest offset: an operator may have set a partition back.
            SELECT cluster, topic, partition, pg_catalog.min("from") FILTER (WHERE is_first) AS "from",
                   pg_catalog.min(next) FILTER (WHERE is_last) AS next, pg_catalog.min(committed_at) AS first_at,
                   pg_catalog.max(committed_at) AS last_at, pg_catalog.sum(next - "from") AS offsets,
                     -- Of Kafka: under the name that they had when each was one item.
                     pg_catalog.sum(coalesce(records, seen)) AS seen, pg_catalog.sum(gaps) AS gaps
              FROM (SELECT *, pg_catalog.row_number() OVER w = 1 AS is_first,
                pg_catalog.lead(true) OVER w IS NULL AS is_last FROM spans
                    WINDOW w AS (PARTITION BY cluster, topic, partition ORDER BY committed_at, "from")) AS ordered
             GROUP BY 1, 2, 3) AS p)) $sql$, p_partition, p_partition) INTO result;
  ELSE
    EXECUTE pg_catalog.format('SELECT pg_catalog.jsonb_build_object(''rows'', pg_catalog.count(*)) FROM ONLY %I',
      p_partition) INTO result;
  END CASE;
  RETURN result;
END $$;

COMMENT ON FUNCTION daybook_partition_totals IS 'Row count of a partition, with the sums that daybook audit carries forward once it is dropped';
REVOKE ALL ON FUNCTION daybook_partition_totals FROM PUBLIC;
