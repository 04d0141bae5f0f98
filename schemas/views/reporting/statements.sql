CREATE OR REPLACE VIEW reporting.statements AS
SELECT l.month, l.version, s.closed_at, s.closed_by, l.tenant_id, l.tenant_name, l.payer, l.time_zone,
  nullif(l.currency, 'XXX') AS currency,
       l.charges, l.corrections, l.total, l.total_rounded, l.minor_units, l.records AS requests,
         l.unpriced_records AS unpriced_requests,
       l.version = p.version AND p.status = 'closed' AS is_in_force, encode(s.sha256, 'hex') AS sha256, s.data_as_of
  FROM statement_lines l JOIN statements s USING (month, version) JOIN billing_periods p USING (month);

COMMENT ON VIEW reporting.statements IS 'Lines of all statements; is_in_force marks what is billed now';
COMMENT ON COLUMN reporting.statements.month IS 'Billing month, first day';
COMMENT ON COLUMN reporting.statements.version IS 'Version of the statement';
COMMENT ON COLUMN reporting.statements.closed_at IS 'UTC';
COMMENT ON COLUMN reporting.statements.closed_by IS 'Login role';
COMMENT ON COLUMN reporting.statements.tenant_id IS 'Tenant that pays';
COMMENT ON COLUMN reporting.statements.tenant_name IS 'Name when the month was closed';
COMMENT ON COLUMN reporting.statements.payer IS 'Payer when the month was closed';
COMMENT ON COLUMN reporting.statements.time_zone IS 'Zone of the tenant''s billing days';
COMMENT ON COLUMN reporting.statements.currency IS 'ISO 4217 code; null where there is no cost';
COMMENT ON COLUMN reporting.statements.charges IS 'Cost incurred in the month, exact';
COMMENT ON COLUMN reporting.statements.corrections IS 'Signed cost of closed months billed in this one, exact';
COMMENT ON COLUMN reporting.statements.total IS 'charges + corrections, exact';
COMMENT ON COLUMN reporting.statements.total_rounded IS 'Amount due: total rounded once to minor_units';
COMMENT ON COLUMN reporting.statements.minor_units IS 'Digits after the point of the currency (ISO 4217)';
COMMENT ON COLUMN reporting.statements.requests IS 'Number of calls';
COMMENT ON COLUMN reporting.statements.unpriced_requests IS 'Number of calls without a cost; part of requests';
COMMENT ON COLUMN reporting.statements.is_in_force IS 'False for a statement that a later one replaced, or whose month was reopened';
COMMENT ON COLUMN reporting.statements.sha256 IS 'Hash of the statement, hexadecimal';
COMMENT ON COLUMN reporting.statements.data_as_of IS 'Commit of the last batch that is in the data, UTC';
GRANT SELECT ON reporting.statements TO app_read, app_finance, app_audit_read;
