// SPDX-License-Identifier: Apache-2.0

extension Stream {
  /// One call of a model, as a service or gateway reports it.
  ///
  /// Token counts are inclusive: cached tokens are part of the input, reasoning is part of the
  /// output. The other spellings are those of the OpenTelemetry GenAI conventions, old and new, and
  /// of tools, but for two by which some mean something else: `prompt_tokens_details.cache_write`
  /// (audio, in OpenLIT for TypeScript) and `experimental.reasoning_tokens` (no part of the output,
  /// in ADK before 2.3).
  package static let invocations = Stream(
    table: "invocations",
    topic: "ai.llm-invocations.v1",
    columns: [
      Column("invocation_id", .uuid, .always, from: .eventID),
      Column("occurred_at", .timestamp, .always, from: .eventTime),
      Column("tenant_id", .text(TextRule(1...128, .identifier)), .always, from: .recordKey),
      Column("project_id", .text(TextRule(0...128))),
      Column("user_id", .text(TextRule(0...256))),
      Column("api_key_id", .text(TextRule(0...128))),
      Column(
        "provider", .text(TextRule(1...64, .lowerCase)), .always,
        also: ["gen_ai.provider.name", "custom_llm_provider"], yielding: ["gen_ai.system"]),
      Column(
        "operation", .text(TextRule(1...64)),
        also: ["gen_ai.operation.name"], default: .text("chat")),
      Column(
        "request_model", .text(TextRule(1...256)), .always, also: ["gen_ai.request.model"]),
      Column("response_model", .text(TextRule(1...256)), also: ["gen_ai.response.model"]),
      Column(
        "response_id", .text(TextRule(0...256)), also: ["gen_ai.response.id"], isDetail: true),
      Column(
        "input_tokens", .tokens, .unless("status", in: ["failure"]),
        also: [
          "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.usage.prompt_tokens",
          "llm.token_count.prompt",
        ]),
      Column(
        "output_tokens", .tokens, .unless("status", in: ["failure"]),
        also: [
          "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens",
          "llm.usage.completion_tokens", "llm.token_count.completion",
        ]),
      Column(
        "cache_read_input_tokens", .tokens,
        also: [
          "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens",
          "gen_ai.usage.cached_input_tokens", "gen_ai.usage.input_tokens.cached",
          "gen_ai.usage.prompt_tokens_details.cached_tokens",
          "gen_ai.usage.input_tokens_details.cached_tokens",
          "gen_ai.usage.prompt_tokens_details.cache_read",
          "gen_ai.usage.details.cache_read_tokens",
          "gen_ai.usage.details.cache_read_input_tokens", "gen_ai.usage.details.cached_tokens",
          "llm.usage.cache_read_input_tokens", "llm.token_count.prompt_details.cache_read",
        ], default: .integer(0)),
      Column(
        "cache_creation_input_tokens", .tokens,
        also: [
          "gen_ai.usage.cache_write.input_tokens", "gen_ai.usage.cache_creation.input_tokens",
          "gen_ai.usage.cache_creation_input_tokens", "gen_ai.usage.cache_write_input_tokens",
          "gen_ai.usage.input_tokens.cache_write",
          "gen_ai.usage.details.cache_write_tokens",
          "gen_ai.usage.details.cache_creation_input_tokens",
          "llm.usage.cache_creation_input_tokens", "llm.token_count.prompt_details.cache_write",
        ], default: .integer(0)),
      Column("cache_creation_1h_input_tokens", .tokens, default: .integer(0)),
      Column(
        "reasoning_output_tokens", .tokens,
        also: [
          "gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens",
          "gen_ai.usage.output_tokens.reasoning",
          "gen_ai.usage.completion_tokens_details.reasoning_tokens",
          "gen_ai.usage.output_tokens_details.reasoning_tokens",
          "gen_ai.usage.completion_tokens_details.reasoning",
          "gen_ai.usage.details.reasoning_tokens",
          "llm.usage.reasoning_tokens", "llm.token_count.completion_details.reasoning",
        ], default: .integer(0)),
      Column(
        "audio_input_tokens", .tokens,
        also: [
          "gen_ai.usage.audio.input_tokens", "gen_ai.usage.prompt_tokens_details.audio_tokens",
          "gen_ai.usage.details.input_audio_tokens",
          "llm.token_count.prompt_details.audio",
        ], default: .integer(0)),
      Column(
        "audio_output_tokens", .tokens,
        also: [
          "gen_ai.usage.audio.output_tokens",
          "gen_ai.usage.completion_tokens_details.audio_tokens",
          "gen_ai.usage.completion_tokens_details.audio",
          "gen_ai.usage.details.output_audio_tokens",
          "llm.token_count.completion_details.audio",
        ], default: .integer(0)),
      Column(
        "service_tier",
        .choice(
          [
            "standard", "flex", "priority", "batch",
            Choice("default", as: .text("standard")), "fast",
          ], otherwise: TextRule(1...64)),
        also: [
          "openai.response.service_tier", "gen_ai.openai.response.service_tier",
          "gen_ai.response.service_tier",
        ],
        default: .text("standard")),
      Column(
        "cost", .amount, also: ["gen_ai.usage.cost.amount"],
        implying: Column.Implication(
          ["gen_ai.usage.cost", "operation.cost", "litellm.cost.total"], "currency", "USD")),
      Column("currency", .currency, .with("cost"), also: ["gen_ai.usage.cost.currency"]),
      Column("cost_source", .set(.given(column: "cost", then: "producer", else: "none"))),
      Column("price_version", .set(.null)),
      Column(
        "status",
        .choice([
          "success", Choice("failure", filling: ("error_type", "_OTHER")),
          Choice("ok", as: .text("success")),
          Choice("error", as: .text("failure"), filling: ("error_type", "_OTHER")),
        ]), default: .text("success")),
      Column("error_type", .text(TextRule(0...128)), also: ["error.type"], isDetail: true),
      Column(
        "finish_reasons", .textArray(countMax: 16, TextRule(0...64)),
        also: ["gen_ai.response.finish_reasons"], isDetail: true),
      Column("stream", .boolean, also: ["gen_ai.request.stream"], isDetail: true),
      Column("duration_ms", .milliseconds, isDetail: true),
      Column("time_to_first_token_ms", .milliseconds, isDetail: true),
      Column(
        "conversation_id", .text(TextRule(0...256)), also: ["gen_ai.conversation.id"],
        isDetail: true),
      Column("trace_id", .text(TextRule(32...32, .hexadecimal)), from: .traceID, isDetail: true),
      Column("span_id", .text(TextRule(16...16, .hexadecimal)), from: .spanID, isDetail: true),
      Column("region", .text(TextRule(0...64))),
      Column(
        "tags",
        .json(
          JSONRule(.objectOfTexts(countMax: 50, keyCharactersMax: 128, charactersMax: 512)))),
      Column("metadata", .json(JSONRule(.object, bytesMax: 16 << 10))),
      Column("usage_source", .choice(["provider", "estimated", "unknown"]), added: "0.2.0"),
    ],
    rules: [
      .atMost(
        parts: ["cache_read_input_tokens", "cache_creation_input_tokens"], whole: "input_tokens"),
      .atMost(
        parts: ["cache_creation_1h_input_tokens"], whole: "cache_creation_input_tokens"),
      .atMost(parts: ["audio_input_tokens"], whole: "input_tokens"),
      .atMost(parts: ["reasoning_output_tokens"], whole: "output_tokens"),
      .atMost(parts: ["audio_output_tokens"], whole: "output_tokens"),
      .notAbove("time_to_first_token_ms", "duration_ms"),
      // These spans repeat the usage of the model calls inside them, or of the one whose answer
      // they fetch: it would be billed twice.
      .zero(
        ["input_tokens", "output_tokens", "cost"],
        when: "operation",
        in: [
          "invoke_agent", "invoke_workflow", "execute_tool", "create_agent", "plan", "retrieval",
          "fetch_response", "search_memory", "create_memory", "update_memory", "upsert_memory",
          "delete_memory", "create_memory_store", "delete_memory_store",
        ]),
    ],
    signals: [
      Signal(
        "status", .failure,
        ["error_type", "error.type", "error", "error_code", "error_message", "error_str"]),
      // As paths, so that the published schema stays what it is: it asks for tokens all the same.
      Signal(
        "status", .failure, [],
        paths: ["errorCode", "errorMessage", "exception", "is_error", "isError", "failed"]),
      Signal("status", .flag, [], paths: ["success"]),
      Signal(
        "status", .outcome, [],
        paths: [
          "outcome", "status_code", "statusCode", "http_status", "http.response.status_code",
          "http.status_code",
        ]),
    ],
    droppedKeys: [
      "messages", "response", "prompt", "completion", "gen_ai.input.messages",
      "gen_ai.output.messages", "gen_ai.system_instructions", "gen_ai.tool.definitions",
    ],
    watch: Watch(
      words: ["usage", "token", "cost", "servicetier"],
      ownWords: ["outcome", "success", "succeeded", "statuscode", "httpstatus"],
      identityWords: [
        "tenant", "customer", "organization", "orgid", "teamid", "userid", "enduser", "projectid",
        "apikey", "accountid",
      ],
      exceptions: [
        "max_tokens", "max_completion_tokens", "max_output_tokens", "gen_ai.request.max_tokens",
        "gen_ai.usage.cost.source", "gen_ai.usage.text.input_tokens",
        "gen_ai.usage.text.output_tokens",
        // What was asked for; the answer says what was charged.
        "openai.request.service_tier", "gen_ai.openai.request.service_tier",
        "gen_ai.request.service_tier",
      ],
      totals: (
        [
          "total_tokens", "gen_ai.usage.total_tokens", "llm.usage.total_tokens",
          "llm.token_count.total",
        ], of: ["input_tokens", "output_tokens"]
      ), isDeep: true, doubt: nil),
    rollup: Rollup(
      project: "project_id", provider: "provider", models: ["response_model", "request_model"],
      serviceTier: "service_tier", cost: "cost", currency: "currency",
      failed: ("status", "failure"), estimated: ("usage_source", "estimated"),
      inputTokens: "input_tokens", outputTokens: "output_tokens",
      cacheReadInputTokens: "cache_read_input_tokens",
      cacheCreationInputTokens: "cache_creation_input_tokens",
      reasoningOutputTokens: "reasoning_output_tokens", stagingFunction: "daybook_stage_costs"),
    pricing: PricedColumns(
      provider: "provider", region: "region", responseModel: "response_model",
      requestModel: "request_model", serviceTier: "service_tier", inputTokens: "input_tokens",
      outputTokens: "output_tokens", cacheReadInputTokens: "cache_read_input_tokens",
      cacheCreationInputTokens: "cache_creation_input_tokens",
      cacheCreation1hInputTokens: "cache_creation_1h_input_tokens",
      reasoningOutputTokens: "reasoning_output_tokens",
      audioInputTokens: "audio_input_tokens",
      audioOutputTokens: "audio_output_tokens", cost: "cost", currency: "currency",
      source: ("cost_source", computed: "computed"), version: "price_version"))
}

extension ColumnKind {
  /// Sums of these stay far below the range of `bigint`.
  fileprivate static let tokens = integer(.bigint, 0...Int64(Int32.max))
  /// Up to one day.
  fileprivate static let milliseconds = integer(.integer, 0...86_400_000)
}
