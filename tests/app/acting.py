"""What a visitor does that AppTest cannot do by itself, and what a restart of the app does."""

import json
from collections.abc import Callable, Iterable
from threading import Barrier, Thread

import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Element


def clear_caches() -> None:
    """Forget everything that is kept in memory, as a restart does; what is on disk stays."""
    st.cache_resource.clear()


def set_band(at: AppTest, start: int, stop: int) -> AppTest:
    """Write the numbers of a band into the sidebar: first kept direction, and the one after the last."""
    at.number_input(key="start").set_value(start)
    at.number_input(key="stop").set_value(stop)
    return at


def click(at: AppTest, key: str, *points: dict) -> AppTest:
    """Select points of a figure, none to select nothing, as its front end tells."""
    return _select(
        at, at.get("plotly_chart"), key, {"points": list(points), "point_indices": [], "box": [], "lasso": []}
    )


def tick(at: AppTest, key: str, *rows: int) -> AppTest:
    """Select rows of a table, as its front end tells."""
    return _select(at, at.dataframe, key, {"rows": list(rows), "columns": [], "cells": []})


def give(at: AppTest, place: str, *files: tuple[str, bytes | str]) -> AppTest:
    """Give files to the uploader of a place, as a browser does."""
    (uploader,) = (one for one in at.file_uploader if (one.key or "").startswith(f"{place}_file_"))
    given = [(name, data if isinstance(data, bytes) else data.encode(), "") for name, data in files]
    return uploader.set_value(given if uploader.accept_multiple_files else given[0]).run()


def in_threads(ask: Callable[[], object], count: int) -> list[object]:
    """What several sessions that ask at the same moment get; a run that was stopped gets its RuntimeError."""
    start, got = Barrier(count), []

    def session() -> None:
        start.wait()
        try:
            got.append(ask())
        except RuntimeError as stopped:
            got.append(stopped)

    sessions = [Thread(target=session) for _ in range(count)]
    for one in sessions:
        one.start()
    for one in sessions:
        one.join(30)
    return got


def _select(at: AppTest, elements: Iterable[Element], key: str, selection: dict) -> AppTest:
    (element,) = (one for one in elements if one.key == key)
    state = at._tree.get_widget_states()
    state.widgets.add(id=element.proto.id, string_value=json.dumps({"selection": selection}))
    return at._run(state)
