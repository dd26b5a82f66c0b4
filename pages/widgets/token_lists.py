"""The blocks that Home and Logit lens share: two token lists side by side, their frequency, the legend, the badge."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from embfilter_core.figures.logit_lens import difference_bars, shared_range, token_bars
from embfilter_core.figures.style import FREQUENT, KNOWN, UNKNOWN
from embfilter_core.vocabulary.token_frequency import FrequencySummary, summarise_zipf
from pages.widgets.chart import PLOT

NO_VALUE = "–"


def two_token_lists(tokens: pd.DataFrame, titles: tuple[str, str], key: str) -> None:
    """Before and after on one scale, each token with what happened to its rank."""
    lists = [tokens[tokens["list"] == name] for name in ("before", "after")]
    scale = shared_range(lists)
    _side_by_side([token_bars(rows, scale) for rows in lists], lists, titles, key)


def two_difference_lists(changes: pd.DataFrame, titles: tuple[str, str], key: str) -> None:
    """The tokens that rose and fell most, on one scale."""
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
        f":color[■]{{foreground='{FREQUENT}'}} frequent word (Zipf 5 or more) \u2003"
        f":color[■]{{foreground='{KNOWN}'}} other known word \u2003"
        f":color[■]{{foreground='{UNKNOWN}'}} word piece or no word"
    )


def frequency_numbers(tokens: pd.DataFrame, words: tuple[str, str] = ("before", "after")) -> None:
    """Mean Zipf and frequent-token share of both lists, and how many tokens are new."""
    before, after = (summarise_zipf(tokens.loc[tokens["list"] == name, "zipf"]) for name in ("before", "after"))
    entered = int((tokens["status"] == "entered").sum())
    left, middle, right = st.columns(3)
    left.metric(
        f"Mean Zipf, {words[0]} → {words[1]}",
        f"{_number(before.mean_zipf)} → {_number(after.mean_zipf)}",
        help="Zipf is log10 of how often a word occurs in a billion words of English: 7 is `the`, 3 is rare. "
        "Mean over the alphabetic tokens of each list, unknown words (often word pieces) counted as 0. "
        f"{_of_known(before, after)}",
    )
    middle.metric(
        f"Frequent tokens, {words[0]} → {words[1]}",
        f"{before.frequent_share:.0%} → {after.frequent_share:.0%}",
        help="Share of the listed tokens with a Zipf frequency of 5 or more.",
    )
    right.metric(
        "New in the second list",
        f"{entered} of {(tokens['list'] == 'after').sum()}",
        help=f"Tokens of the list {words[1]} that are not in the list {words[0]}; as many have left it.",
    )


def exactness_badge(head_error: float, dtype: str) -> None:
    """The measured error of our lens against the model's own logits."""
    st.badge(
        f"exactness: largest error {head_error:.1e}",
        icon=":material/verified:",
        color="green" if head_error < 1e-3 or dtype != "float32" else "orange",
        help="Measured on this text: the largest absolute difference, over the whole vocabulary and at the last "
        "position of the prompt, between our unfiltered lens (with the head's scale, bias and soft-cap) and the logits "
        f"that the model itself returns, in {dtype}.",
    )


def _of_known(before: FrequencySummary, after: FrequencySummary) -> str:
    return (
        f"Over known words alone: {_number(before.mean_known_zipf)} → {_number(after.mean_known_zipf)}; "
        f"unknown: {_share(before.unknown_share)} → {_share(after.unknown_share)} of the alphabetic tokens."
    )


def _number(value: float) -> str:
    return NO_VALUE if pd.isna(value) else f"{value:.2f}"


def _share(value: float) -> str:
    return NO_VALUE if pd.isna(value) else f"{value:.0%}"
