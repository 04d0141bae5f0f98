# SPDX-License-Identifier: Apache-2.0
"""Telemetry of model calls by the instrumentations of others, and an independent reading of it.

Usage: emit_otlp.py emit DIALECT DIRECTORY
       emit_otlp.py split DIRECTORY

emit   runs the instrumentation against a provider of its own on loopback, and writes DIALECT.traces and
       DIALECT.logs (a request of OTLP in Protobuf), DIALECT.expected (a line for each span and log record, read from
       the objects of the SDK by the published conventions) and DIALECT.billed (what the provider billed).
split  writes the spans of all dialects as requests of other sizes, in Protobuf (PART/NUMBER.pb) and JSON (PART.ndjson):
       part `a` in the order in which they came, part `b` shuffled and cut elsewhere, part `logs` the log records.

Dialects: 2024 (gen_ai.system), 2026 (gen_ai.provider.name, with log records), openinference, openllmetry, litellm and
litellm-v2 (its two integrations), handmade (agents, tools, costs, and names of other years).
"""

import asyncio
import base64
import contextlib
import contextvars
import datetime
import decimal
import http.server
import itertools
import json
import os
import pathlib
import random
import shutil
import sys
import threading
import uuid

DIALECTS = ("handmade", "2024", "2026", "openinference", "openllmetry", "litellm", "litellm-v2")
REQUEST_BYTES_MAX = 1_000_000  # what the collector's exporter sends in one record
TENANTS = ("acme", "globex", "initech", None)  # without one, that of the resource counts
RESOURCE_TENANT = "umbrella"
NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
COST_PLACES = decimal.Decimal("0.000000000001")
MESSAGES = [{"role": "user", "content": "Say hi."}]
tenant = contextvars.ContextVar("tenant", default=None)


# The provider.


class Provider(http.server.ThreadingHTTPServer):
    """What speaks like OpenAI on loopback. `billed` has what every answer said it used."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.billed = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/v1"

    def bill(self, model, visible=True):
        """The usage of the next answer, different every time; `visible` if the client is told."""
        number = len(self.billed) + 1
        usage = {"input": 1000 + 7 * number, "output": 100 + 3 * number, "cached": 17 * number % 900,
                 "reasoning": 5 * number % 90, "audio_in": number % 11, "audio_out": number % 7}
        if "embed" in model:
            usage.update(output=0, cached=0, reasoning=0, audio_in=0, audio_out=0)
        self.billed.append({"id": f"answer-{number}", "visible": visible, **usage})
        return self.billed[-1]


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        model = request["model"]
        if model.startswith("refused"):
            self.reply(400, {"error": {"message": "no", "type": "invalid_request_error", "code": "bad"}})
            return
        told = not request.get("stream") or "responses" in self.path \
            or bool((request.get("stream_options") or {}).get("include_usage"))
        bill = self.server.bill(model, told)
        model += "-2026-08-01"
        if self.path.endswith("/embeddings"):
            self.reply(200, {
                "object": "list", "model": model,
                "data": [{"object": "embedding", "index": 0, "embedding": [0.25, 0.5]}],
                "usage": {"prompt_tokens": bill["input"], "total_tokens": bill["input"]}})
        elif self.path.endswith("/responses"):
            self.reply(200, response_object(model, bill))
        elif request.get("stream"):
            self.stream(model, bill, told)
        else:
            self.reply(200, {
                "id": bill["id"], "object": "chat.completion", "created": 1, "model": model, "service_tier": "default",
                "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "hi"}}],
                "usage": chat_usage(bill)})

    def stream(self, model, bill, told):
        base = {"id": bill["id"], "object": "chat.completion.chunk", "created": 1, "model": model,
                "service_tier": "flex"}
        chunks = [
            {**base, "choices": [{"index": 0, "delta": {"role": "assistant", "content": "hi"}, "finish_reason": None}]},
            {**base, "choices": [{"index": 0, "delta": {}, "finish_reason": "length"}]}]
        if told:
            chunks.append({**base, "choices": [], "usage": chat_usage(bill)})
        body = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
        self.reply(200, body.encode(), "text/event-stream")

    def reply(self, code, body, kind="application/json"):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(code)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def chat_usage(bill):
    return {
        "prompt_tokens": bill["input"], "completion_tokens": bill["output"],
        "total_tokens": bill["input"] + bill["output"],
        "prompt_tokens_details": {"cached_tokens": bill["cached"], "audio_tokens": bill["audio_in"]},
        "completion_tokens_details": {"reasoning_tokens": bill["reasoning"], "audio_tokens": bill["audio_out"]}}


def response_object(model, bill):
    return {
        "id": bill["id"], "object": "response", "created_at": 1, "model": model, "status": "completed",
        "output": [{"type": "message", "id": "m", "status": "completed", "role": "assistant",
                    "content": [{"type": "output_text", "text": "hi", "annotations": []}]}],
        "parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "service_tier": "priority",
        "usage": {"input_tokens": bill["input"], "output_tokens": bill["output"],
                  "total_tokens": bill["input"] + bill["output"],
                  "input_tokens_details": {"cached_tokens": bill["cached"]},
                  "output_tokens_details": {"reasoning_tokens": bill["reasoning"]}}}


# The emitters.


class Telemetry:
    """The SDK with exporters in memory. Who calls puts the tenant on what is begun meanwhile, as a site would."""

    def __init__(self, dialect):
        from opentelemetry.sdk._logs import LoggerProvider
        from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
        from opentelemetry.sdk.trace.export import SimpleSpanProcessor
        from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

        class TenantOfSpans(SpanProcessor):
            def on_start(self, span, parent_context=None):
                if tenant.get():
                    span.set_attribute("tenant.id", tenant.get())

        class LogsOfTenants(SimpleLogRecordProcessor):
            def on_emit(self, log_record):
                if tenant.get():
                    record = log_record.log_record
                    record.attributes = {**(record.attributes or {}), "tenant.id": tenant.get()}
                super().on_emit(log_record)

        resource = Resource.create(
            {"service.name": dialect, "tenant.id": RESOURCE_TENANT, "deployment.environment.name": "check"})
        self.span_exporter = InMemorySpanExporter()
        self.log_exporter = InMemoryLogRecordExporter()
        openinference = dialect == "openinference"
        if openinference:
            from openinference.instrumentation import TracerProvider
        self.tracers = TracerProvider(resource=resource)
        self.tracers.add_span_processor(TenantOfSpans())
        self.tracers.add_span_processor(SimpleSpanProcessor(self.span_exporter))
        self.loggers = LoggerProvider(resource=resource)
        self.loggers.add_log_record_processor(LogsOfTenants(self.log_exporter))

    @property
    def spans(self):
        return self.span_exporter.get_finished_spans()

    @property
    def logs(self):
        return self.log_exporter.get_finished_logs()


@contextlib.contextmanager
def of_tenant(number):
    token = tenant.set(TENANTS[number % len(TENANTS)])
    try:
        yield
    finally:
        tenant.reset(token)


def emit_2024(telemetry, provider):
    from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
    instrumented(OpenAIInstrumentor, telemetry, provider, knows_responses=False)


def emit_2026(telemetry, provider):
    from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor
    instrumented(OpenAIInstrumentor, telemetry, provider)


def emit_openllmetry(telemetry, provider):
    from opentelemetry.instrumentation.openai import OpenAIInstrumentor
    instrumented(OpenAIInstrumentor, telemetry, provider)


def emit_openinference(telemetry, provider):
    from openinference.instrumentation import using_session, using_user
    from openinference.instrumentation.openai import OpenAIInstrumentor
    tracer = telemetry.tracers.get_tracer("agents")
    with using_session("session-1"), using_user("user-1"):
        instrumented(OpenAIInstrumentor, telemetry, provider)
    for number, kind in enumerate(["agent", "chain", "tool", "retriever", "reranker", "guardrail", "evaluator"] * 4):
        with of_tenant(number), tracer.start_as_current_span(kind, openinference_span_kind=kind):
            client_of(provider).chat.completions.create(model="gpt-inside", messages=MESSAGES)


def client_of(provider):
    import openai
    return openai.OpenAI(api_key="none", base_url=provider.url, max_retries=0)


def instrumented(instrumentor, telemetry, provider, knows_responses=True, rounds=16):
    """The same calls for everyone: chats, streams with and without usage, embeddings, responses, errors."""
    instrumentor().instrument(tracer_provider=telemetry.tracers, logger_provider=telemetry.loggers)
    import openai
    client = client_of(provider)
    tracer = telemetry.tracers.get_tracer("shop")
    for number in range(rounds):
        with of_tenant(number), tracer.start_as_current_span("POST /checkout"):
            chat = client.chat.completions.create
            chat(model="gpt-plain", messages=MESSAGES)
            chat(model="gpt-tier", messages=MESSAGES, service_tier="default", max_tokens=100)
            for _ in chat(model="gpt-stream", messages=MESSAGES, stream=True, stream_options={"include_usage": True}):
                pass
            client.embeddings.create(model="embed-small", input="hi")
            if knows_responses:
                client.responses.create(model="gpt-responses", input="hi")
            if number % 4 == 0:
                for _ in chat(model="gpt-untold", messages=MESSAGES, stream=True):
                    pass
                with contextlib.suppress(openai.BadRequestError):
                    chat(model="refused", messages=MESSAGES)


LITELLM_MODELS = ("gpt-4o-mini", "gpt-4o", "anthropic/claude-sonnet-4-5", "gemini/gemini-2.5-flash")


def emit_litellm(telemetry, provider):
    from litellm.integrations.opentelemetry import OpenTelemetry, OpenTelemetryConfig
    asyncio.run(litellm_calls(OpenTelemetry(
        config=OpenTelemetryConfig(exporter=telemetry.span_exporter, skip_set_global=True),
        tracer_provider=telemetry.tracers, logger_provider=telemetry.loggers), telemetry, provider))


def emit_litellm_v2(telemetry, provider):
    os.environ["LITELLM_OTEL_V2"] = "true"
    from litellm.integrations.otel.logger import OpenTelemetryV2
    asyncio.run(litellm_calls(OpenTelemetryV2(
        tracer_provider=telemetry.tracers, logger_provider=telemetry.loggers), telemetry, provider))


def whose():
    """What LiteLLM's proxy puts beside a call. Integrations write into it."""
    return {"user_api_key_org_id": "org-1", "user_api_key_team_id": "team-1", "user_api_key_hash": "hash-1",
            "user_api_key_user_id": "user-1"}


async def litellm_calls(callback, telemetry, provider):
    import litellm
    litellm.callbacks = [callback]
    litellm.suppress_debug_info = True
    for number in range(24):
        with of_tenant(number):
            model = LITELLM_MODELS[number % 4]
            await litellm.acompletion(
                model=model, messages=MESSAGES, mock_response="hi " * (number + 1), metadata=whose())
            stream = await litellm.acompletion(
                model=model, messages=MESSAGES, mock_response="hi", stream=True, metadata=whose())
            async for _ in stream:
                pass
            if number % 3 == 0:
                with contextlib.suppress(Exception):
                    await litellm.acompletion(
                        model=model, messages=MESSAGES, mock_response=Exception("bad"), metadata=whose())
                there = {"api_base": provider.url, "api_key": "none"}
                await litellm.aembedding(
                    model="openai/text-embedding-3-small", input=["hi"], **there, metadata=whose())
                await litellm.acompletion(model="openai/gpt-4o", messages=MESSAGES, **there, metadata=whose())
                await litellm.aresponses(model="openai/gpt-4o", input="hi", **there, metadata=whose())
                stream = await litellm.acompletion(
                    model="openai/gpt-4o", messages=MESSAGES, stream=True, stream_options={"include_usage": True},
                    **there, metadata=whose())
                async for _ in stream:
                    pass
    await settled(lambda: len(telemetry.spans))


async def settled(count):
    """Callbacks run beside the calls: waits until none has come for two seconds."""
    before, quiet = None, 0
    for _ in range(600):
        now = count()
        quiet = quiet + 1 if now == before else 0
        if quiet == 4:
            return
        before = now
        await asyncio.sleep(0.5)
    sys.exit("LiteLLM's callbacks do not come to an end")


# Doubles as programs make them, and what a bill has of them.
COSTS = (2.85e-05, 0.1 + 0.2, 1e-12, 4.9e-13, 1 / 3, 123.456, 1234567.123456789, 5, 0.1 * 3 * 1e-6, 1e-7, 0.0, 7.5e-13,
         2.5e-12)
COST_NAMES = ("gen_ai.usage.cost", "operation.cost", "litellm.cost.total", "gen_ai.cost.total_cost", "llm.cost.total")
# input, output, cache read, cache creation, reasoning, as names of other years and vendors
NAMES = (
    ("gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.usage.cache_read.input_tokens",
     "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.reasoning.output_tokens"),
    ("gen_ai.usage.prompt_tokens", "gen_ai.usage.completion_tokens", "gen_ai.usage.cache_read_input_tokens",
     "gen_ai.usage.cache_creation_input_tokens", "gen_ai.usage.reasoning_tokens"),
    ("llm.usage.prompt_tokens", "llm.usage.completion_tokens", "llm.usage.cache_read_input_tokens",
     "llm.usage.cache_creation_input_tokens", "llm.usage.reasoning_tokens"),
    ("llm.token_count.prompt", "llm.token_count.completion", "llm.token_count.prompt_details.cache_read",
     "llm.token_count.prompt_details.cache_write", "llm.token_count.completion_details.reasoning"),
    ("gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.usage.details.cache_read_tokens",
     "gen_ai.usage.details.cache_write_tokens", "gen_ai.usage.details.reasoning_tokens"),
)


def emit_handmade(telemetry, provider):
    from opentelemetry.util.genai.handler import TelemetryHandler
    handler = TelemetryHandler(tracer_provider=telemetry.tracers, logger_provider=telemetry.loggers)
    for number in range(24):
        with of_tenant(number):
            agents_and_tools(handler, provider, number)
    tracer = telemetry.tracers.get_tracer("handmade", "1.0")
    numbers = itertools.count()
    for cost, cost_name in itertools.product(COSTS, COST_NAMES):
        number = next(numbers)
        handmade_call(tracer, number, {cost_name: cost})
        handmade_call(tracer, number, {"gen_ai.usage.cost.amount": cost, "gen_ai.usage.cost.currency": "EUR"})
    for number, kind in enumerate(["workflow", "task", "agent", "tool"] * 6):
        with of_tenant(number), tracer.start_as_current_span(
                f"{kind}.x", attributes={"traceloop.span.kind": kind, "traceloop.entity.name": "x"}):
            handmade_call(tracer, number, {})
    for number in range(40):
        with of_tenant(number), tracer.start_as_current_span(
                "SELECT", attributes={"db.system.name": "postgresql", "db.rows": number}):
            pass


def handmade_call(tracer, number, attributes):
    names = NAMES[number % len(NAMES)]
    tokens = (2000 + number, 300 + number, number % 500, number % 90, number % 70)
    who = ({"gen_ai.provider.name": "anthropic", "gen_ai.operation.name": "chat"},
           {"gen_ai.system": "Azure.AI.OpenAI", "gen_ai.operation.name": "text_completion"},
           {"gen_ai.system": "OpenAI", "llm.request.type": "chat"},
           {"llm.system": "openai", "llm.provider": "azure", "openinference.span.kind": "LLM"},
           {"gen_ai.provider.name": "gcp.gemini", "gen_ai.operation.name": "generate_content"})[number % len(NAMES)]
    model = "llm.model_name" if "openinference.span.kind" in who else "gen_ai.request.model"
    with of_tenant(number), tracer.start_as_current_span("call", attributes={
            **who, model: "model-x", **dict(zip(names, tokens)), **attributes}):
        pass


def agents_and_tools(handler, provider, number):
    """An agent with what it does inside; it repeats the usage of its calls."""
    with handler.workflow("checkout"), handler.invoke_local_agent(
            request_model="claude-sonnet", agent_name="buyer", conversation_id=f"c-{number}") as agent:
        bill = provider.bill("claude-sonnet")
        with contextlib.suppress(TimeoutError), handler.inference(
                "anthropic", request_model="claude-sonnet", conversation_id=f"c-{number}") as call:
            call.response_model_name = "claude-sonnet-1"
            call.response_id = bill["id"]
            call.finish_reasons = ["stop", "tool_calls"]
            call.input_tokens, call.output_tokens = bill["input"], bill["output"]
            call.cache_read_input_tokens, call.cache_write_input_tokens = bill["cached"], number
            call.thinking_tokens = bill["reasoning"]
            if number % 6 == 5:
                raise TimeoutError
        with handler.embedding("openai", request_model="embed-large") as embedding:
            embedding.input_tokens = provider.bill("embed-large")["input"]
        with handler.tool("search", tool_type="function"):
            pass
        with handler.retrieval(provider="openai", request_model="embed-large"):
            pass
        with handler.fetch_response("openai", response_id=bill["id"]):
            pass
        agent.input_tokens, agent.output_tokens = bill["input"], bill["output"]


# The independent reading: by the published conventions, from what the SDK holds.

CALLS = {"chat", "generate_content", "text_completion", "embeddings"}
OF_OPENINFERENCE = {"LLM": "chat", "EMBEDDING": "embeddings"}
OF_OPENLLMETRY = {"chat": "chat", "completion": "text_completion", "embedding": "embeddings", "acompletion": "chat",
                  "aembedding": "embeddings", "responses": "chat", "aresponses": "chat"}
TOKENS = {
    "input_tokens": [names[0] for names in NAMES],
    "output_tokens": [names[1] for names in NAMES],
    "cache_read_input_tokens": [names[2] for names in NAMES],
    "cache_creation_input_tokens": ["gen_ai.usage.cache_write.input_tokens", *(names[3] for names in NAMES)],
    "reasoning_output_tokens": [names[4] for names in NAMES],
    "audio_input_tokens": ["gen_ai.usage.audio.input_tokens", "llm.token_count.prompt_details.audio"],
    "audio_output_tokens": ["gen_ai.usage.audio.output_tokens", "llm.token_count.completion_details.audio"],
}
TIERS = {"default": "standard"}


def first(attributes, *names):
    for name in names:
        if attributes.get(name) not in (None, ""):
            return attributes[name]
    return None


def operation_of(a):
    """The operation of a call of a model; None for every other span."""
    if a.get("traceloop.span.kind"):
        return None
    if a.get("gen_ai.operation.name"):
        return a["gen_ai.operation.name"] if a["gen_ai.operation.name"] in CALLS else None
    return OF_OPENINFERENCE.get(a.get("openinference.span.kind")) or OF_OPENLLMETRY.get(a.get("llm.request.type"))


def reading(trace, span, a, resource, start, end, is_error, is_log):
    """What must come of it: {"verdict": row, refused or skipped, …}."""
    operation = operation_of(a)
    if operation is None:
        return {"verdict": "skipped"}
    trace, span = f"{trace:032x}", f"{span:016x}"
    row = {
        "invocation_id": str(uuid.uuid5(NAMESPACE, "\0".join(("otlp", trace, span)))),
        "trace_id": trace,
        "span_id": span,
        "occurred_at": moment(start),
        "tenant_id": first(a, "tenant.id") or resource.get("tenant.id"),
        "provider": (first(a, "gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system")
                     or a.get("litellm.provider.model", "").rpartition("/")[0]).lower(),
        "operation": operation,
        "request_model": first(a, "gen_ai.request.model", "llm.model_name", "embedding.model_name",
                               "gen_ai.response.model"),
        "response_model": first(a, "gen_ai.response.model"),
        "response_id": first(a, "gen_ai.response.id"),
        "service_tier": first(a, "openai.response.service_tier", "gen_ai.openai.response.service_tier") or "standard",
        "finish_reasons": list(first(a, "gen_ai.response.finish_reasons") or
                               filter(None, [first(a, "llm.finish_reason")])) or None,
        "stream": boolean(first(a, "gen_ai.request.stream", "gen_ai.is_streaming", "llm.is_streaming",
                                "litellm.request.streaming")),
        "conversation_id": first(a, "gen_ai.conversation.id", "session.id"),
        "duration_ms": None if is_log else (end // 1000 - start // 1000 + 500) // 1000,  # times have microseconds
    }
    if a.get("gen_ai.response.time_to_first_chunk") is not None:
        first_token = round(a["gen_ai.response.time_to_first_chunk"] * 1000)
        if row["duration_ms"] is None or first_token <= row["duration_ms"]:  # else by two clocks of the client
            row["time_to_first_token_ms"] = first_token
    row["service_tier"] = TIERS.get(row["service_tier"], row["service_tier"])
    failed = is_error or bool(a.get("error.type"))
    row["status"] = "failure" if failed else "success"
    row["error_type"] = first(a, "error.type") or "_OTHER" if failed else None
    for column, names in TOKENS.items():
        row[column] = first(a, *names)
    if operation == "embeddings" and row["output_tokens"] is None:
        row["output_tokens"] = 0
    for column in TOKENS:
        if row[column] is None and column not in ("input_tokens", "output_tokens"):
            row[column] = 0
    row.update(cost_of(a))
    reasons = [column for column in ("tenant_id", "provider", "request_model") if not row[column]]
    if not failed:
        reasons += [column for column in ("input_tokens", "output_tokens") if row[column] is None]
    if reasons:
        return {"verdict": "refused", "fields": reasons}
    return {"verdict": "row", "row": {name: value for name, value in row.items() if value is not None}}


def cost_of(a):
    """The bill's cost. 0 is what programs write that know no price, unless a currency is said."""
    if a.get("gen_ai.usage.cost.amount") is not None:
        return {"cost": places(a["gen_ai.usage.cost.amount"]), "currency": a["gen_ai.usage.cost.currency"]}
    for name in COST_NAMES:
        if a.get(name) is not None and (float(a[name]) or a.get("litellm.cache_hit")):
            return {"cost": places(a[name]), "currency": "USD"}
    return {}


def places(number):
    rounded = decimal.Decimal(repr(number)).quantize(COST_PLACES, decimal.ROUND_HALF_EVEN)
    return f"{rounded.normalize():f}" if rounded else "0"


def moment(nanoseconds):
    microseconds = nanoseconds // 1000
    time = datetime.datetime.fromtimestamp(microseconds // 1_000_000, datetime.timezone.utc)
    return f"{time:%Y-%m-%dT%H:%M:%S}.{microseconds % 1_000_000:06}Z"


def boolean(value):
    return {"True": True, "False": False}.get(value, value)


def readings(telemetry):
    from opentelemetry.trace import StatusCode
    for span in telemetry.spans:
        yield {"signal": "span", "name": span.name, **reading(
            span.context.trace_id, span.context.span_id, dict(span.attributes), dict(span.resource.attributes),
            span.start_time, span.end_time, span.status.status_code == StatusCode.ERROR, False)}
    for log in telemetry.logs:
        record = log.log_record
        known = record.event_name == "gen_ai.client.inference.operation.details"
        yield {"signal": "log", "name": record.event_name, **(reading(
            record.trace_id, record.span_id, dict(record.attributes), dict(log.resource.attributes),
            record.timestamp or record.observed_timestamp, None, False, True) if known else {"verdict": "skipped"})}


# Files.


def emit(dialect, directory):
    os.environ.update(
        LITELLM_LOCAL_MODEL_COST_MAP="True", OTEL_INSTRUMENTATION_GENAI_EMIT_EVENT="true",
        OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT="event_only")
    if dialect in ("2026", "handmade"):
        os.environ["OTEL_SEMCONV_STABILITY_OPT_IN"] = "gen_ai_latest_experimental"
    from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
    from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
    telemetry, provider = Telemetry(dialect), Provider()
    globals()["emit_" + dialect.replace("-", "_")](telemetry, provider)
    place = pathlib.Path(directory, dialect)
    place.with_suffix(".traces").write_bytes(encode_spans(telemetry.spans).SerializeToString())
    place.with_suffix(".logs").write_bytes(encode_logs(telemetry.logs).SerializeToString())
    for suffix, lines in ((".expected", readings(telemetry)), (".billed", provider.billed)):
        with place.with_suffix(suffix).open("w") as out:
            for line in lines:
                out.write(json.dumps(line) + "\n")


def split(directory):
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
    directory = pathlib.Path(directory)
    spans, logs = [], []
    for dialect in DIALECTS:
        request = ExportTraceServiceRequest.FromString((directory / f"{dialect}.traces").read_bytes())
        spans += [(outer, inner, item) for outer in request.resource_spans for inner in outer.scope_spans
                  for item in inner.spans]
        request = ExportLogsServiceRequest.FromString((directory / f"{dialect}.logs").read_bytes())
        logs += [(outer, inner, item) for outer in request.resource_logs for inner in outer.scope_logs
                 for item in inner.log_records]
    write_part(directory, "a", spans, itertools.cycle((1, 1, 2, 3, 5, 8, 13, 64, 512)), ExportTraceServiceRequest,
               ("resource_spans", "scope_spans", "spans"))
    random.Random(1).shuffle(spans)
    write_part(directory, "b", spans, itertools.cycle((512, 1, 31, 4, 100, 7, 20)), ExportTraceServiceRequest,
               ("resource_spans", "scope_spans", "spans"))
    write_part(directory, "logs", logs, itertools.cycle((1, 2, 50)), ExportLogsServiceRequest,
               ("resource_logs", "scope_logs", "log_records"))


def write_part(directory, part, items, sizes, kind, fields):
    folder = directory / part
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    position = number = 0
    with (directory / f"{part}.ndjson").open("w") as out:
        while position < len(items):
            size = next(sizes)
            while True:
                batch = items[position:position + size]
                request = request_of(batch, kind, fields)
                line = json.dumps(otlp_json(request), separators=(",", ":"))
                if len(line) <= REQUEST_BYTES_MAX:
                    break
                size = len(batch) // 2
            position, number = position + size, number + 1
            (folder / f"{number:04}.pb").write_bytes(request.SerializeToString())
            out.write(line + "\n")


def request_of(batch, kind, fields):
    """The items in one request, with those of the same resource and scope together."""
    resources, scopes, items = fields
    request, outers, inners = kind(), {}, {}
    for outer, inner, item in batch:
        place = outer.resource.SerializeToString(deterministic=True)
        if place not in outers:
            outers[place] = getattr(request, resources).add(resource=outer.resource, schema_url=outer.schema_url)
        key = place, inner.scope.SerializeToString(deterministic=True)
        if key not in inners:
            inners[key] = getattr(outers[place], scopes).add(scope=inner.scope, schema_url=inner.schema_url)
        getattr(inners[key], items).append(item)
    return request


def otlp_json(request):
    """JSON as OTLP has it: not that of Protobuf, for identifiers are hexadecimal and enumerations are numbers."""
    from google.protobuf.json_format import MessageToDict

    def with_hexadecimal(value):
        if isinstance(value, list):
            return [with_hexadecimal(one) for one in value]
        if not isinstance(value, dict):
            return value
        return {name: base64.b64decode(one).hex() if name in ("traceId", "spanId", "parentSpanId")
                else one if name == "attributes" else with_hexadecimal(one) for name, one in value.items()}

    return with_hexadecimal(MessageToDict(request, use_integers_for_enums=True))


if __name__ == "__main__":
    if sys.argv[1:2] == ["emit"] and sys.argv[2:3] and sys.argv[2] in DIALECTS and len(sys.argv) == 4:
        emit(*sys.argv[2:])
    elif sys.argv[1:2] == ["split"] and len(sys.argv) == 3:
        split(sys.argv[2])
    else:
        sys.exit(__doc__)
