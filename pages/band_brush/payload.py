"""what the browser is sent."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.spectral.band_grid import BLOCKS, grid_directions, grid_per_mille

if TYPE_CHECKING:
    from embfilter_core.lens.band_preview import NeighbourPreview, TokenPreview
    from embfilter_core.spectral.selection import KeptDirections
    from embfilter_core.spectral.spectrum import Spectrum


LONGEST_TEXT = 160


@dataclass(frozen=True)
class TextFacts:
    """What is known of a text whatever band is kept.

    Attributes:
        position: Its place in the corpus.
        rank_before: Its rank from 1, unfiltered.
        cosine_before: Its cosine, unfiltered.
        flips: The k at which it changes places with the reference text, written out.
    """

    position: int
    rank_before: int
    cosine_before: float
    flips: str

    def as_json(self) -> dict:
        """As the browser reads it."""
        return {
            "position": self.position,
            "rankBefore": self.rank_before,
            "cosineBefore": self.cosine_before,
            "flips": self.flips,
        }


@dataclass(frozen=True)
class RankedText:
    """A text of a ranking: the text, its cosine in the kept directions, and its facts."""

    text: str
    cosine: float
    facts: TextFacts

    def as_json(self) -> dict:
        """As the browser reads it."""
        return {"text": self.text[:LONGEST_TEXT], "cosine": self.cosine, **self.facts.as_json()}


def constant_data(
    spectrum: Spectrum,
    tokens: TokenPreview | None,
    near: NeighbourPreview | None,
    texts: Sequence[str],
    facts: Sequence[TextFacts] | None = None,
) -> dict:
    """What a text needs sent once, whatever band is kept; `id` changes with the content.

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


def kept_facts(kept: KeptDirections) -> dict:
    """What the browser is told of the kept directions."""
    span = kept.bounds
    return {
        "span": list(span or (0, kept.d)),
        "runs": _runs(kept.indices),
        "k": len(kept),
        "draggable": span is not None,
    }


def _runs(indices: np.ndarray) -> list[list[int]]:
    """Kept directions as runs of [start, stop)."""
    breaks = np.flatnonzero(np.diff(indices) > 1) + 1
    edges = [0, *breaks.tolist(), len(indices)]
    return [[int(indices[a]), int(indices[b - 1]) + 1] for a, b in pairwise(edges)]


def _floats(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array, dtype="<f4").tobytes()).decode()
