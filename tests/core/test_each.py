"""A check of many cases looks at every one of them and names the one that fails."""

import pytest

from tests.each import for_each


def test_every_combination_is_checked_and_fixtures_are_passed_on() -> None:
    seen = []

    @for_each(letter="ab")
    @for_each(number=[1, 2])
    def check(fixture: str, letter: str, number: int) -> None:
        seen.append((fixture, letter, number))
        if letter == "a":
            pytest.skip("passed over")

    check(fixture="given")
    assert seen == [("given", letter, number) for letter in "ab" for number in (1, 2)]


def test_the_case_that_fails_is_named() -> None:
    @for_each(number=range(5))
    def check(number: int) -> None:
        assert number != 3

    with pytest.raises(AssertionError) as failed:
        check()
    assert failed.value.__notes__ == ["The case: number = 3"]
