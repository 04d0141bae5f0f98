CREATE OR REPLACE FUNCTION daybook_insert_staged(p_table text, p_id text, p_staging text) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  columns text;
BEGIN
  SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
   WHERE attrelid = ('pg_temp.' || quote_ident(p_staging))::regclass AND attnum > 0 AND NOT attisdropped;
  EXECUTE format($sql$
    WITH inserted AS (
      INSERT INTO %1$I (%2$s) SELECT %2$s FROM pg_temp.%3$I AS s
      WHERE NOT EXISTS (
        SELECT FROM pg_temp.daybook_settled d
         WHERE d.table_name = %1$L AND d.source_topic = s.source_topic AND d.source_partition = s.source_partition
           AND d.source_offset = s.source_offset AND d.item = %5$s)
      ORDER BY tenant_id COLLATE "C", occurred_at, %4$I, source_topic COLLATE "C", source_partition, source_offset,
        %5$s
      ON CONFLICT DO NOTHING
      RETURNING source_topic, source_partition, source_offset, coalesce(source_item, -1) AS item
    )
    INSERT INTO pg_temp.daybook_inserted SELECT * FROM inserted $sql$,
    p_table, columns, p_staging, p_id, daybook_staged_item(p_staging));
END $$;

COMMENT ON FUNCTION daybook_insert_staged IS 'Inserts the staged rows that are not settled in key order (unsorted writers deadlock even with DO NOTHING) and notes which were new; p_id is the last column of the primary key';
REVOKE ALL ON FUNCTION daybook_insert_staged FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_insert_staged TO app_write;
