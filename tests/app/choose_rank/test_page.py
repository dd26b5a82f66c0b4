"""Choose rank: what it shows are the numbers of the library, measured once."""

import io
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core import Backbone, KeptDirections
from embfilter_core.data.built_in_tasks import graded_pairs, lee_50_pairs, topics_task
from embfilter_core.data.corpora import Corpus
from embfilter_core.data.published import published_ablation, published_results
from embfilter_core.data.tasks import Task
from embfilter_core.embeddings.corpus_embeddings import embed_corpus, stored_embeddings
from embfilter_core.quality import bands as bands_module
from embfilter_core.quality import clustering
from embfilter_core.quality import sweep as study
from embfilter_core.quality.decisions.shrink import shrink
from embfilter_core.stored.replications import describe_replications, replications
from embfilter_core.tables.quality import bands_table, sweep_table
from embfilter_core.tables.quality_summary import quality_summary
from embfilter_core.tables.replications import replications_table
from pages.cached import corpora
from pages.cached.loaded import Embedder, LoadedView
from pages.choose_rank import cached
from pages.frame.controls import CONTROLS
from tests.app.acting import click, in_threads, set_band
from tests.app.choose_rank.page import (
    ALL_OVERLAYS,
    BLOCKS,
    CARD,
    CLUSTERS,
    LEARNING,
    NUMBERS,
    captions,
    kept,
    left_out,
    line,
    open_choose,
    recommend_always,
    remarks,
    sentences,
    table_of,
    treatments_of,
    vectors_of,
)
from tests.app.conftest import Open
from tests.app.reading import blocks, errors, figures, numbers, prose, text_of
from tests.app.test_links import linked

pytestmark = pytest.mark.real


TASKS = {
    "graded-pairs": (graded_pairs, BLOCKS),
    "topics": (topics_task, [*BLOCKS[:-2], CLUSTERS, *BLOCKS[-2:]]),
}


@pytest.mark.parametrize(("make", "expected"), TASKS.values(), ids=TASKS)
def test_card_curve_table_bands_and_downloads_hold_the_numbers_of_the_library(
    open_page: Open, tiny: Backbone, downloads: Mapping[str, bytes], make: Callable[[], Task], expected: list[str]
) -> None:
    task = make()
    at = open_choose(open_page, task.id)
    assert errors(at) == []
    assert remarks(at) == []
    assert left_out(at).keys() == LEARNING
    assert blocks(at) == expected
    vectors = vectors_of(tiny, task)
    assert sentences(at) == shrink(treatments_of(tiny, task)).sentences()
    sweep, bands = study.sweep_quality(task, vectors), bands_module.map_bands(task, vectors)
    curve = figures(at)["quality"]
    ks, scores = line(curve, "bulk, now")
    assert ks == sweep.ks.tolist() == list(range(1, 33))
    assert scores == sweep.to_unfiltered.values.tolist()
    (band,) = (trace for trace in curve["data"] if trace.get("fill") == "toself")
    assert numbers(band["y"]) == [*sweep.to_unfiltered.high, *sweep.to_unfiltered.low[::-1]]
    pd.testing.assert_frame_equal(table_of(at, *NUMBERS), quality_summary(sweep, [], 16), check_dtype=False)
    cells = figures(at)["bands"]["data"][0]
    assert np.reshape(numbers(cells["customdata"]), (-1, 2)).tolist() == bands.bands.tolist()
    assert numbers(cells["marker"]["color"]) == bands.to_unfiltered.values.tolist()
    for label, table in (
        ("Download all 32 numbers of directions as CSV", sweep_table(sweep)),
        ("Download all bands as CSV", bands_table(bands, 32)),
    ):
        read = pd.read_csv(io.BytesIO(downloads[label]), encoding="utf-8-sig")
        pd.testing.assert_frame_equal(read, table, check_dtype=False, rtol=1e-9)


@pytest.mark.long
def test_every_pair_of_fifty_documents_is_measured_over_its_documents(open_page: Open, tiny: Backbone) -> None:
    at = open_choose(open_page, "lee-50")
    assert errors(at) == []
    assert line(figures(at)["quality"], "bulk, now")[1] == pytest.approx(
        study.sweep_quality(lee_50_pairs(), vectors_of(tiny, lee_50_pairs())).to_unfiltered.values.tolist()
    )
    assert "95 % interval over 50 texts" in captions(at)
    assert any("the resampling unit is the text" in text.value for text in at.markdown)
    assert any("1,225 pairs of 50 texts" in sentence for sentence in sentences(at))


@pytest.mark.parametrize("recommended", [False, True])
def test_nothing_is_called_better_or_an_improvement(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, anew: None, recommended: bool
) -> None:
    if recommended:
        recommend_always(monkeypatch, 10)
    at = open_choose(open_page, overlay=ALL_OVERLAYS)
    assert errors(at) == []
    for word in ("improve", "better", "significant", "boost", "superior"):
        assert word not in text_of(at).lower()


EVERYTHING = ["sweep_quality", "measure_treatments", "measure_forest", "map_bands"]
CHANGES: dict[str, tuple[Callable[[AppTest], object], list[str]]] = {
    "preset": (lambda at: at.pills(key="preset").set_value("dominant"), []),
    "ratio": (lambda at: at.pills(key="ratio").set_value("8"), ["measure_forest"]),
    "band": (lambda at: set_band(at, 0, 10), ["measure_forest"]),
    "bulk again": (lambda at: at.pills(key="preset").set_value("bulk"), []),
    "overlay": (lambda at: at.pills(key="overlay").set_value(ALL_OVERLAYS), []),
    "margin": (lambda at: at.pills(key="margin").set_value("2"), []),
    "measure": (lambda at: at.selectbox(key="measure").set_value("pearson"), EVERYTHING),
}


def test_only_what_a_control_changes_is_measured_again_and_no_model_runs(
    open_page: Open, forward_passes: list[str], measurings: list[str]
) -> None:
    at = open_choose(open_page)
    assert measurings == EVERYTHING
    for name, (change, measured) in CHANGES.items():
        before = figures(at)
        for done in (forward_passes, measurings):
            done.clear()
        change(at)
        at.run()
        assert errors(at) == forward_passes == [], name
        assert measurings == measured, name
        assert figures(at) != before, name


def test_a_second_visit_embeds_and_measures_nothing(
    open_page: Open, forward_passes: list[str], measurings: list[str]
) -> None:
    first = open_choose(open_page)
    corpora.corpus_embeddings.clear()  # as after a restart: what is left is on disk
    for done in (forward_passes, measurings):
        done.clear()
    second = open_choose(open_page)
    assert errors(second) == forward_passes == measurings == []
    assert figures(second) == figures(first)
    assert sentences(second) == sentences(first)


def test_centring_measures_centred_embeddings(open_page: Open, tiny: Backbone, reference: Corpus) -> None:
    at = open_choose(open_page, centre="true")
    mean = stored_embeddings(tiny, reference, tiny.default_prompt).mean(axis=0)
    task = graded_pairs()
    expected = study.sweep_quality(task, vectors_of(tiny, task, mean)).to_unfiltered.values
    assert line(figures(at)["quality"], "bulk, now")[1] == pytest.approx(expected.tolist(), abs=1e-6)
    uncentred = study.sweep_quality(task, vectors_of(tiny, task)).to_unfiltered.values
    assert not np.allclose(expected, uncentred, atol=1e-3)


def test_the_measure_is_what_is_drawn(open_page: Open, tiny: Backbone) -> None:
    at = open_choose(open_page)
    assert at.selectbox(key="measure").options == ["usual", "spearman", "pearson"]
    usual = figures(at)["quality"]
    at.selectbox(key="measure").set_value("spearman").run()
    assert figures(at)["quality"] == usual
    at.selectbox(key="measure").set_value("pearson").run()
    vectors = vectors_of(tiny, graded_pairs())
    pearson = study.sweep_quality(graded_pairs(), vectors, "pearson")
    assert line(figures(at)["quality"], "bulk, now")[1] == pearson.to_unfiltered.values.tolist()
    assert sentences(at) == shrink(treatments_of(tiny, graded_pairs(), "pearson")).sentences()
    assert "Pearson correlation" in captions(at)


def test_a_measure_that_the_data_cannot_have_falls_back_to_the_usual(open_page: Open) -> None:
    at = open_choose(open_page, "topics", measure="pearson")
    assert errors(at) == []
    assert at.selectbox(key="measure").value == "usual"
    assert "accuracy of the five nearest neighbours" in captions(at)
    at.selectbox(key="task").set_value("graded-pairs").run()
    at.selectbox(key="measure").set_value("pearson").run()
    at.selectbox(key="task").set_value("topics").run()
    assert errors(at) == []
    assert at.selectbox(key="measure").value == "usual"


BAD = {
    "task": ("task", "nonsense"),
    "margin": ("margin", "7"),
    "overlay": ("overlay", ["presets", "foo"]),
    "label kind": ("label_kind", "<b>foo</b>"),
    "measure": ("measure", "**mrr**"),
    "goal": ("goal", "grow"),
    "no bytes": ("bytes", "0"),
}


@pytest.mark.parametrize(("key", "value"), BAD.values(), ids=BAD)
def test_an_impossible_value_of_a_link_is_named_and_the_default_used(open_page: Open, key: str, value: object) -> None:
    at = open_choose(open_page, **{key: value})
    assert errors(at) == []
    (note,) = (note for note in remarks(at) if note.startswith("The link asks for "))
    assert note.startswith(f"The link asks for {key} = ")
    assert CONTROLS[key].name not in linked(at)
    assert CARD in blocks(at)


NO_K = (None, 0, 33, -1, 1e9, float("nan"), "12", "<b>", [], {"k": 4})
NO_BAND = (None, 7, "ab", [], [5], [9, 9], [9, 3], [-1, 4], [0, 33], [None, 4], ["a", "b"], [0, 4, 8], {"start": 1})


@pytest.mark.parametrize(("key", "nonsense"), [("quality", NO_K), ("bands", NO_BAND)], ids=["curve", "bands"])
def test_a_selection_of_nothing_that_can_be_kept_changes_nothing(open_page: Open, key: str, nonsense: tuple) -> None:
    at = open_choose(open_page)
    for points in ([], [{}], *([{"customdata": value}] for value in nonsense)):
        click(at, key, *points)
        assert errors(at) == [], points
        assert kept(at) == ("bulk", (8, 24)), points


def test_texts_are_clustered_on_demand_only(open_page: Open, tiny: Backbone, measurings: list[str]) -> None:
    at = open_choose(open_page, "topics")
    assert "cluster_quality" not in measurings
    assert set(figures(at)) == {"sizes", "quality", "forest", "bands"}
    at.button(key="cluster").click().run()
    assert measurings.count("cluster_quality") == 1
    found = clustering.cluster_quality(topics_task(), vectors_of(tiny, topics_task()))
    assert line(figures(at)["clusters"], "bulk") == (found.ks.tolist(), found.to_unfiltered.values.tolist())
    assert clustering.describe_clustering(found) in prose(at)
    at.pills(key="preset").set_value("edges").run()
    assert "clusters" in figures(at)
    assert measurings.count("cluster_quality") == 2  # the second is the test's own
    at.selectbox(key="task").set_value("graded-pairs").run()
    assert CLUSTERS not in blocks(at)
    assert "clusters" not in figures(at)


def test_the_papers_numbers_are_shown_and_called_published(open_page: Open) -> None:
    at = open_choose(open_page)
    assert "Published, not measured here" in captions(at)
    assert "2606.07502" in captions(at)
    results = published_results()
    for backbone in results["backbone"].unique():
        at.button_group(key="published").set_value(backbone).run()
        tables = [frame.value for frame in at.dataframe]
        expected = results[results["backbone"] == backbone].drop(columns="backbone")
        assert any(one.equals(expected) for one in tables), backbone
    assert any(one.equals(published_ablation()) for one in tables)


def test_who_replicated_it_lists_what_did_not_hold_too(open_page: Open) -> None:
    at = open_choose(open_page)
    found = replications()
    assert describe_replications(found) in prose(at)
    (listed,) = (frame.value for frame in at.dataframe if "held" in frame.value.columns)
    pd.testing.assert_frame_equal(listed, replications_table(found), check_dtype=False)
    assert {"held", "did not hold"} <= set(listed["held"])


def test_three_sessions_that_ask_at_once_measure_once(tiny: Backbone, reference: Corpus, measurings: list[str]) -> None:
    task = graded_pairs()
    embed_corpus(tiny, task.corpus, tiny.default_prompt)
    kept_directions = KeptDirections.bulk(tiny.d)
    loaded = LoadedView(Embedder(tiny, tiny.default_prompt), kept_directions, reference, reference, None, None, None)
    first, second, third = in_threads(lambda: cached.quality_sweep(loaded, task, "spearman"), 3)
    assert measurings == ["sweep_quality"]
    assert first is second is third
