"""Prose whose terms explain themselves: a press on a term, at its first use on a page, opens what it means.

Drawn as plain HTML with the browser's own popovers: it takes no script, works with a
keyboard (Tab, Enter, Escape), and every text in it is escaped.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

import streamlit as st

from embfilter_core.glossary import GLOSSARY, Term, terms_in

LOOK = Path(__file__).with_suffix(".css")
FIRST_USES = "first_uses"
WORDS = "Words: "
BETWEEN = " · "
_PERCENT = re.compile(r"(\d) %")
_CODE = re.compile(r"`([^`]+)`")
Use = tuple[int, int, Term]
"""Where a term stands in prose, start and stop."""


def begin() -> None:
    """Forget which terms are explained, since a page is drawn anew."""
    st.html(LOOK)
    st.session_state[FIRST_USES] = {}


def explained(
    prose: str, place: str, small: bool = False, strong: bool = False, tag: str = "", about: str = ""
) -> None:
    """Draw prose, to the letter, with the meaning of every term that is used here first.

    Args:
        prose: Sentences, as plain text.
        place: Where on the page, in letters and `_`; another for each piece of prose.
        small: Whether it is a caption.
        strong: Whether it is the most important sentence of a page.
        tag: What kind of sentence it is, in front of it.
        about: What else there is to say, behind a sign at the end.
    """
    uses: dict[str, Use] = {}
    for start, stop, term in terms_in(prose):
        if _is_first(term.name, place):
            uses.setdefault(term.name, (start, stop, term))
    text, meanings = _linked(prose, list(uses.values()), place)
    if about:
        text += " " + _button(f"{place}-about", "?", ' class="about" aria-label="About this sentence"')
        meanings += _meaning(f"{place}-about", escape(about))
    tagged = f"<mark>{escape(tag)}</mark> " if tag else ""
    _draw(tagged + (f"<strong>{text}</strong>" if strong else text), meanings, small)


def words(place: str, *names: str) -> None:
    """Draw the terms that what stands above uses, such as a chart, unless they are explained further up.

    Args:
        place: As in `explained`.
        names: Names of the terms.
    """
    prose, uses = "", []
    for term in (GLOSSARY[name] for name in names if _is_first(name, place)):
        prose += BETWEEN if prose else WORDS
        uses.append((len(prose), len(prose) + len(term.name), term))
        prose += term.name
    if uses:
        _draw(*_linked(prose, uses, place), small=True)


def _is_first(name: str, place: str) -> bool:
    """Whether a term is explained here: where a run of the whole page used it first, also if a block is drawn anew."""
    first_uses: dict[str, str] = st.session_state.setdefault(FIRST_USES, {})
    return first_uses.setdefault(name, place) == place


def _linked(prose: str, uses: list[Use], place: str) -> tuple[str, str]:
    """The prose as HTML with a button in place of each use, and the meanings that they open."""
    text, meanings, end = "", "", 0
    for number, (start, stop, term) in enumerate(uses):
        name = f"{place}-{number}"
        text += escape(prose[end:start]) + _button(name, prose[start:stop])
        meanings += _meaning(name, _explanation(term))
        end = stop
    return text + escape(prose[end:]), meanings


def _button(name: str, shown: str, more: str = "") -> str:
    return f'<button type="button" popovertarget="word-{name}"{more}>{escape(shown)}</button>'


def _meaning(name: str, html: str) -> str:
    return f'<div popover id="word-{name}" class="meaning">{html}</div>'


def _explanation(term: Term) -> str:
    meaning = _CODE.sub(r"<code>\1</code>", escape(term.meaning))
    return f"<strong>{escape(term.name)}</strong>: {meaning}<small>{escape(term.source)}</small>"


def _draw(text: str, meanings: str, small: bool) -> None:
    unbroken = _PERCENT.sub("\\1&nbsp;%", text)
    st.html(f'<p class="prose{" small" if small else ""}">{unbroken}</p>{meanings}')
