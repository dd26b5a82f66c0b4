"""Sentences of the spectroscopy say the numbers that they are made of."""

import numpy as np
import pytest

from embfilter_core import Backbone
from embfilter_core.data.corpora import Corpus
from embfilter_core.lens.spectroscopy_report import (
    describe_energies,
    describe_fit,
    describe_scores,
    describe_word_frequency,
    energies_by_source,
    word_frequency_by_block,
)
from embfilter_core.lens.token_counts import TokenCounts, count_tokens, counts_from, word_token_counts
from embfilter_core.spectral.geometry import energy
from embfilter_core.spectral.spectroscopy import AverageToken, frequency_r_squared


def test_a_text_a_corpus_and_its_mean_each_have_their_energy() -> None:
    random = np.random.default_rng(0)
    text, corpus = random.normal(size=8), random.normal(size=(5, 8))
    assert list(energies_by_source(text, None, centred=False)) == ["this text"]
    assert list(energies_by_source(text, corpus, centred=True)) == ["this text", "corpus"]
    found = energies_by_source(text, corpus, centred=False)
    assert np.array_equal(found["this text"], energy(text[None]))
    assert np.array_equal(found["corpus"], energy(corpus))
    assert np.array_equal(found["mean of the corpus"], energy(corpus.mean(axis=0)[None]))


def test_energies_are_told_at_both_ends_and_between() -> None:
    shares = np.zeros(32)
    shares[[0, 1, 9, 30, 31]] = [0.1, 0.05, 0.25, 0.2, 0.4]
    text, corpus = describe_energies({"this text": shares, "corpus": shares[::-1]})
    assert text == (
        "Energy of this text: 15% in the first 2 directions, 60% in the last 2 (the very last one 40%), "
        "25% between: the last 2 carry more."
    )
    assert corpus.startswith("Energy of the corpus: 60% in the first 2 directions, 15% in the last 2")
    assert corpus.endswith("the first 2 carry more.")


def test_scores_are_told_as_shares_of_their_sum() -> None:
    scores = np.ones(32)
    scores[:2] = 17
    assert describe_scores(scores) == (
        "Δπ: 53% of its sum in the first 2 directions and 3% in the last 2; spread evenly it would be 6% in each."
    )


def test_the_fit_is_told_with_its_counts_and_smoothing() -> None:
    counts = TokenCounts(np.array([3.0, 0, 1, 0]), np.array([False, False, False, True]), "a text")
    assert describe_fit(counts, AverageToken(np.zeros(2), np.zeros(2), 0.414, 0.0), 1000) == (
        "Frequencies from a text: 2 tokens seen, 1 unseen (0.5 is added to every count). The fit of the average token "
        "explains R² = 0.41 of log p. Δπ is over 1,000 tokens."
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
