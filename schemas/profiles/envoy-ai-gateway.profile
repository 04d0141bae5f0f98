# Envoy AI Gateway: access log in JSON.

[profile]
stream = invocations
format = ndjson
items  = [] | .
key    = ignore
about  = Access log records of Envoy AI Gateway with the fields of its example, and a tenant that the operator adds.
source = https://aigateway.envoyproxy.io/docs/capabilities/observability/accesslogs

[skip]
# Calls of tools pass the same gateway.
mcp = (."mcp.method.name" and ."mcp.method.name" != "-") or (."jsonrpc.request.id" and ."jsonrpc.request.id" != "-")
# Asks how many tokens a prompt has: no call of a model, and the number is logged as its input. The last part of a path
# may have a slash behind it.
token_count = split(split(split(if(x-envoy-origin-path != "-", x-envoy-origin-path) | path, "?", 1), "/", -1) |
  split(split(if(x-envoy-origin-path != "-", x-envoy-origin-path) | path, "?", 1), "/", -2), ":", -1)
  in ("count_tokens", "count-tokens", "countTokens", "input_tokens", "tokenize")
  or split(split(split(if(x-envoy-origin-path != "-", x-envoy-origin-path) | path, "?", 1), "/", -1) |
  split(split(if(x-envoy-origin-path != "-", x-envoy-origin-path) | path, "?", 1), "/", -2), ":", 1) = "count-tokens"
  or ."gen_ai.operation.name" in ("count_tokens", "responses_input_tokens", "tokenize")
no_model = not ."gen_ai.request.model" or ."gen_ai.request.model" = "-"

[columns]
# "-" is what Envoy writes for what is not there: no id, and no tenant.
invocation_id = uuid(x-request-id)
  | uuid5("envoy-ai-gateway", if(x-request-id != "-", x-request-id), start_time)
occurred_at = start_time
tenant_id   = if(."tenant.id" != "-", ."tenant.id") | if(x-tenant-id != "-", x-tenant-id)
user_id     = cut(if(."user.id" != "-", ."user.id"), 256)
provider    = lower(if(."gen_ai.provider.name" != "-", ."gen_ai.provider.name"))
operation   = if(."gen_ai.operation.name" != "-", ."gen_ai.operation.name")
  | if((split(split(if(x-envoy-origin-path != "-", x-envoy-origin-path) | path, "?", 1), "/", -1) |
  split(split(if(x-envoy-origin-path != "-", x-envoy-origin-path) | path, "?", 1), "/", -2)) = "embeddings",
  "embeddings")
request_model  = cut(."gen_ai.request.model", 256)
response_model = cut(if(."gen_ai.response.model" != "-", ."gen_ai.response.model"), 256)
# An operator's text in the format makes numbers texts. The gateway writes 0 for what it was not told: a call of a model
# of texts that succeeded with 0 and 0 is refused, not stored as one that was free. Images, speech and reranking have no
# tokens: the operation says what was called, or else the path.
input_tokens  = if(."gen_ai.usage.input_tokens" != "-" and not (."gen_ai.usage.input_tokens" = 0
  and (not ."gen_ai.usage.output_tokens" or ."gen_ai.usage.output_tokens" in ("-", 0)) and starts(response_code, "2")
  and (."gen_ai.operation.name" in ("chat", "completion", "text_completion", "messages", "responses", "embeddings",
  "generate_content") or ((not ."gen_ai.operation.name" or ."gen_ai.operation.name" = "-")
  and (not (if(x-envoy-origin-path != "-", x-envoy-origin-path) | path)
  or (if(x-envoy-origin-path != "-", x-envoy-origin-path) | path) = "-"
  or split(split(split(if(x-envoy-origin-path != "-", x-envoy-origin-path) | path, "?", 1), "/", -1) |
  split(split(if(x-envoy-origin-path != "-", x-envoy-origin-path) | path, "?", 1), "/", -2), ":", -1)
  in ("completions", "messages", "responses", "embeddings", "embed", "chat", "complete", "generate", "generateContent",
  "streamGenerateContent", "embedContent", "batchEmbedContents", "rawPredict", "streamRawPredict", "converse",
  "converse-stream", "invoke", "invoke-with-response-stream"))))),
  number(."gen_ai.usage.input_tokens"))
# Embeddings have none.
output_tokens = if(."gen_ai.usage.output_tokens" != "-", number(."gen_ai.usage.output_tokens"))
  | if(."gen_ai.operation.name" = "embeddings"
  or (split(split(if(x-envoy-origin-path != "-", x-envoy-origin-path) | path, "?", 1), "/", -1) |
  split(split(if(x-envoy-origin-path != "-", x-envoy-origin-path) | path, "?", 1), "/", -2)) = "embeddings", 0)
total_tokens  = if(."gen_ai.usage.total_tokens" != "-", number(."gen_ai.usage.total_tokens"))
cache_read_input_tokens = if((."gen_ai.usage.cache_read.input_tokens" | ."gen_ai.usage.cached_input_tokens") != "-",
  number(."gen_ai.usage.cache_read.input_tokens" | ."gen_ai.usage.cached_input_tokens"))
cache_creation_input_tokens = if((."gen_ai.usage.cache_creation.input_tokens" |
  ."gen_ai.usage.cache_write.input_tokens") != "-",
  number(."gen_ai.usage.cache_creation.input_tokens" | ."gen_ai.usage.cache_write.input_tokens"))
reasoning_output_tokens = if(."gen_ai.usage.reasoning.output_tokens" != "-",
  number(."gen_ai.usage.reasoning.output_tokens"))
status      = if(starts(response_code, "2"), "success", "failure")
error_type  = if(not starts(response_code, "2"), text(response_code))
duration_ms = if(duration != "-", number(duration))
conversation_id = cut(if(."session.id" != "-", ."session.id"), 256)
metadata.request_id = x-request-id
metadata.response_code = response_code
metadata.response_flags = response_flags
metadata.response_code_details = if(response_code_details != "-", response_code_details)
metadata.backend = if(."gen_ai.provider.name" != "-", ."gen_ai.provider.name")
metadata.path = x-envoy-origin-path | path
metadata.upstream_cluster = upstream_cluster
metadata.upstream_host = upstream_host
metadata.client = downstream_remote_address
metadata.forwarded_for = x-forwarded-for

[known]
names = bytes_received, bytes_sent
