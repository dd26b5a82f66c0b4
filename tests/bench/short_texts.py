"""Short texts on the processor: what the pooled position needs, against all positions and sentence-transformers."""

import copy
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import torch

from embfilter_core.assets.places import lee_file
from embfilter_core.backbones.backbone import Backbone
from embfilter_core.backbones.forward_pass import embed_encoded
from embfilter_core.backbones.prompts import PROMPTS, SLOT, Prompt
from tests.bench.measure import Check, Comparison, Timings, time_in_parts

BACKBONE = "smollm2-135m-instruct"
TEXTS = 2000
FEWEST_WORDS, MOST_WORDS = 4, 30
PARTS = 4
WITHIN = 1e-4
PEER_BATCHES = (32, 128)
AIM_OVER_PEER = 1.3


def compare_short_texts(number: int = TEXTS) -> Iterator[Comparison]:
    """`compare` for the bundled backbone and pieces of Lee's documents."""
    from embfilter_core.backbones.loading import load_backbone

    words = lee_file("lee_background.cor").read_text(encoding="utf-8").split()
    yield from compare(load_backbone(BACKBONE, device="cpu"), short_texts(words, number), PROMPTS["prompteol"])


def compare(backbone: Backbone, texts: list[str], prompt: Prompt) -> Iterator[Comparison]:
    """`Backbone.embed` against the plain pass, then against sentence-transformers at its better size of a batch."""
    peer = _peer(backbone, prompt)
    peers = {f"{size} a batch": partial(peer, batch_size=size) for size in PEER_BATCHES}
    ways = {"plain": partial(_plain, backbone, prompt), "embed": partial(backbone.embed, prompt=prompt), **peers}
    for warm_up in ways.values():
        warm_up(texts[:60])
    timings = time_in_parts(ways, texts, PARTS)
    speed = {name: len(texts) / sum(timings.seconds[name]) for name in ways}
    tokens_per_second = speed["embed"] * sum(map(len, backbone.encode(texts, prompt))) / len(texts)
    yield Comparison(
        f"all positions of the last layer and the prompt's beginning in every text ({speed['plain']:.3g} texts/s) over "
        f"Backbone.embed ({speed['embed']:.3g} texts/s, {tokens_per_second:,.0f} tokens/s, as many as take "
        f"{_share_of_sgemm(backbone, tokens_per_second):.0%} of this processor's float32 products), {len(texts)} texts "
        f"of {FEWEST_WORDS} to {MOST_WORDS} words in {PARTS} parts, {prompt.name}",
        timings.ratio("plain", "embed"),
        (_agreement("plain", timings),),
    )
    best = min(peers, key=lambda name: sum(timings.seconds[name]))
    yield Comparison(
        f"sentence-transformers, {best} ({speed[best]:.3g} texts/s), over Backbone.embed",
        timings.ratio(best, "embed"),
        (_agreement(best, timings),),
        aim=AIM_OVER_PEER,
    )


def short_texts(words: list[str], number: int) -> list[str]:
    """Pieces of a seeded number of words each."""
    lengths = np.random.default_rng(0).integers(FEWEST_WORDS, MOST_WORDS, number, endpoint=True)
    stops = lengths.cumsum()
    return [" ".join(words[stop - length : stop]) for stop, length in zip(stops, lengths, strict=True)]


def _plain(backbone: Backbone, prompt: Prompt, texts: list[str]) -> np.ndarray:
    return embed_encoded(backbone.architecture, backbone.encode(texts, prompt), backbone.lock)


def _peer(backbone: Backbone, prompt: Prompt) -> Callable[..., np.ndarray]:
    """Sentence-transformers around a copy of the same weights, asked with the same prompt."""
    from sentence_transformers import SentenceTransformer

    tokenizer = copy.deepcopy(backbone.tokenizer)
    tokenizer.chat_template = None  # with one, it would put a conversation around every text
    with tempfile.TemporaryDirectory() as folder:
        backbone.architecture.model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        peer = SentenceTransformer(folder, device="cpu", model_kwargs={"dtype": torch.float32})
    peer[0].processor = tokenizer

    def embed(texts: list[str], batch_size: int) -> np.ndarray:
        prompted = [prompt.template.replace(SLOT, text) for text in texts]
        return np.asarray(peer.encode(prompted, batch_size=batch_size, show_progress_bar=False))

    return embed


def _share_of_sgemm(backbone: Backbone, tokens_per_second: float) -> float:
    """Products of the layers' weights at this speed, as a share of what this processor does of one such product."""
    layers = backbone.architecture.base_model.layers
    weights = sum(weight.numel() for weight in layers.parameters() if weight.ndim == 2)
    widest = layers[0].mlp.up_proj.weight
    batch = torch.randn(1024, widest.shape[1])
    seconds = []
    for _ in range(20):
        start = time.perf_counter()
        _ = batch @ widest.T
        seconds.append(time.perf_counter() - start)
    return weights * tokens_per_second / (batch.numel() * widest.shape[0] / min(seconds))


def _agreement(other: str, timings: Timings) -> Check:
    one, two = timings.results["embed"], timings.results[other]
    error = np.abs(one - two).max() / np.abs(two).max()
    what = f"Backbone.embed within {error:.1e} of the largest |H| of {other} (allowed {WITHIN:g})"
    return Check(what, bool(error <= WITHIN))
