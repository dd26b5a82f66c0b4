"""How common words are and how rates are told, by definitions written out."""

from dataclasses import astuple
from math import isnan, nan

import pytest
from wordfreq import zipf_frequency

from embfilter_core.vocabulary.token_frequency import describe_rate, log_rate, summarise_zipf, token_zipf
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
    summary = summarise_zipf(iter([6.0, 5.0, 3.0, 0.0, nan]))
    assert summary.mean == pytest.approx(14 / 4)
    assert summary.mean_known == pytest.approx(14 / 3)
    assert summary.known_share == pytest.approx(3 / 4)


@pytest.mark.parametrize("zipf", [[], [nan], [nan, nan]])
def test_without_words_there_is_no_mean(zipf: list[float]) -> None:
    assert all(isnan(value) for value in astuple(summarise_zipf(zipf)))


def test_unknown_words_alone_have_mean_zero_and_no_known_mean() -> None:
    summary = summarise_zipf([0.0, 0.0])
    assert (summary.mean, summary.known_share) == (0, 0)
    assert isnan(summary.mean_known)


@pytest.mark.parametrize(
    ("rate", "estimated", "frequent", "said"),
    [
        (1234.5, False, True, "1,234 in a million tokens, among the most frequent"),
        (12.3, False, False, "12 in a million tokens"),
        (9.96, False, False, "10.0 in a million tokens"),
        (0.21, True, False, "not seen; ≈ 0.2 in a million, estimated from the tokenizer's order"),
    ],
)
def test_a_rate_is_told_and_an_estimate_is_called_one(rate: float, estimated: bool, frequent: bool, said: str) -> None:
    assert describe_rate(rate, estimated, frequent) == said


def test_a_rate_of_zero_has_a_logarithm_below_all_others() -> None:
    assert log_rate([0.0, 0.01, 1.0, 1000.0]).tolist() == pytest.approx([-3, -1.959, 0, 3], abs=1e-3)
