"""Texts that are found or selected on the map, their neighbours, and the download of all."""

import io

import numpy as np
import pandas as pd
import pytest
import streamlit as st

from embfilter_core.data.corpora import topics
from embfilter_core.maps.measures import neighbour_change
from embfilter_core.maps.projection import map_points
from pages.map.selection import KEY
from tests.app.conftest import Open
from tests.app.map.shown import (
    BLOCKS,
    SENTENCES,
    figure,
    framed,
    kept_of,
    opened,
    tables,
)
from tests.app.reading import blocks, numbers, text_of

pytestmark = pytest.mark.real


def test_found_texts_are_ringed_and_listed_with_their_nearest(open_page: Open, coefficients: np.ndarray) -> None:
    at = opened(open_page, step="4")
    at.text_input(key="map_find").set_value(" The RIVER").run()
    found = [i for i, text in enumerate(topics().texts) if "the river" in text.lower()]
    assert found
    (ring,) = (trace for trace in figure(at)["data"] if trace["name"] == "found")
    assert numbers(ring["customdata"]) == found
    change = neighbour_change(map_points(coefficients, kept_of(coefficients.shape[1], "4")), 10)
    assert tables(at)[0]["position"].tolist() == [i + 1 for i in found]
    assert tables(at)[0]["nearest_filtered"].tolist() == [topics().texts[change.filtered[i, 0]] for i in found]
    at.text_input(key="map_find").set_value("no such words").run()
    assert not tables(at)
    assert "0 of 120 texts hold" in text_of(at)


def test_a_selection_stays_with_its_texts_over_the_steps_and_not_over_a_change_of_corpus(
    open_page: Open, coefficients: np.ndarray
) -> None:
    at = opened(open_page)
    at.session_state[KEY] = (topics().id, (7, 30), None)
    for step in ("unfiltered", "8"):
        at.button_group(key="step").set_value(step).run()
        lit = [
            int(numbers(trace["customdata"])[i])
            for trace in figure(at)["data"]
            for i in numbers(trace.get("selectedpoints", []))
        ]
        assert sorted(lit) == [7, 30]
        assert tables(at)[0]["position"].tolist() == [8, 31]
    at.selectbox(key="corpus").set_value("pasted").run()
    at.text_area(key="corpus_text").set_value("\n".join(SENTENCES)).run()
    at.run()
    assert not tables(at)
    assert blocks(at) == BLOCKS


def test_one_selected_text_shows_all_of_its_neighbours_and_the_selection_can_be_cleared(
    open_page: Open, coefficients: np.ndarray
) -> None:
    at = opened(open_page)
    at.session_state[KEY] = (topics().id, (7,), None)
    at.run()
    change = neighbour_change(map_points(coefficients, kept_of(coefficients.shape[1], "2")), 10)
    for element, near in zip(tables(at)[1:], (change.unfiltered[7], change.filtered[7]), strict=True):
        assert (element["position"] - 1).tolist() == near.tolist()
    at.button(key="clear_map").click().run()
    assert not tables(at)


def test_the_download_holds_everything(
    open_page: Open, coefficients: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = {}
    monkeypatch.setattr(st, "download_button", lambda label, data, *_, **__: written.update({label: data}))
    opened(open_page, step="8")
    read = pd.read_csv(io.BytesIO(written["Download all 120 texts as CSV"]()))
    _, places = framed(coefficients)
    assert tuple(read["text"]) == topics().texts
    assert np.allclose(read[["x_unfiltered", "y_unfiltered"]], places[0])
    assert np.allclose(read[["x_filtered", "y_filtered"]], places[3])
    change = neighbour_change(
        map_points(coefficients, kept_of(coefficients.shape[1], "8")), 10, np.array(topics().labels)
    )
    assert np.allclose(read["surviving"], change.surviving)
    assert np.allclose(read["purity_filtered"], change.purity_filtered)
    assert {"label", "per_million_unfiltered", "frequent_filtered"} <= set(read)
