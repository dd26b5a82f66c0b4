"""Lists of tokens as plain HTML: bars as long as their logits, coloured by how frequent a token is."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from embfilter_core.figures.palette import RATE_ENDS, RATE_SCALE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LOOK = Path(__file__).with_suffix(".css")


def begin() -> None:
    """Say how lists look, once a page."""
    st.html(LOOK)


def draw(lists: Mapping[str, Sequence[dict[str, Any]]], longest: float) -> None:
    """Draw lists side by side.

    Args:
        lists: By their titles, each as `token_lists` of the library makes it.
        longest: Logit of a bar as wide as its list.
    """
    st.html(f'<div class="token-lists">{"".join(_list(title, tokens, longest) for title, tokens in lists.items())}</div>')


def longest_logit(*lists: Sequence[dict[str, Any]]) -> float:
    """Return the largest logit of lists that share a scale."""
    return max((token["logit"] for tokens in lists for token in tokens), default=0.0)


def _list(title: str, tokens: Sequence[dict[str, Any]], longest: float) -> str:
    frequent = sum(token["frequent"] for token in tokens)
    said = f"{frequent} of {len(tokens)} frequent" if tokens else "Nothing is kept back"
    rows = "".join(_row(token, longest) for token in tokens)
    return f"<section><h3>{escape(title)}</h3><p>{said}</p><ol>{rows}</ol></section>"


def _row(token: dict[str, Any], longest: float) -> str:
    width = 100 * max(0.0, token["logit"]) / longest if longest > 0 else 0
    estimated = "" if token["seen"] else ' class="estimated"'
    look = f"width:{width:.1f}%;background:{_colour(token['rate'])}"
    return f'<li><i{estimated} style="{look}"></i><span>{escape(token["token"])}</span></li>'


def _colour(rate: float) -> str:
    """The colour of a rate, a power of ten per million tokens, as the instrument mixes it."""
    low, high = RATE_ENDS
    place = min(max((rate - low) / (high - low), 0.0), 1.0) * (len(RATE_SCALE) - 1)
    step = min(int(place), len(RATE_SCALE) - 2)
    return f"color-mix(in oklab, {RATE_SCALE[step + 1]} {100 * (place - step):.0f}%, {RATE_SCALE[step]})"
