# Cloudflare AI Gateway: request logs.

[profile]
stream = invocations
format = ndjson
items  = result[] | [] | .
key    = ignore
about  = Requests of Cloudflare AI Gateway in the form of its log API (List Gateway Logs).
source = https://developers.cloudflare.com/api/resources/ai_gateway/subresources/logs/

[skip]
# Asks how many tokens a prompt has: no call of a model. The last part of a path may have a slash behind it.
token_count = split(split(split(path, "?", 1), "/", -1) | split(split(path, "?", 1), "/", -2), ":", -1)
  in ("count_tokens", "count-tokens", "countTokens", "input_tokens", "tokenize")
  or split(split(split(path, "?", 1), "/", -1) | split(split(path, "?", 1), "/", -2), ":", 1) = "count-tokens"

[columns]
invocation_id = uuid(id) | uuid5("cloudflare-ai-gateway", id)
occurred_at = created_at
# A log does not name its account or gateway: the caller says its tenant as custom metadata (cf-aig-metadata). Workers
# have it as an object, the API as the text of one: a flat one, whose keys and values alone have bare quotes. A value with
# an escape is no tenant (it has a backslash); as project and user such a text is not read.
tenant_id   = text(metadata.tenant_id) | split(split(metadata, """tenant_id"":""", 2), """", 1)
  | split(split(metadata, """tenant_id"": """, 2), """", 1)
  | if(split(split(split(metadata, """tenant_id"":", 2), ",", 1), "}", 1) >= 0,
  text(number(split(split(split(metadata, """tenant_id"":", 2), ",", 1), "}", 1))))
project_id  = cut(metadata.project_id | if(starts(split(metadata, "\", -1), "{"),
  split(split(metadata, """project_id"":""", 2), """", 1)
  | split(split(metadata, """project_id"": """, 2), """", 1)
  | if(split(split(split(metadata, """project_id"":", 2), ",", 1), "}", 1) >= 0,
  text(number(split(split(split(metadata, """project_id"":", 2), ",", 1), "}", 1))))), 128)
user_id     = cut(text(metadata.user_id | metadata.user) | if(starts(split(metadata, "\", -1), "{"),
  split(split(metadata, """user_id"":""", 2), """", 1)
  | split(split(metadata, """user_id"": """, 2), """", 1)
  | if(split(split(split(metadata, """user_id"":", 2), ",", 1), "}", 1) >= 0,
  text(number(split(split(split(metadata, """user_id"":", 2), ",", 1), "}", 1))))
  | split(split(metadata, """user"":""", 2), """", 1)
  | split(split(metadata, """user"": """, 2), """", 1)
  | if(split(split(split(metadata, """user"":", 2), ",", 1), "}", 1) >= 0,
  text(number(split(split(split(metadata, """user"":", 2), ",", 1), "}", 1))))), 256)
# Cloudflare's slugs are no names that prices and other sources have.
provider    = map(lower(provider), "aws-bedrock": "aws.bedrock", "azure-openai": "azure.ai.openai",
  "google-ai-studio": "gcp.gemini", "google-vertex-ai": "gcp.vertex_ai", "grok": "x_ai",
  "perplexity-ai": "perplexity", "workers-ai": "cloudflare") | lower(provider)
operation   = map(model_type, "Text Generation": "chat", "Text Embeddings": "embeddings")
  | if((split(split(path, "?", 1), "/", -1) | split(split(path, "?", 1), "/", -2)) = "embeddings", "embeddings")
request_model = cut(model, 256)
# No prompt has 0 tokens: a call of a model of texts that succeeded with 0 and 0, without a cost and not from the cache,
# is refused, not stored as one that was free. Images, speech and moderation have no tokens. Where no model_type says
# what was called, the path does.
input_tokens  = if(not (success = "true" and tokens_in = 0 and (not tokens_out or tokens_out = 0)
  and (not cost or cost = 0) and cached != "true"
  and ((model_type in ("Text Generation", "Text Embeddings")
  and not (split(split(path, "?", 1), "/", -1) | split(split(path, "?", 1), "/", -2)) in ("moderations", "generations",
  "edits", "variations", "speech", "transcriptions", "translations", "rerank"))
  or (not model_type and (not path
  or split(split(split(path, "?", 1), "/", -1) | split(split(path, "?", 1), "/", -2), ":", -1)
  in ("completions", "messages", "responses", "embeddings", "embed", "chat", "complete", "generate", "generateContent",
  "streamGenerateContent", "embedContent", "batchEmbedContents", "rawPredict", "streamRawPredict", "converse",
  "converse-stream", "invoke", "invoke-with-response-stream"))))),
  tokens_in)
# Embeddings have none.
output_tokens = tokens_out | if(model_type = "Text Embeddings"
  or (split(split(path, "?", 1), "/", -1) | split(split(path, "?", 1), "/", -2)) = "embeddings", 0)
# An answer from the gateway's cache costs nothing; 0 else is what it writes when it knows no price.
cost        = if(cached = "true", "0", if(cost != 0, decimal(cost)))
currency    = if(cached = "true", "USD", if(cost != 0, if(cost, "USD")))
status      = if(success = "true", "success", "failure")
error_type  = if(success != "true", text(status_code))
duration_ms = duration
# What is no object is no reason to lose a call.
tags        = if(not text(one(metadata)), one(metadata))
metadata.id = id
metadata.custom_metadata = cut(metadata, 1024)
metadata.cached = cached
metadata.custom_cost = custom_cost
metadata.reported_cost = cost
metadata.status_code = status_code
metadata.step = step
metadata.path = cut(path, 256)
metadata.request_type = request_type
metadata.model_type = model_type

[known]
names = request_content_type, response_content_type, request_head, response_head, request_size, response_size,
  request_head_complete, response_head_complete
