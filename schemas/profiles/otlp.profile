# OpenTelemetry: spans and log records of generative AI.

[profile]
stream = invocations
format = otlp
key    = ignore
about  = Calls of models in OTLP traces or logs: the GenAI conventions old and new, OpenInference, OpenLLMetry,
  LiteLLM.
source = https://github.com/open-telemetry/semantic-conventions-genai

[skip]
# Log records that do not report a whole call.
other_log = signal = "log" and not (eventName | attributes."event.name") in
  ("gen_ai.client.inference.operation.details")
# A log record of a call that has a span: the call is booked from its span, because the times of both differ and nothing
# else would tell that they are one. The profile otlp-logs is for sites that have no spans.
log_of_span = signal = "log" and traceId
# Agents, workflows and tools repeat the usage of the calls inside them. The Claude Agent SDK makes its calls in a
# process that has no spans: what its agent's span says is told nowhere else. Its subagents' have neither counts nor
# the provider; they are in the agent's.
agent_span = attributes."gen_ai.operation.name" in ("invoke_agent", "create_agent", "plan")
  or attributes."traceloop.span.kind" = "agent" or (attributes."openinference.span.kind" = "AGENT"
  and not (scope.name = "openinference.instrumentation.claude_agent_sdk" and (attributes."llm.token_count.prompt"
  or (attributes."llm.system" and attributes."llm.model_name"))))
# OpenLLMetry for LlamaIndex calls the calls of most models tasks, with no span below; LangSmith calls a template chat.
workflow_span = attributes."gen_ai.operation.name" = "invoke_workflow" or attributes."openinference.span.kind" =
  "CHAIN"
  or (attributes."traceloop.span.kind" in ("workflow", "task") and not (attributes."gen_ai.usage.input_tokens"
  and attributes."gen_ai.operation.name" in ("chat", "generate_content", "text_completion")))
  or attributes."langsmith.span.kind" in ("prompt", "chain", "parser")
tool_span = attributes."gen_ai.operation.name" in ("execute_tool", "retrieval", "search_memory", "create_memory",
  "update_memory", "upsert_memory",
  "delete_memory", "create_memory_store", "delete_memory_store")
  or attributes."openinference.span.kind" in ("TOOL", "RETRIEVER", "RERANKER", "GUARDRAIL", "EVALUATOR", "PROMPT")
  or attributes."traceloop.span.kind" = "tool" or attributes."langsmith.span.kind" in ("tool", "retriever")
# LiteLLM looks whether a background response has ended; a stored answer that is fetched again.
poll = attributes."litellm.request.purpose" = "background_response_status_poll" or
  attributes."gen_ai.operation.name" = "fetch_response"
# Spans of something else.
no_model = not attributes."gen_ai.operation.name" and not attributes."openinference.span.kind" and not
  attributes."llm.request.type"
  and not attributes."gen_ai.request.model" and not attributes."llm.model_name" and not
  attributes."gen_ai.response.model" and not split(attributes."ai.operationId", ".", -1) = "doEmbed"
# A model is named, but not that it was called: counted by its own name, because it may be usage that is missed.
other_operation = not attributes."gen_ai.operation.name" in ("chat", "generate_content", "text_completion",
  "embeddings", "embedding", "chat.completions", "text.completions", "realtime")
  and not split(attributes."ai.operationId", ".", -1) in ("doGenerate", "doStream", "doEmbed")
  and not attributes."openinference.span.kind" in ("LLM", "EMBEDDING", "AGENT") and not name = "cf.aig.request"
  and not attributes."llm.request.type" in ("chat", "completion", "embedding", "acompletion", "atext_completion",
  "text_completion",
  "aembedding", "responses", "aresponses", "anthropic_messages")

[columns]
# JSON may have the digits in upper case. What has no 32 of them (Protobuf's own JSON: base64) is no identity.
# A log record without a span has no other identity than its answer's.
invocation_id = if(uuid(traceId), uuid5("otlp", lower(traceId), lower(spanId)))
  | if(signal = "log" and not traceId, uuid5("otlp-response", attributes."gen_ai.response.id"))
occurred_at = epoch_ns(startTimeUnixNano | timeUnixNano | observedTimeUnixNano)
tenant_id   = text(attributes."tenant.id" | resource.attributes."tenant.id") |
  attributes."litellm.metadata.user_api_key_org_id"
  | attributes."litellm.team.id"
  | if(attributes."metadata.user_api_key_org_id" != "None", attributes."metadata.user_api_key_org_id")
  | if(attributes."metadata.user_api_key_team_id" != "None", attributes."metadata.user_api_key_team_id")
  | attributes."traceloop.association.properties.tenant_id"
  | if(name = "cf.aig.request", text(attributes.tenant_id))
project_id  = cut(attributes."litellm.team.id" | attributes."project.id" | resource.attributes."project.id"
  | if(attributes."metadata.user_api_key_project_id" != "None", attributes."metadata.user_api_key_project_id")
  | if(attributes."metadata.user_api_key_team_id" != "None", attributes."metadata.user_api_key_team_id"), 128)
user_id     = cut(attributes."user.id" | attributes."enduser.id" |
  attributes."litellm.metadata.user_api_key_user_id"
  | attributes."traceloop.association.properties.user_id"
  | if(attributes."metadata.user_api_key_user_id" != "None", attributes."metadata.user_api_key_user_id"), 256)
api_key_id  = cut(attributes."litellm.api_key.hash"
  | if(attributes."metadata.user_api_key_hash" != "None", attributes."metadata.user_api_key_hash"), 128)
# LiteLLM v1 leaves gen_ai.system empty for embeddings and responses; before a slash its model has the provider.
# Vercel's AI SDK says which part of a provider it is (openai.chat, google.vertex.chat).
# Cloudflare's spans have its slugs, like its logs; the caller's metadata are attributes of them.
provider    = if(name = "cf.aig.request", map(lower(attributes."gen_ai.provider.name" |
  attributes."gen_ai.model.provider"), "aws-bedrock": "aws.bedrock", "azure-openai": "azure.ai.openai",
  "google-ai-studio": "gcp.gemini", "google-vertex-ai": "gcp.vertex_ai", "grok": "x_ai",
  "perplexity-ai": "perplexity", "workers-ai": "cloudflare", "internal-workers-ai": "cloudflare"))
  | lower(attributes."gen_ai.provider.name" | if(attributes."ai.operationId",
  if(starts(attributes."gen_ai.system" | attributes."ai.model.provider", "google.vertex"), "gcp.vertex_ai",
  map(split(attributes."gen_ai.system" | attributes."ai.model.provider", ".", 1), "azure-openai": "azure",
  "amazon-bedrock": "bedrock", "vertex": "gcp.vertex_ai", "togetherai": "together_ai", "fireworks": "fireworks_ai")
  | split(attributes."gen_ai.system" | attributes."ai.model.provider", ".", 1)))
  | attributes."gen_ai.model.provider" | attributes."gen_ai.system" | attributes."llm.provider" |
  attributes."llm.system" | if(split(attributes."litellm.provider.model", "/", 2),
  split(attributes."litellm.provider.model", "/", 1)))
# Spring AI says embedding, Semantic Kernel chat.completions; the AI SDK has an operation of its own.
operation   = map(attributes."gen_ai.operation.name", "embedding": "embeddings", "chat.completions": "chat",
  "text.completions": "text_completion", "realtime": "chat") | attributes."gen_ai.operation.name"
  | map(split(attributes."ai.operationId", ".", -1), "doGenerate": "chat", "doStream": "chat", "doEmbed":
  "embeddings")
  | map(attributes."openinference.span.kind", "LLM": "chat",
  "AGENT": "chat", "EMBEDDING": "embeddings")
  | map(attributes."llm.request.type", "chat": "chat", "completion": "text_completion", "embedding": "embeddings",
  "acompletion": "chat", "text_completion": "text_completion", "atext_completion": "text_completion", "aembedding":
  "embeddings",
  "responses": "chat", "aresponses": "chat", "anthropic_messages": "chat") | if(name = "cf.aig.request", "chat")
request_model  = cut(attributes."gen_ai.request.model" | attributes."llm.model_name" |
  attributes."embedding.model_name" | attributes."ai.model.id"
  | attributes."gen_ai.response.model" | attributes."llm.response.model", 256)
response_model = cut(attributes."gen_ai.response.model" | attributes."llm.response.model", 256)
response_id = cut(attributes."gen_ai.response.id", 256)
# All input, cached and not, as the conventions say. A count that leaves the cached tokens out is refused where it
# shows (usage_inconsistent), and added up only where the span's own total is the sum of all four: Strands Agents
# before 1.54 and OpenInference write Bedrock's counts so; and of two that always leave them out: OpenLLMetry for
# Bedrock, whose total is not Bedrock's, and OpenInference for the Claude Agent SDK. Micrometer (Spring AI) writes
# counts as texts. No prompt has 0 tokens: a call that succeeded with 0 and 0, without a cost and not from LiteLLM's
# cache, was not measured, and is refused. Images, speech and what else is no text have no tokens: gen_ai.output.type
# says so, or LiteLLM's type of the call, because its operation is generate_content or chat there, too.
input_tokens  = if(attributes."gen_ai.usage.total_tokens" and attributes."gen_ai.usage.total_tokens" != 0
  and (attributes."gen_ai.usage.cache_write_input_tokens" or attributes."gen_ai.usage.cache_read_input_tokens")
  and sum(attributes."gen_ai.usage.input_tokens", attributes."gen_ai.usage.output_tokens",
  attributes."gen_ai.usage.cache_read_input_tokens", attributes."gen_ai.usage.cache_write_input_tokens")
  <= attributes."gen_ai.usage.total_tokens" and attributes."gen_ai.usage.total_tokens"
  <= sum(attributes."gen_ai.usage.input_tokens", attributes."gen_ai.usage.output_tokens",
  attributes."gen_ai.usage.cache_read_input_tokens", attributes."gen_ai.usage.cache_write_input_tokens"),
  sum(attributes."gen_ai.usage.input_tokens", attributes."gen_ai.usage.cache_read_input_tokens",
  attributes."gen_ai.usage.cache_write_input_tokens"))
  | if(attributes."llm.token_count.total" and attributes."llm.token_count.total" != 0
  and (attributes."llm.token_count.prompt_details.cache_write" or
  attributes."llm.token_count.prompt_details.cache_read")
  and sum(attributes."llm.token_count.prompt", attributes."llm.token_count.completion",
  attributes."llm.token_count.prompt_details.cache_read", attributes."llm.token_count.prompt_details.cache_write")
  <= attributes."llm.token_count.total" and attributes."llm.token_count.total"
  <= sum(attributes."llm.token_count.prompt", attributes."llm.token_count.completion",
  attributes."llm.token_count.prompt_details.cache_read", attributes."llm.token_count.prompt_details.cache_write"),
  sum(attributes."llm.token_count.prompt", attributes."llm.token_count.prompt_details.cache_read",
  attributes."llm.token_count.prompt_details.cache_write"))
  | if(scope.name = "opentelemetry.instrumentation.bedrock"
  and (attributes."gen_ai.usage.input_tokens" | attributes."gen_ai.usage.prompt_tokens"),
  sum(attributes."gen_ai.usage.input_tokens" | attributes."gen_ai.usage.prompt_tokens",
  attributes."gen_ai.usage.cache_read.input_tokens" | attributes."gen_ai.usage.cache_read_input_tokens",
  attributes."gen_ai.usage.cache_creation.input_tokens" | attributes."gen_ai.usage.cache_creation_input_tokens"))
  | if(scope.name = "openinference.instrumentation.claude_agent_sdk" and attributes."llm.token_count.prompt",
  sum(attributes."llm.token_count.prompt", attributes."llm.token_count.prompt_details.cache_read",
  attributes."llm.token_count.prompt_details.cache_write"))
  | if(attributes."gen_ai.usage.total_tokens" and attributes."gen_ai.usage.total_tokens" != 0
  and (attributes."gen_ai.usage.cache_creation.input_tokens" or attributes."gen_ai.usage.cache_read.input_tokens")
  and sum(attributes."gen_ai.usage.input_tokens", attributes."gen_ai.usage.output_tokens",
  attributes."gen_ai.usage.cache_read.input_tokens", attributes."gen_ai.usage.cache_creation.input_tokens")
  <= attributes."gen_ai.usage.total_tokens" and attributes."gen_ai.usage.total_tokens"
  <= sum(attributes."gen_ai.usage.input_tokens", attributes."gen_ai.usage.output_tokens",
  attributes."gen_ai.usage.cache_read.input_tokens", attributes."gen_ai.usage.cache_creation.input_tokens"),
  sum(attributes."gen_ai.usage.input_tokens", attributes."gen_ai.usage.cache_read.input_tokens",
  attributes."gen_ai.usage.cache_creation.input_tokens"))
  | if(not ((attributes."gen_ai.usage.input_tokens" | attributes."gen_ai.usage.prompt_tokens" |
  attributes."llm.usage.prompt_tokens"
  | attributes."llm.token_count.prompt" | attributes."gen_ai.response.prompt_tokens" | attributes."ai.usage.tokens")
  = 0
  and (attributes."gen_ai.usage.output_tokens" | attributes."gen_ai.usage.completion_tokens"
  | attributes."llm.usage.completion_tokens" | attributes."llm.token_count.completion"
  | attributes."gen_ai.response.completion_tokens" | 0) = 0
  and not status.code in ("2", "STATUS_CODE_ERROR") and not attributes."error.type"
  and (attributes."gen_ai.usage.cost.amount" = 0 or (not attributes."gen_ai.usage.cost.amount"
  and (attributes."litellm.cost.total" | 0) = 0 and (attributes."gen_ai.cost.total_cost" | 0) = 0
  and (attributes."gen_ai.usage.cost" | 0) = 0 and (attributes."operation.cost" | 0) = 0
  and (attributes."llm.cost.total" | 0) = 0))
  and attributes."litellm.cache_hit" != "true"
  and not attributes."gen_ai.output.type" in ("image", "speech", "audio", "video")
  and ((attributes."litellm.call_type" | attributes."llm.request.type") in ("chat", "completion", "acompletion",
  "completion_with_retries", "text_completion", "atext_completion", "embedding", "aembedding", "responses",
  "aresponses", "anthropic_messages", "aanthropic_messages", "generate_content", "agenerate_content",
  "generate_content_stream", "agenerate_content_stream")
  or (not (attributes."litellm.call_type" | attributes."llm.request.type")
  and (not attributes."gen_ai.operation.name" or attributes."gen_ai.operation.name" in ("chat", "generate_content",
  "text_completion", "embeddings", "embedding", "chat.completions", "text.completions", "realtime"))))),
  number(attributes."gen_ai.usage.input_tokens" | attributes."gen_ai.usage.prompt_tokens" |
  attributes."llm.usage.prompt_tokens"
  | attributes."llm.token_count.prompt" | attributes."gen_ai.response.prompt_tokens" | attributes."ai.usage.tokens"))
# What Google's ADK before 2.3 calls experimental is not in its output. Nor is what Gemini thinks in OpenLLMetry's,
# where only the total has it, and in the AI SDK's before 6, where the total is the sum of all three.
output_tokens = if(attributes."gen_ai.usage.experimental.reasoning_tokens",
  sum(attributes."gen_ai.usage.output_tokens", attributes."gen_ai.usage.experimental.reasoning_tokens"))
  | if(starts(scope.name, "opentelemetry.instrumentation.google_generativeai")
  and (attributes."gen_ai.usage.output_tokens" | attributes."gen_ai.usage.completion_tokens")
  and sum(attributes."gen_ai.usage.input_tokens" | attributes."gen_ai.usage.prompt_tokens",
  attributes."gen_ai.usage.output_tokens" | attributes."gen_ai.usage.completion_tokens")
  < (attributes."gen_ai.usage.total_tokens" | attributes."llm.usage.total_tokens"),
  minus(attributes."gen_ai.usage.total_tokens" | attributes."llm.usage.total_tokens",
  attributes."gen_ai.usage.input_tokens" | attributes."gen_ai.usage.prompt_tokens"))
  | if(attributes."ai.usage.reasoningTokens" and attributes."ai.usage.totalTokens"
  and sum(attributes."gen_ai.usage.input_tokens", attributes."gen_ai.usage.output_tokens",
  attributes."ai.usage.reasoningTokens") <= attributes."ai.usage.totalTokens" and attributes."ai.usage.totalTokens"
  <= sum(attributes."gen_ai.usage.input_tokens", attributes."gen_ai.usage.output_tokens",
  attributes."ai.usage.reasoningTokens"),
  sum(attributes."gen_ai.usage.output_tokens", attributes."ai.usage.reasoningTokens"))
  | number(attributes."gen_ai.usage.output_tokens" | attributes."gen_ai.usage.completion_tokens"
  | attributes."llm.usage.completion_tokens" | attributes."llm.token_count.completion"
  | attributes."gen_ai.response.completion_tokens")
  | if(attributes."gen_ai.operation.name" in ("embeddings", "embedding") or
  attributes."openinference.span.kind" = "EMBEDDING" or attributes."llm.request.type" in ("embedding", "aembedding")
  or split(attributes."ai.operationId", ".", -1) = "doEmbed", 0)
# Of those two the total leaves out the same.
total_tokens  = if(not scope.name in ("opentelemetry.instrumentation.bedrock",
  "openinference.instrumentation.claude_agent_sdk"), number(attributes."gen_ai.usage.total_tokens" |
  attributes."llm.usage.total_tokens" | attributes."llm.token_count.total" | attributes."ai.usage.totalTokens"))
cache_read_input_tokens = number(attributes."gen_ai.usage.cache_read.input_tokens" |
  attributes."gen_ai.usage.cache_read_input_tokens"
  | attributes."gen_ai.usage.input_tokens.cached" | attributes."gen_ai.usage.details.cache_read_tokens"
  | attributes."gen_ai.usage.details.cache_read_input_tokens" | attributes."gen_ai.usage.details.cached_tokens"
  | attributes."llm.usage.cache_read_input_tokens" | attributes."llm.token_count.prompt_details.cache_read"
  | attributes."gen_ai.usage.cached_input_tokens" | attributes."gen_ai.usage.input_tokens_details.cached_tokens"
  | attributes."gen_ai.usage.prompt_tokens_details.cached_tokens"
  | attributes."gen_ai.usage.prompt_tokens_details.cache_read"
  | attributes."ai.usage.inputTokenDetails.cacheReadTokens" | attributes."ai.usage.cachedInputTokens")
# OpenLIT's SDK for TypeScript calls the audio of OpenAI's prompts cache_write.
cache_creation_input_tokens = number(attributes."gen_ai.usage.cache_write.input_tokens" |
  attributes."gen_ai.usage.cache_creation.input_tokens"
  | attributes."gen_ai.usage.cache_creation_input_tokens" | attributes."gen_ai.usage.input_tokens.cache_write"
  | attributes."gen_ai.usage.cache_write_input_tokens" | attributes."gen_ai.usage.details.cache_write_tokens" |
  attributes."gen_ai.usage.details.cache_creation_input_tokens"
  | attributes."llm.usage.cache_creation_input_tokens" | attributes."llm.token_count.prompt_details.cache_write"
  | attributes."ai.usage.inputTokenDetails.cacheWriteTokens")
  | if((attributes."gen_ai.provider.name" | attributes."gen_ai.system") != "openai",
  number(attributes."gen_ai.usage.prompt_tokens_details.cache_write"))
reasoning_output_tokens = number(attributes."gen_ai.usage.reasoning.output_tokens" |
  attributes."gen_ai.usage.reasoning_tokens"
  | attributes."gen_ai.usage.output_tokens.reasoning" | attributes."gen_ai.usage.details.reasoning_tokens"
  | attributes."gen_ai.usage.output_tokens_details.reasoning_tokens"
  | attributes."gen_ai.usage.completion_tokens_details.reasoning_tokens"
  | attributes."gen_ai.usage.completion_tokens_details.reasoning"
  | attributes."gen_ai.usage.experimental.reasoning_tokens"
  | attributes."llm.usage.reasoning_tokens" | attributes."llm.token_count.completion_details.reasoning"
  | attributes."ai.usage.outputTokenDetails.reasoningTokens" | attributes."ai.usage.reasoningTokens")
audio_input_tokens  = number(attributes."gen_ai.usage.audio.input_tokens" |
  attributes."gen_ai.usage.details.input_audio_tokens"
  | attributes."gen_ai.usage.prompt_tokens_details.audio_tokens"
  | attributes."llm.token_count.prompt_details.audio")
audio_output_tokens = number(attributes."gen_ai.usage.audio.output_tokens" |
  attributes."gen_ai.usage.details.output_audio_tokens"
  | attributes."gen_ai.usage.completion_tokens_details.audio_tokens"
  | attributes."gen_ai.usage.completion_tokens_details.audio" | attributes."llm.token_count.completion_details.audio")
service_tier = cut(attributes."openai.response.service_tier" | attributes."gen_ai.openai.response.service_tier"
  | attributes."gen_ai.response.service_tier", 64)
# gen_ai.usage.cost.amount says its currency; the others are in US dollars, and 0 there is no price, except for an
# answer from LiteLLM's cache. Of an answer of a ClaudeSDKClient it is that of all answers of its session until then:
# the call is priced.
cost        = decimal(attributes."gen_ai.usage.cost.amount"
  | if(attributes."litellm.cost.total" != 0 or attributes."litellm.cache_hit" = "true",
  attributes."litellm.cost.total")
  | if(attributes."gen_ai.cost.total_cost" != 0, attributes."gen_ai.cost.total_cost")
  | if(attributes."gen_ai.usage.cost" != 0, attributes."gen_ai.usage.cost")
  | if(attributes."operation.cost" != 0, attributes."operation.cost")
  | if(attributes."llm.cost.total" != 0 and name != "ClaudeAgentSDK.ClaudeSDKClient.receive_response",
  attributes."llm.cost.total"))
currency    = if(attributes."gen_ai.usage.cost.amount", attributes."gen_ai.usage.cost.currency",
  if(attributes."litellm.cost.total" and (attributes."litellm.cost.total" != 0 or
  attributes."litellm.cache_hit" = "true"), "USD")
  | if(attributes."gen_ai.cost.total_cost" and attributes."gen_ai.cost.total_cost" != 0, "USD")
  | if(attributes."gen_ai.usage.cost" and attributes."gen_ai.usage.cost" != 0, "USD")
  | if(attributes."operation.cost" and attributes."operation.cost" != 0, "USD")
  | if(attributes."llm.cost.total" and attributes."llm.cost.total" != 0
  and name != "ClaudeAgentSDK.ClaudeSDKClient.receive_response", "USD"))
status      = if(status.code in ("2", "STATUS_CODE_ERROR") or attributes."error.type", "failure", "success")
error_type  = cut(attributes."error.type" | if(status.code in ("2", "STATUS_CODE_ERROR"),
  attributes."exception.type"), 128)
finish_reasons = list(attributes."gen_ai.response.finish_reasons" | attributes."llm.finish_reason")
# LiteLLM v1 and Micrometer write texts.
stream      = if((attributes."gen_ai.request.stream" | attributes."litellm.request.streaming"
  | attributes."gen_ai.is_streaming" | attributes."llm.is_streaming") in ("true", "True"), true,
  if((attributes."gen_ai.request.stream" | attributes."litellm.request.streaming"
  | attributes."gen_ai.is_streaming" | attributes."llm.is_streaming") in ("false", "False"), false))
duration_ms = elapsed_ms(epoch_ns(startTimeUnixNano), epoch_ns(endTimeUnixNano))
time_to_first_token_ms = number(shift(attributes."gen_ai.response.time_to_first_chunk", 3))
conversation_id = cut(attributes."gen_ai.conversation.id" | attributes."session.id"
  | attributes."traceloop.association.properties.session_id", 256)
trace_id    = traceId
span_id     = spanId
metadata.span_name = name
metadata.signal = signal
metadata.service = resource.attributes."service.name"
metadata.environment = resource.attributes."deployment.environment.name" |
  resource.attributes."deployment.environment"
metadata.scope = scope.name
metadata.scope_version = scope.version
metadata.parent_span_id = parentSpanId
metadata.status_message = cut(status.message, 512)
metadata.server = attributes."server.address"
metadata.agent = attributes."gen_ai.agent.name"
metadata.agent_id = attributes."gen_ai.agent.id"
metadata.text_input_tokens = attributes."gen_ai.usage.text.input_tokens"
metadata.image_input_tokens = attributes."gen_ai.usage.image.input_tokens"
metadata.video_input_tokens = attributes."gen_ai.usage.video.input_tokens"
metadata.text_output_tokens = attributes."gen_ai.usage.text.output_tokens"
metadata.image_output_tokens = attributes."gen_ai.usage.image.output_tokens"
metadata.cost_source = attributes."gen_ai.usage.cost.source"
metadata.session_cost = if(name = "ClaudeAgentSDK.ClaudeSDKClient.receive_response", attributes."llm.cost.total")
metadata.litellm_call_id = attributes."litellm.call_id"
metadata.litellm_purpose = attributes."litellm.request.purpose"
metadata.litellm_cache_hit = attributes."litellm.cache_hit"
metadata.litellm_cost_original = attributes."litellm.cost.original" | attributes."gen_ai.cost.original_cost"
metadata.litellm_discount = attributes."litellm.cost.discount_amount" | attributes."gen_ai.cost.discount_amount"
metadata.litellm_margin = attributes."litellm.cost.margin_total_amount" |
  attributes."gen_ai.cost.margin_total_amount"
metadata.workflow = attributes."traceloop.workflow.name"

[known]
names = attributes."litellm.cost.input", attributes."litellm.cost.output", attributes."litellm.cost.cache_read",
  attributes."litellm.cost.cache_creation",
  attributes."litellm.cost.tool_usage", attributes."litellm.cost.guardrail",
  attributes."litellm.cost.discount_percent",
  attributes."litellm.cost.margin_percent", attributes."litellm.cost.margin_fixed_amount",
  attributes."litellm.saved_cache_cost",
  attributes."litellm.guardrail.cost_in_spend", attributes."llm.cost.prompt", attributes."gen_ai.cost.input_cost",
  attributes."gen_ai.cost.output_cost",
  attributes."gen_ai.cost.cache_read_cost", attributes."gen_ai.cost.cache_creation_cost",
  attributes."gen_ai.cost.tool_usage_cost",
  attributes."gen_ai.cost.reasoning_cost", attributes."gen_ai.cost.service_tier",
  attributes."gen_ai.cost.discount_percent", attributes."gen_ai.cost.margin_percent",
  attributes."gen_ai.cost.margin_fixed_amount", attributes."metadata.usage_object",
  attributes."metadata.used_client_oauth_token", attributes."llm.cost.completion",
  attributes."llm.token_count.prompt_details.cache_input", attributes."gen_ai.request.max_tokens",
  attributes."ai.usage.promptTokens", attributes."ai.usage.completionTokens", attributes."ai.usage.inputTokens",
  attributes."ai.usage.outputTokens",
  attributes."ai.usage.inputTokenDetails.noCacheTokens", attributes."ai.usage.outputTokenDetails.textTokens",
  attributes."ai.response.avgCompletionTokensPerSecond", attributes."ai.response.avgOutputTokensPerSecond",
  attributes."gen_ai.usage.experimental.reasoning_tokens_limit",
  attributes."gen_ai.usage.experimental.system_instruction_tokens", attributes."ai.settings.maxTokens",
  attributes."ai.settings.maxOutputTokens",
  attributes."metadata.team_id", attributes."metadata.user_api_key_auth_metadata",
  attributes."metadata.user_api_key_request_route",
  attributes."metadata.user_api_key_alias", attributes."metadata.user_api_key_budget_reset_at",
  attributes."metadata.user_api_key_end_user_id", attributes."metadata.user_api_key_max_budget",
  attributes."metadata.user_api_key_org_alias", attributes."metadata.user_api_key_project_alias",
  attributes."metadata.user_api_key_spend", attributes."metadata.user_api_key_team_alias",
  attributes."metadata.user_api_key_team_max_budget", attributes."metadata.user_api_key_team_spend",
  attributes."metadata.user_api_key_user_email", attributes."metadata.user_api_key_user_max_budget",
  attributes."metadata.user_api_key_user_spend"
