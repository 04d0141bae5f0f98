# Portkey: logs export.

[profile]
stream = invocations
format = ndjson
items  = data[] | [] | .
key    = ignore
about  = Requests through Portkey's AI gateway, as its logs export writes them (JSON lines).
source = https://portkey.ai/docs/product/observability/logs-export

[skip]
# Asks how many tokens a prompt has: no call of a model. The last part of a path may have a slash behind it.
token_count = split(split(split(request_url, "?", 1), "/", -1)
  | split(split(request_url, "?", 1), "/", -2), ":", -1)
  in ("count_tokens", "count-tokens", "countTokens", "input_tokens", "tokenize")
  or split(split(split(request_url, "?", 1), "/", -1)
  | split(split(request_url, "?", 1), "/", -2), ":", 1) = "count-tokens"

[columns]
invocation_id = uuid(id) | uuid5("portkey", id)
occurred_at = created_at
# An export names neither the organisation nor the workspace: the caller says its tenant as metadata.
tenant_id   = text(metadata.tenant_id)
project_id  = cut(metadata.project_id, 128)
user_id     = cut(metadata._user, 256)
# Portkey's slugs are no names that prices and other sources have.
provider    = map(lower(ai_org), "azure-openai": "azure.ai.openai", "azure-ai": "azure.ai.inference",
  "vertex-ai": "gcp.vertex_ai", "mistral-ai": "mistral_ai", "x-ai": "x_ai", "perplexity-ai": "perplexity",
  "together-ai": "together_ai", "fireworks-ai": "fireworks_ai", "workers-ai": "cloudflare", "novita-ai": "novita",
  "z-ai": "zai") | lower(ai_org)
# Of the path of the address, without a query (?api-version=...).
operation   = if(request_url,
  if((split(split(request_url, "?", 1), "/", -1) | split(split(request_url, "?", 1), "/", -2)) = "embeddings",
  "embeddings", if((split(split(request_url, "?", 1), "/", -1) = "completions"
  and split(split(request_url, "?", 1), "/", -2) != "chat")
  or (not split(split(request_url, "?", 1), "/", -1) and split(split(request_url, "?", 1), "/", -2) = "completions"
  and split(split(request_url, "?", 1), "/", -3) != "chat"), "text_completion", "chat")))
request_model = cut(ai_model, 256)
response_model = cut(response.model, 256)
response_id = cut(response.id, 256)
# No prompt has 0 tokens: a call of a model of texts that succeeded with 0 and 0, without a cost and not from the cache,
# is refused, not stored as one that was free. Images, speech and moderation have no tokens: the address says what was
# called.
input_tokens  = if(not (req_units = 0 and (not res_units or res_units = 0) and (not cost or cost = 0)
  and not lower(cache_status) in ("hit", "semantic hit") and (lower(is_success) in ("true", "1")
  or (not lower(is_success) in ("false", "0") and (not response_status_code or starts(response_status_code, "2"))))
  and (not request_url or split(split(split(request_url, "?", 1), "/", -1)
  | split(split(request_url, "?", 1), "/", -2), ":", -1)
  in ("completions", "messages", "responses", "embeddings", "embed", "chat", "complete", "generate", "generateContent",
  "streamGenerateContent", "embedContent", "batchEmbedContents", "rawPredict", "streamRawPredict", "converse",
  "converse-stream", "invoke", "invoke-with-response-stream"))),
  req_units)
# Embeddings have none.
output_tokens = res_units
  | if((split(split(request_url, "?", 1), "/", -1) | split(split(request_url, "?", 1), "/", -2)) = "embeddings", 0)
total_tokens  = total_units
# In cents. 0 is also written when Portkey knows no price.
cost        = if(cost_currency = "USD" and cost != 0, decimal(shift(cost, -2)))
currency    = if(cost_currency = "USD" and cost != 0, if(cost, "USD"))
# In any case of letters. What says neither is judged by the status of HTTP, where there is one.
status      = map(lower(is_success), "true": "success", "1": "success", "false": "failure", "0": "failure")
  | if(starts(response_status_code, "2"), "success", if(response_status_code, "failure"))
error_type  = if(lower(is_success) in ("false", "0") or (not lower(is_success) in ("true", "1")
  and not starts(response_status_code, "2")), text(response_status_code))
finish_reasons = list(response.choices[0].finish_reason)
# OpenAI says it of the answer, Anthropic of its usage.
service_tier = cut(response.service_tier | response.usage.service_tier, 64)
duration_ms = response_time
trace_id    = trace_id
tags        = metadata
metadata.id = id
metadata.portkey_trace_id = trace_id
metadata.cost_cents = cost
metadata.cost_currency = cost_currency
metadata.status_code = response_status_code
metadata.mode = mode
metadata.config = if(not starts(config, "{"), config)
metadata.prompt_slug = prompt_slug
metadata.cache_status = cache_status
metadata.request_url = cut(request_url, 512)

[known]
names = request, response.usage
