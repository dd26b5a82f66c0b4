"""The instrument: spectrum, tokens, numbers and neighbours of a text, drawn by the browser while a band is dragged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
MODULES = ("arithmetic", "spectrum_canvas", "lists", "slope", "ranking")


def _script() -> str:
    """All modules as one: a component takes a single script, which cannot import a file beside it."""
    main = (HERE / "instrument.js").read_text("utf-8")
    *imports, rest = main.split("\n", len(MODULES))
    if not all(f'from "./{module}.js"' in line for module, line in zip(MODULES, imports, strict=True)):
        raise ValueError(f"instrument.js must begin by importing {', '.join(MODULES)}, a line each.")
    return "".join((HERE / f"{module}.js").read_text("utf-8") for module in MODULES) + rest


_store = st.components.v2.component("instrument_data", js=(HERE / "store.js").read_text("utf-8"))
_mount = st.components.v2.component(
    "instrument",
    html=(HERE / "instrument.html").read_text("utf-8"),
    css=(HERE / "instrument.css").read_text("utf-8"),
    js=_script(),
)


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
