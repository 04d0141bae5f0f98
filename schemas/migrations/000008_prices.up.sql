-- The price catalogue: what a provider takes for a token, since when, and who said so.

-- The price catalogue: what a provider takes for a token, since when, and who said so.

-- Group role of those who answer for money; no login, like the others of migration 1.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app_finance') THEN
    BEGIN
      CREATE ROLE app_finance NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;
    END;
  END IF;
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO app_finance', current_database());
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO app_finance', current_schema());
END $$;

SET LOCAL ROLE app_owner;
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- Every change of the catalogue has a number; readers compare it with the one they know.
CREATE TABLE price_versions (
  version    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_by text NOT NULL DEFAULT session_user,
  source     text NOT NULL CHECK (source <> ''),
  format     text NOT NULL CHECK (format IN ('litellm', 'manual')),
  sha256     bytea CHECK (octet_length(sha256) = 32),
  detail     jsonb NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE price_versions IS 'Changes of the price catalogue, in order. Rows never change.';
COMMENT ON COLUMN price_versions.version IS 'Number of the change; the highest is in force';
COMMENT ON COLUMN price_versions.changed_at IS 'UTC';
COMMENT ON COLUMN price_versions.changed_by IS 'Login role';
COMMENT ON COLUMN price_versions.source IS 'Where the prices come from, such as a file name or a contract';
COMMENT ON COLUMN price_versions.format IS 'litellm: imported from model_prices_and_context_window.json; manual: by daybook prices set, end or alias';
COMMENT ON COLUMN price_versions.sha256 IS 'SHA-256 (32 bytes) of the imported file; null without one';
COMMENT ON COLUMN price_versions.detail IS 'Facts by name: counts of the import, reason';

-- Any range type has an operator class for exclusion constraints; text alone would need an extension.
CREATE TYPE daybook_text_range AS RANGE (subtype = text, collation = "C");

-- One row prices a whole call: every rate that applies above min_input_tokens stands in it.
CREATE TABLE model_prices (
  price_id                    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider                    text COLLATE "C" NOT NULL,
  model                       text COLLATE "C" NOT NULL,
  region                      text COLLATE "C" NOT NULL DEFAULT '',
  service_tier                text COLLATE "C" NOT NULL DEFAULT 'standard',
  min_input_tokens            bigint NOT NULL DEFAULT 0 CHECK (min_input_tokens >= 0),
  currency                    char(3) COLLATE "C" NOT NULL DEFAULT 'USD' CHECK (currency ~ '^[A-Z]{3}$'
    AND currency <> 'XXX'),
  input_price                 numeric(27,24) CHECK (input_price >= 0),
  output_price                numeric(27,24) CHECK (output_price >= 0),
  cache_read_input_price      numeric(27,24) CHECK (cache_read_input_price >= 0),
  cache_creation_input_price  numeric(27,24) CHECK (cache_creation_input_price >= 0),
  cache_creation_1h_input_price numeric(27,24) CHECK (cache_creation_1h_input_price >= 0),
  reasoning_output_price      numeric(27,24) CHECK (reasoning_output_price >= 0),
  audio_input_price           numeric(27,24) CHECK (audio_input_price >= 0),
  audio_output_price          numeric(27,24) CHECK (audio_output_price >= 0),
  cache_read_audio_input_price numeric(27,24) CHECK (cache_read_audio_input_price >= 0),
  cache_creation_audio_input_price numeric(27,24) CHECK (cache_creation_audio_input_price >= 0),
  derived_rates               text[] NOT NULL DEFAULT '{}',
  effective_from              timestamptz NOT NULL,
  effective_to                timestamptz CHECK (effective_to > effective_from),
  version                     bigint NOT NULL REFERENCES price_versions,
  origin_version              bigint REFERENCES price_versions CHECK (origin_version < version),
  superseded_by               bigint REFERENCES price_versions CHECK (superseded_by > version),
  CHECK (num_nonnulls(input_price, output_price, audio_input_price, audio_output_price) > 0),
  CHECK (provider || model || region || service_tier !~ '[[:cntrl:]]' AND provider <> '' AND model <> ''
    AND service_tier <> ''),
  -- numeric accepts NaN, which is above every other number.
  CHECK ('NaN' <> ALL (ARRAY[input_price, output_price, cache_read_input_price, cache_creation_input_price,
    cache_creation_1h_input_price, reasoning_output_price, audio_input_price, audio_output_price,
    cache_read_audio_input_price, cache_creation_audio_input_price])
    IS DISTINCT FROM false),
  CHECK (derived_rates <@ ARRAY['input_price', 'output_price', 'cache_read_input_price', 'cache_creation_input_price',
    'cache_creation_1h_input_price', 'reasoning_output_price', 'audio_input_price', 'audio_output_price',
    'cache_read_audio_input_price', 'cache_creation_audio_input_price']),
  CONSTRAINT model_prices_no_overlap EXCLUDE USING gist (
    daybook_text_range(provider || E'\n' || model || E'\n' || region || E'\n' || service_tier || E'\n'
      || min_input_tokens,
                       provider || E'\n' || model || E'\n' || region || E'\n' || service_tier || E'\n'
                         || min_input_tokens,
                       '[]') WITH &&,
    tstzrange(effective_from, effective_to) WITH &&) WHERE (superseded_by IS NULL)
);
CREATE INDEX model_prices_model ON model_prices (model, provider) WHERE superseded_by IS NULL;
COMMENT ON TABLE model_prices IS 'Prices in units of currency per token. What was entered never changes: a row is superseded, and the rows that replace it are entered beside it.';
COMMENT ON COLUMN model_prices.price_id IS 'Stands as price_version in the records that were priced with the row';
COMMENT ON COLUMN model_prices.provider IS 'Provider as records name it, lower case';
COMMENT ON COLUMN model_prices.model IS 'Model as records name it';
COMMENT ON COLUMN model_prices.region IS 'Region that served the call, lower case; * for every region that a call names, but global; empty for every call that no other row of the model is for';
COMMENT ON COLUMN model_prices.service_tier IS 'Service tier that served the call; a tier without a row has the price of standard';
COMMENT ON COLUMN model_prices.min_input_tokens IS 'The row prices calls with more input tokens than this, until the next higher row does; tokens';
COMMENT ON COLUMN model_prices.currency IS 'ISO 4217 code of the prices';
COMMENT ON COLUMN model_prices.input_price IS 'Per input token that no other column prices; null: not known';
COMMENT ON COLUMN model_prices.output_price IS 'Per output token that no other column prices; null: not known';
COMMENT ON COLUMN model_prices.cache_read_input_price IS 'Per token read from a cache; null: input_price';
COMMENT ON COLUMN model_prices.cache_creation_input_price IS 'Per token written to a five-minute cache; null: input_price';
COMMENT ON COLUMN model_prices.cache_creation_1h_input_price IS 'Per token written to a one-hour cache; null: cache_creation_input_price';
COMMENT ON COLUMN model_prices.reasoning_output_price IS 'Per token of reasoning; null: output_price';
COMMENT ON COLUMN model_prices.audio_input_price IS 'Per input token of audio; null: input_price';
COMMENT ON COLUMN model_prices.audio_output_price IS 'Per output token of audio; null: output_price';
COMMENT ON COLUMN model_prices.cache_read_audio_input_price IS 'Per token of audio read from a cache; null: cache_read_input_price, else audio_input_price';
COMMENT ON COLUMN model_prices.cache_creation_audio_input_price IS 'Per token of audio written to a cache; null: the price of the cache, else audio_input_price';
COMMENT ON COLUMN model_prices.derived_rates IS 'Columns whose prices no list says: the import scaled them as the list scales others';
COMMENT ON COLUMN model_prices.effective_from IS 'First instant at which the price is in force';
COMMENT ON COLUMN model_prices.effective_to IS 'First instant at which it is no longer in force; null: no end is known';
COMMENT ON COLUMN model_prices.version IS 'Change of the catalogue that entered the row';
COMMENT ON COLUMN model_prices.origin_version IS 'Change of the catalogue that said this price first, where the row is what a later one left of it; null: version';
COMMENT ON COLUMN model_prices.superseded_by IS 'Change of the catalogue that replaced the row; null: it counts';

CREATE TABLE price_aliases (
  alias_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider        text COLLATE "C" NOT NULL,
  pattern         text COLLATE "C" NOT NULL CHECK (pattern <> '' AND pattern !~ '[[:cntrl:]]'),
  target_provider text COLLATE "C" NOT NULL,
  target_model    text COLLATE "C" NOT NULL CHECK (target_model <> ''),
  version         bigint NOT NULL REFERENCES price_versions,
  superseded_by   bigint REFERENCES price_versions CHECK (superseded_by > version)
);
CREATE UNIQUE INDEX price_aliases_pattern ON price_aliases (provider, pattern) WHERE superseded_by IS NULL;
COMMENT ON TABLE price_aliases IS 'Other names of priced models, such as dated ones. What was entered never changes: a row is superseded.';
COMMENT ON COLUMN price_aliases.alias_id IS 'Id';
COMMENT ON COLUMN price_aliases.provider IS 'Provider of the record; '''' for any';
COMMENT ON COLUMN price_aliases.pattern IS 'Model of the record; * stands for any characters';
COMMENT ON COLUMN price_aliases.target_provider IS 'Provider in model_prices; '''' for the record''s own';
COMMENT ON COLUMN price_aliases.target_model IS 'Model in model_prices';
COMMENT ON COLUMN price_aliases.version IS 'Change of the catalogue that entered the row';
COMMENT ON COLUMN price_aliases.superseded_by IS 'Change of the catalogue that replaced the row; null: it counts';

-- Each spelling of a provider is folded into one name before a record is stored: no rollup splits.
CREATE TABLE provider_aliases (
  alias_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  alias         text COLLATE "C" NOT NULL CHECK (alias ~ '^[^[:cntrl:]*]{1,64}[*]?$' AND alias = lower(alias)),
  provider      text COLLATE "C" NOT NULL CHECK (provider ~ '^[^[:cntrl:]*]{1,64}$' AND provider = lower(provider)),
  version       bigint REFERENCES price_versions,
  superseded_by bigint REFERENCES price_versions CHECK (superseded_by > version),
  CHECK (alias <> provider)
);
CREATE UNIQUE INDEX provider_aliases_alias ON provider_aliases (alias) WHERE superseded_by IS NULL;
COMMENT ON TABLE provider_aliases IS 'Other spellings of providers. What was entered never changes: a row is superseded.';
COMMENT ON COLUMN provider_aliases.alias_id IS 'Id';
COMMENT ON COLUMN provider_aliases.alias IS 'Provider as a producer or a price list writes it, lower case; * at its end: every name that begins so';
COMMENT ON COLUMN provider_aliases.provider IS 'Provider as invocations, rollups and model_prices name it';
COMMENT ON COLUMN provider_aliases.version IS 'Change of the catalogue that entered the row; null: it came with the schema';
COMMENT ON COLUMN provider_aliases.superseded_by IS 'Change of the catalogue that replaced the row; null: it counts';

-- LiteLLM's and OpenInference's spellings, and older ones of OpenTelemetry.
INSERT INTO provider_aliases (alias, provider) VALUES
  ('anthropic_text', 'anthropic'),
  ('amazon_bedrock', 'aws.bedrock'),
  ('aws', 'aws.bedrock'),
  ('aws_bedrock', 'aws.bedrock'),
  ('bedrock', 'aws.bedrock'),
  ('bedrock_converse', 'aws.bedrock'),
  ('az.ai.inference', 'azure.ai.inference'),
  ('azure_ai', 'azure.ai.inference'),
  ('az.ai.openai', 'azure.ai.openai'),
  ('azure', 'azure.ai.openai'),
  ('azure_openai', 'azure.ai.openai'),
  ('azure_text', 'azure.ai.openai'),
  ('text-completion-codestral', 'codestral'),
  ('cohere_chat', 'cohere'),
  ('fireworks_ai-embedding-models', 'fireworks_ai'),
  ('gcp.gen_ai', 'gcp.gemini'),
  ('gcp_gemini', 'gcp.gemini'),
  ('gemini', 'gcp.gemini'),
  ('google', 'gcp.gemini'),
  ('google_ai_studio', 'gcp.gemini'),
  ('google_genai', 'gcp.gemini'),
  ('gcp_vertex_ai', 'gcp.vertex_ai'),
  ('google_vertexai', 'gcp.vertex_ai'),
  ('vertex_ai', 'gcp.vertex_ai'),
  ('vertex_ai-*', 'gcp.vertex_ai'),
  ('vertex_ai_beta', 'gcp.vertex_ai'),
  ('vertexai', 'gcp.vertex_ai'),
  ('watsonx', 'ibm.watsonx.ai'),
  ('watsonx_text', 'ibm.watsonx.ai'),
  ('mistral', 'mistral_ai'),
  ('mistralai', 'mistral_ai'),
  ('moonshot', 'moonshot_ai'),
  ('moonshotai', 'moonshot_ai'),
  ('text-completion-openai', 'openai'),
  ('x.ai', 'x_ai'),
  ('xai', 'x_ai');

GRANT SELECT ON price_versions, model_prices, price_aliases, provider_aliases
  TO app_write, app_read, app_finance, app_maintain, app_audit_read;
