"""How long embedding a corpus takes here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embfilter_core.backbones import pace
from embfilter_core.backbones.backbone import Backbone
from embfilter_core.backbones.pace import Basis, pace_of
from embfilter_core.backbones.prompts import Prompt
from embfilter_core.data.corpora import Corpus
from embfilter_core.embeddings.keys import places_of, text_keys
from embfilter_core.jobs.words import duration
from embfilter_core.storage.embedding_store import embedding_store

TEXTS_TO_COUNT = 500
"""Tokens are counted in this many texts at most: 20,000 news documents would take ten seconds."""


@dataclass(frozen=True)
class Cost:
    """What embedding the missing texts of a corpus takes.

    Attributes:
        texts: Number of missing texts, as `missing_texts` counts them.
        tokens: Tokens to go through the model: those of a text that occurs twice count once.
        seconds: Estimated time on this machine.
        basis: What the estimate rests on: this backbone as measured here, another one, or nothing measured.
    """

    texts: int
    tokens: int
    seconds: float
    basis: Basis = "measured"

    @property
    def told(self) -> str:
        """The time for people, such as `about 3 minutes on this machine`, without a full stop."""
        guess = ", a guess until something was embedded here" if self.basis == "guess" else ""
        return f"about {duration(self.seconds)} on this machine{guess}"


def embedding_cost(backbone: Backbone, corpus: Corpus, prompt: str | Prompt, layer: int | None = None) -> Cost:
    """Estimate the time to embed what is missing of a corpus from its tokens and the speed measured here.

    The tokens of more than 500 texts are estimated from 500 of them, taken evenly by length.
    """
    keys = text_keys(backbone, corpus.texts, prompt, layer)
    missing = ~embedding_store().has_many(keys)
    different = [corpus.texts[places[0]] for places in places_of(keys, missing).values()]
    tokens = _estimated_tokens(backbone, different, prompt)
    here = pace_of(backbone.dtype, backbone.device, backbone.fingerprint)
    return Cost(int(missing.sum()), tokens, here.seconds(backbone.weights.active, tokens), here.basis)


def _estimated_tokens(backbone: Backbone, texts: list[str], prompt: str | Prompt) -> int:
    if len(texts) > TEXTS_TO_COUNT:
        evenly = np.linspace(0, len(texts) - 1, TEXTS_TO_COUNT).astype(int)
        by_length = sorted(texts, key=len)
        counted = [by_length[i] for i in evenly]
    else:
        counted = texts
    tokens = sum(len(encoded) for encoded in backbone.encode(counted, prompt))
    return round(tokens * len(texts) / max(1, len(counted)))


def note_speed(backbone: Backbone, tokens: int, seconds: float) -> None:
    """Take over the speed of so many tokens into the estimates of this process; a short run does not show it."""
    pace.note_pace(backbone.dtype, backbone.device, backbone.fingerprint, backbone.weights.active, tokens, seconds)


def keep_speed(backbone: Backbone) -> None:
    """Keep the speed that was noted last for the estimates of later processes."""
    pace.keep_pace(backbone.dtype, backbone.device, backbone.fingerprint)
