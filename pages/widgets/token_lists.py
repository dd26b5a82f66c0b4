"""Blocks about tokens: two lists side by side, how frequent they are, the scale of their colours, the badge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import streamlit as st

from embfilter_core.claims import Reading, Verdict, exactness
from embfilter_core.figures.logit_lens import difference_bars, shared_range, token_bars
from embfilter_core.figures.palette import RATE_ENDS, RATE_SCALE
from pages.frame import messages
from pages.widgets.chart import PLOT

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from embfilter_core.tables.lens_summary import ListsSummary

BADGES: dict[Verdict, tuple[str, Literal["green", "orange", "gray"]]] = {
    "exact": (":material/verified:", "green"),
    "off": (":material/warning:", "orange"),
    "neutral": (":material/info:", "gray"),
}
FREQUENCY_COLUMNS = {
    "per_million": st.column_config.NumberColumn(
        "Per million",
        format="%.1f",
        width=85,
        help="How often the token occurs in a million tokens of the reference corpus",
    ),
    "estimated": st.column_config.CheckboxColumn(
        "Estimated", width=80, help="The reference corpus does not hold the token: estimated from the tokenizer's order"
    ),
    "frequent": st.column_config.CheckboxColumn(
        "Frequent", width=70, help="Among the most frequent tokens of the corpus"
    ),
    "zipf": st.column_config.NumberColumn(
        "Zipf", format="%.2f", width=55, help="0: no known word; empty: not alphabetic"
    ),
}
SCALE = f"""<div style="display:flex;align-items:center;gap:0.5rem;font-size:0.875rem">
<span>{10 ** RATE_ENDS[0]:g}</span>
<span aria-hidden="true" style="width:9rem;height:0.75rem;border-radius:3px;
background:linear-gradient(in oklab to right, {", ".join(RATE_SCALE)})"></span>
<span>{round(10 ** RATE_ENDS[1], -4):,.0f} in a million tokens of the reference corpus; hatched: not seen there,
estimated</span></div>"""
"""The scale of the colours of tokens, with its ends."""


def two_token_lists(tokens: pd.DataFrame, titles: tuple[str, str], key: str) -> None:
    """Draw both lists of a `lens_table` of one text on one scale, each token with what happens to its rank."""
    first, second = lists = [rows for _, rows in tokens.groupby("list", sort=False)]
    scale = shared_range(lists)
    _side_by_side([token_bars(first, scale, "to"), token_bars(second, scale, "from")], lists, titles, key)


def two_difference_lists(changes: pd.DataFrame, titles: tuple[str, str], key: str) -> None:
    """Draw the tokens of a `difference_table` of one text that fell and rose most, on one scale."""
    lists = [changes[changes["list"] == name] for name in ("fallen", "risen")]
    largest = float(changes["difference"].abs().max())
    _side_by_side([difference_bars(rows, largest) for rows in lists], lists, titles, key)


def _side_by_side(figures: list[go.Figure], lists: list[pd.DataFrame], titles: tuple[str, str], key: str) -> None:
    for place, column in enumerate(st.columns(2)):
        with column:
            st.markdown(f"**{titles[place]}**")
            spoken = ", ".join(lists[place]["token"].head(5))
            st.plotly_chart(figures[place], key=f"{key}_{place}", config=PLOT, alt=f"{titles[place]}: {spoken}")
    st.html(SCALE)


def frequency_numbers(lists: ListsSummary) -> None:
    """Show how many top tokens of both lists of a text are frequent, how many are new, and their mean Zipf."""
    first, second = lists.names
    left, right = st.columns([3, 2])
    with left:
        _number(lists.frequent_label, lists.frequent, f"{first} → {second}. {lists.chance}")
    with right:
        about = f"Tokens of the {second} list that are not in the {first} one; as many have left it."
        _number(f"of the top {lists.counted} are new", str(lists.entered), about)
    st.caption(f"{messages.literal(lists.chance)} {lists.mean_zipf}")


def _number(label: str, value: str, about: str) -> None:
    """A number over what it counts, which is written out on a narrow window too: a metric would cut it."""
    with st.container(gap=None):
        st.metric(label, value, label_visibility="collapsed")
        st.markdown(label, help=about)


def exactness_badge(reading: Reading, head_error: float, dtype: str, lists: tuple[str, str]) -> None:
    """Show the measured error of our head against the model's own logits, and which of two lists it is of."""
    found = exactness(reading, head_error, dtype, lists)
    icon, colour = BADGES[found.verdict]
    st.badge(found.label, icon=icon, color=colour, help=found.meaning)
