"""How frequent a token is, and how many of the tokens that embeddings point to are frequent."""

from dataclasses import replace

import numpy as np
import pytest

from embfilter_core import Backbone, EmbedFilter, KeptDirections, embed_corpus, lee_background, load_backbone
from embfilter_core.errors import Cancelled, InputError
from embfilter_core.instrument.committed import token_lists
from embfilter_core.lens.corpus_evidence import (
    CorpusEvidence,
    corpus_evidence,
    frequent_shares,
    lean_sentence,
    random_shares,
)
from embfilter_core.lens.token_counts import TokenCounts, count_tokens
from embfilter_core.lens.token_rates import check_reference, token_rates
from embfilter_core.vocabulary.token_frequency import FREQUENT_TOKENS


def counts_of(*counts: float, padded: int = 0) -> TokenCounts:
    return TokenCounts(
        np.array([*counts, *[0] * padded], dtype=float), np.array([False] * len(counts) + [True] * padded), "here"
    )


def test_rates_are_per_million_and_estimates_are_marked_below_one_occurrence() -> None:
    rates = token_rates(counts_of(6, 0, 3, 1, 0, 0, padded=2))
    assert rates.per_million[[0, 2, 3]].tolist() == [600_000, 300_000, 100_000]
    assert rates.seen.tolist() == [True, False, True, True, False, False, False, False]
    assert (rates.per_million[[1, 4, 5]] > 0).all()
    assert (rates.per_million[[1, 4, 5]] <= 50_000).all()
    assert (rates.per_million[-2:] == 0).all()
    assert rates.frequent.tolist() == rates.seen.tolist()  # fewer tokens than would be called frequent


def test_estimates_never_rise_along_the_tokenizers_order() -> None:
    random = np.random.default_rng(0)
    counts = random.poisson(2000 / np.arange(1, 5001))
    rates = token_rates(TokenCounts(counts.astype(float), np.zeros(5000, dtype=bool), "here"))
    unseen = rates.per_million[~rates.seen]
    assert (np.diff(unseen) <= 0).all()
    assert unseen[0] > unseen[-1]
    assert rates.frequent.sum() == FREQUENT_TOKENS
    assert rates.per_million[rates.frequent].min() >= rates.per_million[rates.seen & ~rates.frequent].max()


def test_shares_of_a_tiny_backbone_are_counted_in_its_lists(llama: Backbone) -> None:
    texts = ["the cat sat", "a dog and a mat"]
    rates = token_rates(count_tokens(llama, texts, "texts"))
    h = llama.embed(texts)
    shares = frequent_shares(llama, h, rates, top=5)
    unfiltered = KeptDirections.unfiltered(llama.d)
    lists = [token_lists(llama, state, unfiltered, rates, 5)["unfiltered"] for state in h]
    assert shares.tolist() == [sum(entry["frequent"] for entry in entries) / 5 for entries in lists]


def test_random_choices_can_be_stopped_and_evidence_says_no_change_where_there_is_none(llama: Backbone) -> None:
    texts = ["the cat sat", "a dog", "a mat and a hat"]
    rates, h = token_rates(count_tokens(llama, texts, "texts")), llama.embed(texts)
    unfiltered = KeptDirections.unfiltered(llama.d)
    evidence = corpus_evidence(llama, h, unfiltered, rates, h.mean(axis=0))
    assert "removed" not in evidence.shares
    assert evidence.shares["kept"].tolist() == evidence.shares["unfiltered"].tolist()
    assert "with" not in lean_sentence(evidence, "texts", unfiltered)
    with pytest.raises(Cancelled):
        random_shares(llama, h, 5, rates, progress=lambda done, total: False)


def test_other_directions_take_what_does_not_follow_them_from_evidence_that_is_known(llama: Backbone) -> None:
    texts = ["the cat sat", "a dog", "a mat and a hat"]
    rates, h = token_rates(count_tokens(llama, texts, "texts")), llama.embed(texts)
    first = corpus_evidence(llama, h, KeptDirections.bulk(llama.d), rates, h.mean(axis=0))
    edges, mean = KeptDirections.edges(llama.d), h.mean(axis=0)
    again = corpus_evidence(llama, h, edges, rates, mean, known=first)
    afresh = corpus_evidence(llama, h, edges, rates, mean)
    assert again.shares["centred"] is first.shares["centred"]
    assert {name: shares.tolist() for name, shares in again.shares.items()} == {
        name: shares.tolist() for name, shares in afresh.shares.items()
    }


def test_random_choices_are_those_of_their_seeds(llama: Backbone) -> None:
    texts = ["the cat sat", "a dog"]
    rates, h = token_rates(count_tokens(llama, texts, "texts")), llama.embed(texts)
    found = random_shares(llama, h, 7, rates)
    kept = KeptDirections.random(llama.d, keep=7, seed=3)
    assert found[3].tolist() == frequent_shares(llama, EmbedFilter(llama.spectrum, kept).project(h), rates).tolist()


def evidence_of(unfiltered: float, kept: float, spread: float = 0.1) -> CorpusEvidence:
    noise = np.random.default_rng(0).normal(scale=spread, size=100)
    shares = {"unfiltered": unfiltered + noise, "kept": kept - noise, "removed": unfiltered + noise, "centred": noise}
    return CorpusEvidence(shares, np.zeros((2, 100)), 0.01)


@pytest.mark.parametrize(
    ("unfiltered", "kept", "said"),
    [
        (0.4, 0.1, "directions, fewer: "),
        (0.1, 0.4, "directions, more: "),
        (0.4, 0.4, "no change that these texts could tell."),
    ],
)
def test_the_numbers_alone_decide_the_words(unfiltered: float, kept: float, said: str) -> None:
    sentence = lean_sentence(evidence_of(unfiltered, kept), "texts", KeptDirections.bulk(32))
    assert said in sentence
    assert "among the 500 most frequent" in sentence


def test_what_centring_did_is_not_said_of_the_filter() -> None:
    found = replace(evidence_of(0.4, 0.1), centred=True)
    bulk = KeptDirections.bulk(32)
    assert "; centred and with 16 of the 32 directions, fewer: " in lean_sentence(found, "texts", bulk)
    assert "; centred, fewer: " in lean_sentence(found, "texts", KeptDirections.unfiltered(32))


@pytest.mark.real
def test_the_lean_of_the_bundled_backbone() -> None:
    backbone, corpus = load_backbone("smollm2-135m-instruct"), lee_background()
    rates = token_rates(count_tokens(backbone, corpus.texts, corpus.name))
    assert rates.tokens == 75_381
    assert rates.chance == pytest.approx(0.0102, abs=1e-4)
    coverage = rates.per_million[rates.frequent].sum() / rates.per_million[rates.seen].sum()
    assert coverage == pytest.approx(0.66, abs=0.005)
    h = embed_corpus(backbone, corpus, "prompteol")
    mean, kept = h.mean(axis=0), KeptDirections.bulk(backbone.d, ratio=2)
    project = EmbedFilter(backbone.spectrum, kept).project
    first = h[:100]
    shares = {
        "unfiltered": first,
        "kept": project(first),
        "removed": first - project(first),
        "centred": first - mean,
        "centred and filtered": project(first - mean),
    }
    shares |= {
        f"random {seed}": EmbedFilter(backbone.spectrum, KeptDirections.random(backbone.d, ratio=2, seed=seed)).project(
            first
        )
        for seed in (0, 2, 1)
    }
    found = {name: float(frequent_shares(backbone, states, rates).mean()) for name, states in shares.items()}
    expected = (0.34, 0.06, 0.28, 0.06, 0.02, 0.00, 0.57, 0.79)
    assert list(found.values()) == pytest.approx(expected, abs=0.006), found


@pytest.mark.real
def test_echo_points_at_empty_tokens_on_the_example() -> None:
    backbone, corpus = load_backbone("smollm2-135m-instruct"), lee_background()
    rates = token_rates(count_tokens(backbone, corpus.texts, corpus.name))
    state = backbone.embed(["The central bank raised interest rates again to fight inflation."], prompt="echo")[0]
    lists = token_lists(backbone, state, KeptDirections.bulk(backbone.d), rates, 10)
    assert sum(entry["frequent"] for entry in lists["unfiltered"]) >= 8
    assert sum(entry["frequent"] for entry in lists["kept"]) < sum(entry["frequent"] for entry in lists["unfiltered"])


def test_a_corpus_of_too_few_different_tokens_is_no_reference() -> None:
    few, enough = (token_rates(counts_of(*[2] * number)) for number in (499, 500))
    check_reference(enough)
    with pytest.raises(InputError, match="499 different tokens, too few to say which 500"):
        check_reference(few)
