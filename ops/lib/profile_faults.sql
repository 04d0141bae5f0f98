-- SPDX-License-Identifier: Apache-2.0
-- What is wrong with the profile that this server has read, one line each. :class, its memory (:gib) and :group, what
-- parameter-group prints.
WITH file AS (
  SELECT * FROM pg_file_settings WHERE sourcefile ~ '/profiles/'
), rds AS (
  SELECT * FROM jsonb_to_recordset(:'group') AS g("ParameterName" text, "ParameterValue" text, "ApplyMethod" text)
   WHERE "ParameterName" NOT LIKE 'rds.%'
), compared AS (
  SELECT r.*, s.context, CASE
           WHEN s.vartype = 'bool' THEN (s.reset_val = 'on')::integer::text
           -- This server has less.
           WHEN f.name = 'shared_buffers' THEN (pg_size_bytes(f.setting) / 8192)::text
           ELSE s.reset_val END AS wanted -- a setting of this connection may differ
    FROM rds r JOIN file f ON f.name = r."ParameterName" AND f.sourcefile !~ 'self-hosted'
    JOIN pg_settings s ON lower(s.name) = lower(f.name)
     AND (s.sourcefile IS NULL OR s.sourcefile !~ 'self-hosted') -- which another file does not overrule
)
SELECT format('%s:%s: %s: %s', sourcefile, sourceline, name, error) FROM file WHERE error IS NOT NULL
UNION ALL
SELECT format('%s:%s: no parameter is called %s', sourcefile, sourceline, name) FROM file f
 WHERE NOT EXISTS (SELECT FROM pg_settings s WHERE lower(s.name) = lower(f.name))
UNION ALL
SELECT format('parameter-group leaves out %s', name) FROM file f
 WHERE sourcefile !~ 'self-hosted|replica' AND NOT EXISTS (SELECT FROM rds WHERE "ParameterName" = f.name)
UNION ALL
SELECT format('parameter-group says %s = %s; in the unit of the server it is %s', "ParameterName", "ParameterValue",
              wanted) FROM compared WHERE wanted IS DISTINCT FROM "ParameterValue"
UNION ALL
SELECT format('parameter-group says %s for %s, whose context is %s', "ApplyMethod", "ParameterName", context)
  FROM compared WHERE (context = 'postmaster') <> ("ApplyMethod" = 'pending-reboot')
UNION ALL
SELECT format('%s is %s, which is not %s %% of %s GiB', name, setting, percent, :gib)
  FROM file JOIN (VALUES ('shared_buffers', 25), ('effective_cache_size', 75)) AS share(name, percent) USING (name)
 WHERE pg_size_bytes(setting) * 100 <> :gib::bigint * percent * pg_size_bytes('1 GB')
UNION ALL
SELECT format('%s sessions with two times work_mem and shared_buffers need more than %s GiB', c.setting, :gib)
  FROM file c, file w, file b
 WHERE c.name = 'max_connections' AND w.name = 'work_mem' AND b.name = 'shared_buffers'
   AND c.setting::bigint * 2 * pg_size_bytes(w.setting) + pg_size_bytes(b.setting)
     > :gib * pg_size_bytes('1 GB') * 1.05;
