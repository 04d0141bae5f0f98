CREATE OR REPLACE FUNCTION daybook_statement_sha256(p_statement statements) RETURNS bytea
LANGUAGE sql STABLE SET search_path FROM CURRENT SET timezone = 'UTC' SET datestyle = 'ISO, MDY' AS $$
  SELECT pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.concat_ws(E'\n',
    pg_catalog.jsonb_build_array(pg_catalog.encode(p_statement.previous_sha256, 'hex'), p_statement.month,
      p_statement.version,
                      p_statement.closed_at, p_statement.closed_by, p_statement.reason, p_statement.data_as_of,
                      p_statement.line_count)::text,
    pg_catalog.string_agg(pg_catalog.jsonb_build_array(tenant_id, currency, tenant_name, payer, time_zone,
      charges::text, corrections::text,
                                 total::text, minor_units, total_rounded::text, records, unpriced_records, input_tokens,
                                 output_tokens)::text, E'\n' ORDER BY tenant_id, currency)), 'UTF8'))
    FROM statement_lines WHERE month = p_statement.month AND version = p_statement.version
$$;

COMMENT ON FUNCTION daybook_statement_sha256 IS 'Hash of a statement: the hash before it and its own row, then its lines, each as a JSON array on a line of its own';
REVOKE ALL ON FUNCTION daybook_statement_sha256 FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_statement_sha256 TO app_audit_read, app_finance, app_read;
