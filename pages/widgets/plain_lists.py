"""Lists of tokens as plain HTML: bars as long as their logits, coloured by how frequent a token is."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from embfilter_core.figures.rate_colours import log_rate_colours
from embfilter_core.lens.own_words import words_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MARKS = "␣⏎⇥"
"""White space around a token, as it is written."""
LOOK = Path(__file__).with_suffix(".css")


def begin() -> None:
    """Say how lists look, once a page."""
    st.html(LOOK)


def draw(lists: Mapping[str, Sequence[dict[str, Any]]], longest: float, text: str) -> None:
    """Draw lists side by side.

    Args:
        lists: By their titles, each as `token_lists` of the library makes it.
        longest: Logit of a bar as wide as its list.
        text: The text, whose own words stand out.
    """
    own = words_of(text)
    sections = "".join(_list(title, tokens, longest, own) for title, tokens in lists.items())
    st.html(f'<div class="token-lists">{sections}</div>')


def longest_logit(*lists: Sequence[dict[str, Any]]) -> float:
    """Return the largest logit of lists that share a scale."""
    return max((token["logit"] for tokens in lists for token in tokens), default=0.0)


def _list(title: str, tokens: Sequence[dict[str, Any]], longest: float, own: set[str]) -> str:
    frequent = sum(token["frequent"] for token in tokens)
    said = f"{frequent} of {len(tokens)} frequent" if tokens else "none"
    colours = log_rate_colours(np.array([token["rate"] for token in tokens]))
    rows = "".join(_row(token, longest, colour, own) for token, colour in zip(tokens, colours, strict=True))
    return f"<section><h3>{escape(title)}</h3><p>{said}</p><ol>{rows}</ol></section>"


def _row(token: dict[str, Any], longest: float, colour: str, own: set[str]) -> str:
    width = 100 * max(0.0, token["logit"]) / longest if longest > 0 else 0
    estimated = "" if token["seen"] else ' class="estimated"'
    look = f"width:{width:.1f}%;background:{colour}"
    is_own = not token["frequent"] and token["token"].strip(MARKS).lower() in own
    row = ' class="own"' if is_own else ""
    return f'<li{row}><i{estimated} style="{look}"></i><span>{escape(token["token"])}</span></li>'
