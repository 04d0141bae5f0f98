# SPDX-License-Identifier: Apache-2.0
"""Calls through LiteLLM, as its callback `generic_api` reports them, and an independent reading of them.

Usage: emit_litellm.py DIRECTORY

Answers are mocked, or come from the provider on loopback that emit_otlp.py has. LiteLLM posts every payload three
times, in the formats of its callback, to a server of our own: json_array.ndjson, ndjson.ndjson and single.ndjson have
what it posted, a body a line (of the format ndjson, a payload a line), and the folders json_array, ndjson and single
the same bodies as they were, for a topic. expected.ndjson has a line for each payload, read from the object that
LiteLLM gave to a callback of Python.
"""

import asyncio
import contextlib
import copy
import http.server
import json
import os
import pathlib
import sys
import threading

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # the list of the package, nothing from a network

import litellm  # noqa: E402
from litellm.integrations.custom_logger import CustomLogger  # noqa: E402
from litellm.integrations.generic_api.generic_api_callback import GenericAPILogger  # noqa: E402
from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER  # noqa: E402

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from emit_otlp import MESSAGES, Provider, moment, places, settled  # noqa: E402

BATCH = 7  # payloads of a request
FORMATS = ("json_array", "ndjson", "single")
MODELS = ("gpt-4o-mini", "gpt-4o", "anthropic/claude-sonnet-4-5", "gemini/gemini-2.5-flash", "openai/without-price")
OPERATIONS = {"acompletion": "chat", "completion": "chat", "aresponses": "chat", "aembedding": "embeddings",
              "atext_completion": "text_completion"}


class Sink(http.server.ThreadingHTTPServer):
    """Takes what LiteLLM posts: the path is the format."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Taken)
        self.bodies = {name: [] for name in FORMATS}
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Taken(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        length = int(self.headers["content-length"])
        self.server.bodies[self.path.strip("/")].append(self.rfile.read(length))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()


class Witness(CustomLogger):
    """Keeps the payloads as LiteLLM hands them over."""

    def __init__(self):
        super().__init__()
        self.payloads = []

    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        self.payloads.append(copy.deepcopy(kwargs["standard_logging_object"]))

    async_log_failure_event = async_log_success_event


def whose(number):
    """What the proxy puts beside a call; a key without an organisation has a team."""
    organisation = ("acme", "globex", None)[number % 3]
    return {"metadata": {
        "user_api_key_org_id": organisation, "user_api_key_team_id": "team-1",
        "user_api_key_hash": f"hash-{number % 2}", "user_api_key_user_id": "user-1"}}


class Send(GenericAPILogger):
    """LiteLLM's callback, but only `post` sends: of its own accord it sends what has piled up, however much that is."""

    def __init__(self, endpoint, log_format):
        super().__init__(endpoint=endpoint, log_format=log_format, batch_size=sys.maxsize, flush_interval=3600,
                         timeout=600)

    async def post(self):
        payloads = self.log_queue
        for first in range(0, len(payloads), BATCH):
            self.log_queue = payloads[first:first + BATCH]
            await self.async_send_batch()


async def make_calls(provider):
    there = {"api_base": provider.url, "api_key": "none"}
    for number in range(20):
        model = MODELS[number % len(MODELS)]
        own = dict(messages=MESSAGES, **whose(number))
        await litellm.acompletion(model=model, mock_response="hi", **own)
        await drain(await litellm.acompletion(model=model, mock_response="hi there", stream=True, **own))
        # With cached, reasoning and audio tokens.
        await litellm.acompletion(model="openai/gpt-4o", **there, **own)
        await drain(await litellm.acompletion(
            model="openai/gpt-4o", stream=True, stream_options={"include_usage": True}, **there, **own))
        await litellm.aembedding(model="openai/text-embedding-3-small", input=["hi"], **there, **whose(number))
        await litellm.aresponses(model="openai/gpt-4o", input="hi", **there, **whose(number))
        if number % 4 == 0:
            for failure in (Exception("bad"), "litellm.RateLimitError"):
                with contextlib.suppress(Exception):
                    await litellm.acompletion(model=model, mock_response=failure, **own)
            with contextlib.suppress(litellm.BadRequestError):
                await litellm.acompletion(model="openai/refused", **there, **own)
    await from_the_cache(there)
    await through_a_router()


async def drain(stream):
    async for _ in stream:
        pass


async def from_the_cache(there):
    litellm.cache = litellm.Cache(type="local")
    for number in range(4):
        messages = [{"role": "user", "content": f"Say {number % 2}."}]
        await litellm.acompletion(model="openai/gpt-4o", caching=True, messages=messages, **there, **whose(number % 2))
        await asyncio.sleep(0.2)
    litellm.cache = None


async def through_a_router():
    """Two retries of what fails, then the fallback; the proxy gives all of it one call id, a program does not."""
    def deployment(name, model, answer):
        return {"model_name": name, "litellm_params": {"model": model, "api_key": "none", "mock_response": answer}}

    router = litellm.Router(
        model_list=[deployment("fast", "gpt-4o-mini", "litellm.RateLimitError"),
                    deployment("sure", "anthropic/claude-sonnet-4-5", "hi")],
        fallbacks=[{"fast": ["sure"]}], num_retries=2, retry_after=0)
    for number in range(2):
        await router.acompletion(
            model="fast", messages=MESSAGES, litellm_call_id=f"of-the-proxy-{number}", **whose(number))
        await router.acompletion(model="fast", messages=MESSAGES, **whose(number))


def reading(payload):
    """What must come of it, from LiteLLM's own description of its payload."""
    usage = payload["metadata"].get("usage_object") or {}
    inside = usage.get("prompt_tokens_details") or {}
    outside = usage.get("completion_tokens_details") or {}
    cost, failed = payload["response_cost"], payload["status"] == "failure"
    known = cost or payload["cache_hit"]  # 0 is also what it writes without a price
    response = payload["response"] if isinstance(payload["response"], dict) else {}
    row = {
        "occurred_at": moment(microseconds(payload["startTime"]) * 1000),
        "tenant_id": payload["metadata"]["user_api_key_org_id"] or payload["metadata"]["user_api_key_team_id"],
        "api_key_id": payload["metadata"]["user_api_key_hash"],
        "user_id": payload["metadata"]["user_api_key_user_id"],
        "provider": payload["custom_llm_provider"],
        "operation": OPERATIONS[payload["call_type"]],
        "request_model": payload["model_group"] or payload["model"],
        "response_model": payload["model"],
        "response_id": response.get("id") or payload["id"],
        "input_tokens": payload["prompt_tokens"],
        "output_tokens": payload["completion_tokens"],
        "cache_read_input_tokens": inside.get("cached_tokens") or 0,
        "reasoning_output_tokens": outside.get("reasoning_tokens") or 0,
        "audio_input_tokens": inside.get("audio_tokens") or 0,
        "audio_output_tokens": outside.get("audio_tokens") or 0,
        "cost": places(cost) if known else None,
        "currency": "USD" if known else None,
        "status": payload["status"],
        "error_type": payload["error_information"]["error_class"] if failed else None,
        "finish_reasons": [choice["finish_reason"] for choice in (response.get("choices") or [])[:1]] or None,
        "stream": payload["stream"],
        "duration_ms": (microseconds(payload["endTime"]) - microseconds(payload["startTime"]) + 500) // 1000,
    }
    if payload["stream"]:
        row["time_to_first_token_ms"] = (
            microseconds(payload["completionStartTime"]) - microseconds(payload["startTime"]) + 500) // 1000
        if row["time_to_first_token_ms"] > row["duration_ms"]:
            del row["time_to_first_token_ms"]
    return {"call": payload["litellm_call_id"], "id": payload["id"], "trace": payload["trace_id"],
            "deployment": payload["model_id"], "row": {name: value for name, value in row.items() if value is not None}}


def microseconds(seconds):
    return round(seconds * 1_000_000)


async def main(directory):
    litellm.suppress_debug_info = True
    directory = pathlib.Path(directory)
    sink, witness, provider = Sink(), Witness(), Provider()
    sends = [Send(f"http://127.0.0.1:{sink.server_port}/{name}", name) for name in FORMATS]
    litellm.callbacks = [witness, *sends]
    await make_calls(provider)
    await GLOBAL_LOGGING_WORKER.flush()
    await settled(lambda: [len(witness.payloads), *(len(send.log_queue) for send in sends)])
    for send in sends:
        await send.post()
    for name, bodies in sink.bodies.items():
        (directory / f"{name}.ndjson").write_bytes(b"".join(body.rstrip(b"\n") + b"\n" for body in bodies))
        folder = directory / name
        folder.mkdir(exist_ok=True)
        for number, body in enumerate(bodies):
            (folder / f"{number:04}").write_bytes(body)
    with (directory / "expected.ndjson").open("w") as out:
        for payload in witness.payloads:
            out.write(json.dumps(reading(payload)) + "\n")
    (directory / "billed.ndjson").write_text("".join(json.dumps(bill) + "\n" for bill in provider.billed))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    asyncio.run(main(sys.argv[1]))
