CREATE OR REPLACE FUNCTION daybook_first_open_month() RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce((SELECT (max(month) + interval '1 month')::date FROM billing_periods WHERE status = 'closed'),
  '-infinity'::date);

COMMENT ON FUNCTION daybook_first_open_month IS 'First day of the first month that is not closed; -infinity when none is closed';
REVOKE ALL ON FUNCTION daybook_first_open_month FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_first_open_month TO app_audit_read, app_finance, app_maintain, app_read, app_write;
