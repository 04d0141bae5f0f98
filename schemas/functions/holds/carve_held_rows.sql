-- Copies the held rows of a partition that stands alone into <table>_held; how many there are.
CREATE OR REPLACE FUNCTION daybook_carve_held_rows(p_table text, p_partition text, p_from timestamptz, p_to timestamptz)
RETURNS bigint
LANGUAGE plpgsql SET search_path FROM CURRENT SET timezone = 'UTC' SET datestyle = 'ISO, MDY'
SET intervalstyle = 'iso_8601' SET bytea_output = 'hex' SET extra_float_digits = 1 SET row_security = off AS $$
DECLARE
  held text := daybook_held_condition(p_table, p_from, p_to);
  target text := p_table || '_held';
  control name;
  columns text;
  is_there text;
  item record;
  wanted bigint;
  present bigint;
BEGIN
  IF held IS NULL THEN
    RETURN 0;
  END IF;
  SELECT a.attname INTO STRICT control
    FROM pg_partitioned_table p
    JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
   WHERE p.partrelid = pg_catalog.quote_ident(p_table)::regclass;
  IF pg_catalog.to_regclass(pg_catalog.quote_ident(target)) IS NULL THEN
    -- Without keys: a month that was made again may have another row under the key of one that was carved before.
    EXECUTE pg_catalog.format('CREATE TABLE %I (LIKE %I INCLUDING COMMENTS INCLUDING STORAGE INCLUDING COMPRESSION)',
      target, p_table);
    EXECUTE pg_catalog.format('ALTER TABLE %I OWNER TO %s', target,
                   (SELECT relowner::regrole FROM pg_class WHERE oid = pg_catalog.quote_ident(p_table)::regclass));
    EXECUTE pg_catalog.format('CREATE INDEX ON %I (%I)', target, control);
    EXECUTE pg_catalog.format('COMMENT ON TABLE %I IS %L', target,
                   pg_catalog.format('Rows of dropped partitions of %s that are under legal hold', p_table));
    EXECUTE pg_catalog.format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %I FOR EACH ROW'
                   ' EXECUTE FUNCTION daybook_held_table_refuse(%L)', target, p_table);
    EXECUTE pg_catalog.format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT'
                   ' EXECUTE FUNCTION daybook_refuse_change()', target);
    EXECUTE pg_catalog.format('ALTER TABLE %I ENABLE ALWAYS TRIGGER refuse_change,'
                   ' ENABLE ALWAYS TRIGGER refuse_truncate', target);
    EXECUTE pg_catalog.format('GRANT SELECT ON %I TO app_audit_read', target);
  END IF;
  PERFORM daybook_check_held_table(p_table);
  -- The held table may be older or younger than a change of the columns.
  FOR item IN
    SELECT coalesce(p.attname, t.attname) AS name, pg_catalog.format_type(p.atttypid, p.atttypmod) AS type,
      t.attname IS NULL AS is_new
      FROM (SELECT * FROM pg_attribute WHERE attrelid = pg_catalog.quote_ident(p_partition)::regclass
               AND attnum > 0 AND NOT attisdropped) AS p
      FULL JOIN (SELECT * FROM pg_attribute WHERE attrelid = pg_catalog.quote_ident(target)::regclass
                    AND attnum > 0 AND NOT attisdropped) AS t USING (attname)
     WHERE t.attname IS NULL OR p.attname IS NULL AND t.attnotnull
  LOOP
    EXECUTE CASE WHEN item.is_new THEN pg_catalog.format('ALTER TABLE %I ADD COLUMN %I %s', target, item.name,
      item.type)
                 ELSE pg_catalog.format('ALTER TABLE %I ALTER COLUMN %I DROP NOT NULL', target, item.name) END;
  END LOOP;
  SELECT pg_catalog.string_agg(pg_catalog.quote_ident(attname), ', ' ORDER BY attnum),
         pg_catalog.format('EXISTS (SELECT FROM %I AS t WHERE t.%I = p.%I AND ROW(%s)::text = ROW(%s)::text)', target,
           control, control,
                pg_catalog.string_agg('t.' || pg_catalog.quote_ident(attname), ', ' ORDER BY attnum),
                pg_catalog.string_agg('p.' || pg_catalog.quote_ident(attname), ', ' ORDER BY attnum))
    INTO columns, is_there
    FROM pg_attribute WHERE attrelid = pg_catalog.quote_ident(p_partition)::regclass AND attnum > 0
      AND NOT attisdropped;
  EXECUTE pg_catalog.format('SELECT pg_catalog.count(*) FROM ONLY %I WHERE %s', p_partition, held) INTO wanted;
  -- A month that was retired and made again may have been carved before: what is there already stays, once.
  EXECUTE pg_catalog.format('INSERT INTO %I (%s) SELECT %s FROM ONLY %I AS p WHERE (%s) AND NOT %s',
                 target, columns, columns, p_partition, held, is_there);
  EXECUTE pg_catalog.format('SELECT pg_catalog.count(*) FROM ONLY %I AS p WHERE (%s) AND %s', p_partition, held,
    is_there) INTO present;
  IF present <> wanted THEN
    RAISE EXCEPTION '% holds % of the % held rows of %', target, present, wanted, p_partition
      USING ERRCODE = 'data_exception', HINT = 'Nothing was changed: compare the two tables.';
  END IF;
  RETURN wanted;
END $$;

COMMENT ON FUNCTION daybook_carve_held_rows IS 'Copies the rows under legal hold into <table>_held and proves that each is there';
REVOKE ALL ON FUNCTION daybook_carve_held_rows FROM PUBLIC;
