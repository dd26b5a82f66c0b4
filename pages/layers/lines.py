"""Lines over the layers: followed tokens, and what depth changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.errors import EmbFilterError
from embfilter_core.figures.layer_lines import energy_lines, frequency_lines, trajectory_lines
from embfilter_core.figures.layer_metrics import FREQUENCIES
from embfilter_core.lens.layers.sentences import PLACES, TREND_NOTE, depth_sentence
from embfilter_core.lens.layers.trajectories import MOST_TOKENS, first_token
from embfilter_core.number_format import format_share
from embfilter_core.tables.layers import trend_table
from pages.cached.backbones import token_rates
from pages.frame import messages
from pages.frame.page_controls import CURVE, FREQUENCY
from pages.layers import cached
from pages.widgets.chart import PLOT
from pages.widgets.download import table_button

if TYPE_CHECKING:
    import pandas as pd

    from pages.layers.view import LayersView

QUANTITY_NAMES = {
    "frequent_share": FREQUENCIES["frequent-share"].label,
    "mean_zipf": FREQUENCIES["mean-zipf"].label,
    "known_share": "known words among the alphabetic ones",
    "last": "energy in the last d/16 directions",
}
TREND_COLUMNS = {
    "quantity": st.column_config.TextColumn("Quantity", width=250),
    "of": st.column_config.TextColumn("Where", width=186),
    "first_third": st.column_config.TextColumn("First third", width=74),
    "last_third": st.column_config.TextColumn("Last third", width=74),
    "correlation": st.column_config.NumberColumn("Correlation", format="%+.2f", width=84),
    "trend": st.column_config.TextColumn("With depth", width=208),
}


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
            "At the position of the chosen cell. Proposed: the first two tokens of the last layer, unfiltered and "
            "filtered; the very first is the final token. Ranks: among the whole vocabulary."
        )
        table_button("Download the lines as CSV", lambda: table, "followed-tokens.csv")


def _choose(view: LayersView, proposed: list[int], in_cell: tuple[int, ...]) -> list[int]:
    """The chosen tokens; the proposed ones until some are chosen for this text and backbone."""
    state, backbone = st.session_state, view.loaded.backbone
    about = (backbone.fingerprint, view.text)
    if state.get("followed_for") != about or "followed" not in state:
        state["followed"] = list(proposed)
    if max(state["followed"], default=0) >= backbone.vocab_size:  # a session file may name what is none
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
    table, frequency = view.tables.depth, view.tables.frequency
    with st.container(border=True):
        st.header("Does the lean towards frequent tokens grow with depth?", anchor=False)
        common = FREQUENCY.draw()
        st.markdown(depth_sentence(frequency, lambda change: f"**{change}**"))
        left, right = st.columns(2)
        left.plotly_chart(
            frequency_lines(table, common), key="frequency_lines", config=PLOT, alt="Frequency of top tokens by layer"
        )
        right.plotly_chart(
            energy_lines(table), key="energy_lines", config=PLOT, alt="Energy at both ends of the spectrum by layer"
        )
        chance = format_share(token_rates(view.loaded.backbone, view.loaded.counted).chance)
        st.caption(
            f"Left: the top {frequency.top} tokens, as they are read here; chance gives {chance}. Right: share of the "
            "squared length of the unfiltered states. Solid: where the embedding is read; dotted: over all shown "
            "positions."
        )
        st.dataframe(_trends(table), hide_index=True, column_config=TREND_COLUMNS)
        st.caption(TREND_NOTE)
        table_button("Download the curves as CSV", lambda: table, "depth.csv")


def _trends(depth: pd.DataFrame) -> pd.DataFrame:
    """The table of the trends as people read it: shares in per cent."""
    trends = trend_table(depth)
    for third in ("first_third", "last_third"):
        shares = trends["quantity"] != "mean_zipf"
        trends[third] = trends[third].map("{:.2f}".format).where(~shares, trends[third].map(format_share))
    return trends.replace({"quantity": QUANTITY_NAMES, "of": PLACES})
