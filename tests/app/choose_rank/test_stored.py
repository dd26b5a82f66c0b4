"""Stored measurements: the first thing that Choose rank shows, drawn from their record alone."""

import io
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core import KeptDirections
from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.quality.clustering import describe_clustering
from embfilter_core.quality.decisions.questions import GOALS
from embfilter_core.quality.forest_rows import describe_forest
from embfilter_core.quality.sweep import describe_sweep
from embfilter_core.stored.record import StoredMeasurement, read_record, stored_ids
from embfilter_core.tables.forest import forest_table
from embfilter_core.tables.quality import bands_table, sweep_table
from pages.cached import backbones
from pages.frame.page_controls import STORED, TASK
from tests.app.choose_rank.page import BANDS, BLOCKS, CHOOSE, CLUSTERS, button, kept, line, remarks, sentences
from tests.app.conftest import Open
from tests.app.reading import blocks, errors, figures, numbers, prose

ROOT = Path(__file__).resolve().parents[3]
FIRST_VISIT = """
import sys
from streamlit.testing.v1 import AppTest

at = AppTest.from_file(sys.argv[1], default_timeout=60)
at.switch_page("pages/4_Choose_rank.py")
at.run()
assert not at.exception and at.success
print(sorted({"scipy", "sklearn", "torch", "transformers", "umap", "wordfreq"} & set(sys.modules)))
"""


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by its name whenever a page asks for a backbone."""
    asked: list[str] = []
    load = backbones.backbone
    monkeypatch.setattr(backbones, "backbone", lambda name, *more: asked.append(name) or load(name, *more))
    return asked


def open_stored(open_page: Open, task: str = "", **params: object) -> AppTest:
    chosen = {"task": task} if task else {}
    return open_page(CHOOSE, **{"backbone": BUNDLED.id, **chosen, **params})


def record_of(task: str) -> StoredMeasurement:
    return read_record(STORED[task])


def test_it_is_shown_on_a_first_visit_with_its_stamp_and_no_backbone_is_loaded(
    open_page: Open, loaded: list[str], forward_passes: list[str]
) -> None:
    at = open_stored(open_page)
    record = record_of(next(iter(STORED)))
    assert errors(at) == loaded == forward_passes == []
    assert at.selectbox(key="task").value == TASK.default == next(iter(STORED))
    assert record.stamp in prose(at)
    assert record.stamp.startswith("Stored, not measured now: STS Benchmark")
    assert sentences(at)[0].startswith("Keep ")
    assert blocks(at) == BLOCKS
    at.selectbox(key="task").set_value("upload").run()
    assert errors(at) == blocks(at) == loaded == []


def test_a_first_visit_imports_neither_torch_nor_scikit_learn() -> None:
    command = [sys.executable, "-c", FIRST_VISIT, str(ROOT / "app.py")]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=90, check=True)
    assert result.stdout.splitlines()[-1] == "[]"


def test_every_stored_measurement_answers_every_goal_in_its_own_words(open_page: Open, loaded: list[str]) -> None:
    assert tuple(STORED.values()) == stored_ids()
    at = open_stored(open_page)
    for task in STORED:
        record = record_of(task)
        for goal in GOALS:
            at.selectbox(key="task").set_value(task)
            at.segmented_control(key="goal").set_value(goal).run()
            assert errors(at) == []
            answer, stamp, *rest = sentences(at)
            assert stamp == record.stamp
            assert (answer, *rest[:-1]) == record.decisions[goal]
            assert rest[-1].startswith(f"Asked with a margin of {record.margin:g} points and a budget of ")
            assert remarks(at) == list(record.notes)
            bands = blocks(at).index(BANDS) + 1
            clusters = [CLUSTERS] if record.clusters is not None else []
            assert blocks(at) == [GOALS[goal].question, *BLOCKS[1:bands], *clusters, *BLOCKS[bands:]]
    assert loaded == []


@pytest.mark.parametrize("task", STORED)
def test_figures_sentences_and_downloads_hold_what_is_stored(
    open_page: Open, downloads: Mapping[str, bytes], task: str
) -> None:
    at, record = open_stored(open_page, task), record_of(task)
    drawn, d = figures(at), record.d
    ks, differences = line(drawn["quality"], "bulk")
    assert (ks, differences) == (record.sweep.ks.tolist(), record.sweep.to_unfiltered.values.tolist())
    cells = drawn["bands"]["data"][0]
    assert np.reshape(numbers(cells["customdata"]), (-1, 2)).tolist() == record.bands.bands.tolist()
    assert numbers(cells["marker"]["color"]) == record.bands.to_unfiltered.values.tolist()
    rows = [trace["x"][0] for trace in drawn["forest"]["data"] if trace["x"] != [None]]
    assert sorted(rows) == pytest.approx(sorted(row.to_unfiltered.value for row in record.forest.rows))
    assert sizes_drawn(drawn["sizes"]) == sorted((one.bytes, one.score.value) for one in record.treatments)
    if record.clusters is not None:
        found = record.clusters
        assert line(drawn["clusters"], "bulk") == (found.ks.tolist(), found.to_unfiltered.values.tolist())
        assert describe_clustering(found) in prose(at)
    assert describe_forest(record.forest) in prose(at)
    assert any(sentence.startswith(describe_sweep(record.sweep)) for sentence in prose(at))
    for label, table in (
        ("Download all numbers of directions as CSV", sweep_table(record.sweep)),
        ("Download all bands as CSV", bands_table(record.bands, d)),
        ("Download the rows as CSV", forest_table(record.forest)),
    ):
        read = pd.read_csv(io.BytesIO(downloads[label]), encoding="utf-8-sig")
        pd.testing.assert_frame_equal(read, table, check_dtype=False, rtol=1e-9)


def sizes_drawn(figure: dict) -> list[tuple[float, float]]:
    """Bytes and score of every treatment that is drawn."""
    points = (
        pair
        for trace in figure["data"]
        if "customdata" in trace
        for pair in zip(numbers(trace["x"]), numbers(trace["y"]), strict=True)
    )
    return sorted(points)


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("task", STORED)
def test_its_band_can_be_kept_everywhere_as_it_was_measured(open_page: Open, task: str, goal: str) -> None:
    at = open_stored(open_page, task, goal=goal)
    chosen = record_of(task).chosen[goal]
    assert chosen is not None
    (use,) = button(at, "Use this band")
    use.click().run()
    assert errors(at) == []
    assert kept(at) == ("custom", KeptDirections.bulk(576, keep=chosen.k).bounds)
    assert at.toggle(key="centre").value == (chosen.line == "centred-bulk")
    assert at.selectbox(key="task").value == task


def test_with_another_backbone_it_is_shown_all_the_same_and_its_band_is_not_offered(
    open_page: Open, tiny_folder: str, loaded: list[str]
) -> None:
    at = open_page(CHOOSE)
    assert at.text_input(key="backbone_written").value == tiny_folder
    assert errors(at) == loaded == []
    assert sentences(at)[0] == record_of(TASK.default).decisions["shrink"][0]
    assert button(at, "Use this band") == []


def test_an_answer_that_keeps_nothing_is_no_success_and_has_no_band(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = record_of(TASK.default)
    undecided = replace(
        record,
        chosen=record.chosen | {"shrink": None},
        decisions=record.decisions | {"shrink": ("Not enough data to tell.",)},
    )
    monkeypatch.setattr("pages.choose_rank.stored.read_record", lambda name: undecided)
    at = open_stored(open_page)
    assert sentences(at)[:2] == ["Not enough data to tell.", record.stamp]
    assert not at.success
    assert button(at, "Use this band") == []
