"""Embeddings of a corpus are computed once per backbone, prompt and dtype, and kept whole or not at all."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from embfilter_core import Backbone
from embfilter_core.backbones import encoding
from embfilter_core.backbones.prompts import PROMPTS, Prompt
from embfilter_core.data import corpus_embeddings
from embfilter_core.data.corpus_embeddings import (
    embed_corpus,
    embedding_cost,
    embeddings_path,
    stored_embeddings,
)
from embfilter_core.data.datasets import Corpus
from embfilter_core.data.store import embfilter_home, read_arrays
from embfilter_core.errors import EmbeddingCancelled, InputError
from tests.tiny import WORDS

Tiny = Callable[..., Backbone]
CORPUS = Corpus("demo", "Demo", tuple(f"the {word} sat on one {word}" for word in WORDS), "made up")


@pytest.fixture
def forward_passes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Number of texts of every batch that goes through a model."""
    batches: list[int] = []
    forward = encoding._forward
    monkeypatch.setattr(encoding, "_forward", lambda a, texts: batches.append(len(texts)) or forward(a, texts))
    return batches


def kept_files() -> list[Path]:
    return sorted((embfilter_home() / "embeddings").glob("*"))


def test_a_corpus_is_embedded_once_and_then_read(llama: Backbone, forward_passes: list[int]) -> None:
    assert stored_embeddings(llama, CORPUS, "prompteol") is None
    first = embed_corpus(llama, CORPUS, "prompteol")
    assert sum(forward_passes) == len(CORPUS)
    assert np.array_equal(embed_corpus(llama, CORPUS, "prompteol"), first)
    assert np.array_equal(stored_embeddings(llama, CORPUS, "prompteol"), first)
    assert sum(forward_passes) == len(CORPUS)
    assert np.array_equal(first, llama.embed(CORPUS.texts, "prompteol"))


def test_what_is_read_cannot_be_changed(llama: Backbone) -> None:
    embed_corpus(llama, CORPUS, "prompteol")
    with pytest.raises(ValueError, match="read-only"):
        stored_embeddings(llama, CORPUS, "prompteol")[0, 0] = 1


@pytest.mark.parametrize("name", PROMPTS)
def test_every_prompt_has_embeddings_of_its_own(llama: Backbone, name: str) -> None:
    other = "plain-last" if name != "plain-last" else "prompteol"
    embed_corpus(llama, CORPUS, other)
    assert stored_embeddings(llama, CORPUS, name) is None
    assert not np.array_equal(embed_corpus(llama, CORPUS, name), stored_embeddings(llama, CORPUS, other))


def test_the_pooling_of_a_custom_prompt_counts(llama: Backbone) -> None:
    last, mean = (Prompt("custom", "Custom", "say {text}", pooling) for pooling in ("last", "mean"))
    embed_corpus(llama, CORPUS, last)
    assert stored_embeddings(llama, CORPUS, mean) is None


def test_the_same_template_under_another_name_shares_its_embeddings(llama: Backbone) -> None:
    embed_corpus(llama, CORPUS, "prompteol")
    same = Prompt("custom", "Custom", PROMPTS["prompteol"].template, "last")
    assert stored_embeddings(llama, CORPUS, same) is not None


def test_every_backbone_has_embeddings_of_its_own(tiny: Tiny) -> None:
    embed_corpus(tiny("llama"), CORPUS, "prompteol")
    assert stored_embeddings(tiny("qwen2"), CORPUS, "prompteol") is None
    assert stored_embeddings(tiny("llama", tied=False), CORPUS, "prompteol") is None


def test_every_dtype_has_embeddings_of_its_own(llama: Backbone, monkeypatch: pytest.MonkeyPatch) -> None:
    embed_corpus(llama, CORPUS, "prompteol")
    monkeypatch.setattr(Backbone, "dtype", property(lambda _: "bfloat16"))
    assert stored_embeddings(llama, CORPUS, "prompteol") is None


def test_other_texts_or_another_order_are_another_corpus(llama: Backbone) -> None:
    embed_corpus(llama, CORPUS, "prompteol")
    assert stored_embeddings(llama, replace(CORPUS, texts=CORPUS.texts[::-1]), "prompteol") is None
    assert stored_embeddings(llama, replace(CORPUS, texts=CORPUS.texts[1:]), "prompteol") is None


def test_texts_that_only_join_alike_are_told_apart(llama: Backbone) -> None:
    paths = {
        embeddings_path(llama, replace(CORPUS, texts=texts), "prompteol")
        for texts in (("one cat", "dog"), ("one", "cat dog"), ("one cat dog",))
    }
    assert len(paths) == 3


@pytest.mark.parametrize("keep", [0, 100, -1], ids=["empty", "beginning", "one byte changed"])
def test_a_damaged_file_is_computed_again(llama: Backbone, keep: int) -> None:
    whole = embed_corpus(llama, CORPUS, "prompteol")
    (file,) = kept_files()
    content = file.read_bytes()
    file.write_bytes(content[:keep] if keep >= 0 else content[:-1] + bytes([content[-1] ^ 1]))
    assert stored_embeddings(llama, CORPUS, "prompteol") is None
    assert np.array_equal(embed_corpus(llama, CORPUS, "prompteol"), whole)
    assert np.array_equal(read_arrays(file).arrays["embeddings"], whole)


def test_a_cancelled_embedding_keeps_nothing(llama: Backbone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding.embed_encoded, "__defaults__", (None, 40))  # several batches
    seen = []

    def stop_after_two(done: int, total: int) -> bool:
        seen.append((done, total))
        return len(seen) < 2

    with pytest.raises(EmbeddingCancelled, match=f"of {len(CORPUS)} texts"):
        embed_corpus(llama, CORPUS, "prompteol", stop_after_two)
    assert len(seen) == 2
    assert kept_files() == []
    assert list(embfilter_home().rglob("speed*")) == []


def test_progress_counts_to_the_end(llama: Backbone) -> None:
    seen = []
    embed_corpus(llama, CORPUS, "prompteol", lambda done, total: seen.append((done, total)))
    assert seen[-1] == (len(CORPUS), len(CORPUS))
    assert seen == sorted(seen)


def test_the_file_says_what_it_holds(llama: Backbone) -> None:
    embed_corpus(llama, CORPUS, "prompteol")
    (file,) = kept_files()
    facts = read_arrays(file).facts
    assert file.name.startswith("demo-")
    assert (facts["corpus"], facts["prompt"], facts["pooling"]) == ("demo", PROMPTS["prompteol"].template, "last")


def test_an_unknown_prompt_is_refused(llama: Backbone) -> None:
    for ask in (stored_embeddings, embed_corpus, embedding_cost):
        with pytest.raises(InputError, match="nonsense"):
            ask(llama, CORPUS, "nonsense")


def test_the_cost_counts_texts_and_prompted_tokens(llama: Backbone) -> None:
    cost = embedding_cost(llama, CORPUS, "prompteol")
    assert cost.texts == len(CORPUS)
    assert cost.tokens == sum(len(llama.encode([text], "prompteol")[0]) for text in CORPUS.texts)


def test_the_estimate_grows_with_the_tokens(llama: Backbone) -> None:
    once, thrice = (embedding_cost(llama, replace(CORPUS, texts=CORPUS.texts * times), "prompteol") for times in (1, 3))
    assert once.seconds > 0
    assert thrice.tokens == 3 * once.tokens
    assert thrice.seconds == pytest.approx(3 * once.seconds)


def test_the_estimate_grows_with_the_weights(tiny: Tiny) -> None:
    llama, gpt2 = tiny("llama"), tiny("gpt2")
    by_token = [cost.seconds / cost.tokens for b in (llama, gpt2) for cost in [embedding_cost(b, CORPUS, "prompteol")]]
    weights = [b.architecture.model.num_parameters() for b in (llama, gpt2)]
    assert weights[0] != weights[1]
    assert by_token[0] / by_token[1] == pytest.approx(weights[0] / weights[1])


def test_the_estimate_learns_this_machines_speed(llama: Backbone, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 108.0])  # the corpus takes eight seconds
    monkeypatch.setattr(corpus_embeddings.time, "monotonic", lambda: next(clock))
    embed_corpus(llama, CORPUS, "prompteol")
    assert embedding_cost(llama, CORPUS, "prompteol").seconds == pytest.approx(8)
    twice = replace(CORPUS, texts=CORPUS.texts * 2)
    assert embedding_cost(llama, twice, "prompteol").seconds == pytest.approx(16)
