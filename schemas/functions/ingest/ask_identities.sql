CREATE OR REPLACE FUNCTION daybook_ask_identities() RETURNS void
LANGUAGE sql SET search_path FROM CURRENT AS $$
  SELECT daybook_batch_table('daybook_asked',
    'tenant_id text COLLATE "C", occurred_at timestamptz, id uuid, entry integer', false)
$$;

COMMENT ON FUNCTION daybook_ask_identities IS 'Makes the temporary table that takes the identities for daybook_stored_identities. SQLSTATE DB004: it has rows';
REVOKE ALL ON FUNCTION daybook_ask_identities FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_ask_identities TO app_write;
