"""The Spectrum page for a stored backbone: the curves over its directions and the tokens at their ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from embfilter_core.instrument.look import TERMS
from embfilter_core.instrument.packing import unpacked
from embfilter_core.number_format import format_share
from embfilter_core.stored_backbones.sentences import fit, where_frequent_tokens_live, where_texts_lie
from pages.cached import stored_backbones as cached
from pages.frame.address_bar import choose
from pages.frame.explained import explained, words
from pages.frame.page_controls import DIRECTION
from pages.frame.values import value_of
from pages.instrument import stored as stored_instrument
from pages.spectrum.wording import CURVES
from pages.widgets.chart import PLOT
from pages.widgets.download import table_button

if TYPE_CHECKING:
    import pandas as pd

    from pages.cached.stored_backbones import Stored
    from pages.frame.kept_controls import KeptChoice
    from pages.instrument.stored import StoredView

CHART = "stored_curves"
THIS_TEXT = "this text"


def draw(stored: Stored, choice: KeptChoice) -> None:
    """Draw the page for a stored backbone and what the sidebar keeps."""
    place = stored_instrument.choose_text(stored)
    view = stored_instrument.view_of(stored, place, choice)
    stored_instrument.draw(view, "spectrum", "spectrum")
    words("instrument", *TERMS)
    with st.container(border=True):
        _curves(view)
    words("others", "backbone", "unfiltered", "filtered", "kept directions", "removed directions")


def _curves(view: StoredView) -> None:
    from embfilter_core.figures.spectrum import direction_curves  # plotly and pandas, which the instrument needs not
    from embfilter_core.spectral.direction_grid import direction_ticks, place_on_grid
    from embfilter_core.tables.spectrum import directions_table, end_shares_table, steps_table

    parts = cached.parts_of(view.stored)
    edges, scores = np.array(parts.directions["edges"]), np.array(parts.scores)
    of_text = unpacked(view.data["energy"]["text"]).astype(np.float64)
    energies = {THIS_TEXT: of_text} | {name: np.array(shares) for name, shares in parts.energies.items()}
    st.header("Where do the frequent tokens live?", anchor=False)
    selected = value_of(DIRECTION) if value_of(DIRECTION) < len(scores) else DIRECTION.default
    figure = direction_curves(
        steps_table({"Δπ": scores}, edges, view.kept.indices),
        steps_table(energies, edges),
        direction_ticks(edges),
        place_on_grid(selected + 0.5, edges),
    )
    st.plotly_chart(
        figure,
        key=CHART,
        config=PLOT,
        on_select=_select_direction,
        selection_mode="points",
        alt="Stored Δπ and energy over the singular directions",
    )
    explained(CURVES, "curves", small=True)
    found = view.stored.about.findings
    explained(" ".join((where_frequent_tokens_live(found), where_texts_lie(found), fit(found))), "shown")
    words("panels", "Δπ", "average token", "energy")
    _shares(end_shares_table(scores, energies), len(scores))
    values = np.array(parts.directions["values"])
    table_button("Download the curves as CSV", lambda: directions_table(values, scores, energies), "directions.csv")
    _ends(view, scores, energies)


def _shares(table: pd.DataFrame, d: int) -> None:
    block_size = max(1, d // 16)
    titles = {
        "first": f"first {block_size}",
        "between": "between",
        "last": f"last {block_size}",
        "very_last": "the very last",
    }
    table[list(titles)] *= 100
    columns = {name: st.column_config.NumberColumn(title, format="%.1f %%") for name, title in titles.items()}
    named = {"of": st.column_config.TextColumn("Share of", width=220)}
    st.dataframe(table, hide_index=True, column_config=named | columns)


def _ends(view: StoredView, scores: np.ndarray, energies: dict[str, np.ndarray]) -> None:
    directions = cached.parts_of(view.stored).directions
    left, right = st.columns([1, 2], gap="medium")
    with left:
        direction = DIRECTION.draw(len(scores) - 1)
        kept = "kept" if direction in view.kept.indices else "left out"
        facts = [
            f"Direction {direction}, {kept}",
            f"singular value {directions['values'][direction]:.4g}",
            f"Δπ {scores[direction]:.2g}",
            *(f"energy of {name} {format_share(float(shares[direction]))}" for name, shares in energies.items()),
        ]
        st.caption("  \n".join(facts))
    ends = directions["ends"]
    places = unpacked(ends["places"]).reshape(len(scores), 2, ends["count"])[direction]
    tokens = {
        name: [ends["tokens"][place] for place in side]
        for name, side in zip(("Positive end", "Negative end"), places, strict=True)
    }
    right.dataframe(tokens, hide_index=True)


def _select_direction() -> None:
    points = st.session_state[CHART].selection.points
    if points:
        choose({DIRECTION: int(points[0]["customdata"])})
