"""The curves over the singular directions, and the tokens at the ends of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import streamlit as st

from embfilter_core.errors import EmbFilterError
from embfilter_core.figures.spectrum import direction_curves
from embfilter_core.lens.spectroscopy_report import (
    BIAS_TERMS,
    describe_better_fit,
    describe_fit,
    describe_quiet,
    describe_scores,
    describe_word_frequency,
    energies_by_source,
    fit_fails,
)
from embfilter_core.number_format import format_share
from embfilter_core.spectral.direction_grid import direction_ticks, grid_edges, place_on_grid
from embfilter_core.spectral.geometry import edge_block
from embfilter_core.spectral.spectroscopy import BIASES
from embfilter_core.tables.spectrum import direction_ends_table, directions_table, end_shares_table, steps_table
from pages.cached.backbones import token_rates
from pages.cached.loaded import LoadedView
from pages.frame import messages
from pages.frame.address_bar import choose
from pages.frame.explained import explained, words
from pages.frame.page_controls import BIAS, COUNTS, DIRECTION, DPI_TOP, TOKENS
from pages.frame.values import value_of
from pages.frame.visit import keeping
from pages.frame.visit.texts import COUNTS_TEXT, TEXTS
from pages.spectrum import cached
from pages.spectrum.wording import CURVES
from pages.widgets.chart import PLOT
from pages.widgets.download import table_button

if TYPE_CHECKING:
    from embfilter_core.lens.token_counts import CountSource, TokenCounts, TokenSet
    from embfilter_core.spectral.spectroscopy import AverageToken, Bias


ENDS = 8
ROW_HEIGHT = 28
RATE = "Occurrences in a million tokens of the reference corpus; ≈ marks an estimate for a token that it lacks."
END_COLUMNS = {
    "positive": st.column_config.TextColumn("Positive end"),
    "positive_rate": st.column_config.TextColumn("in a million", width=120, help=RATE),
    "negative": st.column_config.TextColumn("Negative end"),
    "negative_rate": st.column_config.TextColumn("in a million", width=120, help=RATE),
}


@st.fragment
def draw_spectroscopy(loaded: LoadedView, embedding: np.ndarray) -> None:
    """Draw the curves over the directions, for a text's embedding (d,), with their controls."""
    with st.container(border=True):
        st.header("Where do the frequent tokens live?", anchor=False)
        source, bias, tokens, k = _controls()
        try:
            pasted = st.session_state.get(COUNTS_TEXT, "") if source == "pasted" else ""
            counts = cached.token_counts(loaded.backbone, source, loaded.corpus, pasted)
        except EmbFilterError as problem:
            messages.error(problem)
            return
        average, table = cached.spectroscopy(loaded.backbone, counts, bias, tokens)
        _say_how_it_fits(loaded, counts, average, tokens)
        scores, energies = table.scores(k), _energies(loaded, embedding)
        selected = value_of(DIRECTION)  # before its widget is drawn, so that a link's value counts at once
        selected = selected if selected < loaded.backbone.d else DIRECTION.default
        edges = grid_edges(loaded.backbone.d, loaded.backbone.bulk_start)
        figure = direction_curves(
            steps_table({"Δπ": scores}, edges, loaded.kept.indices),
            steps_table(energies, edges),
            direction_ticks(edges),
            place_on_grid(selected + 0.5, edges),
        )
        st.plotly_chart(
            figure,
            key="curves",
            config=PLOT,
            on_select=_select_direction,
            selection_mode="points",
            alt="Δπ and energy over the singular directions",
        )
        explained(CURVES, "curves", small=True)
        watched = describe_scores(scores, min(k, len(table.logits)), tokens)
        _say_what_the_curves_show(loaded, watched, scores, energies)
        _direction_ends(loaded, scores, energies)


def _controls() -> tuple[CountSource, Bias, TokenSet, int]:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        tokens, k = TOKENS.draw(), DPI_TOP.draw()
        bias, source = BIAS.draw(BIASES), COUNTS.draw()
    if source == "pasted":
        st.text_area(
            "Text to count tokens in",
            key=COUNTS_TEXT,
            persist_state="session",
            max_chars=TEXTS[COUNTS_TEXT].longest,
        )
        keeping.catch_up()
    return cast("CountSource", source), bias, tokens, k


def _say_how_it_fits(loaded: LoadedView, counts: TokenCounts, average: AverageToken, tokens: TokenSet) -> None:
    said, quiet = describe_fit(counts, average), describe_quiet(counts, average)
    if not fit_fails(average):
        explained(f"{said} {quiet}", "fit", small=True)
        return
    other: Bias = "mean" if average.bias == 0 else "zero"
    better = describe_better_fit(average, cached.spectroscopy(loaded.backbone, counts, other, tokens)[0])
    st.warning(messages.literal(f"{said} {better} {quiet}"), icon=":material/warning:")
    if better:
        st.button(
            f"Fit with {BIAS_TERMS[other]}",
            key="other_bias",
            on_click=lambda: choose({BIAS: other}),
        )


def _energies(loaded: LoadedView, embedding: np.ndarray) -> dict[str, np.ndarray]:
    text = loaded.backbone.spectrum.coefficients(loaded.centred(embedding[None]))[0]
    return energies_by_source(text, loaded.corpus_coefficients, centred=loaded.centre is not None)


def _say_what_the_curves_show(
    loaded: LoadedView, watched: str, scores: np.ndarray, energies: dict[str, np.ndarray]
) -> None:
    block = edge_block(loaded.backbone.d)
    zipf = describe_word_frequency(cached.zipf_by_block(loaded.backbone), block)
    explained(" ".join(filter(None, [watched, zipf])), "shown")
    words("panels", "Δπ", "average token", "energy", "Zipf")
    table = end_shares_table(scores, energies)
    shares = ["first", "between", "last", "very_last"]
    table[shares] *= 100
    titles = (f"first {block}", "between", f"last {block}", "the very last")
    st.dataframe(
        table,
        hide_index=True,
        column_config={"of": st.column_config.TextColumn("Share of", width=220)}
        | {
            name: st.column_config.NumberColumn(title, format="%.1f %%")
            for name, title in zip(shares, titles, strict=True)
        },
    )
    table_button(
        "Download the curves as CSV",
        lambda: directions_table(loaded.backbone.spectrum.singular_values, scores, energies),
        "directions.csv",
    )


def _direction_ends(loaded: LoadedView, scores: np.ndarray, energies: dict[str, np.ndarray]) -> None:
    left, right = st.columns([1, 2], gap="medium")
    with left:
        direction = DIRECTION.draw(loaded.backbone.d - 1)
        kept = "kept" if direction in loaded.kept.indices else "left out"
        facts = [
            f"Direction {direction}, {kept}",
            f"singular value {loaded.backbone.spectrum.singular_values[direction]:.4g}",
            f"Δπ {scores[direction]:.2g}",
            *(f"energy of {name} {format_share(float(shares[direction]))}" for name, shares in energies.items()),
        ]
        st.caption("  \n".join(facts))
    ends = direction_ends_table(
        cached.direction_tokens(loaded.backbone),
        direction,
        loaded.backbone.token_texts,
        token_rates(loaded.backbone, loaded.counted),
        ENDS,
    )
    right.dataframe(
        ends, hide_index=True, column_config=END_COLUMNS, row_height=ROW_HEIGHT, height=ROW_HEIGHT * ENDS + 40
    )


def _select_direction() -> None:
    points = st.session_state["curves"].selection.points
    if points:
        choose({DIRECTION: int(points[0]["customdata"])})
