-- What price_version in the records means stands here: while there are prices, this does not go down.
SET LOCAL ROLE app_owner;
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

DO $$
BEGIN
  IF EXISTS (SELECT FROM price_versions) THEN
    RAISE EXCEPTION 'there are prices' USING HINT =
      'Records name them in price_version: export and keep them elsewhere, and drop the tables by hand, if they really must go.';
  END IF;
END $$;

DROP TABLE price_aliases;
DROP TABLE provider_aliases;
DROP TABLE model_prices;
DROP TYPE daybook_text_range;
DROP TABLE price_versions;
DROP FUNCTION IF EXISTS daybook_refuse_price_change();

RESET ROLE;
DO $$
BEGIN
  EXECUTE format('REVOKE ALL ON SCHEMA %I FROM app_finance', current_schema());
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM app_finance', current_database());
  IF NOT EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member
                  WHERE m.roleid = 'app_finance'::regrole AND r.rolname <> current_user) THEN
    BEGIN
      DROP ROLE app_finance;
    EXCEPTION WHEN dependent_objects_still_exist OR undefined_object OR insufficient_privilege THEN
      RAISE NOTICE 'role app_finance stays: %', SQLERRM;
    END;
  END IF;
END $$;
