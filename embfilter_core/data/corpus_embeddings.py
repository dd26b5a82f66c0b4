"""Embeddings of a whole corpus: every text is embedded once per backbone, prompt and layer, then read from disk."""

import hashlib
import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embfilter_core.backbones.backbone import Backbone
from embfilter_core.backbones.encoding import TOKENS_PER_BATCH, Progress, embed_batches
from embfilter_core.backbones.prompts import EncodedText, Prompt, as_prompt, clean_text
from embfilter_core.data.datasets import Corpus
from embfilter_core.data.embedding_store import embedding_store
from embfilter_core.data.store import embfilter_home, load_arrays, save_arrays
from embfilter_core.errors import EmbeddingCancelled, InputError

log = logging.getLogger(__name__)

RECIPE = 1
"""Part of every key: raised whenever the same text and prompt begin to give another embedding."""

WEIGHTS_TIMES_TOKENS_PER_SECOND = 1.5e11
"""Speed assumed before this machine has embedded a corpus: 1,100 tokens a second at 135 million weights."""

TEXTS_TO_COUNT = 500
"""Tokens are counted in this many texts at most: 20,000 news documents would take ten seconds."""


def stored_embeddings(
    backbone: Backbone, corpus: Corpus, prompt: str | Prompt, layer: int | None = None
) -> np.ndarray | None:
    """Embeddings of a corpus, (n, d) float32, where every text was embedded before, else None."""
    keys = text_keys(backbone, corpus.texts, prompt, layer)
    embeddings, found = embedding_store().get_many(keys, backbone.d)
    embeddings.setflags(write=False)
    return embeddings if found.all() else None


def missing_texts(backbone: Backbone, corpus: Corpus, prompt: str | Prompt, layer: int | None = None) -> int:
    """Number of texts of a corpus without a stored embedding; one that occurs twice counts twice, as in a progress."""
    keys = text_keys(backbone, corpus.texts, prompt, layer)
    return len(keys) - int(embedding_store().has_many(keys).sum())


def embed_corpus(
    backbone: Backbone,
    corpus: Corpus,
    prompt: str | Prompt,
    progress: Progress | None = None,
    layer: int | None = None,
) -> np.ndarray:
    """Embeddings of a corpus, (n, d) float32, read from disk where they are there, else computed and kept there.

    Every batch is kept as soon as it is done, and a text that occurs twice is embedded once.

    Args:
        backbone: The backbone.
        corpus: The texts.
        prompt: Id, template with `{text}`, or Prompt.
        progress: Called with (texts done, texts in all) after every batch, those found included; False cancels.
        layer: As in `Backbone.embed`.

    Raises:
        InputError: A text is empty, the prompt is unknown, or there is no such layer.
        EmbeddingCancelled: `progress` returned False; what was done is kept.
    """
    store = embedding_store()
    keys = text_keys(backbone, corpus.texts, prompt, layer)
    embeddings, found = store.get_many(keys, backbone.d)
    missing = list(_places(keys, ~found).values())
    encoded = _encode(backbone, corpus, missing, prompt)
    done = kept = int(found.sum())
    keeping, start = True, time.monotonic()
    for batch, pooled in embed_batches(
        backbone.architecture, encoded, backbone.lock, layer=backbone.layer_number(layer)
    ):
        # A disk that refused once is not asked again: each refusal may take as long as waiting for a lock does.
        keeping = keeping and store.put_many([keys[missing[i][0]] for i in batch], pooled)
        for i, embedding in zip(batch, pooled, strict=True):
            embeddings[missing[i]] = embedding
        places = sum(len(missing[i]) for i in batch)
        done, kept = done + places, kept + places * keeping
        if progress is not None and progress(done, len(corpus)) is False:
            raise EmbeddingCancelled(f"Stopped after {done} of {len(corpus)} texts: {kept} are kept.")
    _remember_speed(backbone, encoded, time.monotonic() - start)
    embeddings.setflags(write=False)
    return embeddings


@dataclass(frozen=True)
class Cost:
    """What embedding the missing texts of a corpus takes.

    Attributes:
        texts: Number of missing texts, as `missing_texts` counts them.
        tokens: Tokens to go through the model: those of a text that occurs twice count once.
        seconds: Estimated time on this machine.
    """

    texts: int
    tokens: int
    seconds: float


def embedding_cost(backbone: Backbone, corpus: Corpus, prompt: str | Prompt, layer: int | None = None) -> Cost:
    """Estimate the time to embed what is missing of a corpus from its tokens and the speed last measured here.

    The tokens of more than 500 texts are estimated from 500 of them, taken evenly by length.
    """
    keys = text_keys(backbone, corpus.texts, prompt, layer)
    missing = ~embedding_store().has_many(keys)
    different = [corpus.texts[places[0]] for places in _places(keys, missing).values()]
    tokens = _estimated_tokens(backbone, different, prompt)
    measured = load_arrays(_speed_path())
    speed = float(measured.arrays["work_per_second"][0]) if measured else WEIGHTS_TIMES_TOKENS_PER_SECOND
    return Cost(int(missing.sum()), tokens, _weights(backbone) * tokens / speed)


def text_keys(backbone: Backbone, texts: Sequence[str], prompt: str | Prompt, layer: int | None = None) -> list[bytes]:
    """Key of every text's embedding: a SHA-256 over all that it depends on.

    Raises:
        InputError: The prompt is unknown, or there is no such layer.
    """
    prompt = as_prompt(prompt)
    facts = [RECIPE, backbone.fingerprint, backbone.dtype, backbone.layer_number(layer)]
    facts += [prompt.template, prompt.pooling, prompt.echo]
    common = hashlib.sha256(json.dumps(facts).encode()).digest()
    return [hashlib.sha256(common + clean_text(text).encode()).digest() for text in texts]


def _places(keys: Sequence[bytes], wanted: np.ndarray) -> dict[bytes, list[int]]:
    """Where each different one of the wanted keys occurs."""
    places: dict[bytes, list[int]] = {}
    for i in np.flatnonzero(wanted).tolist():
        places.setdefault(keys[i], []).append(i)
    return places


def _encode(backbone: Backbone, corpus: Corpus, missing: list[list[int]], prompt: str | Prompt) -> list[EncodedText]:
    try:
        return backbone.encode([corpus.texts[places[0]] for places in missing], prompt)
    except InputError:
        backbone.encode(corpus.texts, prompt)  # fails too, and counts the texts as the corpus does
        raise


def _estimated_tokens(backbone: Backbone, texts: list[str], prompt: str | Prompt) -> int:
    if len(texts) > TEXTS_TO_COUNT:
        evenly = np.linspace(0, len(texts) - 1, TEXTS_TO_COUNT).astype(int)
        by_length = sorted(texts, key=len)
        counted = [by_length[i] for i in evenly]
    else:
        counted = texts
    tokens = sum(len(encoded) for encoded in backbone.encode(counted, prompt))
    return round(tokens * len(texts) / max(1, len(counted)))


def _weights(backbone: Backbone) -> int:
    return backbone.architecture.model.num_parameters()


def _remember_speed(backbone: Backbone, encoded: Sequence[EncodedText], seconds: float) -> None:
    """Keep the speed of this machine for later estimates; a few texts do not show it."""
    tokens = sum(len(text) for text in encoded)
    if tokens < TOKENS_PER_BATCH:
        return
    try:
        save_arrays(_speed_path(), {"work_per_second": np.array([_weights(backbone) * tokens / seconds])}, {})
    except OSError as error:
        log.warning("The speed of this machine could not be kept: %s", error)


def _speed_path() -> Path:
    return embfilter_home() / "speed.safetensors"
