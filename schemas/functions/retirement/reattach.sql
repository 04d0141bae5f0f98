-- What a migration has given to the set since the table left it: its columns and conditions come first.
CREATE OR REPLACE FUNCTION daybook_reattach(r partition_retirements) RETURNS void
LANGUAGE plpgsql
SET search_path FROM CURRENT SET timezone = 'UTC' SET datestyle = 'ISO, MDY' SET lock_timeout = '3s' AS $$
DECLARE
  parent regclass := pg_catalog.quote_ident(r.table_name)::regclass;
  control name;
  addition text;
BEGIN
  SELECT a.attname INTO STRICT control
    FROM pg_partitioned_table p
    JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
   WHERE p.partrelid = parent;
  FOR addition IN
    SELECT pg_catalog.format('COLUMN %I %s', a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod))
           || coalesce(' DEFAULT ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid), '')
           || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
      FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE a.attrelid = parent AND a.attnum > 0 AND NOT a.attisdropped
       AND NOT EXISTS (SELECT FROM pg_attribute own WHERE own.attrelid = r.partition_oid AND own.attname = a.attname
                         AND NOT own.attisdropped)
    UNION ALL
    SELECT pg_catalog.format('CONSTRAINT %I %s', c.conname, pg_catalog.pg_get_constraintdef(c.oid))
      FROM pg_constraint c
     WHERE c.conrelid = parent AND c.contype = 'c'
       AND NOT EXISTS (SELECT FROM pg_constraint own WHERE own.conrelid = r.partition_oid AND own.conname = c.conname)
  LOOP
    EXECUTE pg_catalog.format('ALTER TABLE %I ADD %s', r.partition_name, addition);
  END LOOP;
  EXECUTE pg_catalog.format('DROP TRIGGER IF EXISTS refuse_change ON %I', r.partition_name);
  EXECUTE pg_catalog.format('DROP TRIGGER IF EXISTS refuse_truncate ON %I', r.partition_name);
  PERFORM daybook_equip_partition(r.table_name, r.partition_name);
  EXECUTE pg_catalog.format('ALTER TABLE %I ADD CONSTRAINT daybook_bounds CHECK (%I >= %L AND %I < %L)',
                 r.partition_name, control, r.lower_bound, control, r.upper_bound);
  EXECUTE pg_catalog.format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                 r.table_name, r.partition_name, r.lower_bound, r.upper_bound);
  EXECUTE pg_catalog.format('ALTER TABLE %I DROP CONSTRAINT daybook_bounds', r.partition_name);
END $$;

COMMENT ON FUNCTION daybook_reattach IS 'A step of daybook_cancel_retirement: makes a table that stands alone a partition again, with the rights and triggers of its set';
REVOKE ALL ON FUNCTION daybook_reattach FROM PUBLIC;
