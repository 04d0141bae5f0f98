-- The part of a superseded price that stays in force.
CREATE OR REPLACE FUNCTION daybook_enter_price(p_price model_prices, p_version bigint) RETURNS void
LANGUAGE sql SET search_path FROM CURRENT AS $$
  INSERT INTO model_prices (provider, model, region, service_tier, min_input_tokens, currency, input_price,
    output_price,
    cache_read_input_price, cache_creation_input_price, cache_creation_1h_input_price, reasoning_output_price,
    audio_input_price, audio_output_price, cache_read_audio_input_price, cache_creation_audio_input_price,
      derived_rates,
    effective_from, effective_to, version, origin_version)
  VALUES (p_price.provider, p_price.model, p_price.region, p_price.service_tier, p_price.min_input_tokens,
    p_price.currency,
    p_price.input_price, p_price.output_price, p_price.cache_read_input_price, p_price.cache_creation_input_price,
    p_price.cache_creation_1h_input_price, p_price.reasoning_output_price, p_price.audio_input_price,
    p_price.audio_output_price, p_price.cache_read_audio_input_price, p_price.cache_creation_audio_input_price,
    p_price.derived_rates, p_price.effective_from, p_price.effective_to, p_version,
    coalesce(p_price.origin_version, p_price.version))
$$;

COMMENT ON FUNCTION daybook_enter_price IS 'Enters a copy of a price under a version; its origin stays';
REVOKE ALL ON FUNCTION daybook_enter_price FROM PUBLIC;
