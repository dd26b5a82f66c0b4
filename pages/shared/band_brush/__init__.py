"""The kept band, dragged on the spectrum: the browser redraws tokens and neighbours by itself, letting go commits.

The page sends, once for a text, what every band of the grid needs (see
`embfilter_core.lens.band_preview`). User text reaches the browser only as data.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from embfilter_core.spectral.band_grid import BLOCKS, grid_directions, grid_per_mille
from embfilter_core.spectral.presets import PER_MILLE
from pages.shared.controls import CUSTOM

if TYPE_CHECKING:
    from embfilter_core.lens.band_preview import NeighbourPreview, TokenPreview
    from embfilter_core.spectral.selection import KeptDirections
    from embfilter_core.spectral.spectrum import Spectrum

HERE = Path(__file__).parent
LONGEST_TEXT = 160
HTML = """
<div class="brush">
  <div class="plot">
    <canvas aria-hidden="true"></canvas>
    <div role="slider" data-part="start" tabindex="0" aria-label="First kept direction" aria-valuemin="0"></div>
    <div role="slider" data-part="middle" tabindex="0" aria-label="Kept band" aria-valuemin="0"></div>
    <div role="slider" data-part="stop" tabindex="0" aria-label="Last kept direction" aria-valuemin="0"></div>
  </div>
  <div class="facts" role="status"></div>
  <div class="lists">
    <section><h4>Top tokens, logit</h4><ol class="tokens"></ol></section>
    <section class="near"><h4>Nearest texts, cosine</h4><ol class="texts"></ol></section>
  </div>
  <table class="ranking" hidden>
    <thead><tr>
      <th class="after">Rank</th><th class="before">Before</th><th class="change"></th><th class="text">Text</th>
      <th class="cosine">Cosine</th><th class="cosineBefore">Before</th><th class="flips">Flips at k</th>
    </tr></thead>
    <tbody></tbody>
  </table>
</div>
"""
MODULES = ("arithmetic", "rows")


def _script() -> str:
    """All modules as one: a component takes a single script, which cannot import a file beside it."""
    drawing = (HERE / "band_brush.js").read_text("utf-8")
    *imports, rest = drawing.split("\n", len(MODULES))
    if not all(f'from "./{module}.js"' in line for module, line in zip(MODULES, imports, strict=True)):
        raise ValueError(f"band_brush.js must begin by importing {', '.join(MODULES)}, a line each.")
    return "".join((HERE / f"{module}.js").read_text("utf-8") for module in MODULES) + rest


@dataclass(frozen=True)
class TextFacts:
    """What is known of a text whatever band is kept.

    Attributes:
        position: Its place in the corpus.
        rank_before: Its rank from 1 without the filter.
        cosine_before: Its cosine without the filter.
        flips: The k at which it changes places with the reference text, written out.
    """

    position: int
    rank_before: int
    cosine_before: float
    flips: str

    def written(self) -> dict:
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

    def written(self) -> dict:
        """As the browser reads it."""
        return {"text": self.text[:LONGEST_TEXT], "cosine": self.cosine, **self.facts.written()}


_mount = st.components.v2.component(
    "band_brush", html=HTML, css=(HERE / "band_brush.css").read_text("utf-8"), js=_script()
)


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
            "facts": facts and [one.written() for one in facts],
            "dots": _floats(near.dots),
            "squares": _floats(near.squares),
            "query": _floats(near.query_squares),
        },
    }
    return data | {"id": hashlib.sha256(repr(data).encode("utf-8", "replace")).hexdigest()[:16]}


def band_brush(
    constant: dict, kept: KeptDirections, tokens: list[tuple[str, float]], near: list[tuple[str, float]], key: str
) -> None:
    """Draw the brush above lists of tokens and texts.

    Args:
        constant: As `constant_data` gives it.
        kept: The kept directions; handles are drawn where they are one band.
        tokens: Top tokens of the kept directions with their logits, shown until the band is dragged.
        near: Nearest texts with their cosines.
        key: Key of the widget; letting go sets the band of the sidebar.
    """
    shown = {"tokens": tokens, "near": [(text[:LONGEST_TEXT], cosine) for text, cosine in near]}
    _mount(key=key, data=constant | _kept(kept) | {"current": shown}, on_band_change=lambda: _commit(key))


def ranking_brush(
    constant: dict, kept: KeptDirections, ranked: list[RankedText], choose: Callable[[int], None], key: str
) -> None:
    """Draw the brush above a ranking of texts.

    Args:
        constant: As `constant_data` gives it with `facts`.
        kept: The kept directions.
        ranked: The nearest texts in order, shown until the band is dragged.
        choose: Called with the position of a text that is clicked.
        key: Key of the widget.
    """
    _mount(
        key=key,
        data=constant | _kept(kept) | {"current": {"ranked": [one.written() for one in ranked]}},
        on_band_change=lambda: _commit(key),
        on_query_change=lambda: _choose(key, choose),
    )


def _kept(kept: KeptDirections) -> dict:
    span = kept.span
    return {
        "span": list(span or (0, kept.d)),
        "runs": _runs(kept.indices),
        "k": len(kept),
        "draggable": span is not None,
    }


def _choose(key: str, choose: Callable[[int], None]) -> None:
    position = st.session_state[key].query
    if type(position) is int:
        choose(position)


def _commit(key: str) -> None:
    """Take over a band that was dragged; what the browser sends is checked like any other input."""
    band = st.session_state[key].band
    if not (isinstance(band, list) and len(band) == 2 and all(type(edge) is int for edge in band)):
        return
    start, stop = band
    if 0 <= start < stop <= PER_MILLE:
        st.session_state["preset"] = CUSTOM
        st.session_state["band"] = (start, stop)


def _runs(indices: np.ndarray) -> list[list[int]]:
    """Kept directions as runs of [start, stop)."""
    breaks = np.flatnonzero(np.diff(indices) > 1) + 1
    edges = [0, *breaks.tolist(), len(indices)]
    return [[int(indices[a]), int(indices[b - 1]) + 1] for a, b in pairwise(edges)]


def _floats(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array, dtype="<f4").tobytes()).decode()
