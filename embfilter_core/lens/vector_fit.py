"""How well a backbone's W_U fits vectors that came from elsewhere: their energy in its edge spectrum, and their lens.

The filter supposes that the edge spectrum is a special place: that it holds much of an
embedding and leans towards frequent tokens. For vectors of another embedder that has to
be seen, since training can turn them away from the backbone's W_U.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.lens.corpus_evidence import frequent_shares
from embfilter_core.number_format import format_share
from embfilter_core.quality.bootstrap import LEVEL, Estimate, bootstrap_mean
from embfilter_core.spectral.geometry import edge_block
from embfilter_core.vocabulary.token_frequency import COUNTED_TOKENS, FREQUENT_TOKENS

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.lens.token_rates import TokenRates

MOST_MEASURED, MOST_READ = 1000, 100
"""So many vectors, evenly spaced, are measured in the spectrum and read by the lens."""


@dataclass(frozen=True)
class VectorReading:
    """What W_U says of a set of vectors.

    Attributes:
        vectors: How many were measured.
        edge: Mean share of their energy in the edge spectrum, with its interval over the vectors.
        frequent: Mean share of the 500 most frequent tokens among the top 20 of their lens.
    """

    vectors: int
    edge: Estimate
    frequent: Estimate


@dataclass(frozen=True)
class VectorFit:
    """Vectors from elsewhere beside the backbone's own embeddings and beside chance.

    Attributes:
        backbone: Name of the backbone.
        d: Number of its directions.
        block: Directions at either end that are the edge spectrum.
        given: What W_U says of the vectors.
        own: What it says of the backbone's own embeddings, or None where there are none.
        reference: Name of the texts of those.
        chance: Share of the edge spectrum among the directions, and between which shares of a vector 95 of 100 random
            choices of as many orthonormal directions hold.
        frequent_chance: Share of the frequent tokens in the vocabulary.
    """

    backbone: str
    d: int
    block: int
    given: VectorReading
    own: VectorReading | None
    reference: str
    chance: Estimate
    frequent_chance: float

    @property
    def fits(self) -> bool:
        """Whether the edge spectrum holds more of the vectors than chance would."""
        return self.given.edge.low > self.chance.high


def vector_fit(
    backbone: Backbone,
    vectors: np.ndarray,
    rates: TokenRates,
    own: np.ndarray | None = None,
    reference: str = "the reference corpus",
) -> VectorFit:
    """Measure how well a backbone's W_U fits vectors; runs no model.

    The vectors are taken for final hidden states after the final norm. A length of 1 changes nothing; centring, a layer
    on top or a projection does.

    Args:
        backbone: The backbone.
        vectors: (n, d) from elsewhere.
        rates: How frequent each token is.
        own: (m, d) embeddings that the backbone made of a reference corpus, or None.
        reference: Name of that corpus.
    """
    block = edge_block(backbone.d)
    return VectorFit(
        backbone=backbone.name,
        d=backbone.d,
        block=block,
        given=_read(backbone, vectors, rates, block),
        own=None if own is None else _read(backbone, own, rates, block),
        reference=reference,
        chance=_chance(2 * block, backbone.d),
        frequent_chance=rates.chance,
    )


def describe_fit(fit: VectorFit) -> list[str]:
    """Return what was measured, what follows from it, and what it supposes, as sentences."""
    first = (
        f"The edge spectrum of the W_U of {fit.backbone} (the {fit.block} first and the {fit.block} last of its "
        f"{fit.d} directions) holds {_percent(fit.given.edge)} of the energy of these vectors. They are "
        f"{format_share(fit.chance.value)} of the directions; 95 of 100 random choices of as many hold "
        f"{format_share(fit.chance.low)} to {format_share(fit.chance.high)} of a vector."
    )
    second = (
        f"Of the {COUNTED_TOKENS} tokens that a vector points to, {_tokens(fit.given.frequent)} are among the "
        f"{FREQUENT_TOKENS} most frequent; chance gives {COUNTED_TOKENS * fit.frequent_chance:.1f}."
    )
    if fit.own is not None:
        first += f" Of the backbone's own embeddings ({fit.reference}) it holds {_percent(fit.own.edge)}."
        second += f" Of its own embeddings: {_tokens(fit.own.frequent)}."
    supposed = (
        "The vectors are taken for final hidden states after the final norm, whatever prompt made them. Scaling them "
        "to length 1 changes nothing; centring, a layer on top or a projection would."
    )
    return [first, second, _verdict(fit), supposed]


def _verdict(fit: VectorFit) -> str:
    if fit.fits:
        less = fit.own is not None and fit.given.edge.high < (fit.own.edge.value + fit.chance.value) / 2
        return "So the edge spectrum is a special place for these vectors too" + (
            ", though much less than for the backbone's own embeddings." if less else ", as the filter supposes."
        )
    if fit.given.edge.high < fit.chance.low:
        return "So these vectors keep out of the edge spectrum: the filter drops directions that hold little of them."
    return (
        "So the edge spectrum is no special place for these vectors: this W_U does not fit them, and the directions "
        "that the filter drops are like any others."
    )


def _read(backbone: Backbone, vectors: np.ndarray, rates: TokenRates, block: int) -> VectorReading:
    measured = _spaced(vectors, MOST_MEASURED)
    squares = backbone.spectrum.coefficients(measured) ** 2
    totals = squares.sum(axis=1)
    edge = squares[:, :block].sum(axis=1) + squares[:, -block:].sum(axis=1)
    shares = np.divide(edge, totals, out=np.full_like(edge, np.nan), where=totals > 0)
    read = frequent_shares(backbone, _spaced(vectors, MOST_READ), rates)
    return VectorReading(len(measured), bootstrap_mean(shares), bootstrap_mean(read))


def _spaced(vectors: np.ndarray, most: int) -> np.ndarray:
    """Rows that are evenly spaced, since files are often sorted by class."""
    return vectors[np.linspace(0, len(vectors) - 1, min(most, len(vectors))).round().astype(np.int64)]


def _chance(m: int, d: int) -> Estimate:
    """Share of a vector's energy in m random orthonormal directions of d: Beta(m / 2, (d - m) / 2)."""
    from scipy.stats import beta

    if m >= d:
        return Estimate(1.0, 1.0, 1.0)
    outside = (1 - LEVEL) / 2
    low, high = beta.ppf([outside, 1 - outside], m / 2, (d - m) / 2)
    return Estimate(m / d, float(low), float(high))


def _percent(share: Estimate) -> str:
    return f"{format_share(share.value)} ({format_share(share.low)} to {format_share(share.high)})"


def _tokens(share: Estimate) -> str:
    low, high = COUNTED_TOKENS * share.low, COUNTED_TOKENS * share.high
    return f"{COUNTED_TOKENS * share.value:.1f} ({low:.1f} to {high:.1f})"
