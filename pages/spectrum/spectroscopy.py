"""The curves over the singular directions, and the tokens at the ends of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pandas as pd
import streamlit as st

from embfilter_core.errors import EmbFilterError
from embfilter_core.figures.spectrum import direction_panels
from embfilter_core.lens.spectroscopy_report import (
    describe_energies,
    describe_fit,
    describe_scores,
    describe_word_frequency,
    energies_by_source,
)
from embfilter_core.spectral.geometry import edge_block
from embfilter_core.spectral.spectroscopy import BIASES
from pages.cached.loaded import LoadedView
from pages.frame import messages
from pages.frame.page_controls import BIAS, COUNTS, DIRECTION, DPI_TOP, TOKENS
from pages.frame.state import value_of
from pages.spectrum import cached
from pages.widgets.chart import PLOT

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.lens.token_counts import CountSource, TokenSet
    from embfilter_core.spectral.spectroscopy import Bias


ENDS = 12


@st.fragment
def draw_spectroscopy(loaded: LoadedView, embedding: np.ndarray) -> None:
    """Draw the curves over the directions, for a text's embedding (d,), with their controls."""
    with st.container(border=True):
        st.subheader("Where do the frequent tokens live?", anchor=False)
        _explanations()
        source, bias, tokens, k = _controls()
        try:
            pasted = st.session_state.get("counts_text", "") if source == "pasted" else ""
            counts = cached.token_counts(loaded.backbone, source, loaded.corpus, pasted)
        except EmbFilterError as problem:
            messages.error(problem)
            return
        average, table = cached.spectroscopy(loaded.backbone, counts, bias, tokens)
        scores = table.scores(k)
        st.caption(messages.literal(describe_fit(counts, average, min(k, len(table.logits)))))
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
            alt="Singular values, Δπ and energy over the singular directions",
        )
        _say_what_the_curves_show(loaded, scores, energies)
        _direction_ends(loaded)


def _explanations() -> None:
    with st.expander("What the curves mean"):
        st.markdown(
            "- **Singular direction** $v_i$: a direction of the embedding space. Moving an embedding along it changes "
            "the logits of all tokens together, by an amount that the singular value $s_i$ measures.\n"
            "- **Average token**: the hidden state whose logits come closest to the logarithms of the token "
            "frequencies. It stands for what a text says when it says nothing in particular.\n"
            "- **Δπ(i)**: take direction $i$ out of the average token; Δπ is the change of the logits of a set of "
            "tokens, as a share of these logits. A high value: the direction speaks about these tokens.\n"
            "- **Energy**: the share of an embedding's squared length in each direction.\n"
            "- **The paper's claim**: Δπ of the frequent tokens is high at both ends of the spectrum and low in the "
            "middle. The sentences below the curves say what *this* backbone shows."
        )


def _controls() -> tuple[CountSource, Bias, TokenSet, int]:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        tokens, k = TOKENS.draw(), DPI_TOP.draw()
        bias, source = BIAS.draw(BIASES), COUNTS.draw()
    if source == "pasted":
        st.text_area("Text to count tokens in", key="counts_text", persist_state="session", max_chars=100_000)
    return cast("CountSource", source), bias, tokens, k


def _energies(loaded: LoadedView, embedding: np.ndarray) -> dict[str, np.ndarray]:
    text = loaded.backbone.spectrum.coefficients(loaded.centred(embedding[None]))[0]
    return energies_by_source(text, loaded.corpus_coefficients, centred=loaded.centre is not None)


def _say_what_the_curves_show(loaded: LoadedView, scores: np.ndarray, energies: dict[str, np.ndarray]) -> None:
    zipf = describe_word_frequency(cached.zipf_by_block(loaded.backbone), edge_block(loaded.backbone.d))
    sentences = [*describe_energies(energies), describe_scores(scores), *([zipf] if zipf else [])]
    st.markdown("\n".join(f"- {sentence}" for sentence in sentences))


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
