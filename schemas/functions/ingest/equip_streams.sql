-- What every stream and every rollup that is counted by rows needs beside its table. Only what is missing is made:
-- a trigger is a lock that batches wait for.
CREATE OR REPLACE FUNCTION daybook_equip_streams() RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
DECLARE
  stream record;
  item record;
BEGIN
  FOR stream IN
    SELECT p.table_name AS name, id.attname AS id, p.months_ahead
      FROM partition_policies p
      JOIN pg_index i ON i.indrelid = to_regclass(quote_ident(p.table_name)) AND i.indisprimary AND i.indnkeyatts = 3
      JOIN pg_attribute id ON id.attrelid = i.indrelid AND id.attnum = i.indkey[2]
      JOIN pg_attribute content ON content.attrelid = i.indrelid AND content.attname = 'content_sha256'
     WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = i.indrelid AND t.tgname = 'refuse_change')
  LOOP
    EXECUTE format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %I FOR EACH ROW'
                   ' EXECUTE FUNCTION daybook_refuse_change()', stream.name);
    EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT'
                   ' EXECUTE FUNCTION daybook_refuse_change()', stream.name);
    -- ALWAYS: session_replication_role = replica does not switch them off.
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate',
                   stream.name);
    EXECUTE format('GRANT INSERT, SELECT (tenant_id, occurred_at, %I, content_sha256, source_topic, source_partition,'
                   ' source_offset, source_item) ON %I TO app_write', stream.id, stream.name);
    EXECUTE format('GRANT SELECT ON %I TO app_audit_read', stream.name);
    PERFORM daybook_ensure_partition(stream.name, month::date)
       FROM generate_series(date_trunc('month', now()) - interval '1 month',
              date_trunc('month', now()) + make_interval(months => stream.months_ahead), interval '1 month') AS month;
  END LOOP;
  FOR item IN
    SELECT r.rollup, r.table_name, 'stage_' || r.rollup AS trigger FROM stream_rollups r
     WHERE r.counted = 'rows' AND NOT EXISTS (SELECT FROM pg_trigger t
       WHERE t.tgrelid = quote_ident(r.table_name)::regclass AND t.tgname = 'stage_' || r.rollup)
  LOOP
    EXECUTE format('CREATE TRIGGER %I AFTER INSERT ON %I REFERENCING NEW TABLE AS stored FOR EACH STATEMENT'
                   ' EXECUTE FUNCTION daybook_stage_sums(%L)', item.trigger, item.table_name, item.rollup);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', item.table_name, item.trigger);
    EXECUTE format('CREATE OR REPLACE TRIGGER refuse_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT'
                   ' EXECUTE FUNCTION daybook_refuse_change()', item.rollup);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO app_write', item.rollup);
    EXECUTE format('GRANT SELECT ON %I TO app_read, app_audit_read', item.rollup);
  END LOOP;
END $$;

COMMENT ON FUNCTION daybook_equip_streams IS 'Gives streams and rollups that a migration has made their triggers, rights and partitions';
REVOKE ALL ON FUNCTION daybook_equip_streams FROM PUBLIC;
SELECT daybook_equip_streams();
