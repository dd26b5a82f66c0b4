"""Which directions each preset keeps, written out, and for every size."""

from collections.abc import Callable

import numpy as np
import pytest

from embfilter_core import KeptDirections
from embfilter_core.errors import InputError
from tests.each import for_each

PRESETS = (KeptDirections.bulk, KeptDirections.dominant, KeptDirections.secondary, KeptDirections.edges)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: KeptDirections.bulk(8), [2, 3, 4, 5]),
        (lambda: KeptDirections.bulk(8, ratio=4), [3, 4]),
        (lambda: KeptDirections.bulk(9, ratio=2), [2, 3, 4, 5]),
        (lambda: KeptDirections.bulk(8, keep=5), [1, 2, 3, 4, 5]),
        (lambda: KeptDirections.bulk(8, keep=1), [3]),
        (lambda: KeptDirections.bulk(8, start=1), [1, 2, 3, 4]),
        (lambda: KeptDirections.bulk(8, keep=6, start=4), [2, 3, 4, 5, 6, 7]),
        (lambda: KeptDirections.dominant(8), [0, 1, 2, 3]),
        (lambda: KeptDirections.dominant(8, keep=3), [0, 1, 2]),
        (lambda: KeptDirections.secondary(8), [4, 5, 6, 7]),
        (lambda: KeptDirections.secondary(8, keep=3), [5, 6, 7]),
        (lambda: KeptDirections.edges(8), [0, 1, 6, 7]),
        (lambda: KeptDirections.edges(8, keep=3), [0, 6, 7]),
        (lambda: KeptDirections.edges(9, keep=4), [0, 1, 7, 8]),
        (lambda: KeptDirections.band(8, 2, 4), [2, 3]),
        (lambda: KeptDirections.unfiltered(4), [0, 1, 2, 3]),
    ],
)
def test_indices_are_those_written_out(make: Callable[[], KeptDirections], expected: list[int]) -> None:
    kept = make()
    assert kept.indices.tolist() == expected
    assert kept.indices.dtype == np.int64
    assert len(kept) == len(expected)


def test_the_paper_size_of_smollm2_at_ratio_two() -> None:
    kept = KeptDirections.bulk(576)
    assert kept.bounds == (144, 432)
    assert kept.describe() == "288 of 576, start 144, stop 432"


def test_the_fixed_start_of_mistral_holds_for_every_ratio() -> None:
    spans = [KeptDirections.bulk(4096, ratio=ratio, start=128).bounds for ratio in (2, 4, 8)]
    assert spans == [(128, 2176), (128, 1152), (128, 640)]


@for_each(preset=PRESETS, d=[1, 2, 7, 16, 33])
def test_every_preset_keeps_k_ascending_directions_for_every_k(preset: Callable[..., KeptDirections], d: int) -> None:
    for k in range(1, d + 1):
        indices = preset(d, keep=k).indices
        assert len(indices) == k
        assert (np.diff(indices) > 0).all()
        assert 0 <= indices[0] <= indices[-1] < d


@pytest.mark.parametrize("preset", [*PRESETS, KeptDirections.random])
def test_a_ratio_keeps_the_whole_part_of_d_by_ratio(preset: Callable[..., KeptDirections]) -> None:
    assert [len(preset(33, ratio=ratio)) for ratio in (1, 2, 3, 8, 33)] == [33, 16, 11, 4, 1]


@pytest.mark.parametrize("preset", [*PRESETS, KeptDirections.random])
def test_ratio_one_is_everything(preset: Callable[..., KeptDirections]) -> None:
    assert preset(12, ratio=1).is_unfiltered
    assert preset(12, keep=12).is_unfiltered
    assert not preset(12, keep=11).is_unfiltered


@pytest.mark.parametrize("d", [2, 9, 16])
def test_edges_are_the_complement_of_the_bulk_of_the_rest(d: int) -> None:
    for k in range(1, d):
        both = [*KeptDirections.edges(d, keep=k).indices, *KeptDirections.bulk(d, keep=d - k).indices]
        assert sorted(both) == list(range(d))


@pytest.mark.parametrize("d", [2, 9, 16])
def test_bulk_leaves_the_same_number_at_both_ends_up_to_one(d: int) -> None:
    for k in range(1, d + 1):
        start, stop = KeptDirections.bulk(d, keep=k).bounds
        assert 0 <= (d - stop) - start <= 1


def test_random_is_the_same_for_a_seed_and_another_for_another() -> None:
    draws = [KeptDirections.random(64, seed=seed).indices.tolist() for seed in (0, 0, 1)]
    assert draws[0] == draws[1] != draws[2]
    assert len(set(draws[0])) == 32


def test_random_reaches_every_direction() -> None:
    seen = {i for seed in range(60) for i in KeptDirections.random(16, seed=seed).indices.tolist()}
    assert seen == set(range(16))


def test_span_is_none_where_there_is_a_gap() -> None:
    assert KeptDirections.edges(8).bounds is None
    assert KeptDirections.edges(8).describe() == "4 of 8, in several pieces"


def test_presets_carry_their_names() -> None:
    names = [preset(8).name for preset in (*PRESETS, KeptDirections.random)]
    assert names == ["bulk", "dominant", "secondary", "edges", "random"]
    assert KeptDirections.band(8, 0, 2).name == "band"


@for_each(
    make=[
        lambda: KeptDirections.band(8, 3, 3),
        lambda: KeptDirections.band(8, 5, 3),
        lambda: KeptDirections.band(8, -1, 3),
        lambda: KeptDirections.band(8, 0, 9),
        lambda: KeptDirections.bulk(8, keep=0),
        lambda: KeptDirections.bulk(8, keep=9),
        lambda: KeptDirections.bulk(8, ratio=0),
        lambda: KeptDirections.bulk(8, ratio=9),
        lambda: KeptDirections.bulk(8, ratio=-2),
        lambda: KeptDirections.bulk(8, start=-1),
        lambda: KeptDirections.random(8, keep=9),
        lambda: KeptDirections(8, np.array([], dtype=np.int64), "band"),
        lambda: KeptDirections(8, np.array([3, 2]), "band"),
        lambda: KeptDirections(8, np.array([2, 2]), "band"),
        lambda: KeptDirections(8, np.array([7, 8]), "band"),
        lambda: KeptDirections(8, np.array([-1, 2]), "band"),
    ]
)
def test_impossible_selections_are_refused(make: Callable[[], KeptDirections]) -> None:
    with pytest.raises(InputError):
        make()


def test_an_error_names_the_value_and_the_limit() -> None:
    with pytest.raises(InputError, match="keep 9 of 8 directions.*1 to 8"):
        KeptDirections.bulk(8, keep=9)


def test_indices_are_read_only_and_do_not_follow_the_callers_array() -> None:
    given = np.array([1, 2, 3])
    kept = KeptDirections(8, given, "band")
    given[0] = 0
    assert kept.indices.tolist() == [1, 2, 3]
    with pytest.raises(ValueError, match="read-only"):
        kept.indices[0] = 0
