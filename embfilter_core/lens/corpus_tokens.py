"""The one token that the lens puts first for each text of a corpus, as a colour of its map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.vocabulary.logit_lens import lens_logits
from embfilter_core.vocabulary.token_frequency import token_zipf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.lens.token_rates import TokenRates
    from embfilter_core.spectral.selection import KeptDirections

ROWS_PER_BLOCK = 128
"""So many texts at a time: their logits over a vocabulary of 150,000 are 77 MB."""


@dataclass(frozen=True, eq=False)
class TopTokens:
    """The first token of the lens for each text.

    Attributes:
        texts: n tokens as people can read them.
        per_million: (n,) float64, their rates; estimates where `estimated`. No array can be written to.
        estimated: (n,) bool, whether the token was not seen where the rates are from.
        frequent: (n,) bool, whether it is among the most frequent there.
        zipf: (n,) float64, NaN for what is not alphabetic.
        source: Where the rates are from.
    """

    texts: Sequence[str]
    per_million: np.ndarray
    estimated: np.ndarray
    frequent: np.ndarray
    zipf: np.ndarray
    source: str


def top_tokens(backbone: Backbone, embeddings: np.ndarray, kept: KeptDirections, rates: TokenRates) -> TopTokens:
    """Return the first token of the lens for each filtered embedding, (n, d)."""
    from embfilter_core.spectral.embed_filter import EmbedFilter

    ids = top_token_ids(backbone, EmbedFilter(backbone.spectrum, kept).project(embeddings))
    facts = rates.per_million[ids], ~rates.seen[ids], rates.frequent[ids], token_ids_zipf(backbone, ids)
    for array in facts:
        array.setflags(write=False)
    return TopTokens(backbone.token_texts.readable_all(ids), *facts, rates.source)


def top_token_ids(backbone: Backbone, embeddings: np.ndarray) -> np.ndarray:
    """Return the token with the largest lens logit of each embedding, (n, d) -> (n,) int64, ties by id."""
    blocks = np.split(embeddings, range(ROWS_PER_BLOCK, len(embeddings), ROWS_PER_BLOCK))
    return np.concatenate([lens_logits(backbone.architecture.head, block).argmax(axis=1) for block in blocks])


def token_ids_zipf(backbone: Backbone, token_ids: np.ndarray) -> np.ndarray:
    """Return the Zipf frequency of tokens, (n,) -> (n,) float64: 0 for unknown words, NaN where not alphabetic."""
    return np.array([token_zipf(backbone.token_texts.text(int(i))) for i in token_ids], dtype=np.float64)
