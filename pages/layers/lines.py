"""Lines over the layers: followed tokens, and what depth changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.errors import EmbFilterError
from embfilter_core.figures.layer_lines import energy_lines, frequency_lines, trajectory_lines
from embfilter_core.lens.layers.sentences import TREND_NOTE, depth_sentence
from embfilter_core.lens.layers.trajectories import MOST_TOKENS, first_token
from embfilter_core.number_format import format_share
from pages.cached.backbones import token_rates
from pages.frame import messages
from pages.frame.page_controls import CURVE, FREQUENCY
from pages.layers import cached
from pages.widgets.chart import PLOT
from pages.widgets.download import table_button

if TYPE_CHECKING:
    from pages.layers.view import LayersView


@st.fragment
def followed(view: LayersView, column: int, in_cell: tuple[int, ...]) -> None:
    """Draw chosen tokens over the layers, at a column of the map; `in_cell` are more tokens to choose from."""
    loaded, about = view.loaded, (view.loaded.backbone, view.loaded.prompt, view.text)
    with st.container(border=True):
        st.header("How do single tokens rise and fall?", anchor=False)
        proposed = cached.tokens_to_follow(*about, loaded.kept, loaded.centre, column)
        chosen = _choose(view, proposed, in_cell)
        quantity = CURVE.draw()
        if not chosen:
            st.caption(f"Choose one to {MOST_TOKENS} tokens.")
            return
        table = cached.trajectory_table(*about, view.kept, loaded.centre, column, tuple(chosen))
        figure = trajectory_lines(table, quantity, loaded.backbone.vocab_size)
        st.plotly_chart(figure, key="followed_lines", config=PLOT, alt=f"{quantity} of {len(chosen)} tokens by layer")
        st.caption(
            "At the position of the cell above. Proposed are the first two tokens of the last layer unfiltered and "
            "filtered; the first of them is the final token. Ranks count from 1, among the whole vocabulary."
        )
        table_button("Download the lines as CSV", lambda: table, "followed-tokens.csv")


def _choose(view: LayersView, proposed: list[int], in_cell: tuple[int, ...]) -> list[int]:
    """The chosen tokens; the proposed ones until some are chosen for this text and backbone."""
    state, backbone = st.session_state, view.loaded.backbone
    about = (backbone.fingerprint, view.text)
    if state.get("followed_for") != about or "followed" not in state:
        state["followed"] = list(proposed)
    options = list(dict.fromkeys([*state["followed"], *proposed, *in_cell]))
    names = dict(zip(options, backbone.token_texts.distinct(options), strict=True))
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    chosen = left.multiselect(
        "Tokens",
        options,
        key="followed",
        format_func=names.__getitem__,
        max_selections=MOST_TOKENS,
        persist_state="session",
        on_change=lambda: state.update(followed_for=about),
        help="Offered are the top tokens of the cell above.",
    )
    right.text_input(
        "Or write a word",
        key="followed_word",
        max_chars=100,
        on_change=lambda: _follow_word(view, about),
        help="Its first token, as you write it, is followed. A space in front makes another token.",
    )
    problem = state.pop("followed_problem", None)
    if problem is not None:
        messages.error(problem)
    return chosen


def _follow_word(view: LayersView, about: tuple[str, str]) -> None:
    state, word = st.session_state, st.session_state["followed_word"]
    if not word:
        return
    state["followed_word"] = ""
    try:
        token = first_token(view.loaded.backbone, word)
    except EmbFilterError as problem:
        state["followed_problem"] = problem
        return
    others = [other for other in state["followed"] if other != token]
    state.update(followed=[*others[: MOST_TOKENS - 1], token], followed_for=about)


@st.fragment
def depth(view: LayersView) -> None:
    """Draw energy at the ends of the spectrum and how frequent the top tokens are over the layers."""
    table, energy, frequency = view.tables.depth, view.tables.energy, view.tables.frequency
    with st.container(border=True):
        st.header("Does the lean towards frequent tokens grow with depth?", anchor=False)
        common = FREQUENCY.draw()
        answer = depth_sentence(energy, frequency, lambda change: f"**{change}**")
        st.markdown(f"{answer}\n\n:small[{TREND_NOTE}]")
        left, right = st.columns(2)
        left.plotly_chart(
            frequency_lines(table, common), key="frequency_lines", config=PLOT, alt="Frequency of top tokens by layer"
        )
        right.plotly_chart(
            energy_lines(table), key="energy_lines", config=PLOT, alt="Energy at both ends of the spectrum by layer"
        )
        chance = format_share(token_rates(view.loaded.backbone, view.loaded.corpus).chance)
        st.caption(
            f"Left: the top {frequency.top} tokens, as they are read here; chance gives {chance}. Right: the share "
            "of the squared length of the states in the first and in the last d/16 singular directions and in the very "
            "last one, unfiltered. Solid: where the embedding is read; dotted: over all shown positions."
        )
        table_button("Download the curves as CSV", lambda: table, "depth.csv")
