"""The size of an index, and a measured search whose numbers fit together; nothing depends on how long it takes."""

import threading

import numpy as np
import pytest

from embfilter_core.errors import InputError, MeasurementBusy
from embfilter_core.ranking import index_cost
from embfilter_core.ranking.index_cost import bytes_per_million, measure_search, random_units, search


def test_a_million_vectors_take_four_bytes_a_number() -> None:
    assert bytes_per_million(576) == np.zeros((1000, 576), np.float32).nbytes * 1000
    assert bytes_per_million(288) * 2 == bytes_per_million(576)


def test_a_measurement_says_what_was_measured() -> None:
    cost = measure_search(16, 4, vectors=100, queries=3, repeats=4)
    assert (cost.d, cost.k, cost.vectors, cost.queries, cost.repeats) == (16, 4, 100, 3, 4)
    assert 0 < cost.least <= cost.ratio <= cost.most
    assert cost.seconds_d > 0 < cost.seconds_k


def test_both_sizes_are_timed_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    searched = []
    monkeypatch.setattr(index_cost, "search", lambda index, query: searched.append(index.shape))
    measure_search(16, 4, vectors=10, queries=1, repeats=3)
    warm_up, timed = searched[:2], searched[2:]
    assert warm_up == [(10, 16), (10, 4)]
    assert timed == warm_up * 3


def test_the_ratio_is_taken_within_each_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([9.0, 9.0, 2.0, 1.0, 30.0, 10.0, 8.0, 2.0])
    monkeypatch.setattr(index_cost, "_time_search", lambda index, queries: next(times))
    cost = measure_search(16, 4, vectors=10, repeats=3)
    assert (cost.least, cost.ratio, cost.most) == (2, 3, 4)
    assert (cost.seconds_d, cost.seconds_k) == (8, 2)


def test_long_vectors_are_fewer_so_that_memory_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_cost, "MOST_BYTES", 4 * 20 * 70)
    cost = measure_search(16, 4, vectors=100, queries=1, repeats=1)
    assert cost.vectors == 70
    assert measure_search(3, 1, vectors=100, queries=1, repeats=1).vectors == 100


def test_progress_is_told_after_every_repeat() -> None:
    told = []
    measure_search(8, 2, vectors=10, queries=1, repeats=3, progress=lambda *done: told.append(done))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_second_measurement_is_refused_at_once_and_the_first_goes_on() -> None:
    inside, go_on, results = threading.Event(), threading.Event(), []

    def wait(done: int, of: int) -> None:
        inside.set()
        go_on.wait(20)

    first = threading.Thread(
        target=lambda: results.append(measure_search(8, 2, vectors=10, queries=1, repeats=1, progress=wait))
    )
    first.start()
    assert inside.wait(20)
    with pytest.raises(MeasurementBusy, match="Another search is being measured"):
        measure_search(8, 2, vectors=10)
    go_on.set()
    first.join(20)
    assert len(results) == 1


def test_a_measurement_that_was_broken_off_lets_the_next_one_run() -> None:
    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure_search(8, 2, vectors=10, queries=1, repeats=2, progress=stop)
    assert measure_search(8, 2, vectors=10, queries=1, repeats=1).vectors == 10


@pytest.mark.parametrize(
    "wrong", [{"k": 0}, {"k": 9}, {"vectors": 0}, {"vectors": 50_001}, {"queries": 0}, {"repeats": 0}]
)
def test_numbers_out_of_range_are_refused_and_leave_the_lock_free(wrong: dict[str, int]) -> None:
    small = {"k": 2, "vectors": 10, "queries": 1, "repeats": 1}
    with pytest.raises(InputError, match="Cannot"):
        measure_search(8, **small | wrong)
    assert measure_search(8, **small).vectors == 10


def test_the_vectors_have_length_one_and_the_seed_decides_them() -> None:
    units = random_units(50, 7, np.random.default_rng(1))
    assert units.dtype == np.float32
    assert np.abs(np.linalg.norm(units, axis=1) - 1).max() <= 1e-6
    assert np.array_equal(units, random_units(50, 7, np.random.default_rng(1)))


@pytest.mark.parametrize("n", [1, 9, 10, 300])
def test_the_search_is_exact(n: int) -> None:
    generator = np.random.default_rng(n)
    index, query = random_units(n, 12, generator), random_units(1, 12, generator)[0]
    assert search(index, query).tolist() == np.argsort(-(index @ query), kind="stable")[:10].tolist()
