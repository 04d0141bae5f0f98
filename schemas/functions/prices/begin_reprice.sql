CREATE OR REPLACE FUNCTION daybook_begin_reprice(p_from timestamptz, p_to timestamptz, p_filters jsonb, p_reason text)
  RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  run bigint;
BEGIN
  INSERT INTO reprice_runs (range_from, range_to, filters, reason, price_version)
  VALUES (p_from, p_to, p_filters, p_reason, (SELECT pg_catalog.max(version) FROM price_versions))
  RETURNING run_id INTO run;
  -- A run that is cut off never ends, but its lines are posted.
  INSERT INTO billing_journal (action, reason, detail)
  VALUES ('reprice', p_reason, pg_catalog.jsonb_build_object('run_id', run, 'range_from', p_from, 'range_to', p_to,
    'filters', p_filters));
  RETURN run;
END $$;

COMMENT ON FUNCTION daybook_begin_reprice IS 'Notes and journals that a run of daybook reprice begins; its id';
REVOKE ALL ON FUNCTION daybook_begin_reprice FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_begin_reprice TO app_finance;
