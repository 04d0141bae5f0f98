# SPDX-License-Identifier: Apache-2.0
"""Prices a grid of calls with LiteLLM, for comparison with Daybook.

Usage: litellm_cases.py PRICES CASES

Writes LiteLLM's price list to PRICES, and to CASES one line for each call, columns separated by tabs:
key, provider, model, service tier, region, eight token counts, LiteLLM's cost of the call, what its
generic functions (without the formula of the provider) say when they are told what they leave out, and
comma-separated facts about the entry and the call. Left out are rates of batches that the list lacks (here
scaled as it scales the input, or the output), and which audio was cached or written.
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
from litellm.litellm_core_utils.llm_cost_calc.utils import (  # noqa: E402
    _get_token_base_cost,
    apply_provider_cache_read_default,
    generic_cost_per_token,
    get_batch_cost_rates,
)
from litellm.types.utils import (  # noqa: E402
    CachedTokensDetails,
    CacheCreationTokenDetails,
    CompletionTokensDetailsWrapper,
    PromptTokensDetailsWrapper,
    Usage,
)

MODES = {"chat", "completion", "responses", "embedding"}
NOT_MODELS = {"sample_spec", "fallback_generalizations"}
# LiteLLM logs in to these to find a model, over the network, with waits: only its generic cost is taken.
LOGIN_PROVIDERS = {"github_copilot", "chatgpt"}
# A Wednesday morning lies outside of every off-peak window, a Saturday noon within most.
PEAK = datetime.datetime(2026, 1, 7, 7, 30, tzinfo=datetime.timezone.utc)
OFF_PEAK = datetime.datetime(2026, 1, 10, 12, 0, tzinfo=datetime.timezone.utc)
TIER_FIELDS = {"batch": "_batches", "flex": "_flex", "priority": "_priority",
               "balanced": "_balanced", "ultrafast": "_ultrafast", "fast": "_priority"}
AWS_REGION = re.compile(r"[a-z]{2}(-[a-z]+){1,2}-\d")
AZURE_REGION = re.compile("us|eu|apac|us-gov|global|global-standard")
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
    # Audio that is fresh, that was read from a cache, and that was written to one.
    (1000, 100, 800, 0, 0, 0, 900, 80),
    (1000, 100, 100, 0, 0, 0, 900, 80),
    (1000, 10, 300, 600, 0, 0, 950, 0),
    (1000, 10, 100, 800, 500, 0, 990, 0),
    (1000, 0, 1000, 0, 0, 0, 1000, 0),
]



def audio_of(counts):
    """Audio tokens that were read from a cache, written for five minutes, and written for an hour: what
    finds no room among the fresh ones."""
    tokens_in, _, read, written, written_1h, _, audio, _ = counts
    left = max(0, audio - max(0, tokens_in - read - written))
    cached = min(left, read)
    written_5m = min(left - cached, written - written_1h)
    return cached, written_5m, min(left - cached - written_5m, written_1h)


def usage_of(counts):
    tokens_in, tokens_out, read, written, written_1h, reasoning, audio_in, audio_out = counts
    audio_read, *audio_written = audio_of(counts)
    details = None
    if written:
        details = CacheCreationTokenDetails(
            ephemeral_5m_input_tokens=written - written_1h, ephemeral_1h_input_tokens=written_1h)
    prompt = None
    if read or written or audio_in:
        prompt = PromptTokensDetailsWrapper(
            cached_tokens=read, cache_creation_tokens=written, audio_tokens=audio_in - sum(audio_written),
            cached_tokens_details=CachedTokensDetails(
                text_tokens=read - audio_read, audio_tokens=audio_read) if audio_read else None,
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


def region_of(key, entry):
    """Region and bare model of a key that has a region; None for every other."""
    model = model_of(key, entry)
    head, slash, rest = model.partition("/")
    regions = AWS_REGION if entry["litellm_provider"].startswith("bedrock") else \
        AZURE_REGION if entry["litellm_provider"] == "azure" else None
    return (head, rest) if regions and slash and rest and regions.fullmatch(head) else None


def uplifts_of(entry):
    """Regions that cost more by a factor, and how LiteLLM is told of them."""
    for region in ("eu", "us"):
        if entry.get(f"regional_processing_uplift_multiplier_{region}"):
            yield region, {"data_residency": region}
        if entry["litellm_provider"] == "anthropic" \
                and (entry.get("provider_specific_entry") or {}).get(region):
            yield region, {"inference_geo": region}
    if entry.get("regional_endpoint_uplift_multiplier"):
        yield "europe-west4", {"vertex_location": "europe-west4"}
        yield "global", {"vertex_location": "global"}


def speed_of(entry):
    """By how much calls in fast mode cost more, which LiteLLM hears of by `speed`; None where there is none.
    Without it `fast` is another word for `priority`."""
    return (entry.get("provider_specific_entry") or {}).get("fast")


def forms_of(key, entry):
    """Other names that callers give a model, with the region that a record says beside them."""
    model = model_of(key, entry)
    yield f"{provider_of(entry)}/{model}", ""
    yield model.upper(), ""
    if region_of(key, entry):
        yield model, ""
    elif entry["litellm_provider"].startswith(("bedrock", "azure")):
        yield model, "xx-nowhere-1"
    if key.startswith("ft:"):
        yield f"{model}:my-org::AbC123", ""
        yield f"{model}:my-org:suffix:AbC123", ""


def facts_of(entry):
    facts = []
    if entry.get("output_cost_per_token") is None:
        facts.append("no_output_rate")
    if entry.get("input_cost_per_token") is None:
        facts.append("no_input_rate")
    for name, fact in (("tiered_pricing", "ladder"), ("off_peak_pricing", "off_peak_pricing"),
                       ("output_cost_per_image_token", "image_tokens")):
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
        has_fields = (tier == "standard" or any(TIER_FIELDS[tier] in name for name in entry)
                      or tier == "fast" and speed_of(entry) is not None)
        for counts in GRID if has_fields else (PLAIN, CACHED):
            yield tier, fitted(counts), PEAK
        for bound in bounds if has_fields else []:
            for tokens_in in (bound - 1, bound, bound + 1):
                yield tier, fitted((tokens_in, 2003, 0, 0, 0, 0, 0, 0)), PEAK
                yield tier, fitted((tokens_in, 5003, 7001, 5003, 2003, 1009, 0, 0)), PEAK
    if entry.get("off_peak_pricing"):
        yield "standard", PLAIN, OFF_PEAK


def cost_of(key, entry, tier, counts, moment, model, region="", geo="", uplift=None):
    """LiteLLM's cost of the call, and what its generic function says; None for no answer."""
    provider, usage = provider_of(entry), usage_of(counts)
    uplift = dict(uplift or {})
    if geo:
        usage.inference_geo = geo
    is_batch = tier == "batch"
    speed = speed_of(entry) if tier == "fast" else None
    if speed is not None:
        usage.speed = "fast"
    service_tier = None if tier in ("standard", "batch") or speed is not None else tier
    _billing_time.set(moment)
    generic = None
    if not is_batch:
        generic = answer(lambda: (*generic_cost_per_token(
            model=key, usage=usage, custom_llm_provider=provider, service_tier=service_tier,
            model_info=entry, current_time=moment, **uplift),
            cached_audio_difference(entry, provider, service_tier, usage, counts)))
    elif provider not in LOGIN_PROVIDERS:
        generic = answer(lambda: batch_costs(key, entry, provider, usage, counts, uplift))
    if provider in LOGIN_PROVIDERS:
        return generic, generic
    if geo and generic is not None:
        generic *= entry["provider_specific_entry"][geo]
    if speed is not None and generic is not None:
        generic *= speed
    cost = answer(lambda: cost_calculator.cost_per_token(
        model=model, custom_llm_provider=provider, usage_object=copy.deepcopy(usage),
        service_tier=service_tier, region_name=region or None, **uplift,
        call_type="retrieve_batch" if is_batch
        else "embedding" if entry["mode"] == "embedding" else "completion"))
    return cost, generic


def rates_of(entry, provider, tokens_in, service_tier=None):
    return _get_token_base_cost(
        model_info=entry, usage=usage_of((tokens_in, 0, 0, 0, 0, 0, 0, 0)), service_tier=service_tier,
        current_time=PEAK, threshold_is_inclusive=provider == "xai")


def says(entry, name, service_tier=None):
    """The entry's own rate without a threshold; None without one."""
    own = entry.get(name + TIER_FIELDS[service_tier]) if service_tier else None
    return entry.get(name) if own is None else own


def cached_audio_difference(entry, provider, service_tier, usage, counts):
    """LiteLLM prices cached audio as text where the list has no rate for cached tokens, and written audio
    always: audio without a rate of its own costs what other audio does."""
    audio_read, written_5m, written_1h = audio_of(counts)
    entry = apply_provider_cache_read_default(entry, provider)
    rates = rates_of(entry, provider, usage.prompt_tokens, service_tier)
    audio = says(entry, "input_cost_per_audio_token", service_tier)
    audio = rates.input_rate if audio is None else float(audio)
    difference = 0.0
    if (says(entry, "cache_read_input_audio_token_cost", service_tier) is None
            and says(entry, "cache_read_input_token_cost", service_tier) is None
            and not entry.get("tiered_pricing")):
        difference += audio_read * (audio - rates.cache_read_rate)
    own = says(entry, "cache_creation_input_audio_token_cost", service_tier)
    hour = rates.cache_creation_rates_by_ttl.get("1hr", rates.cache_creation_rate)
    has_rate = says(entry, "cache_creation_input_token_cost", service_tier) is not None
    has_hour = says(entry, "cache_creation_input_token_cost_above_1hr", service_tier) is not None
    for tokens, rate, has in ((written_5m, rates.cache_creation_rate, has_rate),
                              (written_1h, hour, has_rate or has_hour)):
        difference += tokens * ((rate if has else audio) if own is None else float(own)) - tokens * rate
    return difference


BATCH_PARTS = {
    "input_cost_per_token": ("cache_read_input_token_cost", "cache_creation_input_token_cost",
                             "cache_creation_input_token_cost_above_1hr", "input_cost_per_audio_token",
                             "cache_read_input_audio_token_cost", "cache_creation_input_audio_token_cost"),
    "output_cost_per_token": ("output_cost_per_reasoning_token", "output_cost_per_audio_token"),
}


def batch_costs(key, entry, provider, usage, counts, uplift):
    """LiteLLM's cost of a batch, with every rate that its list lacks filled in, and the difference of what
    it has no rates for: reasoning, and audio that was written to a cache or is output."""
    full = apply_provider_cache_read_default(entry, provider)
    said = get_batch_cost_rates(full, usage, provider)
    steps = [bound for bound in bounds_of(entry)
             if usage.prompt_tokens > bound - (provider == "xai")
             and any(name.startswith("input_cost_per_token_above_") and name.endswith("_batches")
                     and bound in bounds_of({name: 1}) for name in entry)]
    standard = rates_of(full, provider, steps[-1] + 1 if steps else 1)
    filled = dict(full)
    at_threshold = {"cache_read_input_token_cost": standard.cache_read_rate,
                    "cache_creation_input_token_cost": standard.cache_creation_rate,
                    "cache_creation_input_token_cost_above_1hr":
                        standard.cache_creation_rates_by_ttl.get("1hr")}
    known = {"cache_read_input_token_cost": said.cache_read,
             "cache_creation_input_token_cost": said.cache_creation,
             "cache_creation_input_token_cost_above_1hr": said.cache_creation_rates_by_ttl.get("1hr")}
    batch = {"input_cost_per_token": said.input, "output_cost_per_token": said.output}
    wholes = {"input_cost_per_token": standard.input_rate, "output_cost_per_token": standard.output_rate}
    has_batch_rate = any("_batches" in name for name in entry)
    for whole, parts in BATCH_PARTS.items():
        if batch[whole] is None and entry.get(whole) is not None:
            batch[whole] = wholes[whole] / 2
            filled[whole + "_batches"] = batch[whole]
        for part in parts:
            if known.get(part) is None and entry.get(part + "_batches") is None \
                    and has_rate(full, part, steps) and batch[whole] is not None and wholes[whole]:
                full_rate = at_threshold[part] if part in at_threshold else full[part]
                filled[part + "_batches"] = float(full_rate) * batch[whole] / wholes[whole]
    costs = cost_calculator.batch_cost_calculator(
        usage=usage, model=key, custom_llm_provider=provider, model_info=filled, **uplift)
    return (*costs, batch_difference(filled, provider, usage, counts) if has_batch_rate else 0.0)


def has_rate(entry, part, crossed):
    """Whether the entry says the rate, or one above a threshold that was crossed."""
    return entry.get(part) is not None or any(
        re.fullmatch(part + r"_above_\d+k?_tokens", name) and value is not None
        and bounds_of({name: value})[0] in crossed for name, value in entry.items())


def batch_difference(filled, provider, usage, counts):
    audio_read, written_5m, written_1h = audio_of(counts)
    rates = get_batch_cost_rates(filled, usage, provider)
    base = rates.input
    difference = 0.0
    for name, tokens in (("output_cost_per_reasoning_token", min(counts[5], counts[1] - counts[7])),
                         ("output_cost_per_audio_token", counts[7])):
        rate = filled.get(name + "_batches")
        difference += tokens * (rate - rates.output) if rate is not None else 0.0
    if base is None:
        return difference
    audio = filled.get("input_cost_per_audio_token_batches")
    audio = base if audio is None else float(audio)
    if rates.cache_read is None:
        # It has taken these for tokens of text.
        own = filled.get("cache_read_input_audio_token_cost_batches")
        difference += audio_read * ((audio if own is None else own) - base)
    own = filled.get("cache_creation_input_audio_token_cost_batches")
    hour = rates.cache_creation_rates_by_ttl.get("1hr")
    for tokens, rate in ((written_5m, rates.cache_creation),
                         (written_1h, rates.cache_creation if hour is None else hour)):
        ours = own if own is not None else audio if rate is None else rate
        difference += tokens * (ours - (base if rate is None else rate))
    return difference


def answer(calculation):
    try:
        return sum(calculation())
    except Exception:  # noqa: BLE001  # LiteLLM raises bare exceptions
        return None


def main(prices, cases):
    logging.disable(logging.CRITICAL)
    litellm.suppress_debug_info = True
    source = os.path.join(os.path.dirname(litellm.__file__),
                          "model_prices_and_context_window_backup.json")
    with open(source, "rb") as original, open(prices, "wb") as written:
        written.write(original.read())
    keys = {}
    for key, entry in litellm.model_cost.items():
        if "litellm_provider" in entry:
            keys.setdefault(place_of(key, entry), []).append(key)
    with open(cases, "w", encoding="utf-8") as out:
        for key, entry in sorted(litellm.model_cost.items()):
            if key in NOT_MODELS or entry.get("mode") not in MODES:
                continue
            twice = ["twice"] if len(keys[place_of(key, entry)]) > 1 else []
            for line in lines_of(key, entry, facts_of(entry) + twice):
                out.write("\t".join(line) + "\n")


def place_of(key, entry):
    return provider_of(entry), *(region_of(key, entry) or ("", model_of(key, entry)))


def lines_of(key, entry, facts):
    def line(tier, counts, moment, model, region, tags, geo="", uplift=None):
        # What LiteLLM is told by another name is no region to it.
        named = "" if geo or uplift else region
        costs = ["" if cost is None else repr(float(cost)) for cost in cost_of(
            key, entry, tier, counts, moment, model, named, geo, uplift)]
        tags = facts + tags + (["audio_in_cache"] if any(audio_of(counts)) else [])
        return [key, entry["litellm_provider"], model, tier, region, *map(str, counts), *costs,
                ",".join(tags)]

    region, model = region_of(key, entry) or ("", model_of(key, entry))
    for tier, counts, moment in grid_of(entry):
        yield line(tier, counts, moment, model, region, ["off_peak"] if moment is OFF_PEAK else [])
    for place, how in uplifts_of(entry):
        how = dict(how)
        geo = how.pop("inference_geo", "")
        for tier, counts, moment in grid_of(entry):
            if counts in (PLAIN, CACHED) and not region:
                yield line(tier, counts, moment, model, place, ["uplift"], geo=geo, uplift=how)
    if entry["litellm_provider"] not in LOGIN_PROVIDERS:
        plain = next(grid_of(entry))[1]
        for form, place in forms_of(key, entry):
            yield line("standard", plain, PEAK, form, place, ["form"])


if __name__ == "__main__":
    main(*sys.argv[1:])
