"""Quality over the number of directions, with what is laid over it; a click keeps a number."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core import Backbone, KeptDirections
from embfilter_core.data.built_in_tasks import graded_pairs
from embfilter_core.quality import sweep as study
from embfilter_core.quality.comparison import compare_presets
from embfilter_core.quality.random_subspaces import measure_random_subspaces
from pages.choose_rank import curve as curve_block
from tests.app.acting import click
from tests.app.choose_rank.page import (
    ALL_OVERLAYS,
    NUMBERS,
    kept,
    line,
    open_choose,
    table_of,
    vectors_of,
)
from tests.app.conftest import Open
from tests.app.reading import address, errors, figures

pytestmark = pytest.mark.real


def test_the_kept_number_is_marked_where_it_is_of_the_bulk(open_page: Open) -> None:
    at = open_choose(open_page)
    for preset, marks in (("bulk", [16]), ("unfiltered", [32]), ("dominant", []), ("edges", [])):
        at.pills(key="preset").set_value(preset).run()
        shapes = figures(at)["quality"]["layout"].get("shapes", [])
        assert [shape["x0"] for shape in shapes] == marks, preset
        rings = [trace for trace in figures(at)["bands"]["data"] if trace["name"] == "kept now"]
        assert len(rings) == (preset != "edges")


def test_presets_and_random_subspaces_are_the_librarys_at_the_kept_number(open_page: Open, tiny: Backbone) -> None:
    at = open_choose(open_page, overlay=ALL_OVERLAYS, preset="dominant", ratio="4")
    assert errors(at) == []
    task = graded_pairs()
    vectors = vectors_of(tiny, task)
    sweep, curve = study.sweep_quality(task, vectors), figures(at)["quality"]
    shown = table_of(at, *NUMBERS).set_index("what")
    presets = compare_presets(task, vectors, sweep, 8)
    assert len(presets) >= 4
    for one in presets:
        assert line(curve, one.name) == ([one.k], [pytest.approx(one.to_unfiltered.value)]), one.name
        row = shown.loc[f"{one.kind}: {one.name}"]
        assert [row["k"], row["to_unfiltered"]] == pytest.approx([one.k, one.to_unfiltered.value], abs=1e-6)
    subspaces = measure_random_subspaces(task, vectors, [4, 8, 16, 24], "spearman")
    ks, medians = line(curve, "random subspaces, 20 seeds, the middle 95 %")
    listed = table_of(at, "share_above_unfiltered")
    unfiltered = sweep.scores.values[-1]
    assert listed["k"].tolist() == list(ks) == subspaces.ks.tolist()
    assert np.allclose(listed["median"] - unfiltered, medians)
    assert np.allclose(listed["share_above_unfiltered"], 100 * (subspaces.scores > unfiltered).mean(axis=1))
    assert medians == pytest.approx((np.median(subspaces.scores, axis=1) - unfiltered).tolist())


def test_a_clicked_number_of_directions_is_kept(open_page: Open) -> None:
    at = open_choose(open_page, preset="edges")
    for k in (1, 5, 31, 32):
        click(at, "quality", {"curve_number": 1, "customdata": k})
        assert errors(at) == []
        assert kept(at) == ("custom", KeptDirections.bulk(32, keep=k).bounds)
        assert address(at)["preset"] == ["custom"]


def earlier(at: AppTest) -> list[str]:
    return at.multiselect(key="earlier").options


def test_what_was_measured_before_can_be_laid_over_what_is_measured_now(open_page: Open) -> None:
    at = open_choose(open_page)
    assert earlier(at) == []
    first = line(figures(at)["quality"], "bulk, now")
    at.selectbox(key="prompt").set_value("prompteol").run()
    if len(earlier(at)) == 0:  # it is the prompt that the backbone has anyway
        at.selectbox(key="prompt").set_value("echo").run()
    (name,) = earlier(at)
    assert name not in [trace.get("name") for trace in figures(at)["quality"]["data"]]
    at.multiselect(key="earlier").set_value([name]).run()
    assert errors(at) == []
    assert line(figures(at)["quality"], name) == first
    assert line(figures(at)["quality"], "bulk, now") != first
    at.selectbox(key="prompt").set_value("default").run()  # what was laid over is now what is measured
    assert errors(at) == []
    assert name not in earlier(at)
    assert len(earlier(at)) == 1


@pytest.mark.long
def test_the_oldest_measurement_goes_where_there_are_too_many(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    assert curve_block.MOST_EARLIER == 8
    monkeypatch.setattr(curve_block, "MOST_EARLIER", 3)
    at = open_choose(open_page, prompt="custom")
    for number in range(5):
        at.text_input(key="template").set_value(f"word {number}: {{text}}").run()
        assert errors(at) == []
        if number == 2:
            at.multiselect(key="earlier").set_value(earlier(at)[:1]).run()
    assert len(set(earlier(at))) == len(earlier(at)) == 3
    assert not any("word 0" in name for name in earlier(at))
