"""How common the words of a lens are, by definitions written out."""

from math import isnan, nan

import pytest
from wordfreq import zipf_frequency

from embfilter_core.vocabulary.token_frequency import summarise_zipf, token_zipf
from tests.each import for_each


@pytest.mark.parametrize("text", ["the", " the", "The", " THE\n"])
def test_white_space_and_case_do_not_matter(text: str) -> None:
    assert token_zipf(text) == zipf_frequency("the", "en") > 7


def test_commoner_words_have_a_larger_zipf() -> None:
    assert token_zipf("the") > token_zipf("cat") > token_zipf("spectroscopy") > 0


def test_a_word_piece_that_is_no_word_is_zero() -> None:
    assert token_zipf("qzxvkj") == 0


@for_each(text=["", " ", "\n", "12", "a1", "!", "▁the", "⟨C3⟩", "\ufffd", "don't"])
def test_what_is_not_alphabetic_has_no_zipf(text: str) -> None:
    assert isnan(token_zipf(text))


def test_the_summary_follows_its_definitions() -> None:
    summary = summarise_zipf([6.0, 5.0, 3.0, 0.0, nan])
    assert summary.mean_zipf == pytest.approx(14 / 4)
    assert summary.mean_known_zipf == pytest.approx(14 / 3)
    assert summary.unknown_share == pytest.approx(1 / 4)
    assert summary.frequent_share == pytest.approx(2 / 5)


def test_a_zipf_just_below_five_is_not_frequent() -> None:
    assert summarise_zipf([4.999, 5.0]).frequent_share == 0.5


@pytest.mark.parametrize("zipf", [[], [nan], [nan, nan]])
def test_without_words_there_is_no_mean(zipf: list[float]) -> None:
    summary = summarise_zipf(zipf)
    assert isnan(summary.mean_zipf)
    assert isnan(summary.mean_known_zipf)
    assert isnan(summary.unknown_share)


def test_the_frequent_share_of_no_tokens_is_unknown_but_of_other_tokens_is_zero() -> None:
    assert isnan(summarise_zipf([]).frequent_share)
    assert summarise_zipf([nan, nan]).frequent_share == 0


def test_unknown_words_alone_have_mean_zero_and_no_known_mean() -> None:
    summary = summarise_zipf([0.0, 0.0])
    assert summary.mean_zipf == 0
    assert isnan(summary.mean_known_zipf)
    assert summary.unknown_share == 1


def test_an_iterator_is_read_once() -> None:
    assert summarise_zipf(iter([6.0, 2.0])) == summarise_zipf([6.0, 2.0])
