"""The curves over the singular directions, and the tokens at the ends of one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from embfilter_core.errors import EmbFilterError
from embfilter_core.figures.spectrum import direction_panels
from embfilter_core.spectral.geometry import edge_shares, energy
from embfilter_core.spectral.spectroscopy import BIASES, AverageToken
from pages.cached.loaded import LoadedView
from pages.frame import messages
from pages.frame.page_controls import BIAS, COUNTS, DIRECTION, HOW_MANY, TOKENS
from pages.frame.state import value_of
from pages.spectrum import cached
from pages.widgets.chart import PLOT

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.lens.token_counts import TokenCounts


ENDS = 12


@st.fragment
def draw_spectroscopy(loaded: LoadedView, embedding: np.ndarray) -> None:
    """Draw the curves over the directions, for a text's embedding (d,), with their controls."""
    with st.container(border=True):
        st.subheader("Where do the frequent tokens live?", anchor=False)
        _explanations()
        source, bias, tokens, k = _controls()
        try:
            counts = cached.token_counts(loaded, source, st.session_state.get("counts_text", ""))
        except EmbFilterError as problem:
            messages.error(problem)
            return
        average, table = cached.spectroscopy(loaded.backbone, counts, source, bias, tokens)
        scores = table.scores(k)
        _fit(counts, average, min(k, len(table.logits)))
        energies = _energies(loaded, embedding)
        selected = value_of(DIRECTION)  # before its widget is drawn, so that a link's value counts at once
        selected = selected if selected < loaded.backbone.d else DIRECTION.default
        figure = direction_panels(
            loaded.backbone.spectrum.singular_values, scores, energies, loaded.kept.indices, selected
        )
        st.plotly_chart(
            figure,
            key="panels",
            config=PLOT,
            on_select=_select_direction,
            selection_mode="points",
            alt="Singular values, Dpi and energy over the singular directions",
        )
        _what_it_shows(scores, energies, cached.zipf_by_block(loaded.backbone))
        _direction_ends(loaded)


def _explanations() -> None:
    with st.expander("What the curves mean"):
        st.markdown(
            "- **Singular direction** $v_i$: a direction of the embedding space. Moving an embedding along it changes "
            "the logits of all tokens together, by an amount that the singular value $s_i$ measures.\n"
            "- **Average token**: the hidden state whose logits come closest to the logarithms of the token "
            "frequencies. It stands for what a text says when it says nothing in particular.\n"
            "- **Dpi(i)**: take direction $i$ out of the average token; Dpi is the change of the logits of a set of "
            "tokens, as a share of these logits. A high value: the direction speaks about these tokens.\n"
            "- **Energy**: the share of an embedding's squared length in each direction.\n"
            "- **The paper's claim**: Dpi of the frequent tokens is high at both ends of the spectrum and low in the "
            "middle. The sentences below the curves say what *this* backbone shows."
        )


def _controls() -> tuple[str, str, str, int]:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        tokens, k = TOKENS.draw(), HOW_MANY.draw()
        bias, source = BIAS.draw(BIASES), COUNTS.draw()
    if source == "pasted":
        st.text_area("Text to count tokens in", key="counts_text", persist_state="session", max_chars=100_000)
    return source, bias, tokens, k


def _fit(counts: TokenCounts, average: AverageToken, k: int) -> None:
    st.caption(
        f"Frequencies from {messages.literal(counts.source)}: {counts.seen:,} tokens seen, {counts.unseen:,} unseen "
        f"(0.5 is added to every count). The fit of the average token explains R² = {average.r_squared:.2f} of log p. "
        f"Dpi is over {k:,} tokens."
    )


def _energies(loaded: LoadedView, embedding: np.ndarray) -> dict[str, np.ndarray]:
    spectrum = loaded.backbone.spectrum
    energies = {"this text": energy(spectrum.coefficients(loaded.centred(embedding[None])))}
    corpus = loaded.corpus_coefficients
    if corpus is not None:
        energies["corpus"] = energy(corpus)
        if loaded.centre is None:
            energies["mean of the corpus"] = energy(corpus.mean(axis=0, keepdims=True))
    return energies


def _what_it_shows(scores: np.ndarray, energies: dict[str, np.ndarray], zipf: tuple[float, float, float]) -> None:
    """Sentences made of the numbers alone."""
    lines = []
    for name, shares in energies.items():
        ends = edge_shares(shares)
        middle = 1 - ends.first - ends.last
        more = "last" if ends.last > ends.first else "first"
        lines.append(
            f"- Energy of {'the ' if name != 'this text' else ''}{name}: {ends.first:.0%} in the first {ends.block} "
            f"directions, {ends.last:.0%} in the last {ends.block} (the very last one {ends.very_last:.0%}), "
            f"{middle:.0%} between: the {more} {ends.block} carry more."
        )
    ends = edge_shares(scores / scores.sum())
    even = ends.block / len(scores)
    lines.append(
        f"- Dpi: {ends.first:.0%} of its sum in the first {ends.block} directions and {ends.last:.0%} in the last "
        f"{ends.block}; spread evenly it would be {even:.0%} in each."
    )
    known = not any(map(math.isnan, zipf))
    lines += known * [
        f"- How common a word is (Zipf) can be read from its place along the first {ends.block} directions with R² = "
        f"{zipf[0]:.2f}, along the middle {ends.block} with {zipf[1]:.2f}, along the last {ends.block} with "
        f"{zipf[2]:.2f} (a linear fit over the known words of the vocabulary)."
    ]
    st.markdown("\n".join(lines))


def _direction_ends(loaded: LoadedView) -> None:
    spectrum = loaded.backbone.spectrum
    direction = DIRECTION.draw(loaded.backbone.d - 1)
    ends = cached.direction_tokens(loaded.backbone).ends(direction)
    texts = [", ".join(loaded.backbone.token_texts.readable_all(ids[:ENDS])) for ids in ends]
    st.caption(
        f"Tokens at both ends of direction {direction}, singular value {spectrum.singular_values[direction]:.4g}"
    )
    table = pd.DataFrame({"End": ["positive", "negative"], "Tokens, furthest first": texts})
    st.dataframe(table, hide_index=True, column_config={"End": st.column_config.TextColumn(width=80)})


def _select_direction() -> None:
    points = st.session_state["panels"].selection.points
    if points:
        st.session_state[DIRECTION.key] = int(points[0]["x"])
