-- p_aliases: array of {alias, provider}; a null provider takes the alias away.
CREATE OR REPLACE FUNCTION daybook_change_provider_aliases(p_expected_version bigint, p_source text, p_detail jsonb,
  p_aliases jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  new_version bigint;
  change record;
  wrong text;
BEGIN
  IF p_aliases IS NULL THEN
    RAISE EXCEPTION 'aliases are missing' USING ERRCODE = 'null_value_not_allowed';
  END IF;
  new_version := daybook_change_prices(p_expected_version, p_source, 'manual', NULL, p_detail, '[]', '[]');
  FOR change IN SELECT * FROM pg_catalog.jsonb_to_recordset(p_aliases) AS a(alias text, provider text)
  LOOP
    IF change.alias IS NULL THEN
      RAISE EXCEPTION 'an alias is missing' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    UPDATE provider_aliases SET superseded_by = new_version WHERE superseded_by IS NULL AND alias = change.alias;
    IF change.provider IS NOT NULL THEN
      INSERT INTO provider_aliases (alias, provider, version) VALUES (change.alias, change.provider, new_version);
    END IF;
  END LOOP;
  -- One step leads from any spelling to its provider, and prices stand under the provider.
  SELECT alias INTO wrong FROM provider_aliases
   WHERE superseded_by IS NULL AND daybook_provider(provider) <> provider LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '% would be the alias of an alias', wrong USING ERRCODE = 'invalid_parameter_value',
      HINT = 'Give the provider that the other alias leads to.';
  END IF;
  SELECT provider INTO wrong FROM model_prices
   WHERE superseded_by IS NULL AND daybook_provider(provider) <> provider LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'provider % has prices', wrong USING ERRCODE = 'invalid_parameter_value',
      HINT = 'End them, and enter them under the provider that the alias is to lead to.';
  END IF;
  RETURN new_version;
END $$;

COMMENT ON FUNCTION daybook_change_provider_aliases IS 'Enters one change of the spellings of providers and returns its version; SQLSTATE 40001 when the catalogue is no longer at p_expected_version';
REVOKE ALL ON FUNCTION daybook_change_provider_aliases FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_change_provider_aliases TO app_finance;
