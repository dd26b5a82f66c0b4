"""The kept band, dragged on the spectrum: the browser redraws tokens and neighbours by itself, letting go commits.

The page sends, once for a text, what every band of the grid needs (see
`embfilter_core.lens.band_preview`). User text reaches the browser only as data.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.spectral.per_mille import PER_MILLE
from pages.band_brush.payload import LONGEST_TEXT, Json, kept_facts
from pages.frame.kept_controls import keep_per_mille

if TYPE_CHECKING:
    from embfilter_core.spectral.selection import KeptDirections
    from pages.band_brush.payload import RankedText

HERE = Path(__file__).parent
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
      <th class="rank">Rank</th><th class="rankUnfiltered">Unfil&shy;tered</th><th class="change"></th>
      <th class="text">Text</th>
      <th class="cosine">Cosine</th><th class="cosineUnfiltered">Unfiltered</th><th class="flips">Flips at k</th>
    </tr></thead>
    <tbody></tbody>
  </table>
</div>
"""
MODULES = ("arithmetic", "rows", "spectrum_canvas")


def joined_script() -> str:
    """Return all modules as one: a component takes a single script, which cannot import a file beside it."""
    drawing = (HERE / "band_brush.js").read_text("utf-8")
    *imports, rest = drawing.split("\n", len(MODULES))
    if not all(f'from "./{module}.js"' in line for module, line in zip(MODULES, imports, strict=True)):
        raise ValueError(f"band_brush.js must begin by importing {', '.join(MODULES)}, a line each.")
    return "".join((HERE / f"{module}.js").read_text("utf-8") for module in MODULES) + rest


component = st.components.v2.component(
    "band_brush", html=HTML, css=(HERE / "band_brush.css").read_text("utf-8"), js=joined_script()
)


def band_brush(
    constant: Json, kept: KeptDirections, tokens: list[tuple[str, float]], near: list[tuple[str, float]], key: str
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
    component(key=key, data=constant | kept_facts(kept) | {"current": shown}, on_band_change=lambda: commit(key))


def ranking_brush(
    constant: Json, kept: KeptDirections, ranked: list[RankedText], choose: Callable[[int], None], key: str
) -> None:
    """Draw the brush above a ranking of texts.

    Args:
        constant: As `constant_data` gives it with `facts`.
        kept: The kept directions.
        ranked: The nearest texts in order, shown until the band is dragged.
        choose: Called with the position of a text that is clicked.
        key: Key of the widget.
    """
    component(
        key=key,
        data=constant | kept_facts(kept) | {"current": {"ranked": [one.as_json() for one in ranked]}},
        on_band_change=lambda: commit(key),
        on_query_change=lambda: _choose(key, choose),
    )


def _choose(key: str, choose: Callable[[int], None]) -> None:
    position = st.session_state[key].query
    if type(position) is int:
        choose(position)


def commit(key: str) -> None:
    """Take over a band that was dragged; what the browser sends is checked like any other input."""
    band = st.session_state[key].band
    if not (isinstance(band, list) and len(band) == 2 and all(type(edge) is int for edge in band)):
        return
    start, stop = band
    if 0 <= start < stop <= PER_MILLE:
        keep_per_mille(start, stop)
