"""The instrument: spectrum, tokens, numbers and neighbours of a text, drawn by the browser while a band is dragged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from embfilter_core.instrument import browser

if TYPE_CHECKING:
    from collections.abc import Callable

_store = st.components.v2.component("instrument_data", js=Path(__file__).with_name("store.js").read_text("utf-8"))
_mount = st.components.v2.component("instrument", html=browser.markup(), css=browser.look(), js=browser.script())


def draw(
    data: dict[str, Any],
    shown: dict[str, Any],
    key: str,
    take_band: Callable[[object], None],
    take_preset: Callable[[object], None],
    take_query: Callable[[object], None] | None = None,
) -> None:
    """Draw the instrument.

    Args:
        data: As `embfilter_core.instrument` makes it, with its `id`: the same whatever directions are kept.
        shown: What is committed, and how it is shown.
        key: Key of the widget.
        take_band: Given what the browser says when a band is let go: [start, stop) in directions.
        take_preset: Given the `preset` or the `ratio` that is pressed.
        take_query: Given the position of a text that is clicked, where texts are ranked.
    """

    def said(name: str, take: Callable[[object], None]) -> Callable[[], None]:
        return lambda: take(getattr(st.session_state[key], name))

    # In a list: of a dictionary, Streamlit asks of every value whether it is a table, and imports pandas for that.
    with st.container(key="instrument_data"):
        _store(data=[data])
    _mount(
        key=key,
        data=[shown | {"id": data["id"]}],
        on_band_change=said("band", take_band),
        on_preset_change=said("preset", take_preset),
        on_query_change=said("query", take_query or (lambda position: None)),
    )
