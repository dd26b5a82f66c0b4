"""Steps of a filter on a map, and the corpora that a map takes."""

import pytest

from embfilter_core.errors import InputError
from embfilter_core.maps.steps import MOST_TEXTS, check_mappable, filter_steps, find_texts, neighbours_of
from embfilter_core.spectral.selection import KeptDirections


def test_the_steps_are_all_directions_the_bulk_of_each_ratio_and_ones_own_choice() -> None:
    own = KeptDirections.band(16, 3, 9)
    steps = filter_steps(16, 4, own)
    assert list(steps) == ["unfiltered", "2", "4", "8", "kept"]
    assert [len(kept) for kept in steps.values()] == [16, 8, 4, 2, 6]
    assert steps["kept"] is own
    assert steps["4"].indices.tolist() == KeptDirections.bulk(16, 4, start=4).indices.tolist()


def test_a_corpus_of_too_many_or_too_few_texts_is_one_clear_line() -> None:
    for texts in (4, MOST_TEXTS):
        check_mappable(texts)
    for texts, said in ((1, "1 text make no map"), (3, "3 texts make no map"), (5001, "at most 5,000")):
        with pytest.raises(InputError, match=said):
            check_mappable(texts)


def test_neighbours_are_ten_and_fewer_than_half_of_the_texts() -> None:
    assert [neighbours_of(texts) for texts in (4, 21, 22, 5000)] == [1, 10, 10, 10]


def test_texts_are_found_in_any_case_and_none_where_nothing_is_looked_for() -> None:
    texts = ["A Cat", "a dog", "concatenate"]
    assert find_texts(texts, " cAt ").tolist() == [0, 2]
    assert find_texts(texts, "  ").tolist() == []
