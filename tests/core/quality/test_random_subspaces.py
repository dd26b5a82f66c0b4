"""Random subspaces: those of one seed are nested, scored as the baseline is, and can be stopped."""

import numpy as np
import pytest

from embfilter_core.errors import Cancelled, InputError
from embfilter_core.quality.measuring import measures_of
from embfilter_core.quality.random_subspaces import SEEDS, measure_random_subspaces, subspace_ks
from embfilter_core.spectral.baselines.unfitted import RandomOrthonormal
from tests.core.scored_by_hand import score
from tests.core.synthetic_tasks import TASKS, D, disjoint_pairs

CASES = [(kind, name) for kind, make in TASKS.items() for name in measures_of(make()[0])]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_the_first_k_directions_of_a_seed_are_the_baseline_of_that_k(kind: str, name: str) -> None:
    task, vectors = TASKS[kind]()
    found = measure_random_subspaces(task, vectors, [2, 5, 9], name, seeds=3)
    for row, k in enumerate([2, 5, 9]):
        for seed in range(3):
            made = RandomOrthonormal(k, seed)
            by_hand = 100 * score(task, tuple(made.transform(part) for part in vectors), name)
            assert found.scores[row, seed] == pytest.approx(by_hand, abs=1e-9)


def test_ks_are_told_once_each_ascending_and_seeds_differ() -> None:
    task, vectors = disjoint_pairs()
    found = measure_random_subspaces(task, vectors, [6, 2, 6], "spearman")
    assert found.ks.tolist() == [2, 6]
    assert found.scores.shape == (2, SEEDS)
    assert (np.ptp(found.scores, axis=1) > 0).all()


def test_as_many_random_directions_as_there_are_change_nothing() -> None:
    task, vectors = disjoint_pairs()
    (found,) = measure_random_subspaces(task, vectors, [D], "spearman", seeds=4).scores
    assert found == pytest.approx(100 * score(task, vectors, "spearman"), abs=1e-6)


def test_a_seed_scores_the_same_however_many_others_and_ks_there_are() -> None:
    task, vectors = disjoint_pairs()
    few, more = (
        measure_random_subspaces(task, vectors, ks, "spearman", seeds) for ks, seeds in (([3], 2), ([3, 9], 5))
    )
    assert few.scores[0] == pytest.approx(more.scores[0, :2], abs=1e-9)


@pytest.mark.parametrize("ks", [[0, 3], [3, D + 1], []], ids=str)
def test_a_k_that_is_out_of_range_or_none_at_all_is_refused(ks: list[int]) -> None:
    task, vectors = disjoint_pairs()
    with pytest.raises(InputError):
        measure_random_subspaces(task, vectors, ks, "spearman", seeds=2)


def test_a_measure_that_does_not_fit_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be scored by 'accuracy'"):
        measure_random_subspaces(*disjoint_pairs(), [3], "accuracy", seeds=2)


def test_progress_tells_every_seed_and_false_stops_before_the_next() -> None:
    calls = []
    measure_random_subspaces(*disjoint_pairs(), [3], "spearman", seeds=4, progress=lambda *at: calls.append(at))
    assert calls == [(done, 4) for done in range(5)]
    with pytest.raises(Cancelled, match="2 of 4"):
        measure_random_subspaces(*disjoint_pairs(), [3], "spearman", seeds=4, progress=lambda done, total: done < 2)


@pytest.mark.parametrize(("d", "ks"), [(576, [72, 144, 288, 432]), (9, [1, 2, 4, 6]), (2, [1]), (1, [1])])
def test_the_numbers_of_directions_drawn_are_eighths_of_all(d: int, ks: list[int]) -> None:
    assert subspace_ks(d) == ks
