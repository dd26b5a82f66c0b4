"""What a visitor does that AppTest cannot do by itself, and what a restart of the app does."""

import json

import streamlit as st
from streamlit.testing.v1 import AppTest


def clear_caches() -> None:
    """Forget everything that is kept in memory, as a restart does; what is on disk stays."""
    st.cache_resource.clear()


def click(at: AppTest, key: str, *points: dict) -> AppTest:
    """Select points of a figure, none to select nothing, as its front end tells."""
    return _select(at, "plotly_chart", key, {"points": list(points), "point_indices": [], "box": [], "lasso": []})


def tick(at: AppTest, key: str, *rows: int) -> AppTest:
    """Select rows of a table, as its front end tells."""
    return _select(at, "arrow_data_frame", key, {"rows": list(rows), "columns": [], "cells": []})


def _select(at: AppTest, kind: str, key: str, selection: dict) -> AppTest:
    (element,) = (one for one in at.get(kind) if one.key == key)
    state = at._tree.get_widget_states()
    state.widgets.add(id=element.proto.id, string_value=json.dumps({"selection": selection}))
    return at._run(state)
