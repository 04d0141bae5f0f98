CREATE OR REPLACE FUNCTION daybook_billing_zone(p_tenant text, p_at timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce((SELECT z.time_zone FROM tenant_time_zones z
                  WHERE z.tenant_id = p_tenant AND z.starts_at <= p_at ORDER BY z.starts_at DESC LIMIT 1), 'UTC');

COMMENT ON FUNCTION daybook_billing_zone IS 'Time zone that gives an instant its billing day for a tenant';
REVOKE ALL ON FUNCTION daybook_billing_zone FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_billing_zone TO app_audit_read, app_finance, app_maintain, app_read, app_write;
