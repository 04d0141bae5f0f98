CREATE OR REPLACE VIEW reporting.billing_periods AS
SELECT m.month, coalesce(p.status, CASE WHEN m.month < (SELECT daybook_first_open_month()) THEN 'closed' ELSE 'open'
  END) AS status,
       p.version, p.changed_at, p.changed_by, p.reason,
         (SELECT max(o.updated_at) FROM ingest_offsets o WHERE o.cluster_id <> 'daybook') AS data_as_of
  FROM (SELECT month FROM costs_monthly UNION SELECT billing_month FROM cost_adjustments UNION SELECT month
    FROM billing_periods) AS m
  LEFT JOIN billing_periods p USING (month);

COMMENT ON VIEW reporting.billing_periods IS 'Months with cost, and whether they are closed';
COMMENT ON COLUMN reporting.billing_periods.month IS 'First day of the month';
COMMENT ON COLUMN reporting.billing_periods.status IS 'open or closed';
COMMENT ON COLUMN reporting.billing_periods.version IS 'Version of the last statement; null when there is none';
COMMENT ON COLUMN reporting.billing_periods.changed_at IS 'When it was closed or reopened last, UTC';
COMMENT ON COLUMN reporting.billing_periods.changed_by IS 'Login role';
COMMENT ON COLUMN reporting.billing_periods.reason IS 'Why, in words';
COMMENT ON COLUMN reporting.billing_periods.data_as_of IS 'Commit of the last batch that is in the data, UTC';
GRANT SELECT ON reporting.billing_periods TO app_read, app_finance, app_audit_read;
