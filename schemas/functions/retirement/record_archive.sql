CREATE OR REPLACE FUNCTION daybook_record_archive(p_retirement bigint, p_manifest jsonb, p_path text, p_rows bigint,
                                       p_costs jsonb, p_content_sha256 bytea) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  r partition_retirements := daybook_retirement(p_retirement, 'revoked');
BEGIN
  IF p_rows IS DISTINCT FROM r.row_count THEN
    RAISE EXCEPTION 'the archive of % has % rows, the table %', r.partition_name, p_rows, r.row_count
      USING ERRCODE = 'data_exception', HINT = 'Nothing is dropped: export it again.';
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.jsonb_each_text(coalesce(r.totals->'costs', '{}')) AS t(currency, cost)
               FULL JOIN pg_catalog.jsonb_each_text(coalesce(p_costs, '{}')) AS a(currency, cost) USING (currency)
              -- A currency of which no cost is known is a sum of nothing in one of them, and absent in the other.
              WHERE coalesce(t.cost::numeric, 0) <> coalesce(a.cost::numeric, 0)) THEN
    RAISE EXCEPTION 'the costs in the archive of % are not those of the table', r.partition_name
      USING ERRCODE = 'data_exception', HINT = 'Nothing is dropped: export it again.';
  END IF;
  UPDATE partition_retirements
     SET state = 'archived', manifest = p_manifest, manifest_path = p_path, content_sha256 = p_content_sha256,
         attempts = 0, last_error = NULL, updated_at = pg_catalog.clock_timestamp()
   WHERE retirement_id = p_retirement;
  INSERT INTO partition_journal (action, table_name, partition_name, partition_oid, reason, detail)
  VALUES ('archive', r.table_name, r.partition_name, r.partition_oid, 'it was exported',
          pg_catalog.jsonb_build_object('rows', p_rows, 'costs', p_costs, 'manifest', p_path,
                             'content_sha256', pg_catalog.encode(p_content_sha256, 'hex')));
END $$;

COMMENT ON FUNCTION daybook_record_archive IS 'revoked → archived, if rows and costs are those that were counted; costs is an object of decimal strings by currency';
REVOKE ALL ON FUNCTION daybook_record_archive FROM PUBLIC;
