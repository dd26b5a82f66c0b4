"""Presets and baselines stand beside the sweep with the numbers of a computation written out, on the same resamples."""

from dataclasses import astuple

import numpy as np
import pytest

from embfilter_core.data.corpora import corpus_of
from embfilter_core.errors import InputError
from embfilter_core.quality import comparison
from embfilter_core.quality import sweep as study
from embfilter_core.quality.bootstrap import Estimate, resample_counts
from embfilter_core.quality.comparison import compare_baselines, compare_presets, describe_fitting, measured_too
from embfilter_core.quality.measuring import measures_of
from embfilter_core.quality.sweep import sweep_quality
from embfilter_core.spectral.baselines.registry import BASELINES, make_baseline
from embfilter_core.spectral.presets import PRESETS, choose_directions
from tests.core.scored_by_hand import score, score_pairs
from tests.core.synthetic_tasks import TASKS, D, disjoint_pairs, labelled, retrieval

CASES = [(kind, name) for kind, make in TASKS.items() for name in measures_of(make()[0])]
DPI = np.random.default_rng(3).uniform(size=D)
TOKEN = np.random.default_rng(4).normal(size=D)
REFERENCE = np.random.default_rng(5).normal(size=(40, D)) + 1


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_every_preset_scores_what_its_directions_score(kind: str, name: str) -> None:
    task, vectors = TASKS[kind]()
    sweep = sweep_quality(task, vectors, name)
    found = compare_presets(task, vectors, sweep, 5, seed=2, spectroscopy_scores=DPI)
    assert [preset.id for preset in found] == [preset for preset in PRESETS if preset != "unfiltered"]
    for preset in found:
        kept = choose_directions(preset.id, D, keep=5, seed=2, spectroscopy_scores=DPI)
        by_hand = 100 * score(task, tuple(part[:, kept.indices] for part in vectors), name)
        assert preset.score.value == pytest.approx(by_hand, abs=1e-9)
        assert preset.to_unfiltered.value == pytest.approx(by_hand - sweep.scores.values[-1], abs=1e-9)
        assert (preset.name, preset.kind, preset.k) == (PRESETS[preset.id].name, "preset", 5)


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_the_bulk_is_the_sweep_at_its_k(kind: str, name: str) -> None:
    task, vectors = TASKS[kind]()
    sweep = sweep_quality(task, vectors, name)
    (bulk,) = [preset for preset in compare_presets(task, vectors, sweep, 5) if preset.id == "bulk"]
    for intervals, own in ((sweep.scores, bulk.score), (sweep.to_unfiltered, bulk.to_unfiltered)):
        assert astuple(own) == pytest.approx(astuple(intervals.at(4)), abs=1e-9)


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_the_same_selection_as_unfiltered_differs_from_it_by_nothing_at_either_end(kind: str, name: str) -> None:
    task, vectors = TASKS[kind]()
    sweep = sweep_quality(task, vectors, name)
    for preset in compare_presets(task, vectors, sweep, D, spectroscopy_scores=DPI):
        assert preset.to_unfiltered == Estimate(0, 0, 0)
        assert not np.signbit(astuple(preset.to_unfiltered)).any()


def test_the_interval_of_a_difference_is_taken_within_each_resample(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (study, comparison):
        monkeypatch.setattr(module, "RESAMPLES", 200)
    task, vectors = disjoint_pairs(12)
    sweep = sweep_quality(task, vectors)
    (dominant,) = [preset for preset in compare_presets(task, vectors, sweep, 4) if preset.id == "dominant"]
    counts = resample_counts(12, 200, np.random.default_rng(study.SEED))
    drawn = [np.repeat(np.arange(12), row) for row in counts]
    unfiltered, own = (
        100 * np.array([score_pairs(task, (part,), "spearman", at) for at in drawn])
        for part in (vectors[0], vectors[0][:, :4])
    )
    assert [dominant.score.low, dominant.score.high] == pytest.approx(np.quantile(own, [0.025, 0.975]), abs=1e-9)
    assert astuple(dominant.to_unfiltered)[1:] == pytest.approx(np.quantile(own - unfiltered, [0.025, 0.975]), abs=1e-9)
    assert dominant.score.low < dominant.score.value < dominant.score.high


def test_quiet_needs_its_scores_and_unfiltered_is_no_alternative() -> None:
    task, vectors = labelled()
    sweep = sweep_quality(task, vectors)
    assert [preset.id for preset in compare_presets(task, vectors, sweep, 3)] == [
        "bulk",
        "dominant",
        "secondary",
        "edges",
        "random",
    ]


def test_the_seed_moves_the_random_preset_only_and_a_fixed_start_the_bulk_and_edges_not() -> None:
    task, vectors = disjoint_pairs()
    sweep = sweep_quality(task, vectors)

    def scores(**more: int) -> dict[str, float]:
        return {preset.id: preset.score for preset in compare_presets(task, vectors, sweep, 4, **more)}

    usual = scores()
    assert {preset for preset, value in scores(seed=1).items() if value != usual[preset]} == {"random"}
    assert {preset for preset, value in scores(bulk_start=0).items() if value != usual[preset]} == {"bulk"}
    assert scores(bulk_start=0)["bulk"] == usual["dominant"]


@pytest.mark.parametrize("k", [0, D + 1])
def test_a_k_that_is_out_of_range_is_refused(k: int) -> None:
    task, vectors = disjoint_pairs()
    with pytest.raises(InputError, match=f"Cannot keep {k} of {D}"):
        compare_presets(task, vectors, sweep_quality(task, vectors), k)


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_every_baseline_scores_what_its_transform_scores(kind: str, name: str) -> None:
    task, vectors = TASKS[kind]()
    sweep = sweep_quality(task, vectors, name)
    found, left_out = compare_baselines(task, vectors, REFERENCE, sweep, 5, TOKEN)
    assert left_out == {}
    assert [one.id for one in found] == [name for name in BASELINES if name != "random-orthonormal"]
    for one in found:
        made = make_baseline(one.id, 5, average_token=TOKEN).fit(REFERENCE)
        changed = tuple(made.transform(part) for part in vectors)
        by_hand = 100 * score(task, changed, name)
        assert one.score.value == pytest.approx(by_hand, abs=1e-9)
        assert one.to_unfiltered.value == pytest.approx(by_hand - sweep.scores.values[-1], abs=1e-9)
        assert one.score.low <= one.score.high
        assert one.to_unfiltered.low <= one.to_unfiltered.high
        assert (one.name, one.kind, one.k) == (BASELINES[one.id].name, "baseline", changed[0].shape[1])
    assert {one.id for one in found if one.k == 5} == {"pca", "whitening", "truncation"}


def test_truncation_to_all_dimensions_is_unfiltered_and_differs_by_nothing() -> None:
    task, vectors = retrieval()
    found, _ = compare_baselines(task, vectors, None, sweep_quality(task, vectors), D)
    assert [one.to_unfiltered for one in found if one.id == "truncation"] == [Estimate(0, 0, 0)]


def test_without_a_reference_what_would_be_fitted_is_left_out_with_the_reason() -> None:
    task, vectors = labelled()
    found, left_out = compare_baselines(task, vectors, None, sweep_quality(task, vectors), 5, TOKEN)
    assert {one.id for one in found} == {"truncation", "average-token"}
    assert set(left_out) == {info.name for info in BASELINES.values() if info.needs_reference}
    assert all("reference" in reason and "fit " not in reason for reason in left_out.values())


def test_a_reference_that_is_too_small_and_a_missing_average_token_are_named() -> None:
    task, vectors = labelled()
    found, left_out = compare_baselines(task, vectors, REFERENCE[:4], sweep_quality(task, vectors), 8)
    assert "Average token removed" in left_out
    assert "Whitening" in left_out
    assert "at least 9 reference texts" in left_out["Whitening"]
    assert "truncation" in {one.id for one in found}
    assert not {BASELINES[one.id].name for one in found} & set(left_out)


def test_a_k_above_d_leaves_out_what_reduces_and_keeps_the_rest() -> None:
    task, vectors = labelled()
    found, left_out = compare_baselines(task, vectors, REFERENCE, sweep_quality(task, vectors), D + 1, TOKEN)
    assert {"PCA", "Whitening", "Truncation"} == set(left_out)
    assert {one.id for one in found} == {"centring", "all-but-the-top", "z-score", "average-token"}


def test_nothing_is_fitted_on_a_reference_that_is_measured_and_it_is_said_why() -> None:
    task, _ = labelled()
    others = corpus_of(["a text of its own", "and another"], "Other texts", "here")
    shared = corpus_of([f"  {task.texts[0]} ", "another"], "Shared texts", "here")
    assert measured_too(shared, task)
    assert not measured_too(others, task)
    assert describe_fitting(shared, task, True).startswith("Shared texts holds texts that are measured here")
    assert describe_fitting(others, task, False).endswith("need Other texts, which is not embedded yet.")
    assert "are fitted on Other texts" in describe_fitting(others, task, True)
