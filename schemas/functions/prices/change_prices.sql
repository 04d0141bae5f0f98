-- p_prices: array of {provider, model, region, service_tier, min_input_tokens, currency, <rates as text>,
-- effective_from, effective_to, ends}. Each takes the range effective_from..effective_to of its key: what was in force
-- there is superseded, what it leaves over at either side is entered again. "ends": true enters nothing in its place.
-- p_aliases: array of {provider, pattern, target_provider, target_model}; a null target_model takes the alias away.
CREATE OR REPLACE FUNCTION daybook_change_prices(p_expected_version bigint, p_source text, p_format text,
  p_sha256 bytea,
                                      p_detail jsonb, p_prices jsonb, p_aliases jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET timezone = 'UTC' AS $$
DECLARE
  current_version bigint;
  new_version bigint;
  change record;
  old model_prices;
  until timestamptz;
BEGIN
  IF p_prices IS NULL OR p_aliases IS NULL THEN
    RAISE EXCEPTION 'prices or aliases are missing' USING ERRCODE = 'null_value_not_allowed';
  END IF;
  -- A snapshot from before the wait for the lock would not see the change that was waited for.
  IF pg_catalog.current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'prices cannot be changed at isolation level %', pg_catalog.current_setting('transaction_isolation')
      USING ERRCODE = 'feature_not_supported', HINT = 'Use READ COMMITTED.';
  END IF;
  -- No advisory lock: any login may take those.
  LOCK TABLE price_versions IN SHARE ROW EXCLUSIVE MODE;
  SELECT coalesce(pg_catalog.max(version), 0) INTO current_version FROM price_versions;
  IF p_expected_version IS DISTINCT FROM current_version THEN
    RAISE EXCEPTION 'the catalogue is at version % now, not %', current_version, p_expected_version
      USING ERRCODE = 'serialization_failure', HINT = 'Look at the difference again and repeat the command.';
  END IF;
  INSERT INTO price_versions (source, format, sha256, detail) VALUES (p_source, p_format, p_sha256, p_detail)
  RETURNING version INTO new_version;

  FOR change IN
    SELECT * FROM pg_catalog.jsonb_to_recordset(p_prices) AS c(provider text, model text, region text,
      service_tier text, min_input_tokens bigint,
      currency text, input_price numeric, output_price numeric, cache_read_input_price numeric,
      cache_creation_input_price numeric, cache_creation_1h_input_price numeric, reasoning_output_price numeric,
      audio_input_price numeric, audio_output_price numeric, cache_read_audio_input_price numeric,
      cache_creation_audio_input_price numeric, derived_rates text[], effective_from timestamptz,
        effective_to timestamptz, ends boolean)
  LOOP
    -- Under an incomplete key nothing would end, and nobody would hear of it.
    IF pg_catalog.num_nulls(change.provider, change.model, change.service_tier, change.min_input_tokens) > 0 THEN
      RAISE EXCEPTION 'a price wants provider, model, service_tier and min_input_tokens'
        USING ERRCODE = 'null_value_not_allowed';
    END IF;
    IF change.effective_from IS NULL OR (SELECT pg_catalog.max(pg_catalog.scale(pg_catalog.trim_scale(price)))
      FROM pg_catalog.unnest(ARRAY[change.input_price,
         change.output_price, change.cache_read_input_price, change.cache_creation_input_price,
         change.cache_creation_1h_input_price, change.reasoning_output_price, change.audio_input_price,
         change.audio_output_price, change.cache_read_audio_input_price,
           change.cache_creation_audio_input_price]) AS price) > 24 THEN
      RAISE EXCEPTION 'the price of % has no effective_from, or more than 24 decimals', change.model
        USING ERRCODE = 'invalid_parameter_value';
    END IF;
    FOR old IN
      SELECT * FROM model_prices p
       WHERE p.superseded_by IS NULL AND p.version < new_version AND p.provider = change.provider
         AND p.model = change.model
         AND p.region = coalesce(change.region, '')
         AND p.service_tier = change.service_tier AND p.min_input_tokens = change.min_input_tokens
         -- Not as ranges: the planner would take the index of the exclusion constraint, and read all of it each time.
         AND (change.effective_to IS NULL OR p.effective_from < change.effective_to)
         AND (p.effective_to IS NULL OR p.effective_to > change.effective_from)
       ORDER BY p.price_id
    LOOP
      UPDATE model_prices SET superseded_by = new_version WHERE price_id = old.price_id;
      until := old.effective_to;
      IF old.effective_from < change.effective_from THEN
        old.effective_to := change.effective_from;
        PERFORM daybook_enter_price(old, new_version);
      END IF;
      IF change.effective_to < coalesce(until, 'infinity') THEN
        old.effective_from := change.effective_to;
        old.effective_to := until;
        PERFORM daybook_enter_price(old, new_version);
      END IF;
    END LOOP;
    IF change.ends IS NOT TRUE THEN
      INSERT INTO model_prices (provider, model, region, service_tier, min_input_tokens, currency, input_price,
        output_price,
        cache_read_input_price, cache_creation_input_price, cache_creation_1h_input_price, reasoning_output_price,
        audio_input_price, audio_output_price, cache_read_audio_input_price, cache_creation_audio_input_price,
        derived_rates, effective_from, effective_to, version)
      VALUES (change.provider, change.model, coalesce(change.region, ''), change.service_tier, change.min_input_tokens,
        change.currency,
        change.input_price, change.output_price, change.cache_read_input_price, change.cache_creation_input_price,
        change.cache_creation_1h_input_price, change.reasoning_output_price, change.audio_input_price,
        change.audio_output_price, change.cache_read_audio_input_price, change.cache_creation_audio_input_price,
        coalesce(change.derived_rates, '{}'), change.effective_from, change.effective_to, new_version);
    END IF;
  END LOOP;

  FOR change IN
    SELECT * FROM pg_catalog.jsonb_to_recordset(p_aliases) AS a(provider text, pattern text, target_provider text,
      target_model text)
  LOOP
    IF pg_catalog.num_nulls(change.provider, change.pattern) > 0 THEN
      RAISE EXCEPTION 'an alias wants provider and pattern' USING ERRCODE = 'null_value_not_allowed';
    END IF;
    UPDATE price_aliases a SET superseded_by = new_version
     WHERE a.superseded_by IS NULL AND a.provider = change.provider AND a.pattern = change.pattern;
    IF change.target_model IS NOT NULL THEN
      INSERT INTO price_aliases (provider, pattern, target_provider, target_model, version)
      VALUES (change.provider, change.pattern, coalesce(change.target_provider, ''), change.target_model, new_version);
    END IF;
  END LOOP;
  RETURN new_version;
END $$;

COMMENT ON FUNCTION daybook_change_prices IS 'Enters one change of the price catalogue and returns its version; SQLSTATE 40001 when the catalogue is no longer at p_expected_version';
REVOKE ALL ON FUNCTION daybook_change_prices FROM PUBLIC;
GRANT EXECUTE ON FUNCTION daybook_change_prices TO app_finance;
