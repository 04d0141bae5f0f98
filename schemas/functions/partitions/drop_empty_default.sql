-- A default partition forbids concurrent detaches. An adopted set may have one; without rows it can go.
CREATE OR REPLACE FUNCTION daybook_drop_empty_default(p_table text, p_partition text) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT SET lock_timeout = '250ms' AS $$
DECLARE
  child oid;
  has_rows boolean;
BEGIN
  SELECT c.oid INTO child FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
   WHERE i.inhparent = pg_catalog.quote_ident(p_table)::regclass
     AND c.oid = pg_catalog.quote_ident(p_partition)::regclass
     AND pg_catalog.pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT';
  IF NOT FOUND THEN
    RAISE EXCEPTION '% is not the default partition of %', p_partition, p_table
      USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  -- Locks both: no row comes between the look and the drop.
  EXECUTE pg_catalog.format('ALTER TABLE %I DETACH PARTITION %I', p_table, p_partition);
  EXECUTE pg_catalog.format('SELECT EXISTS (SELECT FROM %I)', p_partition) INTO has_rows;
  IF has_rows THEN
    RAISE EXCEPTION 'the default partition % has rows', p_partition
      USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Move them to the partitions of their months first.';
  END IF;
  EXECUTE pg_catalog.format('DROP TABLE %I', p_partition);
  INSERT INTO partition_journal (action, table_name, partition_name, partition_oid, reason)
  VALUES ('drop', p_table, p_partition, child, 'it was an empty default partition');
END $$;

COMMENT ON FUNCTION daybook_drop_empty_default IS 'Detaches and drops a default partition without rows. Call it in a transaction of its own; SQLSTATE 55P03 means try again';
REVOKE ALL ON FUNCTION daybook_drop_empty_default FROM PUBLIC;
