"""Sentences of the spectroscopy say the numbers that they are made of."""

from dataclasses import replace

import numpy as np
import pytest

from embfilter_core import Backbone
from embfilter_core.data.corpora import LEE_BACKGROUND, Corpus
from embfilter_core.lens.spectroscopy_report import (
    describe_better_fit,
    describe_fit,
    describe_quiet,
    describe_scores,
    describe_word_frequency,
    energies_by_source,
    fit_fails,
    word_frequency_by_block,
)
from embfilter_core.lens.token_counts import TokenCounts, count_tokens, counts_from, word_token_counts
from embfilter_core.spectral.geometry import edge_shares, energy
from embfilter_core.spectral.spectroscopy import AverageToken, frequency_r_squared


def test_a_text_a_corpus_and_its_mean_each_have_their_energy() -> None:
    random = np.random.default_rng(0)
    text, corpus = random.normal(size=8), random.normal(size=(5, 8))
    assert list(energies_by_source(text, None, centred=False)) == ["this text"]
    assert list(energies_by_source(text, corpus, centred=True)) == ["this text", "the corpus"]
    found = energies_by_source(text, corpus, centred=False)
    assert np.array_equal(found["this text"], energy(text[None]))
    assert np.array_equal(found["the corpus"], energy(corpus))
    assert np.array_equal(found["the mean of the corpus"], energy(corpus.mean(axis=0)[None]))


@pytest.mark.parametrize(
    ("high", "where"),
    [
        ((0, 1, 30, 31), "at both ends"),
        ((0, 1), "at the first directions alone"),
        ((30,), "at the last directions alone"),
        ((16,), "at neither end"),
    ],
)
def test_scores_are_called_high_where_the_numbers_are(high: tuple[int, ...], where: str) -> None:
    scores = np.ones(32)
    scores[list(high)] = 17
    said, ends = describe_scores(scores, 100, "rare"), edge_shares(scores / scores.sum())
    assert said.startswith(f"Δπ of 100 tokens (the rarest tokens seen at least once) is high {where}: ")
    assert f"the first 2 directions hold {ends.first * 16:.1f} times" in said
    assert f"the last 2 {ends.last * 16:.1f} times" in said


COUNTS = TokenCounts(np.array([3.0, 0, 1, 0]), np.array([False, False, False, True]), "a text")


def average(r_squared: float, bias: float = 0.0) -> AverageToken:
    return AverageToken(np.zeros(2), np.zeros(2), r_squared, bias)


def test_a_fit_is_told_with_its_counts_and_smoothing() -> None:
    assert describe_fit(COUNTS, average(0.414, 9.0)) == (
        "Frequencies from a text: 2 tokens seen, 1 unseen (0.5 is added to every count). The fit of log p with "
        "b = -mean(log p) explains R² = 0.41 of it."
    )


@pytest.mark.parametrize(("r_squared", "said"), [(0.14, "fails: R² = 0.14"), (-0.53, "further off than the mean")])
def test_a_poor_fit_is_said_to_fail(r_squared: float, said: str) -> None:
    assert fit_fails(average(r_squared))
    assert said in describe_fit(COUNTS, average(r_squared))
    assert f"R² = {r_squared:.2f}" in describe_fit(COUNTS, average(r_squared))
    assert not fit_fails(average(0.41))


def test_another_bias_is_offered_only_where_it_fits_better() -> None:
    assert describe_better_fit(average(0.14), average(0.41, 9.0)) == "With b = -mean(log p), R² = 0.41."
    assert describe_better_fit(average(0.1), average(0.2, 9.0)).endswith("R² = 0.20, which fails too.")
    assert describe_better_fit(average(0.2, 9.0), average(0.3)) == "With b = 0, R² = 0.30."
    assert describe_better_fit(average(0.1), average(0.1, 9.0)) == ""


def test_the_preset_quiet_rests_on_the_fit_to_the_reference_corpus_without_a_bias() -> None:
    lee = replace(COUNTS, source=LEE_BACKGROUND)
    assert describe_quiet(lee, average(0.14)) == "The preset quiet rests on this fit."
    for counts, fit in ((lee, average(0.41, 9.0)), (COUNTS, average(0.14))):
        assert describe_quiet(counts, fit) == (
            f"The preset quiet rests on the fit with b = 0 to {LEE_BACKGROUND}, not on this one."
        )


def test_word_frequency_is_told_by_block_unless_no_word_is_known(llama: Backbone) -> None:
    said = describe_word_frequency((0.79, 0.02, 0.11), 36)
    assert "the first 36 directions with R² = 0.79, along the middle 36 with 0.02, along the last 36 with 0.11" in said
    assert describe_word_frequency((np.nan, np.nan, np.nan), 2) == ""
    weight, spectrum = llama.architecture.head.weight, llama.spectrum
    zipf = np.maximum(0, np.random.default_rng(0).normal(2, 3, size=llama.vocab_size))
    known = np.where(zipf > 0, zipf, np.nan)
    blocks = (slice(0, 2), slice(15, 17), slice(30, 32))
    expected = tuple(frequency_r_squared(weight, spectrum, known, block) for block in blocks)
    assert word_frequency_by_block(weight, spectrum, zipf) == pytest.approx(expected)


def test_counts_come_from_the_source_that_is_named(llama: Backbone) -> None:
    corpus = Corpus("some", "Some", ("the cat", "a dog"), "here")
    for source, expected in (
        ("corpus", count_tokens(llama, corpus.texts, "Some")),
        ("words", word_token_counts(llama)),
        ("pasted", count_tokens(llama, ["one word"], "your text")),
    ):
        found = counts_from(llama, source, corpus, "one word")
        assert np.array_equal(found.counts, expected.counts)
        assert found.source == expected.source
