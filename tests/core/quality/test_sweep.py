"""Sweeps hold the numbers of filtering directly, in points."""

from collections.abc import Callable

import numpy as np
import pytest

from embfilter_core import EmbedFilter, KeptDirections
from embfilter_core.data.tasks import Task
from embfilter_core.errors import Cancelled, InputError
from embfilter_core.progress import Progress
from embfilter_core.quality.bands import map_bands
from embfilter_core.quality.decisions.measure_treatments import measure_treatments
from embfilter_core.quality.measuring import Vectors, cost_of, measures_of
from embfilter_core.quality.sweep import describe_sweep, sweep_ks, sweep_quality
from embfilter_core.spectral.families import TAUS
from embfilter_core.spectral.presets import choose_directions
from embfilter_core.spectral.spectrum import Spectrum
from tests.core.scored_by_hand import score, score_pairs
from tests.core.synthetic_tasks import TASKS, D, all_pairs, disjoint_pairs, labelled, retrieval, yes_or_no

CASES = [(kind, name) for kind, make in TASKS.items() for name in measures_of(make()[0])]
UNTURNED = Spectrum(np.linspace(9, 1, D), np.eye(D))


def treatments(task: Task, vectors: Vectors, name: str | None = None, progress: Progress | None = None) -> object:
    return measure_treatments(task, vectors, UNTURNED, name=name, progress=progress)


STUDIES: dict[str, Callable] = {"sweep": sweep_quality, "treatments": treatments, "bands": map_bands}


def kept_columns(vectors: tuple, kept: KeptDirections) -> tuple:
    return tuple(part[:, kept.indices] for part in vectors)


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_the_sweep_scores_every_k_as_filtering_directly_does(kind: str, name: str) -> None:
    task, vectors = TASKS[kind]()
    sweep = sweep_quality(task, vectors, name)
    assert sweep.ks.tolist() == list(range(1, D + 1))
    by_hand = [100 * score(task, kept_columns(vectors, KeptDirections.bulk(D, keep=k)), name) for k in range(1, D + 1)]
    assert sweep.scores.values == pytest.approx(by_hand, abs=1e-9)


def test_the_sweep_scores_what_the_filter_makes_of_embeddings() -> None:
    task, (embeddings,) = disjoint_pairs()
    directions = np.linalg.qr(np.random.default_rng(5).normal(size=(D, D)))[0]
    spectrum = Spectrum(np.linspace(9, 1, D), directions)
    sweep = sweep_quality(task, (spectrum.coefficients(embeddings),))
    for k in (1, 4, D):
        filtered = EmbedFilter(spectrum, KeptDirections.bulk(D, keep=k))
        for form in (filtered.reduce(embeddings), filtered.project(embeddings)):
            assert sweep.scores.values[k - 1] == pytest.approx(100 * score(task, (form,), "spearman"), abs=1e-6)


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_unfiltered_differs_from_itself_by_nothing(kind: str, name: str) -> None:
    task, vectors = TASKS[kind]()
    sweep = sweep_quality(task, vectors, name)
    differences = sweep.to_unfiltered
    assert [differences.values[-1], differences.low[-1], differences.high[-1]] == [0, 0, 0]
    assert np.allclose(differences.values, sweep.scores.values - sweep.scores.values[-1])


def test_the_intervals_are_those_of_pairs_drawn_again() -> None:
    task, vectors = disjoint_pairs(12)
    sweep = sweep_quality(task, vectors, "pearson")
    unfiltered, half = vectors, kept_columns(vectors, KeptDirections.bulk(D, keep=6))
    random = np.random.default_rng(7)
    drawn = [random.integers(12, size=12) for _ in range(4000)]
    samples = 100 * np.array([[score_pairs(task, part, "pearson", at) for at in drawn] for part in (unfiltered, half)])
    assert (sweep.unit, sweep.units) == ("pairs", 12)
    for found, row, at in (
        (sweep.scores, samples[0], D - 1),
        (sweep.scores, samples[1], 5),
        (sweep.to_unfiltered, samples[1] - samples[0], 5),
    ):
        width = np.ptp(np.quantile(row, [0.025, 0.975]))
        assert np.abs(np.quantile(row, [0.025, 0.975]) - [found.low[at], found.high[at]]).max() < 0.12 * width


def test_the_samples_are_those_behind_the_intervals() -> None:
    sweep = sweep_quality(*labelled())
    low, high = np.quantile(sweep.samples, [0.025, 0.975], axis=1)
    assert np.allclose(sweep.scores.low, low)
    assert np.allclose(sweep.scores.high, high)
    low = np.quantile(sweep.samples - sweep.samples[-1], 0.025, axis=1)
    assert np.allclose(sweep.to_unfiltered.low, low)


@pytest.mark.parametrize("preset", ["bulk", "dominant", "secondary", "edges"])
def test_a_family_is_swept_by_its_preset(preset: str) -> None:
    task, vectors = labelled()
    sweep = sweep_quality(task, vectors, preset=preset)
    assert (sweep.family, sweep.measure) == (preset, "accuracy")
    for k in (1, 5, 9):
        kept = choose_directions(preset, D, keep=k)
        assert sweep.scores.values[k - 1] == pytest.approx(100 * score(task, kept_columns(vectors, kept), "accuracy"))


def test_a_bulk_that_starts_where_the_backbone_fixes_it_is_another() -> None:
    task, vectors = disjoint_pairs()
    fixed = sweep_quality(task, vectors, bulk_start=1)
    kept = KeptDirections.band(D, 1, 6)
    assert fixed.scores.values[4] == pytest.approx(100 * score(task, kept_columns(vectors, kept), "spearman"))
    assert not np.allclose(fixed.scores.values, sweep_quality(task, vectors).scores.values)


def test_many_directions_are_swept_at_600_k_and_at_every_tau() -> None:
    d = 1300
    task, vectors = disjoint_pairs(8, d=d)
    ks = sweep_quality(task, vectors, "pearson").ks
    assert 600 <= len(ks) <= 600 + len(TAUS) + 20
    assert (np.diff(ks) > 0).all()
    assert (ks[0], ks[-1]) == (1, d)
    assert {d // tau for tau in TAUS} <= set(ks.tolist())


def test_the_same_data_give_the_same_sweep() -> None:
    first, again = (sweep_quality(*retrieval()) for _ in range(2))
    assert np.array_equal(first.samples, again.samples)


def test_a_band_costs_what_it_has_of_pairs_or_of_cosines() -> None:
    assert cost_of(all_pairs(10)[0]) == 45
    assert cost_of(labelled(100)[0]) == 100 * 100 // 50
    assert cost_of(retrieval(10, 90)[0]) == 10 * 90 // 200


def test_pairs_are_measured_at_every_k_and_many_texts_or_queries_at_fewer() -> None:
    assert sweep_ks(disjoint_pairs(5000, d=4)[0], 576).tolist() == list(range(1, 577))
    assert len(sweep_ks(disjoint_pairs(d=4)[0], 2048)) <= 600 + len(TAUS) + 20
    for make in (labelled, lambda texts, d: retrieval(texts, texts, d)):
        found = [sweep_ks(make(texts, d=4)[0], 576) for texts in (100, 1500, 3000)]
        assert found[0].tolist() == list(range(1, 577))
        assert len(found[0]) >= len(found[1]) > len(found[2]) >= 48
        for ks in found:
            assert {576 // tau for tau in TAUS} <= set(ks.tolist())


@pytest.mark.parametrize("measured", STUDIES.values(), ids=STUDIES)
@pytest.mark.parametrize(
    ("made", "said"),
    [
        (disjoint_pairs(7), "7 pairs are too few"),
        (yes_or_no(7), "7 pairs are too few"),
        (all_pairs(7), "7 texts are too few"),
        (labelled(7), "7 texts are too few"),
        (retrieval(7), "7 queries are too few"),
    ],
    ids=TASKS,
)
def test_too_few_units_are_refused_in_one_line(measured: Callable, made: tuple, said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        measured(*made)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("measured", STUDIES.values(), ids=STUDIES)
def test_a_measure_that_does_not_fit_is_refused(measured: Callable) -> None:
    with pytest.raises(InputError, match="cannot be scored by 'map'"):
        measured(*disjoint_pairs(), "map")


@pytest.mark.parametrize("measured", STUDIES.values(), ids=STUDIES)
def test_progress_rises_to_the_end_and_false_stops_it(measured: Callable) -> None:
    calls = []
    measured(*retrieval(), progress=lambda *at: calls.append(at))
    assert calls == sorted(calls)
    assert calls[-1] == (100, 100)
    with pytest.raises(Cancelled):
        measured(*retrieval(), progress=lambda done, total: done < 60)


def test_a_sweep_says_what_was_measured_at_which_k_and_over_how_many_units() -> None:
    said = describe_sweep(sweep_quality(*disjoint_pairs()))
    assert said.startswith(
        "For every number k of directions of the bulk: Spearman correlation of cosine and judgement, "
    )
    assert said.endswith("in points, with the 95 % interval over 30 pairs.")
    task, vectors = disjoint_pairs(d=700)
    assert "evenly spaced numbers k, to be done sooner, of directions" in describe_sweep(sweep_quality(task, vectors))
