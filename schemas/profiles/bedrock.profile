# Amazon Bedrock: model invocation log.

[profile]
stream = invocations
format = ndjson
items  = [] | .
key    = ignore
about  = Calls of models that Amazon Bedrock writes to S3 or CloudWatch Logs when model invocation logging is on.
source = https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html

[skip]
other_schema = schemaType and schemaType != "ModelInvocationLog"

[columns]
invocation_id = uuid(requestId) | uuid5("bedrock", accountId, region, requestId)
occurred_at = timestamp
tenant_id   = accountId
user_id     = cut(identity.arn, 256)
provider    = "aws.bedrock"
# Of an id with a geography in front (us.cohere.embed-v4:0), and of an ARN, the model's own part.
operation   = if(starts(split(split(modelId, "/", -1), ".", -1), "titan-embed")
  or starts(split(split(modelId, "/", -1), ".", -1), "embed-") or starts(split(split(modelId, "/", -1), ".", -1),
  "nova-2-multimodal-embeddings"), "embeddings", if(starts(split(split(modelId, "/", -1), ".", -1), "stable-")
  or starts(split(split(modelId, "/", -1), ".", -1), "sd3-")
  or starts(split(split(modelId, "/", -1), ".", -1), "titan-image-generator")
  or starts(split(split(modelId, "/", -1), ".", -1), "nova-canvas"), "image_generation",
  map(operation, "Converse": "chat", "ConverseStream": "chat", "InvokeModel": "chat",
  "InvokeModelWithResponseStream": "chat") | cut(operation, 64)))
request_model = cut(modelId, 256)
# The last part of an ARN; of a plain id all of it.
response_model = cut(split(modelId, "/", -1), 256)
# inputTokenCount is what was neither read from nor written to a cache. Images are not billed by tokens, and have no count.
input_tokens = if(input.inputTokenCount,
  sum(input.inputTokenCount, input.cacheReadInputTokenCount, input.cacheWriteInputTokenCount))
  | if(starts(split(split(modelId, "/", -1), ".", -1), "stable-")
  or starts(split(split(modelId, "/", -1), ".", -1), "sd3-")
  or starts(split(split(modelId, "/", -1), ".", -1), "titan-image-generator")
  or starts(split(split(modelId, "/", -1), ".", -1), "nova-canvas"), 0)
output_tokens = output.outputTokenCount | if(starts(split(split(modelId, "/", -1), ".", -1), "titan-embed")
  or starts(split(split(modelId, "/", -1), ".", -1), "embed-") or starts(split(split(modelId, "/", -1), ".", -1),
  "nova-2-multimodal-embeddings") or starts(split(split(modelId, "/", -1), ".", -1), "stable-")
  or starts(split(split(modelId, "/", -1), ".", -1), "sd3-")
  or starts(split(split(modelId, "/", -1), ".", -1), "titan-image-generator")
  or starts(split(split(modelId, "/", -1), ".", -1), "nova-canvas"), 0)
cache_read_input_tokens = input.cacheReadInputTokenCount
cache_creation_input_tokens = input.cacheWriteInputTokenCount
# InvokeModelWithResponseStream logs the events of the stream as a list, all others one answer. What Claude read and wrote
# stands in the first event, why it stopped in message_delta. The last event has the latencies, of all models.
cache_creation_1h_input_tokens = if(input.cacheWriteInputTokenCount, output.outputBodyJson.usage.cacheDetails[ttl =
  "1h"].inputTokens | output.outputBodyJson.usage.cache_creation.ephemeral_1h_input_tokens
  | output.outputBodyJson[type = "message_start"].message.usage.cache_creation.ephemeral_1h_input_tokens)
service_tier = cut(output.outputBodyJson.serviceTier.type, 64)
status      = if(errorCode, "failure", "success")
error_type  = cut(errorCode, 128)
finish_reasons = list(output.outputBodyJson.stopReason | output.outputBodyJson.stop_reason
  | output.outputBodyJson[type = "message_delta"].delta.stop_reason | output.outputBodyJson[-1].stop_reason)
stream      = if(operation in ("ConverseStream", "InvokeModelWithResponseStream"), true, if(operation in
  ("Converse", "InvokeModel"), false))
duration_ms = output.outputBodyJson.metrics.latencyMs
  | output.outputBodyJson[-1]."amazon-bedrock-invocationMetrics".invocationLatency
time_to_first_token_ms = output.outputBodyJson[-1]."amazon-bedrock-invocationMetrics".firstByteLatency
region      = cut(region, 64)
tags        = requestMetadata
metadata.operation = operation
metadata.request_id = requestId
metadata.inference_region = inferenceRegion
metadata.status = status
metadata.latency = performanceConfig.latency
metadata.input_s3 = input.inputBodyS3Path
metadata.output_s3 = output.outputBodyS3Path

[known]
names = schemaVersion, input.inputBodyJson, output.outputBodyJson.usage.inputTokens,
  output.outputBodyJson.usage.outputTokens, output.outputBodyJson.usage.totalTokens,
  output.outputBodyJson.usage.cacheReadInputTokens, output.outputBodyJson.usage.cacheWriteInputTokens,
  output.outputBodyJson.usage.input_tokens, output.outputBodyJson.usage.output_tokens,
  output.outputBodyJson.usage.cache_read_input_tokens, output.outputBodyJson.usage.cache_creation_input_tokens,
  output.outputBodyJson.usage.cache_creation.ephemeral_5m_input_tokens, input.inputContentType,
  output.outputBodyJson.usage.cacheDetails[ttl = "1h"].ttl,
  output.outputBodyJson[type = "message_start"].message.usage.input_tokens,
  output.outputBodyJson[type = "message_start"].message.usage.output_tokens,
  output.outputBodyJson[type = "message_start"].message.usage.cache_read_input_tokens,
  output.outputBodyJson[type = "message_start"].message.usage.cache_creation_input_tokens,
  output.outputBodyJson[type = "message_start"].message.usage.cache_creation.ephemeral_5m_input_tokens,
  output.outputBodyJson[type = "message_delta"].usage.input_tokens,
  output.outputBodyJson[type = "message_delta"].usage.output_tokens,
  output.outputBodyJson[type = "message_delta"].usage.cache_read_input_tokens,
  output.outputBodyJson[type = "message_delta"].usage.cache_creation_input_tokens,
  output.outputBodyJson[-1]."amazon-bedrock-invocationMetrics".inputTokenCount,
  output.outputBodyJson[-1]."amazon-bedrock-invocationMetrics".outputTokenCount,
  output.outputBodyJson[-1]."amazon-bedrock-invocationMetrics".cacheReadInputTokenCount,
  output.outputBodyJson[-1]."amazon-bedrock-invocationMetrics".cacheWriteInputTokenCount,
  output.outputBodyJson[-1].prompt_token_count, output.outputBodyJson[-1].generation_token_count,
  output.outputBodyJson[-1].inputTextTokenCount, output.outputBodyJson[-1].totalOutputTextTokenCount,
  output.outputContentType, identity, performanceConfig
