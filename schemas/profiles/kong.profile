# Kong Gateway: AI Proxy in the log of kafka-log.

[profile]
stream = invocations
format = ndjson
items  = [] | .
key    = ignore
about  = Calls of models through the AI Proxy plugins of Kong, as kafka-log (or another log plugin) writes them.
source = https://developer.konghq.com/ai-gateway/ai-audit-log-reference/

[skip]
# Other traffic of the gateway. Up to 3.9 the object has the name of the plugin.
no_ai_proxy = not ai.proxy and not ai."ai-proxy" and not ai."ai-proxy-advanced"
# Answered by Kong itself (authentication, limits, guards) before a provider was chosen.
no_provider = not ai.proxy.meta.provider_name and not ai."ai-proxy".meta.provider_name
  and not ai."ai-proxy-advanced".meta.provider_name

[columns]
invocation_id = uuid(request.id) | uuid5("kong", request.id, started_at)
occurred_at = epoch_ms(started_at)
tenant_id   = consumer.custom_id | consumer.username | consumer.id
project_id  = cut(workspace_name | workspace, 128)
user_id     = cut(consumer.username | consumer.id, 256)
api_key_id  = cut(authenticated_entity.id, 128)
provider    = lower(ai.proxy.meta.provider_name | ai."ai-proxy".meta.provider_name
  | ai."ai-proxy-advanced".meta.provider_name)
request_model  = cut(ai.proxy.meta.request_model | ai."ai-proxy".meta.request_model
  | ai."ai-proxy-advanced".meta.request_model | ai.proxy.meta.response_model | ai."ai-proxy".meta.response_model
  | ai."ai-proxy-advanced".meta.response_model, 256)
response_model = cut(ai.proxy.meta.response_model | ai."ai-proxy".meta.response_model
  | ai."ai-proxy-advanced".meta.response_model, 256)
# No call has a prompt of 0 tokens: Kong writes 0 for streams whose usage it did not find. Such a call is refused, not
# stored as one that was free. Images and audio are counted as input_tokens and output_tokens, from 3.11 on, or not at
# all (DALL-E, speech): the path at the provider says that.
input_tokens  = if((ai.proxy.usage.prompt_tokens | ai.proxy.usage.prompt_token | ai."ai-proxy".usage.prompt_tokens
  | ai."ai-proxy".usage.prompt_token | ai."ai-proxy-advanced".usage.prompt_tokens
  | ai."ai-proxy-advanced".usage.prompt_token) != "0"
  or lower(ai.proxy.cache.cache_status | ai."ai-proxy".cache.cache_status | ai."ai-proxy-advanced".cache.cache_status
  | ai."ai-semantic-cache".cache.cache_status) = "hit",
  ai.proxy.usage.prompt_tokens | ai.proxy.usage.prompt_token | ai."ai-proxy".usage.prompt_tokens
  | ai."ai-proxy".usage.prompt_token | ai."ai-proxy-advanced".usage.prompt_tokens
  | ai."ai-proxy-advanced".usage.prompt_token)
  | if(ai.proxy.usage.input_tokens != "0", ai.proxy.usage.input_tokens)
  | if((split(split(upstream_uri, "?", 1), "/", -1) | split(split(upstream_uri, "?", 1), "/", -2)) in ("generations",
  "edits", "variations", "speech", "transcriptions", "translations", "moderations", "rerank"),
  ai.proxy.usage.input_tokens | ai.proxy.usage.prompt_tokens | ai.proxy.usage.prompt_token
  | ai."ai-proxy".usage.prompt_tokens | ai."ai-proxy".usage.prompt_token
  | ai."ai-proxy-advanced".usage.prompt_tokens | ai."ai-proxy-advanced".usage.prompt_token)
output_tokens = if(ai.proxy.usage.completion_tokens != "0", ai.proxy.usage.completion_tokens)
  | ai.proxy.usage.output_tokens
  | ai.proxy.usage.completion_tokens | ai.proxy.usage.completion_token
  | ai."ai-proxy".usage.completion_tokens | ai."ai-proxy".usage.completion_token
  | ai."ai-proxy-advanced".usage.completion_tokens | ai."ai-proxy-advanced".usage.completion_token
# From 3.11 on. Those of a text are 0 where it is an image, and the other way round.
cache_read_input_tokens = if(ai.proxy.usage.prompt_tokens_details.cached_tokens != "0",
  ai.proxy.usage.prompt_tokens_details.cached_tokens) | ai.proxy.usage.input_tokens_details.cached_tokens
cache_creation_input_tokens = ai.proxy.usage.prompt_tokens_details.cache_write_tokens
reasoning_output_tokens = if(ai.proxy.usage.completion_tokens_details.reasoning_tokens != "0",
  ai.proxy.usage.completion_tokens_details.reasoning_tokens) | ai.proxy.usage.output_tokens_details.reasoning_tokens
audio_input_tokens  = if(ai.proxy.usage.prompt_tokens_details.audio_tokens != "0",
  ai.proxy.usage.prompt_tokens_details.audio_tokens) | ai.proxy.usage.input_tokens_details.audio_tokens_count
  | ai.proxy.usage.input_tokens_details.audio_tokens
audio_output_tokens = if(ai.proxy.usage.completion_tokens_details.audio_tokens != "0",
  ai.proxy.usage.completion_tokens_details.audio_tokens) | ai.proxy.usage.output_tokens_details.audio_tokens
# Kong multiplies with prices of the plugin's configuration, in no named currency and without caches: see
# metadata.kong_cost. Only an answer from Kong's own cache costs nothing for sure: Hit, or in later versions hit, beside
# AI Proxy's usage or, in 3.8, under the name of the cache's own plugin.
cost        = if(lower(ai.proxy.cache.cache_status | ai."ai-proxy".cache.cache_status
  | ai."ai-proxy-advanced".cache.cache_status | ai."ai-semantic-cache".cache.cache_status) = "hit", "0")
currency    = if(lower(ai.proxy.cache.cache_status | ai."ai-proxy".cache.cache_status
  | ai."ai-proxy-advanced".cache.cache_status | ai."ai-semantic-cache".cache.cache_status) = "hit", "USD")
status      = if(starts(text(response.status), "2"), "success", "failure")
error_type  = if(not starts(text(response.status), "2"), text(response.status))
stream      = if((ai.proxy.meta.request_mode | ai."ai-proxy".meta.request_mode
  | ai."ai-proxy-advanced".meta.request_mode) = "stream", true)
duration_ms = latencies.request
trace_id    = trace_id.w3c
metadata.request_id = request.id
metadata.plugin_id = ai.proxy.meta.plugin_id | ai."ai-proxy".meta.plugin_id | ai."ai-proxy-advanced".meta.plugin_id
metadata.consumer_id = consumer.id
metadata.service = service.name
metadata.route = route.name
metadata.client_ip = client_ip
metadata.http_status = response.status
metadata.upstream_status = upstream_status
metadata.kong_cost = ai.proxy.usage.cost | ai."ai-proxy".usage.cost | ai."ai-proxy-advanced".usage.cost
metadata.llm_latency = ai.proxy.meta.llm_latency | ai."ai-proxy".meta.llm_latency
  | ai."ai-proxy-advanced".meta.llm_latency
metadata.time_to_first_token = ai.proxy.usage.time_to_first_token
metadata.text_input_tokens = ai.proxy.usage.input_tokens_details.text_tokens
metadata.image_input_tokens = ai.proxy.usage.input_tokens_details.image_tokens
metadata.text_output_tokens = ai.proxy.usage.output_tokens_details.text_tokens
metadata.image_output_tokens = ai.proxy.usage.output_tokens_details.image_tokens
metadata.cache_status = ai.proxy.cache.cache_status | ai."ai-proxy".cache.cache_status
  | ai."ai-proxy-advanced".cache.cache_status | ai."ai-semantic-cache".cache.cache_status
# Calls of models by other plugins of the same request: they are not booked.
metadata.request_transformer = ai."ai-request-transformer".usage
metadata.response_transformer = ai."ai-response-transformer".usage

[known]
names = ai.proxy.usage.total_tokens, ai."ai-proxy".usage.total_token, ai."ai-proxy".usage.total_tokens,
  ai."ai-proxy-advanced".usage.total_token, ai."ai-proxy-advanced".usage.total_tokens,
  ai.proxy.usage.prompt_tokens_details.text_tokens, ai.proxy.usage.prompt_tokens_details.image_tokens,
  ai.proxy.usage.completion_tokens_details.text_tokens,
  ai.proxy.usage.completion_tokens_details.accepted_prediction_tokens,
  ai.proxy.usage.completion_tokens_details.rejected_prediction_tokens,
  ai.proxy.usage.time_per_token, ai."ai-proxy".usage.time_per_token, ai."ai-proxy-advanced".usage.time_per_token,
  ai.proxy.cache.cost_savings, ai."ai-proxy".cache.cost_savings, ai."ai-proxy-advanced".cache.cost_savings,
  ai.proxy.cache.embeddings_tokens, ai."ai-proxy".cache.embeddings_tokens,
  ai."ai-proxy-advanced".cache.embeddings_tokens, ai."ai-semantic-cache".usage,
  ai."ai-semantic-cache".cache.cost_savings, ai."ai-semantic-cache".cache.embeddings_tokens,
  ai.proxy.payload, ai."ai-proxy".payload, ai."ai-proxy-advanced".payload, latencies, tries, upstream_uri, request,
  response, service, route
