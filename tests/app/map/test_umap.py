"""UMAP on the Map page is made when it is asked for."""

from pathlib import Path

import numpy as np
import pytest

from embfilter_core.errors import EmbFilterError
from embfilter_core.maps import umap_map
from embfilter_core.maps.projection import map_points
from tests.app.conftest import LENS, Open
from tests.app.map.shown import SENTENCES, drawn, kept_of, metrics, opened, opened_on, star
from tests.app.reading import errors, figures

pytestmark = pytest.mark.real


def test_umap_is_offered_made_when_asked_for_and_then_there(
    open_page: Open, coefficients: np.ndarray, umap_process: list[str]
) -> None:
    at = opened(open_page, step="8")
    assert umap_process == []
    at.button_group(key="method").set_value("UMAP").run()
    assert figures(at) == {}
    assert set(umap_process) == {"warm up"}
    assert at.button_group(key="step").value == "kept"  # UMAP has no other steps
    assert len(metrics(at)) == 3  # which need no picture
    at.button(key="make_umap").click().run()
    assert umap_process.count("make") == 1
    points = map_points(coefficients, kept_of(coefficients.shape[1], "2"))
    filtered = points.filtered - points.filtered.mean(axis=0)
    assert np.allclose(drawn(at), (filtered / np.linalg.norm(filtered, axis=1, keepdims=True))[:, :2])
    assert star(at) is None
    assert len(metrics(at)) == 4
    assert [button.key for button in at.button if button.key in ("make_umap", "cancel_umap")] == []


def test_a_failure_of_umap_is_one_line_and_can_be_tried_again(
    open_page: Open, coefficients: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise EmbFilterError("UMAP failed: no memory.", "The PCA map needs no UMAP.")

    at = opened(open_page, method="UMAP")
    with monkeypatch.context() as patched:
        patched.setattr(umap_map, "umap_map", fail)
        at.button(key="make_umap").click().run()
        assert errors(at) == ["UMAP failed: no memory. The PCA map needs no UMAP."]
    at.button(key="make_umap").click().run()
    assert errors(at) == []
    assert len(drawn(at)) == 120


def test_four_texts_are_too_few_for_umap_alone(open_page: Open, own_home: Path) -> None:
    at = opened_on(open_page, SENTENCES[:4], method="UMAP")
    assert errors(at) == ["4 texts are too few for UMAP. Give at least 5."]
    at.button_group(key="method").set_value("PCA").run()
    assert errors(at) == []


def test_no_other_page_warms_umap_up(open_page: Open, umap_process: list[str]) -> None:
    open_page(LENS, method="UMAP")
    assert umap_process == []
