"""How many of the tokens that embeddings point to are frequent ones, over a corpus and not for one text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import torch

from embfilter_core.progress import Progress, report
from embfilter_core.quality.bootstrap import Estimate, bootstrap_mean
from embfilter_core.spectral.embed_filter import EmbedFilter
from embfilter_core.spectral.selection import KeptDirections
from embfilter_core.vocabulary.token_frequency import COUNTED_TOKENS, FREQUENT_TOKENS

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.lens.token_rates import TokenRates

TEXTS = 100
"""So many texts of the corpus, the first ones, are read."""
SEEDS = 20
"""Random choices of directions, since one alone says nothing: they differ far too much."""
ROWS_AT_ONCE = 50
FIXED = ("unfiltered", "centred")
"""Readings that no choice of directions changes."""


@dataclass(frozen=True, eq=False)
class CorpusEvidence:
    """Share of frequent tokens among the top 20 of every text of a corpus, as different states are read.

    Attributes:
        shares: By what is read (`unfiltered`, `kept`, `removed`, `centred`), (n,) float64 each; `kept` and
            `removed` are centred where the filter is.
        random: (seeds, n) float64, as many random directions as are kept; without seeds where that was not asked for.
        chance: Share of the frequent tokens in the vocabulary.
        centred: Whether `kept`, `removed` and `random` are of centred embeddings.
    """

    shares: dict[str, np.ndarray]
    random: np.ndarray
    chance: float
    centred: bool = False

    @property
    def texts(self) -> int:
        """Number of texts read."""
        return len(self.shares["unfiltered"])

    def mean(self, name: str) -> Estimate:
        """Return the mean share of a reading with its interval over resampled texts."""
        return self._means[name]

    @cached_property
    def _means(self) -> dict[str, Estimate]:
        return {name: bootstrap_mean(shares) for name, shares in self.shares.items()}

    def typical(self) -> int:
        """Return the place of the text whose shares are nearest to the medians of the corpus, the first of equals."""
        return int(self.distances().argmin())

    def distances(self) -> np.ndarray:
        """Return how far each text's shares are from the medians of the corpus, added up, (n,)."""
        table = np.stack(list(self.shares.values()))
        far: np.ndarray = np.abs(table - np.median(table, axis=1, keepdims=True)).sum(axis=0)
        return far


def frequent_shares(backbone: Backbone, states: np.ndarray, rates: TokenRates, top: int = COUNTED_TOKENS) -> np.ndarray:
    """Return the share of frequent tokens among the top lens tokens of each state, (n, d) -> (n,) float64."""
    shares: np.ndarray = rates.frequent[top_ids(backbone, states, top)].mean(axis=1)
    return shares


@torch.inference_mode()
def top_ids(backbone: Backbone, states: np.ndarray, top: int = COUNTED_TOKENS) -> np.ndarray:
    """Return the ids of the top lens tokens of each state, (n, d) -> (n, top) int64, best first."""
    head, found = backbone.architecture.head, []
    for start in range(0, len(states), ROWS_AT_ONCE):
        block = torch.tensor(states[start : start + ROWS_AT_ONCE], dtype=torch.float32)
        found.append(head.lens_logits(block.to(head.weight.device)).topk(top, dim=1).indices.cpu())
    return torch.cat(found).numpy()


def corpus_evidence(
    backbone: Backbone,
    embeddings: np.ndarray,
    kept: KeptDirections,
    rates: TokenRates,
    mean: np.ndarray,
    centred: bool = False,
    known: CorpusEvidence | None = None,
) -> CorpusEvidence:
    """Read the lens of a corpus's embeddings with and without the filter; runs no model.

    Args:
        backbone: The backbone.
        embeddings: (n, d), unfiltered; the first 100 are read.
        kept: Kept directions.
        rates: How frequent each token is.
        mean: (d,) mean embedding of the reference corpus.
        centred: Whether what is kept and removed is centred first.
        known: Evidence for other directions of the same embeddings; what no choice changes is taken from it.
    """
    h = embeddings[:TEXTS]
    base = h - mean if centred else h
    after = EmbedFilter(backbone.spectrum, kept).project(base)
    states = {"unfiltered": h, "kept": after, "removed": base - after, "centred": h - mean}
    if kept.is_unfiltered:
        del states["removed"]  # nothing is removed, and nothing has no tokens
    shares = {
        name: known.shares[name] if known and name in FIXED else frequent_shares(backbone, read, rates)
        for name, read in states.items()
    }
    return CorpusEvidence(shares, np.empty((0, len(h))), rates.chance, centred)


def random_shares(
    backbone: Backbone, states: np.ndarray, k: int, rates: TokenRates, progress: Progress | None = None
) -> np.ndarray:
    """Return the shares where k random directions are kept, for 20 seeds: (n, d) states -> (20, n) float64.

    Raises:
        Cancelled: `progress` returned False.
    """
    found = []
    for seed in range(SEEDS):
        kept = KeptDirections.random(backbone.d, keep=k, seed=seed)
        found.append(frequent_shares(backbone, EmbedFilter(backbone.spectrum, kept).project(states[:TEXTS]), rates))
        report(progress, len(found), SEEDS, "random choices")
    return np.array(found)


def lean_sentence(evidence: CorpusEvidence, corpus: str, kept: KeptDirections) -> str:
    """Say how many frequent tokens embeddings point to, with and without the filter; numbers alone decide the words."""
    before = evidence.mean("unfiltered")
    times = before.value / evidence.chance
    first = (
        f"Over {evidence.texts} texts of the corpus ({corpus}), {_of_top(before)} of the {COUNTED_TOKENS} tokens that "
        f"an embedding points to are among the {FREQUENT_TOKENS} most frequent: {times:.1f} times what chance gives"
    )
    if kept.is_unfiltered and not evidence.centred:
        return f"{first}."
    after = evidence.mean("kept")
    change = bootstrap_mean(evidence.shares["kept"] - evidence.shares["unfiltered"])
    if change.includes_zero:
        told = f"it is {_of_top(after)}, no change that these texts could tell"
    else:
        told = f"{'fewer' if change.value < 0 else 'more'}: {_of_top(after)}"
    parts = ["centred"] if evidence.centred else []
    if not kept.is_unfiltered:
        parts.append(f"with {len(kept)} of the {kept.d} directions")
    return f"{first}; {' and '.join(parts)}, {told}."


def _of_top(share: Estimate) -> str:
    """A mean share as a number of the top tokens with its interval."""
    return f"{COUNTED_TOKENS * share.value:.1f} ({COUNTED_TOKENS * share.low:.1f} to {COUNTED_TOKENS * share.high:.1f})"
