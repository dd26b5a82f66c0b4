"""What embedding a corpus costs, told before it is begun."""

from dataclasses import replace

import numpy as np
import pytest

from embfilter_core import Backbone
from embfilter_core.backbones import forward_pass
from embfilter_core.embeddings import corpus_embeddings
from embfilter_core.embeddings.corpus_embeddings import (
    embed_corpus,
)
from embfilter_core.embeddings.cost import TEXTS_TO_COUNT, embedding_cost
from embfilter_core.errors import Cancelled
from embfilter_core.storage import speeds
from embfilter_core.storage.arrays import embfilter_home
from tests.core.embeddings.texts import CORPUS, LARGE, Tiny
from tests.tiny import WORDS


def test_the_cost_counts_texts_and_prompted_tokens(llama: Backbone) -> None:
    told = embedding_cost(llama, CORPUS, "prompteol")
    assert told.texts == len(CORPUS)
    assert told.tokens == sum(len(llama.encode([text], "prompteol")[0]) for text in CORPUS.texts)


def test_the_cost_counts_only_what_is_missing(llama: Backbone) -> None:
    whole = embedding_cost(llama, LARGE, "prompteol")
    half = replace(LARGE, texts=LARGE.texts[:50])
    before = embedding_cost(llama, half, "prompteol")
    embed_corpus(llama, half, "prompteol")
    after = embedding_cost(llama, LARGE, "prompteol")
    assert (after.texts, after.tokens) == (50, whole.tokens - before.tokens)
    embed_corpus(llama, LARGE, "prompteol")
    assert embedding_cost(llama, LARGE, "prompteol").seconds == 0


def test_the_tokens_of_many_texts_are_estimated_from_a_sample(llama: Backbone, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    texts = tuple(" ".join(random.choice(WORDS, random.integers(1, 12))) + f" {i}" for i in range(2 * TEXTS_TO_COUNT))
    exact = sum(len(encoded) for encoded in llama.encode(texts, "prompteol"))
    counted = []
    encode = Backbone.encode
    monkeypatch.setattr(Backbone, "encode", lambda self, texts, p: counted.append(len(texts)) or encode(self, texts, p))
    told = embedding_cost(llama, replace(CORPUS, texts=texts), "prompteol")
    assert counted == [TEXTS_TO_COUNT]
    assert told.texts == len(texts)
    assert told.tokens == pytest.approx(exact, rel=0.01)


def test_the_estimate_grows_with_the_tokens(llama: Backbone) -> None:
    once, ten = (embedding_cost(llama, corpus, "plain-last") for corpus in (CORPUS, LARGE))
    assert once.seconds > 0
    assert ten.tokens > 9 * once.tokens
    assert ten.seconds / once.seconds == pytest.approx(ten.tokens / once.tokens)


def test_the_estimate_grows_with_the_weights(tiny: Tiny) -> None:
    llama, gpt2 = tiny("llama"), tiny("gpt2")
    by_token = [told.seconds / told.tokens for b in (llama, gpt2) for told in [embedding_cost(b, CORPUS, "prompteol")]]
    weights = [b.weights.active for b in (llama, gpt2)]
    assert weights[0] != weights[1]
    assert by_token[0] / by_token[1] == pytest.approx(weights[0] / weights[1])


@pytest.fixture
def ten_seconds_a_batch(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every batch takes ten seconds; grows by the number of its texts."""
    batches: list[int] = []
    forward = forward_pass.forward_batch

    def count(model: object, texts: list, layers: object) -> object:
        batches.append(len(texts))
        return forward(model, texts, layers)

    monkeypatch.setattr(forward_pass, "forward_batch", count)
    monkeypatch.setattr(Backbone, "faster", lambda self, encoded: None)
    monkeypatch.setattr(corpus_embeddings.time, "monotonic", lambda: 10.0 * len(batches))
    return batches


def test_the_estimate_learns_how_fast_a_backbone_is_here(llama: Backbone, ten_seconds_a_batch: list[int]) -> None:
    before = embedding_cost(llama, LARGE, "prompteol", layer=0)
    assert before.basis == "guess"
    embed_corpus(llama, LARGE, "prompteol")
    took = pytest.approx(10 * len(ten_seconds_a_batch))
    assert before.seconds < 1
    after = embedding_cost(llama, LARGE, "prompteol", layer=0)
    assert (after.seconds, after.basis) == (took, "measured")
    speeds._noted.clear()  # as in another process
    assert embedding_cost(llama, LARGE, "prompteol", layer=0) == after


def test_each_backbone_keeps_its_own_speed_and_a_new_one_is_estimated_by_the_last(
    tiny: Tiny, ten_seconds_a_batch: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    llama, gpt2, qwen = tiny("llama"), tiny("gpt2"), tiny("qwen2")
    embed_corpus(llama, LARGE, "prompteol")
    slow = embedding_cost(llama, LARGE, "prompteol", layer=0)
    monkeypatch.setattr(corpus_embeddings.time, "monotonic", lambda: 5.0 * len(ten_seconds_a_batch))
    embed_corpus(gpt2, LARGE, "prompteol")
    assert embedding_cost(llama, LARGE, "prompteol", layer=0) == slow
    unseen, seen = (embedding_cost(b, LARGE, "prompteol", layer=0) for b in (qwen, gpt2))
    assert (unseen.basis, seen.basis) == ("another", "measured")
    assert unseen.seconds / qwen.weights.active == pytest.approx(seen.seconds / gpt2.weights.active)


def test_the_estimate_learns_from_the_first_batch_on(llama: Backbone, ten_seconds_a_batch: list[int]) -> None:
    with pytest.raises(Cancelled):
        embed_corpus(llama, LARGE, "prompteol", lambda done, total: False)
    assert len(ten_seconds_a_batch) == 1
    left = embedding_cost(llama, LARGE, "prompteol")
    embed_corpus(llama, LARGE, "prompteol")
    assert 1 / 1.5 < left.seconds / 10 / (len(ten_seconds_a_batch) - 1) < 1.5


def test_a_run_of_a_second_or_two_says_nothing(
    llama: Backbone, ten_seconds_a_batch: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpus_embeddings.time, "monotonic", lambda: 0.2 * len(ten_seconds_a_batch))
    embed_corpus(llama, LARGE, "prompteol")
    assert embedding_cost(llama, LARGE, "prompteol", layer=0).basis == "guess"


def test_tokens_are_told_from_none_to_all_that_are_missing(llama: Backbone) -> None:
    half = replace(LARGE, texts=LARGE.texts[:50])
    embed_corpus(llama, half, "prompteol")
    missing, told = embedding_cost(llama, LARGE, "prompteol").tokens, []
    embed_corpus(llama, LARGE, "prompteol", told_tokens=lambda *tokens: told.append(tokens))
    assert told[0] == (0, missing)
    assert told[-1] == (missing, missing)
    assert told == sorted(set(told))


def test_a_few_texts_do_not_change_the_measured_speed(llama: Backbone) -> None:
    before = embedding_cost(llama, LARGE, "prompteol")
    embed_corpus(llama, CORPUS, "prompteol")
    assert embedding_cost(llama, LARGE, "prompteol") == before


def test_a_cancelled_embedding_measures_no_speed(llama: Backbone) -> None:
    with pytest.raises(Cancelled):
        embed_corpus(llama, LARGE, "prompteol", lambda done, total: False)
    assert list(embfilter_home().rglob("speed*")) == []
