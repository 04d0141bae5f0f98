# LiteLLM: StandardLoggingPayload.

[profile]
stream = invocations
format = ndjson
items  = [] | .
key    = ignore
about  = Calls of models that LiteLLM reports to its callbacks (StandardLoggingPayload): single, as an array, or as NDJSON.
source = https://docs.litellm.ai/docs/proxy/logging_spec

[skip]
# LiteLLM probes its own deployments.
health_check = metadata.user_api_key_team_id = "litellm-internal-health-check" or metadata.user_api_key_alias =
  "litellm-internal-health-check" or metadata.user_api_key_hash = "litellm-internal-health-check"
# LiteLLM looks whether a background response has ended. What the response cost is another record.
background_poll = metadata.internal_call_origin = "background_response_status_poll" and prompt_tokens = "0"
  and response_cost = 0
# A batch that has not ended.
batch_poll = call_type in ("retrieve_batch", "aretrieve_batch") and prompt_tokens = "0" and response_cost = 0
# Reads and management of objects: they call no model. With tokens they are stored, also when they have no price.
management = prompt_tokens = "0" and response_cost = 0 and call_type in ("get_responses", "aget_responses", "delete_responses",
  "adelete_responses", "cancel_responses", "acancel_responses", "list_input_items", "alist_input_items",
  "create_batch", "acreate_batch", "cancel_batch", "acancel_batch", "list_batches", "alist_batches", "create_file",
  "acreate_file", "file_retrieve", "afile_retrieve", "file_delete", "afile_delete", "file_list", "afile_list",
  "file_content", "afile_content", "vector_store_create", "avector_store_create", "vector_store_retrieve",
  "avector_store_retrieve", "vector_store_list", "avector_store_list", "vector_store_update",
  "avector_store_update", "vector_store_delete", "avector_store_delete", "vector_store_file_create",
  "avector_store_file_create", "vector_store_file_list", "avector_store_file_list", "vector_store_file_retrieve",
  "avector_store_file_retrieve", "vector_store_file_content", "avector_store_file_content",
  "vector_store_file_update", "avector_store_file_update", "vector_store_file_delete", "avector_store_file_delete",
  "get_assistants", "aget_assistants", "create_assistants", "acreate_assistants", "delete_assistant",
  "adelete_assistant", "create_thread", "acreate_thread", "get_thread", "aget_thread", "add_message",
  "a_add_message", "get_messages", "aget_messages", "create_container", "acreate_container", "list_containers",
  "alist_containers", "retrieve_container", "aretrieve_container", "delete_container", "adelete_container",
  "video_retrieve", "avideo_retrieve", "video_content", "avideo_content", "video_list", "avideo_list",
  "video_delete", "avideo_delete", "list_mcp_tools")
# Other traffic that passes through; with usage or a cost it is a call.
pass_through = call_type = "pass_through_endpoint" and prompt_tokens = "0" and response_cost = 0
# Refused by the gateway itself (key, budget, rate limit) before a model was chosen: no provider was called.
failed_before_routing = status = "failure" and not custom_llm_provider and response_cost = 0

[columns]
# Behind the proxy all attempts of a request (retries, fallbacks) share litellm_call_id, and a client may set it; id is the
# response's, or litellm_call_id again when there is none. The start is the attempt's.
# A batch is reported again by every look at it: its own id and end make that one record.
invocation_id = if(call_type in ("retrieve_batch", "aretrieve_batch"), uuid5("litellm-batch", id),
  uuid5("litellm", litellm_call_id | "-", id, status, model_id | "-", epoch_s(startTime)))
occurred_at = if(call_type in ("retrieve_batch", "aretrieve_batch"), epoch_s(response.completed_at),
  epoch_s(startTime))
tenant_id   = metadata.user_api_key_org_id | metadata.user_api_key_team_id
project_id  = cut(metadata.user_api_key_project_id | metadata.user_api_key_team_id, 128)
user_id     = cut(metadata.user_api_key_user_id | end_user, 256)
api_key_id  = cut(metadata.user_api_key_hash, 128)
provider    = custom_llm_provider | if(call_type = "call_mcp_tool", "mcp")
operation   = map(call_type, "completion": "chat", "acompletion": "chat", "responses": "chat", "aresponses": "chat",
  "anthropic_messages": "chat", "aanthropic_messages": "chat", "text_completion": "text_completion",
  "atext_completion": "text_completion", "embedding": "embeddings", "aembedding": "embeddings",
  "generate_content": "generate_content", "agenerate_content": "generate_content",
  "generate_content_stream": "generate_content", "agenerate_content_stream": "generate_content",
  "retrieve_batch": "batch", "aretrieve_batch": "batch") | cut(call_type, 64)
request_model  = cut(model_group | model, 256)
response_model = cut(model, 256)
response_id    = cut(response.id | id, 256)
# An answer of a model without tokens and without cost was not measured (a stream that was cut off): refused.
input_tokens   = if(not (status = "success" and prompt_tokens = "0" and response_cost = 0 and cache_hit
  != "true" and call_type in ("completion", "acompletion", "text_completion", "atext_completion", "embedding",
  "aembedding", "responses", "aresponses", "anthropic_messages", "generate_content", "agenerate_content",
  "generate_content_stream", "agenerate_content_stream")), prompt_tokens)
output_tokens  = completion_tokens
total_tokens   = total_tokens
cache_read_input_tokens = metadata.usage_object.prompt_tokens_details.cached_tokens |
  metadata.usage_object.cache_read_input_tokens
cache_creation_input_tokens = metadata.usage_object.prompt_tokens_details.cache_write_tokens
  | metadata.usage_object.prompt_tokens_details.cache_creation_tokens |
  metadata.usage_object.cache_creation_input_tokens
cache_creation_1h_input_tokens =
  metadata.usage_object.prompt_tokens_details.cache_creation_token_details.ephemeral_1h_input_tokens
reasoning_output_tokens = metadata.usage_object.completion_tokens_details.reasoning_tokens
audio_input_tokens  = metadata.usage_object.prompt_tokens_details.audio_tokens
audio_output_tokens = metadata.usage_object.completion_tokens_details.audio_tokens
# Of a stream that the client left LiteLLM counts itself what the provider did not, and does not say which it was.
usage_source = if(error_information.error_class = "ClientDisconnected", "unknown")
# The breakdown is missing where LiteLLM found no price.
service_tier = cut(cost_breakdown.service_tier | response.service_tier, 64)
# 0 is also what LiteLLM writes when it has no price, so it counts only for an answer from its cache.
cost     = if(not zero_cost_diagnostic and not response_cost_failure_debug_info
  and (response_cost != 0 or cache_hit = "true"), decimal(response_cost))
currency = if(not zero_cost_diagnostic and not response_cost_failure_debug_info
  and (response_cost != 0 or cache_hit = "true"), if(response_cost, "USD"))
status      = status
error_type  = cut(if(status = "failure", error_information.error_class | error_information.error_code), 128)
finish_reasons = list(response.choices[0].finish_reason)
stream      = stream
duration_ms = if(not call_type in ("retrieve_batch", "aretrieve_batch"), elapsed_ms(epoch_s(startTime),
  epoch_s(endTime)))
time_to_first_token_ms = if(stream = "true", elapsed_ms(epoch_s(startTime), epoch_s(completionStartTime)))
conversation_id = if(not call_type in ("retrieve_batch", "aretrieve_batch"), cut(session_id, 256))
trace_id    = if(not call_type in ("retrieve_batch", "aretrieve_batch"), trace_id)
region      = cut(cost_breakdown.vertex_location | cost_breakdown.data_residency, 64)
metadata.litellm_call_id = if(not call_type in ("retrieve_batch", "aretrieve_batch"), litellm_call_id)
metadata.litellm_trace_id = if(not call_type in ("retrieve_batch", "aretrieve_batch"), trace_id)
metadata.call_type = call_type
metadata.cache_hit = cache_hit
metadata.model_id = model_id
metadata.api_base = api_base
metadata.team_id = metadata.user_api_key_team_id
metadata.team_alias = metadata.user_api_key_team_alias
metadata.key_alias = metadata.user_api_key_alias
metadata.end_user = end_user
metadata.requester_ip = requester_ip_address
metadata.origin = metadata.internal_call_origin
metadata.silent_experiment = metadata.is_silent_experiment
metadata.cost_breakdown = cost_breakdown
metadata.cost_finalized = cost_finalized
metadata.zero_cost = zero_cost_diagnostic
metadata.cost_failure = cut(response_cost_failure_debug_info.error_str, 512)
metadata.error_code = error_information.error_code
metadata.error_message = cut(error_information.error_message | error_str, 1024)
metadata.tools_used = metadata.usage_object.server_tool_use
metadata.request_tags = request_tags
metadata.spend_logs_metadata = metadata.spend_logs_metadata

[known]
names = metadata.user_api_key_spend, metadata.user_api_key_end_user_id,
  saved_cache_cost, messages, response.usage, hidden_params, model_map_information,
  standard_built_in_tools_params, guardrail_information, response_time, model_parameters, autorouter_savings,
  autorouter_savings_estimate, autorouter_baseline_observation, status_fields, cache_key,
  metadata.used_client_oauth_token, metadata.usage_object.prompt_tokens, metadata.usage_object.completion_tokens,
  metadata.usage_object.total_tokens, metadata.usage_object.cost,
  metadata.usage_object.prompt_tokens_details.text_tokens, metadata.usage_object.prompt_tokens_details.image_tokens,
  metadata.usage_object.prompt_tokens_details.video_tokens,
  metadata.usage_object.prompt_tokens_details.tool_use_tokens,
  metadata.usage_object.prompt_tokens_details.initial_prompt_tokens,
  metadata.usage_object.prompt_tokens_details.cache_creation_token_details.ephemeral_5m_input_tokens,
  metadata.usage_object.prompt_tokens_details.cache_creation_token_details.ephemeral_30m_input_tokens,
  metadata.usage_object.completion_tokens_details.text_tokens,
  metadata.usage_object.completion_tokens_details.image_tokens,
  metadata.usage_object.completion_tokens_details.video_tokens,
  metadata.usage_object.completion_tokens_details.accepted_prediction_tokens,
  metadata.usage_object.completion_tokens_details.rejected_prediction_tokens, cost_breakdown.input_cost,
  cost_breakdown.output_cost, cost_breakdown.cache_read_cost, cost_breakdown.cache_creation_cost,
  cost_breakdown.reasoning_cost, cost_breakdown.tool_usage_cost, cost_breakdown.guardrail_cost,
  cost_breakdown.additional_costs, cost_breakdown.original_cost, cost_breakdown.total_cost,
  cost_breakdown.discount_percent, cost_breakdown.discount_amount, cost_breakdown.margin_percent,
  cost_breakdown.margin_fixed_amount, cost_breakdown.margin_total_amount,
  response_cost_failure_debug_info.traceback_str, response_cost_failure_debug_info.error_str,
  response_cost_failure_debug_info.model, response_cost_failure_debug_info.call_type,
  response_cost_failure_debug_info.custom_pricing, response_cost_failure_debug_info.cache_hit,
  response_cost_failure_debug_info.custom_llm_provider
