-- Called at the end of the transaction that stores the records. In key order: writers share these rows.
CREATE OR REPLACE FUNCTION daybook_count_unknown_fields(p_fields jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  WITH counted AS (
    SELECT f.topic, f.table_name, f.field, pg_catalog.sum(f.records) AS records,
           pg_catalog.max(f.partition) AS partition, pg_catalog.max(f."offset") AS "offset"
      FROM (SELECT g.topic, g."table" AS table_name, g.records, g.partition, g."offset",
                   CASE WHEN EXISTS (SELECT FROM unknown_fields k
                                      WHERE k.topic = g.topic AND k.table_name = g."table" AND k.field = g.field)
                          OR (SELECT pg_catalog.count(*) FROM unknown_fields k WHERE k.topic = g.topic) < 200
                        THEN g.field ELSE '_other' END AS field
              FROM pg_catalog.jsonb_to_recordset(p_fields) AS g(topic text, "table" text, field text, records bigint,
                     partition integer, "offset" bigint)) AS f
     GROUP BY f.topic, f.table_name, f.field
  ), named AS (
    INSERT INTO unknown_fields AS u
      (topic, table_name, field, records, first_seen, last_seen, last_partition, last_offset)
    SELECT c.topic, c.table_name, c.field, c.records, pg_catalog.now(), pg_catalog.now(), c.partition, c."offset"
      FROM counted c ORDER BY c.topic, c.table_name, c.field
    ON CONFLICT ON CONSTRAINT unknown_fields_pkey DO UPDATE
      SET records = u.records + excluded.records, last_seen = excluded.last_seen,
          last_partition = excluded.last_partition, last_offset = excluded.last_offset
  )
  INSERT INTO unknown_field_days AS d (topic, table_name, field, day, records)
  SELECT c.topic, c.table_name, c.field, (pg_catalog.now() AT TIME ZONE 'UTC')::date, c.records
    FROM counted c ORDER BY c.topic, c.table_name, c.field
  ON CONFLICT ON CONSTRAINT unknown_field_days_pkey DO UPDATE SET records = d.records + excluded.records
$$;

COMMENT ON FUNCTION daybook_count_unknown_fields IS 'Adds to unknown_fields and unknown_field_days: [{"topic", "table", "field", "records", "partition", "offset"}]; after 200 names of a topic further ones count as _other';
REVOKE ALL ON FUNCTION daybook_count_unknown_fields FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_count_unknown_fields TO app_write;
