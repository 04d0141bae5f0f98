-- SPDX-License-Identifier: Apache-2.0
-- What takes the server's time in this database, by pg_stat_statements: ops/slow-queries.
--   psql -v top=20 -f statements.sql
\set ON_ERROR_STOP on
\pset footer off
\pset format aligned
\pset null ''
\if :{?top} \else \set top 20 \endif

SELECT now() AT TIME ZONE 'UTC' AS utc, current_database() AS database, stats_reset AT TIME ZONE 'UTC' AS since
  FROM pg_stat_statements_info;

-- Statements of the same text, whoever runs them. Of commands that are no queries only COPY: the literals of others
-- stay as they were written, a password of ALTER ROLE among them.
CREATE TEMPORARY VIEW report_statements AS
SELECT CASE
         WHEN query ~ 'daybook_apply_batch' THEN 'ingest: rollups and ledger'
         WHEN query ~ 'daybook_begin_batch' THEN 'ingest: begin'
         WHEN query ~ 'daybook_claim_partitions' THEN 'ingest: claim'
         WHEN query ~* '^COPY .* FROM STDIN' THEN 'ingest: rows'
         WHEN query ~* '^(BEGIN|COMMIT)' THEN 'transactions'
         WHEN query ~ '\mreporting\.' THEN 'reports'
         WHEN query ~ '\mdaybook_' THEN 'maintenance and money'
         ELSE ''
       END AS part,
       sum(calls) AS calls, sum(total_exec_time) AS total_ms, sum(total_exec_time) / nullif(sum(calls), 0) AS mean_ms,
       max(max_exec_time) AS max_ms, sum(rows) AS rows, sum(wal_bytes) AS wal_bytes,
       sum(shared_blks_read) AS blocks_read, sum(temp_blks_written) AS temp_blocks,
       CASE WHEN toplevel THEN '' ELSE 'yes' END AS in_function,
       left(regexp_replace(query, '\s+', ' ', 'g'), 100) AS query
  FROM pg_stat_statements
 WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND query ~* '^\s*(SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|BEGIN|COMMIT|COPY .* FROM STDIN)'
 GROUP BY query, toplevel;

\echo By total time
SELECT part, calls, round(total_ms::numeric) AS total_ms,
       CASE WHEN in_function = '' THEN
         round((100 * total_ms / nullif(sum(total_ms) FILTER (WHERE in_function = '') OVER (), 0))::numeric, 1)
       END AS percent,
       round(mean_ms::numeric, 2) AS mean_ms, round(max_ms::numeric) AS max_ms, rows, in_function, query
  FROM report_statements ORDER BY report_statements.total_ms DESC LIMIT :top;

\echo By mean time, of those that ran more than ten times
SELECT part, calls, round(mean_ms::numeric, 2) AS mean_ms, round(max_ms::numeric) AS max_ms, rows, in_function, query
  FROM report_statements WHERE calls > 10 ORDER BY report_statements.mean_ms DESC LIMIT :top;

\echo By WAL written
SELECT part, calls, pg_size_pretty(wal_bytes) AS wal, round(wal_bytes / nullif(rows, 0)) AS bytes_a_row,
       in_function, query
  FROM report_statements WHERE wal_bytes > 0 ORDER BY wal_bytes DESC LIMIT :top;

\echo By blocks that were not in memory
SELECT part, calls, blocks_read, temp_blocks, in_function, query
  FROM report_statements WHERE blocks_read + temp_blocks > 0 ORDER BY blocks_read + temp_blocks DESC LIMIT :top;
