"""The forest: every row is what a computation written out gives, on the resamples of the sweep, in order."""

from dataclasses import astuple, replace

import numpy as np
import pytest

from embfilter_core.errors import Cancelled, InputError
from embfilter_core.quality.bootstrap import Estimate
from embfilter_core.quality.comparison import compare_baselines
from embfilter_core.quality.decisions.measure_treatments import measure_treatments
from embfilter_core.quality.forest import Untreated, measure_forest
from embfilter_core.quality.forest_rows import Forest, ForestRow, describe_forest
from embfilter_core.quality.random_subspaces import SEEDS, measure_random_subspaces
from embfilter_core.quality.sweep import QualitySweep, sweep_quality
from embfilter_core.quality.tfidf import tfidf_vectors
from embfilter_core.spectral.baselines.registry import BASELINES
from embfilter_core.spectral.spectrum import Spectrum
from tests.core.scored_by_hand import score
from tests.core.synthetic_tasks import TASKS, D, disjoint_pairs, labelled

REFERENCE = np.random.default_rng(5).normal(size=(40, D)) + 1
TOKEN = np.random.default_rng(4).normal(size=D)
K = 5


def measured(kind: str, reference: np.ndarray | None = REFERENCE) -> tuple[object, tuple, QualitySweep, Forest]:
    task, vectors = TASKS[kind]()
    sweep = sweep_quality(task, vectors)
    centre = None if reference is None else reference.mean(axis=0)
    untreated = Untreated(vectors, reference, centre, TOKEN)
    return task, vectors, sweep, measure_forest(task, vectors, sweep, K, untreated)


def row(forest: Forest, beginning: str) -> ForestRow:
    (found,) = (one for one in forest.rows if one.name.startswith(beginning))
    return found


@pytest.mark.parametrize("kind", list(TASKS))
def test_baselines_are_those_that_are_compared_elsewhere_and_the_filters_rows_are_the_sweeps(kind: str) -> None:
    task, vectors, sweep, forest = measured(kind)
    others, _ = compare_baselines(task, vectors, REFERENCE, sweep, K, TOKEN)
    for one in others:
        found = row(forest, one.name)
        assert (found.score, found.to_unfiltered, found.k) == (one.score, one.to_unfiltered, one.k)
        assert (found.learnt_from == "reference corpus") == BASELINES[one.id].needs_reference
    for tau, k in ((2, 6), (4, 3), (8, 1)):
        found = row(forest, f"EmbedFilter, τ = {tau}")
        assert astuple(found.to_unfiltered) == pytest.approx(astuple(sweep.to_unfiltered.at(k - 1)), abs=1e-9)
        assert not found.searched
    assert forest.planned == row(forest, "EmbedFilter, τ = 2")
    assert forest.planned.to_planned == Estimate(0, 0, 0)


@pytest.mark.parametrize("kind", list(TASKS))
def test_words_and_the_centred_filter_score_what_they_score_alone(kind: str) -> None:
    task, vectors, sweep, forest = measured(kind)
    words = row(forest, "TF-IDF")
    assert words.score.value == pytest.approx(100 * score(task, tfidf_vectors(task), sweep.measure), abs=1e-9)
    assert words.learnt_from == "measured texts"
    both = row(forest, f"EmbedFilter, {K} directions, and centring")
    centred = tuple((part - REFERENCE.mean(axis=0))[:, 3:8] for part in vectors)
    assert both.score.value == pytest.approx(100 * score(task, centred, sweep.measure), abs=1e-9)
    assert both.learnt_from == "reference corpus"


def test_random_subspaces_are_one_row_with_the_spread_of_their_seeds() -> None:
    task, vectors, sweep, forest = measured("labelled")
    (scores,) = measure_random_subspaces(task, vectors, [K], sweep.measure).scores
    found = row(forest, "Random subspaces")
    assert f"{SEEDS} seeds" in found.name
    assert found.spread == "seeds"
    expected = [np.median(scores), *np.quantile(scores, [0.025, 0.975])] - sweep.scores.values[-1]
    assert list(astuple(found.to_unfiltered)) == pytest.approx(expected.tolist())


@pytest.mark.parametrize("kind", ["disjoint pairs", "all pairs", "labelled", "retrieval"])
def test_the_best_of_all_treatments_is_a_row_over_the_same_resamples_and_says_that_it_was_searched(kind: str) -> None:
    task, vectors = TASKS[kind]()
    sweep, spectrum = sweep_quality(task, vectors), Spectrum(np.linspace(9, 1, D), np.eye(D))
    treatments = measure_treatments(task, vectors, spectrum, REFERENCE, controls=False)
    forest = measure_forest(task, vectors, sweep, K, Untreated(vectors, REFERENCE), best=treatments.best)
    (best,) = (one for one in forest.rows if one.searched)
    expected = treatments.at(int(treatments.scores.values.argmax()))
    assert (
        best.name == f"{expected.treatment.description}, the best of {len(treatments.treatments)} treatments, searched"
    )
    assert (best.k, best.score) == (expected.treatment.k, expected.score)
    assert astuple(best.to_unfiltered) == pytest.approx(astuple(expected.to_unfiltered), abs=1e-9)
    planned = treatments.samples[treatments.find("bulk", 6, "float32")]
    ends = np.quantile(treatments.best.samples - planned, [0.025, 0.975])
    assert astuple(best.to_planned)[1:] == pytest.approx(ends.tolist(), abs=1e-9)
    assert best.learnt_from == ("reference corpus" if expected.treatment.learns else "nothing")


def test_a_row_that_was_searched_is_no_baseline_of_the_sentence() -> None:
    forest = measured("labelled")[3]
    searched = replace(row(forest, "TF-IDF"), name="Searched", searched=True, to_planned=Estimate(9, 8, 10))
    assert describe_forest(forest.with_row(searched)) == describe_forest(forest)


def test_rows_stand_in_the_order_of_their_differences() -> None:
    values = [one.to_unfiltered.value for one in measured("retrieval")[3].rows]
    assert values == sorted(values, reverse=True)


def test_without_a_reference_what_learns_from_it_is_left_out_with_the_reason() -> None:
    forest = measured("labelled", None)[3]
    fitted = {info.name for info in BASELINES.values() if info.needs_reference}
    assert fitted | {f"EmbedFilter, {K} directions, and centring"} == set(forest.left_out)
    assert all("reference" in reason for reason in forest.left_out.values())
    assert "reference corpus" not in {one.learnt_from for one in forest.rows}


def test_texts_without_words_leave_tfidf_out() -> None:
    task, vectors = labelled()
    wordless = replace(task, texts=tuple("?" * (1 + i) for i in range(len(task.texts))))
    forest = measure_forest(wordless, vectors, sweep_quality(task, vectors), K, Untreated(vectors))
    assert "no word" in forest.left_out["TF-IDF"]


def test_the_sentence_says_who_beats_the_filter_and_who_does_not() -> None:
    forest = measured("labelled")[3]
    said = describe_forest(forest)
    assert said.startswith(
        f"Over 30 texts, unfiltered scores {forest.unfiltered:.1f}, and the filter at τ = 2 differs "
    )
    baselines = [one for one in forest.rows if one.kind == "baseline"]
    below = [one for one in baselines if one.to_planned.high < 0]
    assert f"Of {len(baselines)} baselines, each looked at alone at 95 %, {len(below)} score below it" in said
    won = replace(baselines[0], name="Winner", to_planned=Estimate(3.0, 1.0, 5.0))
    beaten = replace(forest, rows=(won, *(replace(one, to_planned=Estimate(-1, -2, -0.5)) for one in baselines[1:])))
    assert "The filter is beaten here by Winner (+3.0 (+1.0 to +5.0) to the filter at τ = 2)." in describe_forest(
        beaten
    )
    nobody = replace(forest, rows=tuple(replace(one, to_planned=Estimate(0, -1, 1)) for one in baselines))
    assert "No baseline is shown to score above the filter." in describe_forest(nobody)
    assert f"of {len(baselines)} these data cannot tell" in describe_forest(nobody)


def test_another_family_is_refused_and_false_cancels() -> None:
    task, vectors = disjoint_pairs()
    with pytest.raises(InputError, match="sweep of the bulk"):
        measure_forest(task, vectors, sweep_quality(task, vectors, preset="edges"), K, Untreated(vectors))
    with pytest.raises(Cancelled):
        measure_forest(
            task, vectors, sweep_quality(task, vectors), K, Untreated(vectors), progress=lambda done, total: done < 1
        )
