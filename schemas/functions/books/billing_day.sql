CREATE OR REPLACE FUNCTION daybook_billing_day(p_tenant text, p_at timestamptz) RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(
  (SELECT greatest((p_at AT TIME ZONE z.time_zone)::date, z.first_month) FROM tenant_time_zones z
    WHERE z.tenant_id = p_tenant AND z.starts_at <= p_at ORDER BY z.starts_at DESC LIMIT 1),
  (p_at AT TIME ZONE 'UTC')::date);

COMMENT ON FUNCTION daybook_billing_day IS 'Billing day of an instant for a tenant';
REVOKE ALL ON FUNCTION daybook_billing_day FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_billing_day TO app_audit_read, app_finance, app_maintain, app_read, app_write;
