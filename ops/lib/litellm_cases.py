# SPDX-License-Identifier: Apache-2.0
"""Prices a grid of calls with LiteLLM, for comparison with Daybook.

Usage: litellm_cases.py PRICES CASES

Writes LiteLLM's price list to PRICES, and to CASES one line for each call, columns separated by tabs:
key, provider, model, service tier, eight token counts, LiteLLM's cost of the call, its generic cost
(without the formula of the provider), and comma-separated facts about the entry.
"""

import copy
import datetime
import logging
import os
import re
import sys

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # the list of the package, nothing from a network

import litellm  # noqa: E402
from litellm import cost_calculator  # noqa: E402
from litellm._internal_context import _billing_time  # noqa: E402
from litellm.litellm_core_utils.llm_cost_calc.utils import generic_cost_per_token  # noqa: E402
from litellm.types.utils import (  # noqa: E402
    CacheCreationTokenDetails,
    CompletionTokensDetailsWrapper,
    PromptTokensDetailsWrapper,
    Usage,
)

MODES = {"chat", "completion", "responses", "embedding"}
NOT_MODELS = {"sample_spec", "fallback_generalizations"}
# A Wednesday morning lies outside of every off-peak window, a Saturday noon within most.
PEAK = datetime.datetime(2026, 1, 7, 7, 30, tzinfo=datetime.timezone.utc)
OFF_PEAK = datetime.datetime(2026, 1, 10, 12, 0, tzinfo=datetime.timezone.utc)
TIER_FIELDS = {"batch": "_batches", "flex": "_flex", "priority": "_priority",
               "balanced": "_balanced", "ultrafast": "_ultrafast"}
THRESHOLD = re.compile(r"_above_(\d+)(k?)_tokens")

# input, output, cache read, cache creation, of it for one hour, reasoning, audio in, audio out
PLAIN = (1000, 500, 0, 0, 0, 0, 0, 0)
CACHED = (10_000, 100, 6000, 0, 0, 0, 0, 0)
GRID = [
    PLAIN,
    CACHED,
    (1, 1, 0, 0, 0, 0, 0, 0),
    (0, 100, 0, 0, 0, 0, 0, 0),
    (10_000, 100, 0, 4000, 0, 0, 0, 0),
    (20_000, 10, 3000, 9000, 5000, 0, 0, 0),
    (5000, 3000, 0, 0, 0, 2500, 0, 0),
    (5000, 3000, 0, 0, 0, 0, 1500, 1200),
    (30_011, 7013, 11_003, 5009, 2003, 3001, 1009, 503),
]


def usage_of(counts):
    tokens_in, tokens_out, read, written, written_1h, reasoning, audio_in, audio_out = counts
    details = None
    if written:
        details = CacheCreationTokenDetails(
            ephemeral_5m_input_tokens=written - written_1h, ephemeral_1h_input_tokens=written_1h)
    prompt = None
    if read or written or audio_in:
        prompt = PromptTokensDetailsWrapper(
            cached_tokens=read, cache_creation_tokens=written, audio_tokens=audio_in,
            cache_creation_token_details=details)
    completion = None
    if reasoning or audio_out:
        completion = CompletionTokensDetailsWrapper(
            reasoning_tokens=reasoning, audio_tokens=audio_out)
    return Usage(
        prompt_tokens=tokens_in, completion_tokens=tokens_out, total_tokens=tokens_in + tokens_out,
        prompt_tokens_details=prompt, completion_tokens_details=completion)


def bounds_of(entry):
    """Input tokens at which another price may begin."""
    found = set()
    for name in entry:
        match = THRESHOLD.search(name)
        if match and "token" in name[: match.start()]:
            found.add(int(match[1]) * (1000 if match[2] else 1))
    for step in entry.get("tiered_pricing") or []:
        found.update(int(bound) for bound in step.get("range") or [] if bound)
    return sorted(found)


def provider_of(entry):
    """LiteLLM's own name of the provider, as its callers give it."""
    name = entry["litellm_provider"]
    if name.startswith("vertex_ai-"):
        return "vertex_ai"
    return {"bedrock_converse": "bedrock", "fireworks_ai-embedding-models": "fireworks_ai"}.get(
        name, name)


def model_of(key, entry):
    prefix, slash, rest = key.partition("/")
    provider = entry["litellm_provider"]
    same = {provider, provider_of(entry), {"azure_text": "azure"}.get(provider)}
    return rest if slash and prefix in same else key


def facts_of(entry):
    facts = []
    if entry.get("output_cost_per_token") is None:
        facts.append("no_output_rate")
    if entry.get("input_cost_per_token") is None:
        facts.append("no_input_rate")
    for name, fact in (("tiered_pricing", "ladder"), ("off_peak_pricing", "off_peak_pricing"),
                       ("output_cost_per_image_token", "image_tokens"),
                       ("cache_read_input_audio_token_cost", "cached_audio_rate")):
        if entry.get(name) is not None:
            facts.append(fact)
    if not any("_batches" in name for name in entry):
        facts.append("no_batch_rate")
    return facts


def grid_of(entry):
    """Calls as (tier, counts, moment)."""
    def fitted(counts):
        return (counts[0], 0, *counts[2:5], 0, counts[6], 0) if entry["mode"] == "embedding" else counts

    bounds = bounds_of(entry)
    for tier in ["standard", *TIER_FIELDS]:
        has_fields = tier == "standard" or any(TIER_FIELDS[tier] in name for name in entry)
        for counts in GRID if has_fields else (PLAIN, CACHED):
            yield tier, fitted(counts), PEAK
        for bound in bounds if has_fields else []:
            for tokens_in in (bound - 1, bound, bound + 1):
                yield tier, fitted((tokens_in, 2003, 0, 0, 0, 0, 0, 0)), PEAK
                yield tier, fitted((tokens_in, 5003, 7001, 5003, 2003, 1009, 0, 0)), PEAK
    if entry.get("off_peak_pricing"):
        yield "standard", PLAIN, OFF_PEAK


def cost_of(key, entry, tier, counts, moment):
    """LiteLLM's cost of the call, and what its generic function says; None for no answer."""
    provider, model, usage = provider_of(entry), model_of(key, entry), usage_of(counts)
    _billing_time.set(moment)
    try:
        cost = sum(cost_calculator.cost_per_token(
            model=model, custom_llm_provider=provider, usage_object=copy.deepcopy(usage),
            service_tier=None if tier in ("standard", "batch") else tier,
            call_type="retrieve_batch" if tier == "batch"
            else "embedding" if entry["mode"] == "embedding" else "completion"))
    except Exception:  # noqa: BLE001  # LiteLLM raises bare exceptions
        cost = None
    generic = None
    if tier != "batch":
        try:
            generic = sum(generic_cost_per_token(
                model=key, usage=usage, custom_llm_provider=provider,
                service_tier=None if tier == "standard" else tier, model_info=entry,
                current_time=moment))
        except Exception:  # noqa: BLE001
            generic = None
    else:
        try:
            generic = sum(cost_calculator.batch_cost_calculator(
                usage=usage, model=key, custom_llm_provider=provider, model_info=entry))
        except Exception:  # noqa: BLE001
            generic = None
    return cost, generic


def main(prices, cases):
    logging.disable(logging.CRITICAL)
    litellm.suppress_debug_info = True
    source = os.path.join(os.path.dirname(litellm.__file__),
                          "model_prices_and_context_window_backup.json")
    with open(source, "rb") as original, open(prices, "wb") as written:
        written.write(original.read())
    with open(cases, "w", encoding="utf-8") as out:
        for key, entry in sorted(litellm.model_cost.items()):
            if key in NOT_MODELS or entry.get("mode") not in MODES:
                continue
            facts = facts_of(entry)
            for tier, counts, moment in grid_of(entry):
                costs = ["" if cost is None else repr(float(cost))
                         for cost in cost_of(key, entry, tier, counts, moment)]
                tags = facts + (["off_peak"] if moment is OFF_PEAK else [])
                out.write("\t".join([key, entry["litellm_provider"], model_of(key, entry), tier,
                                     *map(str, counts), *costs, ",".join(tags)]) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
