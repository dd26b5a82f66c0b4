"""Quality over the number of directions, with what is laid over it; a click keeps a number."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core import Backbone, KeptDirections
from embfilter_core.data.built_in_tasks import graded_pairs
from embfilter_core.data.corpora import Corpus
from embfilter_core.embeddings.corpus_embeddings import embed_corpus, stored_embeddings
from embfilter_core.quality import sweep as study
from embfilter_core.quality.comparison import compare_baselines, compare_presets
from embfilter_core.quality.random_subspaces import measure_random_subspaces
from pages.choose_rank import curve as curve_block
from tests.app.acting import click
from tests.app.choose_rank.page import (
    ALL_OVERLAYS,
    FITTED,
    button,
    captions,
    kept,
    line,
    open_choose,
    remarks,
    table_with,
    vectors_of,
)
from tests.app.conftest import Open
from tests.app.reading import errors, figures

pytestmark = pytest.mark.real


def test_the_kept_number_is_marked_where_it_is_of_the_bulk(open_page: Open) -> None:
    at = open_choose(open_page)
    for preset, marks in (("bulk", [16]), ("unfiltered", [32]), ("dominant", []), ("edges", [])):
        at.pills(key="preset").set_value(preset).run()
        shapes = figures(at)["quality"]["layout"].get("shapes", [])
        assert [shape["x0"] for shape in shapes] == marks, preset
        rings = [trace for trace in figures(at)["bands"]["data"] if trace["name"] == "kept now"]
        assert len(rings) == (preset != "edges")


def test_presets_baselines_and_random_subspaces_are_the_librarys_at_the_kept_number(
    open_page: Open, tiny: Backbone, reference: Corpus
) -> None:
    at = open_choose(open_page, overlay=ALL_OVERLAYS, preset="dominant", ratio="4")
    assert errors(at) == remarks(at) == []
    assert "fitted on Forty documents, which is not the data measured here" in captions(at)
    task = graded_pairs()
    vectors = vectors_of(tiny, task)
    sweep, curve = study.sweep_quality(task, vectors), figures(at)["quality"]
    states = stored_embeddings(tiny, task.corpus, tiny.default_prompt)
    learnt_from = stored_embeddings(tiny, reference, tiny.default_prompt)
    shown = table_with(at, "to_unfiltered").set_index("what")
    baselines, left_out = compare_baselines(task, (states,), learnt_from, sweep, 8)
    presets = compare_presets(task, vectors, sweep, 8)
    assert set(left_out) == {"Average token removed"}  # its token is not given here
    assert len(presets) >= 4
    for one in (*presets, *baselines):
        assert line(curve, one.name) == ([one.k], [pytest.approx(one.score.value)]), one.name
        row = shown.loc[f"{one.kind}: {one.name}"]
        assert [row["k"], row["to_unfiltered"]] == pytest.approx([one.k, one.to_unfiltered.value], abs=1e-6)
    assert {f"baseline: {name}" for name in (*FITTED, *left_out)} <= set(shown.index)
    subspaces = measure_random_subspaces(task, vectors, [4, 8, 16, 24], "spearman")
    ks, medians = line(curve, "random subspaces, 20 seeds, the middle 95 %")
    listed = table_with(at, "share_above_unfiltered")
    assert listed["k"].tolist() == list(ks)
    assert np.allclose(listed["median"], medians)
    assert np.allclose(
        listed["share_above_unfiltered"], 100 * (subspaces.scores > sweep.scores.values[-1]).mean(axis=1)
    )
    assert ks == subspaces.ks.tolist()
    assert medians == pytest.approx(np.median(subspaces.scores, axis=1).tolist())


def test_a_baseline_that_cannot_be_fitted_is_left_out_with_a_note(
    open_page: Open, reference: Corpus, monkeypatch: pytest.MonkeyPatch, tiny: Backbone
) -> None:
    few = replace(reference, id="five-documents", texts=reference.texts[:5])
    embed_corpus(tiny, few, tiny.default_prompt)
    monkeypatch.setattr("embfilter_core.data.corpora.lee_background", lambda: few)
    at = open_choose(open_page, overlay="baselines")
    said = remarks(at)
    assert any(note.startswith("PCA is left out: ") and "5" in note for note in said)
    shown = set(table_with(at, "to_unfiltered")["what"])
    assert {"baseline: Centring", "baseline: Truncation"} <= shown
    assert not {f"baseline: {note.partition(' is left out')[0]}" for note in said} & shown


def test_without_an_embedded_reference_it_is_offered_and_nothing_is_fitted(open_page: Open, anew: None) -> None:
    at = open_choose(open_page, overlay="baselines")
    assert {note.partition(" is left out")[0] for note in remarks(at)} == FITTED
    assert "which is not embedded yet" in captions(at)
    assert any(text.value.startswith("To fit baselines, the 300 reference documents") for text in at.markdown)
    assert "baseline: Truncation" in set(table_with(at, "to_unfiltered")["what"])
    at.pills(key="overlay").set_value(["presets"]).run()
    assert button(at, "Embed the reference documents") == remarks(at) == []


def test_nothing_is_fitted_on_texts_that_are_measured(open_page: Open, reference: Corpus) -> None:
    labels = ["even", "odd"] * 10
    uploaded = pd.DataFrame({"text": [*reference.texts[:2], *graded_pairs().texts[:18]], "label": labels})
    at = open_choose(open_page, "upload", label_kind="labelled", overlay="baselines")
    name, data = "own.jsonl", uploaded.to_json(orient="records", lines=True).encode()
    at.file_uploader(key="task_labelled_file").set_value((name, data, "")).run()
    assert errors(at) == []
    assert {note.partition(" is left out")[0] for note in remarks(at)} == FITTED
    assert "holds texts that are measured here, so no baseline is fitted on it" in captions(at)
    assert not {f"baseline: {name}" for name in FITTED} & set(table_with(at, "to_unfiltered")["what"])


def test_a_clicked_number_of_directions_is_kept(open_page: Open) -> None:
    at = open_choose(open_page, preset="edges")
    for k in (1, 5, 31, 32):
        click(at, "quality", {"curve_number": 1, "customdata": k})
        assert errors(at) == []
        assert kept(at) == ("custom", KeptDirections.bulk(32, keep=k).bounds)
        assert at.query_params["preset"] == "custom"


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
