-- The two record tables. Column order is the order of COPY: content, then its digest, then provenance.
SET LOCAL ROLE app_owner;
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE FUNCTION daybook_refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  RAISE EXCEPTION '% of % is not allowed: its rows never change', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege',
          HINT = 'Expired months leave as whole partitions; corrections are rows of their own.';
END $$;
COMMENT ON FUNCTION daybook_refuse_change IS 'Trigger: refuses UPDATE, DELETE and TRUNCATE, whoever tries';

CREATE TABLE audit_logs (
  event_id         uuid NOT NULL,
  occurred_at      timestamptz NOT NULL,
  tenant_id        text COLLATE "C" NOT NULL,
  action           text NOT NULL,
  category         text,
  actor_id         text,
  actor_type       text NOT NULL,
  actor_name       text,
  target_type      text,
  target_id        text,
  target_name      text,
  targets          jsonb,
  outcome          text NOT NULL,
  reason           text,
  severity         smallint NOT NULL,
  source_ip        inet,
  user_agent       text,
  session_id       text,
  request_id       text,
  trace_id         text,
  span_id          text,
  service          text,
  service_version  text,
  metadata         jsonb,
  changes          jsonb,
  content_sha256   bytea NOT NULL,
  ingested_at      timestamptz NOT NULL,
  source_topic     text NOT NULL,
  source_partition integer NOT NULL,
  source_offset    bigint NOT NULL,
  PRIMARY KEY (tenant_id, occurred_at, event_id)
) PARTITION BY RANGE (occurred_at);

COMMENT ON TABLE audit_logs IS 'Security events, one row an event, by month of occurred_at (UTC). Rows never change.';
COMMENT ON COLUMN audit_logs.event_id IS 'Producer''s id, UUIDv7 preferred; unique with tenant_id and occurred_at';
COMMENT ON COLUMN audit_logs.occurred_at IS 'When it happened, UTC, microseconds; partition key';
COMMENT ON COLUMN audit_logs.tenant_id IS 'Tenant, up to 128 characters';
COMMENT ON COLUMN audit_logs.action IS 'What was done, such as user.login';
COMMENT ON COLUMN audit_logs.category IS 'ECS event.category, such as authentication';
COMMENT ON COLUMN audit_logs.actor_id IS 'Who did it; null only for anonymous and system actors';
COMMENT ON COLUMN audit_logs.actor_type IS 'user, service, api_key, system or anonymous';
COMMENT ON COLUMN audit_logs.actor_name IS 'Name of the actor for display; personal data';
COMMENT ON COLUMN audit_logs.target_type IS 'Type of the first target';
COMMENT ON COLUMN audit_logs.target_id IS 'Id of the first target';
COMMENT ON COLUMN audit_logs.target_name IS 'Name of the first target';
COMMENT ON COLUMN audit_logs.targets IS 'Array of {type, id, name}, up to 16';
COMMENT ON COLUMN audit_logs.outcome IS 'success, failure or unknown';
COMMENT ON COLUMN audit_logs.reason IS 'Why it had this outcome';
COMMENT ON COLUMN audit_logs.severity IS '1 informational, 2 low, 3 medium, 4 high, 5 critical, 6 fatal (OCSF)';
COMMENT ON COLUMN audit_logs.source_ip IS 'Address that the request came from';
COMMENT ON COLUMN audit_logs.user_agent IS 'As sent by the client, cut at 1024 characters; not trustworthy';
COMMENT ON COLUMN audit_logs.session_id IS 'Session of the actor';
COMMENT ON COLUMN audit_logs.request_id IS 'Request that caused it';
COMMENT ON COLUMN audit_logs.trace_id IS 'W3C trace id, 32 hexadecimal digits';
COMMENT ON COLUMN audit_logs.span_id IS 'W3C span id, 16 hexadecimal digits';
COMMENT ON COLUMN audit_logs.service IS 'Service that reports';
COMMENT ON COLUMN audit_logs.service_version IS 'Version of that service';
COMMENT ON COLUMN audit_logs.metadata IS 'Free object of the producer, up to 16 KiB';
COMMENT ON COLUMN audit_logs.changes IS 'Object of {field: {old, new}}, up to 16 KiB';
COMMENT ON COLUMN audit_logs.content_sha256 IS 'SHA-256 (32 bytes) of the stored content: equal means the same record';
COMMENT ON COLUMN audit_logs.ingested_at IS 'When Daybook stored it, UTC';
COMMENT ON COLUMN audit_logs.source_topic IS 'Kafka topic it came from';
COMMENT ON COLUMN audit_logs.source_partition IS 'Kafka partition it came from';
COMMENT ON COLUMN audit_logs.source_offset IS 'Kafka offset it came from';

CREATE TABLE invocations (
  invocation_id                  uuid NOT NULL,
  occurred_at                    timestamptz NOT NULL,
  tenant_id                      text COLLATE "C" NOT NULL,
  project_id                     text,
  user_id                        text,
  api_key_id                     text,
  provider                       text NOT NULL,
  operation                      text NOT NULL,
  request_model                  text NOT NULL,
  response_model                 text,
  response_id                    text,
  input_tokens                   bigint,
  output_tokens                  bigint,
  cache_read_input_tokens        bigint NOT NULL DEFAULT 0,
  cache_creation_input_tokens    bigint NOT NULL DEFAULT 0,
  cache_creation_1h_input_tokens bigint NOT NULL DEFAULT 0,
  reasoning_output_tokens        bigint NOT NULL DEFAULT 0,
  audio_input_tokens             bigint NOT NULL DEFAULT 0,
  audio_output_tokens            bigint NOT NULL DEFAULT 0,
  service_tier                   text NOT NULL,
  cost                           numeric(24,12),
  currency                       char(3),
  cost_source                    text NOT NULL,
  price_version                  text,
  status                         text NOT NULL,
  error_type                     text,
  finish_reasons                 text[],
  stream                         boolean,
  duration_ms                    integer,
  time_to_first_token_ms         integer,
  conversation_id                text,
  trace_id                       text,
  span_id                        text,
  region                         text,
  tags                           jsonb,
  metadata                       jsonb,
  content_sha256                 bytea NOT NULL,
  ingested_at                    timestamptz NOT NULL,
  source_topic                   text NOT NULL,
  source_partition               integer NOT NULL,
  source_offset                  bigint NOT NULL,
  PRIMARY KEY (tenant_id, occurred_at, invocation_id),
  -- numeric accepts NaN, and one NaN makes every sum over it NaN.
  CONSTRAINT invocations_cost CHECK (cost IS NULL OR (cost <> 'NaN' AND currency IS NOT NULL))
) PARTITION BY RANGE (occurred_at);

COMMENT ON TABLE invocations IS 'LLM invocations, one row a call, by month of occurred_at (UTC). Rows never change.';
COMMENT ON COLUMN invocations.invocation_id IS 'Producer''s id, UUIDv7 preferred; unique with tenant_id and occurred_at';
COMMENT ON COLUMN invocations.occurred_at IS 'When the call started, UTC, microseconds; partition key';
COMMENT ON COLUMN invocations.tenant_id IS 'Tenant that pays, up to 128 characters';
COMMENT ON COLUMN invocations.project_id IS 'Project of the tenant';
COMMENT ON COLUMN invocations.user_id IS 'End user, pseudonymous';
COMMENT ON COLUMN invocations.api_key_id IS 'Id or hash of the API key, never the key';
COMMENT ON COLUMN invocations.provider IS 'Provider of the model, lower case, such as anthropic';
COMMENT ON COLUMN invocations.operation IS 'OpenTelemetry gen_ai.operation.name, such as chat';
COMMENT ON COLUMN invocations.request_model IS 'Model asked for';
COMMENT ON COLUMN invocations.response_model IS 'Model that answered';
COMMENT ON COLUMN invocations.response_id IS 'Provider''s id of the answer';
COMMENT ON COLUMN invocations.input_tokens IS 'Tokens, cached ones included; null only for failures';
COMMENT ON COLUMN invocations.output_tokens IS 'Tokens, reasoning included; null only for failures';
COMMENT ON COLUMN invocations.cache_read_input_tokens IS 'Tokens read from a cache; part of input_tokens';
COMMENT ON COLUMN invocations.cache_creation_input_tokens IS 'Tokens written to a cache; part of input_tokens';
COMMENT ON COLUMN invocations.cache_creation_1h_input_tokens IS 'Tokens written to a one-hour cache; part of cache_creation_input_tokens';
COMMENT ON COLUMN invocations.reasoning_output_tokens IS 'Tokens of reasoning; part of output_tokens';
COMMENT ON COLUMN invocations.audio_input_tokens IS 'Tokens of audio; part of input_tokens';
COMMENT ON COLUMN invocations.audio_output_tokens IS 'Tokens of audio; part of output_tokens';
COMMENT ON COLUMN invocations.service_tier IS 'standard, flex, priority, batch, or the provider''s own word';
COMMENT ON COLUMN invocations.cost IS 'Cost in units of currency, 12 decimals; null when it is not known, never 0 for unknown';
COMMENT ON COLUMN invocations.currency IS 'ISO 4217 code of cost';
COMMENT ON COLUMN invocations.cost_source IS 'producer, computed or none';
COMMENT ON COLUMN invocations.price_version IS 'Catalogue entry that the cost was computed with';
COMMENT ON COLUMN invocations.status IS 'success or failure';
COMMENT ON COLUMN invocations.error_type IS 'Class of the failure, low cardinality';
COMMENT ON COLUMN invocations.finish_reasons IS 'Why the model stopped, one entry a choice';
COMMENT ON COLUMN invocations.stream IS 'Whether the answer was streamed';
COMMENT ON COLUMN invocations.duration_ms IS 'Duration of the call, milliseconds';
COMMENT ON COLUMN invocations.time_to_first_token_ms IS 'Time to the first token, milliseconds';
COMMENT ON COLUMN invocations.conversation_id IS 'Conversation or session of the application';
COMMENT ON COLUMN invocations.trace_id IS 'W3C trace id, 32 hexadecimal digits';
COMMENT ON COLUMN invocations.span_id IS 'W3C span id, 16 hexadecimal digits';
COMMENT ON COLUMN invocations.region IS 'Region that served the call';
COMMENT ON COLUMN invocations.tags IS 'Object of strings for cost allocation, up to 50 pairs';
COMMENT ON COLUMN invocations.metadata IS 'Free object of the producer, up to 16 KiB';
COMMENT ON COLUMN invocations.content_sha256 IS 'SHA-256 (32 bytes) of the stored content: equal means the same record';
COMMENT ON COLUMN invocations.ingested_at IS 'When Daybook stored it, UTC';
COMMENT ON COLUMN invocations.source_topic IS 'Kafka topic it came from';
COMMENT ON COLUMN invocations.source_partition IS 'Kafka partition it came from';
COMMENT ON COLUMN invocations.source_offset IS 'Kafka offset it came from';

-- Row triggers are cloned to partitions; TRUNCATE triggers are not: daybook_ensure_partition copies them.
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON audit_logs
  FOR EACH ROW EXECUTE FUNCTION daybook_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit_logs
  FOR EACH STATEMENT EXECUTE FUNCTION daybook_refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON invocations
  FOR EACH ROW EXECUTE FUNCTION daybook_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON invocations
  FOR EACH STATEMENT EXECUTE FUNCTION daybook_refuse_change();
-- ALWAYS: session_replication_role = replica does not switch them off.
ALTER TABLE audit_logs ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate;
ALTER TABLE invocations ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate;

-- Auditors read the rows; finance reads the rollups. app_write's rights come with the ingest functions.
GRANT SELECT ON audit_logs, invocations TO app_audit_read;
