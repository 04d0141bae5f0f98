CREATE OR REPLACE VIEW reporting.model_prices AS
SELECT p.price_id, p.provider, p.model, p.region, p.service_tier, p.min_input_tokens, p.currency, p.input_price,
  p.output_price, p.cache_read_input_price, p.cache_creation_input_price, p.cache_creation_1h_input_price,
  p.reasoning_output_price, p.audio_input_price, p.audio_output_price, p.cache_read_audio_input_price,
  p.cache_creation_audio_input_price, p.derived_rates,
       p.effective_from, p.effective_to, v.version, v.source, v.changed_at, v.changed_by
  FROM model_prices p JOIN price_versions v USING (version)
 WHERE p.superseded_by IS NULL;

COMMENT ON VIEW reporting.model_prices IS 'Price catalogue, past and future prices included, per token';
COMMENT ON COLUMN reporting.model_prices.price_id IS 'Stands as price_version in priced records';
COMMENT ON COLUMN reporting.model_prices.provider IS 'Provider of the model';
COMMENT ON COLUMN reporting.model_prices.model IS 'Model that answered, or else the model asked for';
COMMENT ON COLUMN reporting.model_prices.region IS 'Region of the calls; empty for every call that no other row of the model is for: see model_prices';
COMMENT ON COLUMN reporting.model_prices.service_tier IS 'Service tier';
COMMENT ON COLUMN reporting.model_prices.min_input_tokens IS 'Prices calls with more input tokens than this';
COMMENT ON COLUMN reporting.model_prices.currency IS 'ISO 4217 code of the prices';
COMMENT ON COLUMN reporting.model_prices.input_price IS 'Units of currency per token; null: see model_prices';
COMMENT ON COLUMN reporting.model_prices.output_price IS 'Units of currency per token; null: see model_prices';
COMMENT ON COLUMN reporting.model_prices.cache_read_input_price IS 'Units of currency per token; null: see model_prices';
COMMENT ON COLUMN reporting.model_prices.cache_creation_input_price IS 'Units of currency per token; null: see model_prices';
COMMENT ON COLUMN reporting.model_prices.cache_creation_1h_input_price IS 'Units of currency per token; null: see model_prices';
COMMENT ON COLUMN reporting.model_prices.reasoning_output_price IS 'Units of currency per token; null: see model_prices';
COMMENT ON COLUMN reporting.model_prices.audio_input_price IS 'Units of currency per token; null: see model_prices';
COMMENT ON COLUMN reporting.model_prices.audio_output_price IS 'Units of currency per token; null: see model_prices';
COMMENT ON COLUMN reporting.model_prices.cache_read_audio_input_price IS 'Units of currency per token; null: see model_prices';
COMMENT ON COLUMN reporting.model_prices.cache_creation_audio_input_price IS 'Units of currency per token; null: see model_prices';
COMMENT ON COLUMN reporting.model_prices.derived_rates IS 'Columns whose prices no list says: see model_prices';
COMMENT ON COLUMN reporting.model_prices.effective_from IS 'First instant in force';
COMMENT ON COLUMN reporting.model_prices.effective_to IS 'First instant no longer in force; null: no end is known';
COMMENT ON COLUMN reporting.model_prices.version IS 'Change of the catalogue';
COMMENT ON COLUMN reporting.model_prices.source IS 'Where the price comes from';
COMMENT ON COLUMN reporting.model_prices.changed_at IS 'UTC';
COMMENT ON COLUMN reporting.model_prices.changed_by IS 'Login role';
GRANT SELECT ON reporting.model_prices TO app_read, app_finance, app_audit_read;
