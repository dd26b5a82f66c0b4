"""The blocks that Home and Logit lens share: two token lists side by side, their frequency, the legend, the badge."""

from typing import Literal

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from embfilter_core.claims import Reading, Verdict, exactness
from embfilter_core.figures.logit_lens import difference_bars, shared_range, token_bars
from embfilter_core.figures.palette import FREQUENT, KNOWN, UNKNOWN
from embfilter_core.tables.lens_summary import summarise_lists
from embfilter_core.vocabulary.token_frequency import FREQUENT_ZIPF
from pages.widgets.chart import PLOT

BADGES: dict[Verdict, tuple[str, Literal["green", "orange", "gray"]]] = {
    "exact": (":material/verified:", "green"),
    "off": (":material/warning:", "orange"),
    "neutral": (":material/info:", "gray"),
}
ZIPF_COLUMN = st.column_config.NumberColumn("Zipf", format="%.2f", help="0: no known word; empty: not alphabetic")


def two_token_lists(tokens: pd.DataFrame, titles: tuple[str, str], key: str) -> None:
    """Draw both lists of a `lens_table` of one text on one scale, each token with what happens to its rank."""
    first, second = lists = [rows for _, rows in tokens.groupby("list", sort=False)]
    scale = shared_range(lists)
    _side_by_side([token_bars(first, scale, "to"), token_bars(second, scale, "from")], lists, titles, key)


def two_difference_lists(changes: pd.DataFrame, titles: tuple[str, str], key: str) -> None:
    """Draw the tokens of a `difference_table` of one text that rose and fell most, on one scale."""
    lists = [changes[changes["list"] == name] for name in ("risen", "fallen")]
    largest = float(changes["difference"].abs().max())
    _side_by_side([difference_bars(rows, largest) for rows in lists], lists, titles, key)


def _side_by_side(figures: list[go.Figure], lists: list[pd.DataFrame], titles: tuple[str, str], key: str) -> None:
    for place, column in enumerate(st.columns(2)):
        with column:
            st.markdown(f"**{titles[place]}**")
            spoken = ", ".join(lists[place]["token"].head(5))
            st.plotly_chart(figures[place], key=f"{key}_{place}", config=PLOT, alt=f"{titles[place]}: {spoken}")
    st.markdown(
        f":color[■]{{foreground='{FREQUENT}'}} frequent word (Zipf {FREQUENT_ZIPF:g} or more) \u2003"
        f":color[■]{{foreground='{KNOWN}'}} other known word \u2003"
        f":color[■]{{foreground='{UNKNOWN}'}} word piece or no word"
    )


def frequency_numbers(tokens: pd.DataFrame) -> None:
    """Show mean Zipf and frequent-token share of both lists of a text, and how many tokens are new."""
    lists = summarise_lists(tokens)
    first, second = lists.names
    left, middle, right = st.columns(3)
    left.metric(
        f"Mean Zipf, {first} → {second}",
        lists.mean_zipf,
        help="Zipf is log10 of how often a word occurs in a billion words of English: 7 is `the`, 3 is rare. "
        "Mean over the alphabetic tokens of each list, unknown words (often word pieces) counted as 0. "
        f"{lists.known_words}",
    )
    middle.metric(
        f"Frequent tokens, {first} → {second}",
        lists.frequent_share,
        help=f"Share of the listed tokens with a Zipf frequency of {FREQUENT_ZIPF:g} or more.",
    )
    right.metric(
        "New in the second list",
        f"{lists.entered} of {lists.listed}",
        help=f"Tokens of the {second} list that are not in the {first} one; as many have left it.",
    )


def exactness_badge(reading: Reading, head_error: float, dtype: str, lists: tuple[str, str]) -> None:
    """Show the measured error of our head against the model's own logits, and which of two lists it is of."""
    found = exactness(reading, head_error, dtype, lists)
    icon, colour = BADGES[found.verdict]
    st.badge(found.label, icon=icon, color=colour, help=found.meaning)
