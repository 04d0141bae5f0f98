CREATE OR REPLACE FUNCTION daybook_refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  RAISE EXCEPTION '% of % is not allowed: its rows never change', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege',
          HINT = 'Expired months leave as whole partitions; corrections are rows of their own.';
END $$;

COMMENT ON FUNCTION daybook_refuse_change IS 'Trigger: refuses UPDATE, DELETE and TRUNCATE, whoever tries';
REVOKE ALL ON FUNCTION daybook_refuse_change FROM PUBLIC;

-- Beside the two record tables, which migration 2 made. ALWAYS: session_replication_role = replica does not switch
-- them off.
DO $$
DECLARE
  immutable text;
BEGIN
  FOREACH immutable IN ARRAY ARRAY['offset_changes', 'partition_journal', 'price_versions', 'billing_journal',
    'statements', 'statement_lines', 'cost_adjustments'] LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %I FOR EACH ROW'
                   ' EXECUTE FUNCTION daybook_refuse_change()', immutable);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER refuse_change', immutable);
  END LOOP;
  FOREACH immutable IN ARRAY ARRAY['offset_changes', 'partition_journal', 'legal_holds', 'price_versions',
    'model_prices', 'price_aliases', 'provider_aliases', 'billing_journal', 'billing_periods', 'statements',
    'statement_lines', 'cost_adjustments', 'reconciliation_drift'] LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER refuse_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT'
                   ' EXECUTE FUNCTION daybook_refuse_change()', immutable);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER refuse_truncate', immutable);
  END LOOP;
END $$;
CREATE OR REPLACE TRIGGER refuse_delete BEFORE DELETE ON billing_periods
  FOR EACH ROW EXECUTE FUNCTION daybook_refuse_change();
ALTER TABLE billing_periods ENABLE ALWAYS TRIGGER refuse_delete;
CREATE OR REPLACE TRIGGER refuse_truncate BEFORE TRUNCATE ON costs_daily
  FOR EACH STATEMENT EXECUTE FUNCTION daybook_refuse_change();
CREATE OR REPLACE TRIGGER refuse_truncate BEFORE TRUNCATE ON costs_monthly
  FOR EACH STATEMENT EXECUTE FUNCTION daybook_refuse_change();
