"""Lines over the layers: followed tokens, and what depth changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.errors import EmbFilterError
from embfilter_core.figures.layer_lines import energy_lines, frequency_lines, trajectory_lines
from pages.frame import messages
from pages.frame.page_controls import CURVE, FREQUENCY
from pages.layers import cached
from pages.widgets.chart import PLOT
from pages.widgets.download import table_button

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embfilter_core.lens.layers.summaries import DepthTrend
    from pages.layers.reading import LayersView

MOST_FOLLOWED = 4
PLACES = {"pooled": "where the embedding is read", "positions": "over all shown positions"}


@st.fragment
def followed(reading: LayersView, column: int, in_cell: tuple[int, ...]) -> None:
    """Draw chosen tokens over the layers, at a column of the map; `in_cell` are more tokens to choose from."""
    loaded = reading.loaded
    with st.container(border=True):
        st.subheader("How do single tokens rise and fall?", anchor=False)
        proposed = cached.tokens_to_follow(loaded, reading.text, column)
        chosen = _choose(reading, proposed, in_cell)
        quantity = CURVE.draw()
        if not chosen:
            st.caption(f"Choose one to {MOST_FOLLOWED} tokens.")
            return
        table = cached.trajectory_table(loaded, reading.text, reading.kept, column, tuple(chosen))
        figure = trajectory_lines(table, quantity, loaded.backbone.vocab_size)
        st.plotly_chart(figure, key="followed_lines", config=PLOT, alt=f"{quantity} of {len(chosen)} tokens by layer")
        st.caption(
            "At the position of the cell above. Proposed are the first two tokens of the last layer unfiltered and "
            "filtered; the first of them is the final token. Ranks count from 1, among the whole vocabulary."
        )
        table_button("Download the lines as CSV", lambda: table, "followed-tokens.csv")


def _choose(reading: LayersView, proposed: list[int], in_cell: tuple[int, ...]) -> list[int]:
    """The chosen tokens; the proposed ones until some are chosen for this text and backbone."""
    state, backbone = st.session_state, reading.loaded.backbone
    about = (backbone.fingerprint, reading.text)
    if state.get("followed_for") != about or "followed" not in state:
        state["followed"] = list(proposed)
    options = list(dict.fromkeys([*state["followed"], *proposed, *in_cell]))
    names = _names(reading, options)
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    chosen = left.multiselect(
        "Tokens",
        options,
        key="followed",
        format_func=names.__getitem__,
        max_selections=MOST_FOLLOWED,
        persist_state="session",
        on_change=lambda: state.update(followed_for=about),
        help="Offered are the top tokens of the cell above.",
    )
    right.text_input(
        "Or write a word",
        key="followed_word",
        max_chars=100,
        on_change=lambda: _follow_word(reading, about),
        help="Its first token, as you write it, is followed. A space in front makes another token.",
    )
    problem = state.pop("followed_problem", None)
    if problem is not None:
        messages.error(problem)
    return chosen


def _names(reading: LayersView, token_ids: Sequence[int]) -> dict[int, str]:
    """What each token is called: different tokens that read alike are told apart by their id."""
    texts = reading.loaded.backbone.token_texts.readable_all(token_ids)
    return {
        token: text if texts.count(text) == 1 else f"{text} (id {token})"
        for token, text in zip(token_ids, texts, strict=True)
    }


def _follow_word(reading: LayersView, about: tuple) -> None:
    from embfilter_core.lens.layers.trajectories import first_token

    state, word = st.session_state, st.session_state["followed_word"]
    if not word:
        return
    state["followed_word"] = ""
    try:
        token = first_token(reading.loaded.backbone, word)
    except EmbFilterError as problem:
        state["followed_problem"] = problem
        return
    others = [other for other in state["followed"] if other != token]
    state.update(followed=[*others[: MOST_FOLLOWED - 1], token], followed_for=about)


@st.fragment
def depth(reading: LayersView) -> None:
    """Draw energy at the ends of the spectrum and the frequency of the top tokens over the layers."""
    table = reading.tables.depth
    with st.container(border=True):
        st.subheader("Does the lean towards frequent tokens grow with depth?", anchor=False)
        common = FREQUENCY.draw().replace("-", "_")
        st.markdown(_answer(reading))
        left, right = st.columns(2)
        left.plotly_chart(
            frequency_lines(table, common), key="frequency_lines", config=PLOT, alt="Frequency of top tokens by layer"
        )
        right.plotly_chart(
            energy_lines(table), key="energy_lines", config=PLOT, alt="Energy at both ends of the spectrum by layer"
        )
        st.caption(
            "Left: the top 20 tokens, as they are read here. Right: the share of the squared length of the states in "
            "the first and in the last d/16 singular directions and in the very last one, unfiltered. Solid: "
            "where the embedding is read; dotted: over all shown positions."
        )
        table_button("Download the curves as CSV", lambda: table, "depth.csv")


def _answer(reading: LayersView) -> str:
    """The question of the block answered by numbers, for this text on this backbone alone."""
    from embfilter_core.lens.layers.summaries import depth_trend

    trends = {}
    for of in PLACES:
        rows = reading.tables.depth[reading.tables.depth["of"] == of]
        trends[of] = {name: depth_trend(rows["layer"], rows[name]) for name in ("frequent_share", "mean_zipf", "last")}
    shares = (
        f"**{trends[of]['frequent_share'].direction}** with depth {where} ({_percent(trends[of]['frequent_share'])})"
        for of, where in PLACES.items()
    )
    zipf = " and ".join(_change(trends[of]["mean_zipf"], ".2f") for of in PLACES)
    energy = " and ".join(_percent(trends[of]["last"]) for of in PLACES)
    return (
        f"For this text on this backbone, the share of frequent tokens {', and '.join(shares)}. Mean Zipf: {zipf}. "
        f"Energy in the last d/16 directions: {energy}.\n\n"
        ":small[Numbers: mean over the first third of the shown layers → over the last third, and then the rank "
        "correlation with the layer. *Grows* and *shrinks* are said where both agree and the correlation is beyond two "
        "standard deviations of layers in random order.]"
    )


def _percent(trend: DepthTrend) -> str:
    return _change(trend, ".0%")


def _change(trend: DepthTrend, written: str) -> str:
    return f"{trend.first:{written}} → {trend.last:{written}}, {trend.correlation:+.2f}"
