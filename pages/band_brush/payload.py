"""What the browser is sent."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from embfilter_core.figures.palette import KEPT, LEFT_OUT
from embfilter_core.spectral.band_grid import BLOCKS, TOP_TEXTS, TOP_TOKENS, grid_directions, grid_per_mille

if TYPE_CHECKING:
    from embfilter_core.lens.band_preview import NeighbourPreview, TokenPreview
    from embfilter_core.spectral.selection import KeptDirections
    from embfilter_core.spectral.spectrum import Spectrum

Json = dict[str, Any]
LONGEST_TEXT = 160
TOKENS, TEXTS, RANKED = TOP_TOKENS, 8, TOP_TEXTS
"""Rows of each list below the spectrum."""
COLOURS = {"kept": KEPT, "leftOut": LEFT_OUT}


@dataclass(frozen=True)
class TextFacts:
    """What is known of a text whatever band is kept.

    Attributes:
        position: Its place in the corpus.
        rank_unfiltered: Its rank from 1, unfiltered.
        cosine_unfiltered: Its cosine, unfiltered.
        flips: The k at which it changes places with the reference text, written out.
    """

    position: int
    rank_unfiltered: int
    cosine_unfiltered: float
    flips: str

    def as_json(self) -> Json:
        """Return it as the browser reads it."""
        return {
            "position": self.position,
            "rankUnfiltered": self.rank_unfiltered,
            "cosineUnfiltered": self.cosine_unfiltered,
            "flips": self.flips,
        }


@dataclass(frozen=True)
class RankedText:
    """A text of a ranking: the text, its cosine in the kept directions, and its facts."""

    text: str
    cosine: float
    facts: TextFacts

    def as_json(self) -> Json:
        """Return it as the browser reads it."""
        return {"text": self.text[:LONGEST_TEXT], "cosine": self.cosine, **self.facts.as_json()}


def constant_data(
    spectrum: Spectrum,
    tokens: TokenPreview | None,
    near: NeighbourPreview | None,
    texts: Sequence[str],
    facts: Sequence[TextFacts] | None = None,
) -> Json:
    """Return what a text needs sent once, whatever band is kept; `id` changes with the content.

    Args:
        spectrum: Spectrum of the backbone.
        tokens: Tokens to list, or None.
        near: Texts to list, or None.
        texts: All texts of the corpus.
        facts: Of each text of `near`, where they are shown as a ranking.
    """
    data = {
        "d": spectrum.d,
        "blocks": BLOCKS,
        "edges": grid_directions(spectrum.d).tolist(),
        "perMille": grid_per_mille().tolist(),
        "values": [float(f"{value:.5g}") for value in spectrum.singular_values],
        "listed": {"tokens": TOKENS, "texts": TEXTS, "ranked": RANKED},
        "colours": COLOURS,
        "ranked": facts is not None,
        "tokens": tokens
        and {"texts": tokens.texts, "parts": _floats(tokens.parts), "offsets": _floats(tokens.offsets)},
        "near": near
        and {
            "texts": [texts[i][:LONGEST_TEXT] for i in near.positions],
            "facts": facts and [one.as_json() for one in facts],
            "dots": _floats(near.dots),
            "squares": _floats(near.squares),
            "query": _floats(near.query_squares),
        },
    }
    return data | {"id": hashlib.sha256(repr(data).encode("utf-8", "replace")).hexdigest()[:16]}


def kept_facts(kept: KeptDirections) -> Json:
    """Return what the browser is told of the kept directions."""
    bounds = kept.bounds
    return {
        "bounds": list(bounds or (0, kept.d)),
        "bands": bands_of(kept.indices),
        "k": len(kept),
        "draggable": bounds is not None,
    }


def bands_of(indices: np.ndarray) -> list[list[int]]:
    """Return kept directions as the fewest bands [start, stop) that hold them."""
    breaks = np.flatnonzero(np.diff(indices) > 1) + 1
    edges = [0, *breaks.tolist(), len(indices)]
    return [[int(indices[a]), int(indices[b - 1]) + 1] for a, b in pairwise(edges)]


def _floats(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array, dtype="<f4").tobytes()).decode()
