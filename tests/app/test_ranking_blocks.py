"""Pairs, search, baselines and downloads of a ranked corpus are the library's numbers."""

import io
import json
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from embfilter_core import Backbone, KeptDirections
from embfilter_core.data.corpora import Corpus, lee_background, topics
from embfilter_core.embeddings.corpus_embeddings import embed_corpus, stored_embeddings
from embfilter_core.ranking.corpus_energies import CorpusEnergies
from embfilter_core.ranking.cosines import pair_cosines
from embfilter_core.ranking.search import pair_flips
from embfilter_core.spectral.baselines.registry import BASELINES
from pages.similarity import cached
from tests.app.acting import tick
from tests.app.conftest import Open
from tests.app.reading import errors, figures, notes, numbers
from tests.app.similarity import TEXT, computed, open_similarity, rows

pytestmark = pytest.mark.real


NEEDS_REFERENCE = [name for name, info in BASELINES.items() if info.needs_reference]


def test_the_pairs_are_drawn_once_they_are_opened(open_page: Open) -> None:
    closed = open_similarity(open_page, pairs_open="false")
    assert "How similar is each pair?" in [expander.label.strip("*") for expander in closed.expander]
    assert not any("matrix" in key for key in figures(closed))
    assert any("matrix" in key for key in figures(open_similarity(open_page)))


def test_pairs_show_the_cosines_of_the_nearest_and_where_two_of_them_flip(open_page: Open, tiny: Backbone) -> None:
    at = open_similarity(open_page, pairs="5")
    ranking, _ = computed(tiny, KeptDirections.bulk(32))
    near = ranking.order[:5]
    coefficients = tiny.spectrum.coefficients(stored_embeddings(tiny, topics(), tiny.default_prompt))
    for key, kept in (
        ("matrix_unfiltered", KeptDirections.unfiltered(32)),
        ("matrix_filtered", KeptDirections.bulk(32)),
    ):
        z = np.array(numbers(figures(at)[key]["data"][0]["z"]), dtype=float).reshape(5, 5)
        off = ~np.eye(5, dtype=bool)
        assert np.allclose(z[off], pair_cosines(coefficients[near], kept)[off], atol=1e-5)
    scales = {(one["data"][0]["zmin"], one["data"][0]["zmax"]) for key, one in figures(at).items() if "matrix" in key}
    assert len(scales) == 1
    at.selectbox(key="pair_one").set_value(4).run()
    query = tiny.spectrum.coefficients(tiny.embed([TEXT]))[0]
    flips = pair_flips(CorpusEnergies(coefficients), query, int(near[4]), int(near[1]), "bulk")
    assert any(f"keeps k = {', '.join(map(str, flips))}." in text.value for text in at.markdown)
    shown = {metric.label: metric.value for metric in at.metric}
    assert shown["Rank of text 5"] == f"{ranking.ranks_unfiltered[near[4]]} → 5"
    at.selectbox(key="pair_one").set_value(1).run()
    assert "Choose two different texts." in [caption.value for caption in at.caption]


def test_fewer_pairs_than_the_chosen_text_fall_back_without_an_error(open_page: Open) -> None:
    at = open_similarity(open_page, pairs="5")
    at.selectbox(key="pair_other").set_value(4).run()
    at.slider(key="pairs").set_value(3).run()
    assert errors(at) == []
    assert len(at.selectbox(key="pair_other").options) == 3


def test_texts_are_found_in_the_corpus_whatever_their_case_and_never_as_a_pattern(open_page: Open) -> None:
    at = open_similarity(open_page)
    wanted = topics().texts[5].split()[0]
    whole = rows(at)
    at.text_input(key="find").set_value(wanted.upper()).run()
    found = rows(at)
    assert found["text"].tolist() == [text for text in whole["text"] if wanted.lower() in text.lower()]
    assert 0 < len(found) < len(whole)
    assert any(caption.value.startswith(f"{len(found)} of 120 texts contain it.") for caption in at.caption)
    for nothing in (".*", "[", "**"):
        at.text_input(key="find").set_value(nothing).run()
        assert len(rows(at)) == 0


def test_the_downloads_hold_the_numbers_of_the_table(open_page: Open, downloads: Mapping[str, bytes]) -> None:
    at = open_similarity(open_page, baselines=["truncation"])
    at.text_input(key="find").set_value("the").run()
    assert len(rows(at)) < 120
    at.text_input(key="find").set_value("").run()
    table = rows(at)
    csv, lines = (downloads[f"Download all 120 rows as {kind}"].decode("utf-8-sig") for kind in ("CSV", "JSONL"))
    frame = pd.read_csv(io.StringIO(csv), dtype={"flips": str}, keep_default_na=False)
    for read in (frame, pd.DataFrame([json.loads(line) for line in lines.splitlines()])):
        assert read["text"].tolist() == table["text"].tolist()
        for column in (*table.columns[:3], "position", "truncation_rank", "near_tie", "flips"):
            assert read[column].tolist() == table[column].tolist(), column
        for column in ("cosine_unfiltered", "cosine_filtered", "truncation_cosine"):
            assert np.allclose(read[column], table[column], atol=1e-12)


def test_baselines_rank_the_same_embeddings_and_those_without_a_reference_say_so(
    open_page: Open, tiny: Backbone
) -> None:
    at = open_similarity(open_page, baselines=list(BASELINES))
    said, there = notes(at), set(rows(at).columns)
    assert len(said) == len(NEEDS_REFERENCE) > 0
    for name, info in BASELINES.items():
        assert (f"{name}_rank" in there) == (name not in NEEDS_REFERENCE)
        assert any(note.startswith(f"{info.name} is left out:") for note in said) == (name in NEEDS_REFERENCE)
    mean = embed_corpus(tiny, lee_background(), tiny.default_prompt).mean(axis=0)
    table = rows(open_similarity(open_page, baselines=list(BASELINES)))
    assert {f"{name}_{kind}" for name in BASELINES for kind in ("rank", "cosine")} < set(table.columns)
    for name in BASELINES:
        assert sorted(table[f"{name}_rank"]) == list(range(1, 121))
        assert (np.diff(table.sort_values(f"{name}_rank")[f"{name}_cosine"]) <= 0).all()
    centred, _ = computed(tiny, KeptDirections.bulk(32), mean=mean)  # before any filter, that is the baseline
    at = table["position"].to_numpy() - 1
    assert table["centring_rank"].tolist() == centred.ranks_unfiltered[at].tolist()


def test_a_baseline_that_the_reference_is_too_small_for_is_left_out_with_a_note(
    open_page: Open, tiny: Backbone, monkeypatch: pytest.MonkeyPatch
) -> None:
    for cache in (cached.fitted_baseline, cached.baseline_ranking):
        cache.clear()
    few = Corpus("few-documents", "Few", lee_background().texts[:5], "here")
    embed_corpus(tiny, few, tiny.default_prompt)
    monkeypatch.setattr("embfilter_core.data.corpora.lee_background", lambda: few)
    at = open_similarity(open_page, baselines=["pca", "centring"])
    assert "centring_rank" in rows(at).columns
    assert "pca_rank" not in rows(at).columns
    (note,) = notes(at)
    assert note.startswith("PCA is left out:")
    assert "5" in note
    for cache in (cached.fitted_baseline, cached.baseline_ranking):
        cache.clear()


def test_a_ticked_row_becomes_the_query_and_no_row_changes_nothing(open_page: Open) -> None:
    at = open_similarity(open_page)
    chosen = rows(at)["text"].iloc[3]
    tick(at, "ranking_rows")
    assert at.text_area(key="text").value == TEXT
    tick(at, "ranking_rows", 3)
    assert at.text_area(key="text").value == chosen
    assert rows(at)["text"].iloc[0] == chosen
