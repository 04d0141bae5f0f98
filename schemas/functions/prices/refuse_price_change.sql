CREATE OR REPLACE FUNCTION daybook_refuse_price_change() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF OLD.superseded_by IS NULL AND NEW.superseded_by IS NOT NULL
       AND pg_catalog.to_jsonb(OLD) - 'superseded_by' = pg_catalog.to_jsonb(NEW) - 'superseded_by' THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'rows of % are superseded, never changed', TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege', HINT = 'Use daybook prices set, end or import.';
END $$;

COMMENT ON FUNCTION daybook_refuse_price_change IS 'Trigger: a price is superseded once and never changes otherwise';
REVOKE ALL ON FUNCTION daybook_refuse_price_change FROM PUBLIC;

CREATE OR REPLACE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON model_prices
  FOR EACH ROW EXECUTE FUNCTION daybook_refuse_price_change();
ALTER TABLE model_prices ENABLE ALWAYS TRIGGER refuse_change;
CREATE OR REPLACE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON price_aliases
  FOR EACH ROW EXECUTE FUNCTION daybook_refuse_price_change();
ALTER TABLE price_aliases ENABLE ALWAYS TRIGGER refuse_change;
CREATE OR REPLACE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON provider_aliases
  FOR EACH ROW EXECUTE FUNCTION daybook_refuse_price_change();
ALTER TABLE provider_aliases ENABLE ALWAYS TRIGGER refuse_change;
