"""Batches of a token budget, sorted by length, against batches of 32 texts as they arrive."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from embfilter_core.assets.places import lee_file
from embfilter_core.backbones.backbone import Backbone
from embfilter_core.backbones.devices import has_native_bfloat16
from embfilter_core.backbones.forward_pass import forward_batch
from embfilter_core.backbones.loading import load_backbone
from tests.bench.measure import Check, Comparison, time_in_parts

BACKBONE = "smollm2-135m-instruct"
PROMPT = "prompteol"
TEXTS_PER_BATCH = 32
FEWEST_WORDS, MOST_WORDS = 4, 200
PARTS = 3
WITHIN = 1e-4


def compare_batching() -> Iterator[Comparison]:
    """`Backbone.embed` against arrival order in float32, then bfloat16 on top where the processor has it."""
    texts = texts_of_mixed_length()
    backbone = load_backbone(BACKBONE)
    ways = {"arrival": partial(_in_order_of_arrival, backbone), "embed": partial(backbone.embed, prompt=PROMPT)}
    if has_native_bfloat16():
        ways["bfloat16"] = partial(load_backbone(BACKBONE, "bfloat16").embed, prompt=PROMPT)
    for warm_up in ways.values():
        warm_up(texts[:4])
    timings = time_in_parts(ways, texts, PARTS)
    yield Comparison(
        f"batches of {TEXTS_PER_BATCH} in order of arrival ({timings.typical('arrival')}) over Backbone.embed "
        f"({timings.typical('embed')}), {len(texts)} texts of {FEWEST_WORDS} to {MOST_WORDS} words "
        f"in {PARTS} parts, one in each repeat, {PROMPT}",
        timings.ratio("arrival", "embed"),
        (_agreement(timings.results["arrival"], timings.results["embed"]),),
    )
    if "bfloat16" in ways:
        cosine = _smallest_cosine(timings.results["embed"], timings.results["bfloat16"])
        yield Comparison(
            f"Backbone.embed in float32 over bfloat16 ({timings.typical('bfloat16')}); "
            f"smallest cosine between the two {cosine:.5f}",
            timings.ratio("embed", "bfloat16"),
            (),
        )


def texts_of_mixed_length() -> list[str]:
    """The 300 Lee background documents, cut to seeded log-uniform numbers of words."""
    documents = lee_file("lee_background.cor").read_text(encoding="utf-8").splitlines()
    logs = np.random.default_rng(0).uniform(np.log(FEWEST_WORDS), np.log(MOST_WORDS), len(documents))
    return [
        " ".join(document.split()[:words])
        for document, words in zip(documents, np.exp(logs).round().astype(int), strict=True)
    ]


def _in_order_of_arrival(backbone: Backbone, texts: list[str]) -> np.ndarray:
    encoded = backbone.encode(texts, PROMPT)
    starts, architecture = range(0, len(encoded), TEXTS_PER_BATCH), backbone.architecture
    pooled = [
        forward_batch(architecture, encoded[start : start + TEXTS_PER_BATCH], [architecture.layers])[0]
        for start in starts
    ]
    return np.concatenate([batch.numpy() for batch in pooled])


def _agreement(arrival: np.ndarray, sorted_by_length: np.ndarray) -> Check:
    error = np.abs(arrival - sorted_by_length).max() / np.abs(arrival).max()
    return Check(f"embeddings within {error:.1e} of the largest |H| (allowed {WITHIN:g})", bool(error <= WITHIN))


def _smallest_cosine(one: np.ndarray, other: np.ndarray) -> float:
    norms = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return float(((one * other).sum(1) / norms).min())
