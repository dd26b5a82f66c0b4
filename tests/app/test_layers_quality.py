"""Layers: quality by layer is measured on demand, by one embedding pass, and its scores are the library's."""

from collections.abc import Mapping

import numpy as np
import pytest

from embfilter_core import Backbone
from embfilter_core.data.built_in_tasks import graded_pairs, topics_task
from embfilter_core.data.tasks import PairTask
from embfilter_core.quality.by_layer import layer_quality
from embfilter_core.tables.layers import quality_table
from tests.app.acting import clear_caches
from tests.app.conftest import Open
from tests.app.layers import LAYERS, SCORES, SHORT, TEXT, downloaded, said
from tests.app.reading import errors, figures, plain

pytestmark = pytest.mark.real


@pytest.mark.parametrize(("name", "task"), [("graded-pairs", graded_pairs()), ("topics", topics_task())])
def test_quality_is_measured_on_demand_by_one_pass_for_all_layers_and_kept(
    open_page: Open,
    work: list[str],
    tiny: Backbone,
    downloads: Mapping[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    task: PairTask,
) -> None:
    monkeypatch.setattr(Backbone, "faster", lambda self, encoded: None)  # the passes that are counted are plain ones
    clear_caches()
    at = open_page(LAYERS, text=TEXT, labelled=name, layer_step="1", **SHORT)
    assert "quality_map" not in figures(at)
    assert "120 texts have to be embedded once at 3 of them, in one pass" in said(at, "To score 3 layers")
    assert "embed" not in work
    at.button(key="measure_layers").click().run()
    assert errors(at) == []
    passes = work.count("embed")
    work.clear()
    expected = quality_table(
        layer_quality(task, lambda layer: tiny.embed(task.texts, "plain-last", layer=layer), [0, 1, 2], tiny.spectrum)
    )
    assert work.count("embed") == 3 * passes > 0
    scores = downloaded(downloads, SCORES)
    assert np.allclose(scores, expected, atol=0.05)
    cells = [cell for row in figures(at)["quality_map"]["data"][0]["text"] for cell in row]
    assert [float(cell.split(" ± ")[0]) for cell in cells] == pytest.approx(scores["score"].tolist(), abs=0.051)
    remark = next(text.value for text in at.caption if "not to be called an improvement" in text.value)
    assert ("n = 60 pairs" if name == "graded-pairs" else "n = 120 texts") in plain(remark)
    assert "not a benchmark" in remark
    work.clear()
    clear_caches()  # as in another process
    assert "quality_map" in figures(open_page(LAYERS, text=TEXT, labelled=name, layer_step="1", **SHORT))
    assert "embed" not in work


def test_what_was_measured_before_is_not_measured_again(open_page: Open, work: list[str]) -> None:
    clear_caches()
    at = open_page(LAYERS, text=TEXT, layer_step="2", **SHORT)
    at.button(key="measure_layers").click().run()
    at.number_input(key="layer_step").set_value(1).run()
    assert "have to be embedded once at 1 of them" in said(at, "To score 3 layers")
    assert "2 are there already" in said(at, "To score 3 layers")
