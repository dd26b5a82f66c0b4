"""how long embedding takes here."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embfilter_core.backbones.backbone import Backbone
from embfilter_core.backbones.forward_pass import TOKENS_PER_BATCH
from embfilter_core.backbones.prompts import Prompt
from embfilter_core.data.corpora import Corpus
from embfilter_core.embeddings.keys import places_of, text_keys
from embfilter_core.storage.arrays import embfilter_home, load_arrays, save_arrays
from embfilter_core.storage.embedding_store import embedding_store

log = logging.getLogger(__name__)

WEIGHTS_TIMES_TOKENS_PER_SECOND = 1.5e11
"""Speed assumed before this machine has embedded a corpus: 1,100 tokens a second at 135 million weights."""

_noted: dict[Path, float] = {}
"""Speed noted in this process, by where it is kept."""

TEXTS_TO_COUNT = 500
"""Tokens are counted in this many texts at most: 20,000 news documents would take ten seconds."""


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
    different = [corpus.texts[places[0]] for places in places_of(keys, missing).values()]
    tokens = _estimated_tokens(backbone, different, prompt)
    return Cost(int(missing.sum()), tokens, _weights(backbone) * tokens / _speed())


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


def note_speed(backbone: Backbone, tokens: int, seconds: float) -> None:
    """Take over the speed of so many tokens into the estimates of this process; a few tokens do not show it."""
    if tokens >= TOKENS_PER_BATCH // 2 and seconds > 0:
        _noted[_speed_path()] = _weights(backbone) * tokens / seconds


def keep_speed() -> None:
    """Keep the speed that was noted last for the estimates of later processes."""
    path = _speed_path()
    if path not in _noted:
        return
    try:
        save_arrays(path, {"work_per_second": np.array([_noted[path]])}, {})
    except OSError as error:
        log.warning("The speed of this machine could not be kept: %s", error)


def _speed() -> float:
    """Weights times tokens in a second: as noted in this process, else as kept by an earlier one, else assumed."""
    if _speed_path() in _noted:
        return _noted[_speed_path()]
    kept = load_arrays(_speed_path())
    return float(kept.arrays["work_per_second"][0]) if kept else WEIGHTS_TIMES_TOKENS_PER_SECOND


def _speed_path() -> Path:
    return embfilter_home() / "speed.safetensors"
