"""What could be done instead: the rows are the library's, fitted on what is not measured."""

import io
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core import Backbone
from embfilter_core.data.built_in_tasks import graded_pairs
from embfilter_core.data.corpora import Corpus
from embfilter_core.embeddings.corpus_embeddings import embed_corpus, stored_embeddings
from embfilter_core.lens.frequent_tokens import reference_average_token
from embfilter_core.quality.decisions.measure_treatments import measure_treatments
from embfilter_core.quality.forest import Untreated, measure_forest
from embfilter_core.quality.forest_rows import describe_forest
from embfilter_core.quality.sweep import sweep_quality
from embfilter_core.tables.forest import forest_table
from tests.app.acting import give
from tests.app.choose_rank.page import LEARNING, button, captions, left_out, open_choose, remarks, table_of, vectors_of
from tests.app.conftest import Open
from tests.app.reading import errors, figures, prose

pytestmark = pytest.mark.real


def rows(at: AppTest) -> pd.DataFrame:
    return table_of(at, "learnt_from")


def test_the_rows_are_the_librarys_at_the_kept_number_and_can_be_downloaded(
    open_page: Open, tiny: Backbone, reference: Corpus, downloads: Mapping[str, bytes]
) -> None:
    at = open_choose(open_page, ratio="4")
    assert errors(at) == remarks(at) == []
    assert left_out(at) == {}
    assert "fitted on Forty documents, which is not the data measured here" in captions(at)
    task, vectors = graded_pairs(), vectors_of(tiny, graded_pairs())
    learnt_from = stored_embeddings(tiny, reference, tiny.default_prompt)
    untreated = Untreated(
        (stored_embeddings(tiny, task.corpus, tiny.default_prompt),),
        learnt_from,
        tiny.spectrum.coefficients(learnt_from.mean(axis=0)[None])[0],
        reference_average_token(tiny).hidden,
    )
    treatments = measure_treatments(task, untreated.embeddings, tiny.spectrum, learnt_from, controls=False)
    forest = measure_forest(task, vectors, sweep_quality(task, vectors), 8, untreated, best=treatments.best)
    assert forest.left_out == {}
    pd.testing.assert_frame_equal(rows(at), forest_table(forest), check_dtype=False, rtol=1e-4)
    assert describe_forest(forest) in prose(at)
    drawn = [trace["x"][0] for trace in figures(at)["forest"]["data"] if trace["x"] != [None]]
    assert sorted(drawn) == pytest.approx(sorted(rows(at)["to_unfiltered"]), abs=1e-6)
    saved = pd.read_csv(io.BytesIO(downloads["Download the rows as CSV"]), encoding="utf-8-sig")
    pd.testing.assert_frame_equal(saved, rows(at), check_dtype=False, rtol=1e-9)


def test_a_baseline_that_cannot_be_fitted_is_left_out_with_its_reason(
    open_page: Open, reference: Corpus, monkeypatch: pytest.MonkeyPatch, tiny: Backbone
) -> None:
    few = replace(reference, id="five-documents", texts=reference.texts[:5])
    embed_corpus(tiny, few, tiny.default_prompt)
    monkeypatch.setattr("embfilter_core.data.corpora.lee_background", lambda: few)
    at = open_choose(open_page)
    assert left_out(at).keys() == {"PCA", "Whitening"}
    assert all("5" in why for why in left_out(at).values())
    shown = " ".join(rows(at)["name"])
    assert "Centring" in shown
    assert "PCA" not in shown


def test_without_an_embedded_reference_it_is_offered_and_nothing_is_fitted(open_page: Open, anew: None) -> None:
    at = open_choose(open_page)
    assert left_out(at).keys() == LEARNING
    assert "which is not embedded yet" in captions(at)
    assert any(text.value.startswith("To fit baselines, the 300 reference documents") for text in at.markdown)
    assert len(button(at, "Embed the reference documents")) == 1
    assert "reference corpus" not in set(rows(at)["learnt_from"])


def test_where_it_is_needed_to_centre_the_reference_is_offered_once(open_page: Open, anew: None) -> None:
    at = open_choose(open_page, centre="true")
    assert errors(at) == []
    assert len(button(at, "Embed the reference documents")) == 1


def test_nothing_is_fitted_on_texts_that_are_measured(open_page: Open, reference: Corpus) -> None:
    labels = ["even", "odd"] * 10
    uploaded = pd.DataFrame({"text": [*reference.texts[:2], *graded_pairs().texts[:18]], "label": labels})
    at = open_choose(open_page, "upload", label_kind="labelled")
    name, data = "own.jsonl", uploaded.to_json(orient="records", lines=True).encode()
    give(at, "task_labelled", (name, data))
    assert errors(at) == []
    assert left_out(at).keys() == LEARNING
    assert "holds texts that are measured here, so no baseline is fitted on it" in captions(at)
    assert "reference corpus" not in set(rows(at)["learnt_from"])
