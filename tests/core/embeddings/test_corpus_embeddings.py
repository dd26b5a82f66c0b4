"""Every text of a corpus is embedded once per backbone, dtype, prompt and layer, and kept as soon as it is done."""

import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from embfilter_core import Backbone
from embfilter_core.backbones import forward_pass
from embfilter_core.backbones.prompts import PROMPTS, Prompt
from embfilter_core.data.corpora import Corpus
from embfilter_core.embeddings import corpus_embeddings, keys
from embfilter_core.embeddings.corpus_embeddings import (
    embed_corpus,
    embed_corpus_layers,
    missing_texts,
    stored_embeddings,
)
from embfilter_core.embeddings.cost import TEXTS_TO_COUNT, embedding_cost
from embfilter_core.embeddings.keys import text_keys
from embfilter_core.errors import Cancelled, InputError
from embfilter_core.storage.arrays import embfilter_home
from embfilter_core.storage.embedding_store import embedding_store, store_path
from tests.tiny import WORDS

Tiny = Callable[..., Backbone]
CORPUS = Corpus("demo", "Demo", tuple(f"the {word} sat on one {word}" for word in WORDS), "made up")
LARGE = replace(CORPUS, texts=tuple(f"{text} {i}" for i in range(10) for text in CORPUS.texts))


@pytest.fixture
def forward_passes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Number of texts of every batch that goes through a model."""
    batches: list[int] = []
    forward = forward_pass._forward
    monkeypatch.setattr(
        forward_pass, "_forward", lambda a, texts, *g: batches.append(len(texts)) or forward(a, texts, *g)
    )
    return batches


@pytest.fixture
def several_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forward_pass.embed_batches, "__defaults__", (60, None))


def close(left: np.ndarray, right: np.ndarray) -> bool:
    """Whether two computations of the same embeddings agree; in another batch they are rounded otherwise."""
    return bool(np.abs(left - right).max() <= 1e-4 * np.abs(right).max())


def test_a_corpus_is_embedded_once_and_then_read(llama: Backbone, forward_passes: list[int]) -> None:
    assert stored_embeddings(llama, CORPUS, "prompteol") is None
    first = embed_corpus(llama, CORPUS, "prompteol")
    assert sum(forward_passes) == len(CORPUS)
    assert np.array_equal(embed_corpus(llama, CORPUS, "prompteol"), first)
    assert np.array_equal(stored_embeddings(llama, CORPUS, "prompteol"), first)
    assert sum(forward_passes) == len(CORPUS)
    assert np.array_equal(first, llama.embed(CORPUS.texts, "prompteol"))


def test_embeddings_cannot_be_changed_whether_computed_or_read(llama: Backbone) -> None:
    for embeddings in (embed_corpus(llama, CORPUS, "prompteol"), stored_embeddings(llama, CORPUS, "prompteol")):
        with pytest.raises(ValueError, match="read-only"):
            embeddings[0, 0] = 1


def test_only_the_missing_texts_of_another_corpus_are_embedded(llama: Backbone, forward_passes: list[int]) -> None:
    first = embed_corpus(llama, CORPUS, "prompteol")
    other = replace(CORPUS, id="other", texts=("one cat", *CORPUS.texts[::-1], "in the sentence"))
    assert missing_texts(llama, other, "prompteol") == 2
    assert stored_embeddings(llama, other, "prompteol") is None
    forward_passes.clear()
    embedded = embed_corpus(llama, other, "prompteol")
    assert sum(forward_passes) == 2
    assert np.array_equal(embedded[1:-1], first[::-1])
    assert close(embedded, llama.embed(other.texts, "prompteol"))
    assert missing_texts(llama, other, "prompteol") == 0


def test_a_text_that_occurs_twice_is_embedded_once(llama: Backbone, forward_passes: list[int]) -> None:
    twice = replace(CORPUS, texts=("dog", *CORPUS.texts, *CORPUS.texts, " dog\n"))
    seen = []
    assert missing_texts(llama, twice, "prompteol") == len(twice)
    embedded = embed_corpus(llama, twice, "prompteol", lambda *call: seen.append(call))
    assert sum(forward_passes) == len(CORPUS) + 1
    assert seen[-1] == (len(twice), len(twice))
    assert np.array_equal(embedded[1 : 1 + len(CORPUS)], embedded[1 + len(CORPUS) : -1])
    assert np.array_equal(embedded[0], embedded[-1])
    assert close(embedded, llama.embed(twice.texts, "prompteol"))


@pytest.mark.parametrize("name", PROMPTS)
def test_every_prompt_has_embeddings_of_its_own(llama: Backbone, name: str) -> None:
    other = "plain-last" if name != "plain-last" else "prompteol"
    embed_corpus(llama, CORPUS, other)
    assert stored_embeddings(llama, CORPUS, name) is None
    assert not np.array_equal(embed_corpus(llama, CORPUS, name), stored_embeddings(llama, CORPUS, other))


def test_pooling_and_echo_of_a_custom_prompt_count(llama: Backbone) -> None:
    template = "say {text} {text}"
    last, mean = (Prompt("custom", "Custom", template, pooling) for pooling in ("last", "mean"))
    embed_corpus(llama, CORPUS, last)
    embed_corpus(llama, CORPUS, mean)
    assert stored_embeddings(llama, CORPUS, replace(mean, echo=True)) is None
    assert not close(stored_embeddings(llama, CORPUS, last), stored_embeddings(llama, CORPUS, mean))


def test_the_same_template_under_another_name_shares_its_embeddings(llama: Backbone) -> None:
    embed_corpus(llama, CORPUS, "prompteol")
    same = Prompt("custom", "Custom", PROMPTS["prompteol"].template, "last")
    assert stored_embeddings(llama, CORPUS, same) is not None


def test_every_layer_has_embeddings_of_its_own_and_the_last_is_the_default(llama: Backbone) -> None:
    last = embed_corpus(llama, CORPUS, "prompteol")
    assert np.array_equal(stored_embeddings(llama, CORPUS, "prompteol", layer=2), last)
    for layer in (0, 1):
        assert stored_embeddings(llama, CORPUS, "prompteol", layer=layer) is None
        assert missing_texts(llama, CORPUS, "prompteol", layer=layer) == len(CORPUS)
        assert embedding_cost(llama, CORPUS, "prompteol", layer=layer).texts == len(CORPUS)
        inner = embed_corpus(llama, CORPUS, "prompteol", layer=layer)
        assert np.array_equal(inner, llama.embed(CORPUS.texts, "prompteol", layer=layer))
        assert np.array_equal(inner, stored_embeddings(llama, CORPUS, "prompteol", layer=layer))
    assert np.array_equal(stored_embeddings(llama, CORPUS, "prompteol"), last)


def test_every_backbone_has_embeddings_of_its_own(tiny: Tiny) -> None:
    embed_corpus(tiny("llama"), CORPUS, "prompteol")
    assert stored_embeddings(tiny("qwen2"), CORPUS, "prompteol") is None
    assert stored_embeddings(tiny("llama", tied=False), CORPUS, "prompteol") is None


def test_every_dtype_has_embeddings_of_its_own(llama: Backbone, monkeypatch: pytest.MonkeyPatch) -> None:
    embed_corpus(llama, CORPUS, "prompteol")
    monkeypatch.setattr(Backbone, "dtype", property(lambda _: "bfloat16"))
    assert stored_embeddings(llama, CORPUS, "prompteol") is None


def test_a_raised_recipe_leaves_old_embeddings_unread(llama: Backbone, monkeypatch: pytest.MonkeyPatch) -> None:
    embed_corpus(llama, CORPUS, "prompteol")
    monkeypatch.setattr(keys, "RECIPE", keys.RECIPE + 1)
    assert missing_texts(llama, CORPUS, "prompteol") == len(CORPUS)


def test_keys_differ_wherever_text_or_template_differ(llama: Backbone) -> None:
    keys = [
        text_keys(llama, ["a b"], "c {text}")[0],
        text_keys(llama, ["b"], "c a {text}")[0],
        text_keys(llama, ["c a b"], "{text}")[0],
        *text_keys(llama, ["a  b", "A b", "ab", "zürich", "zurich"], "c {text}"),
    ]
    assert len(set(keys)) == len(keys)
    assert {len(key) for key in keys} == {32}


def test_texts_that_are_embedded_alike_share_a_key(llama: Backbone) -> None:
    texts = ["the cat", " the cat\n", "the\x00 cat", "the cat\u3000"]
    assert len(set(text_keys(llama, texts, "prompteol"))) == 1
    assert close(llama.embed(texts), llama.embed([texts[0]] * len(texts)))


def test_a_damaged_row_is_the_only_text_embedded_again(llama: Backbone, forward_passes: list[int]) -> None:
    whole = embed_corpus(llama, CORPUS, "prompteol")
    content = store_path().read_bytes()
    start = content.index(whole[3].tobytes())
    store_path().write_bytes(content[:start] + bytes([content[start] ^ 1]) + content[start + 1 :])
    forward_passes.clear()
    assert stored_embeddings(llama, CORPUS, "prompteol") is None
    assert missing_texts(llama, CORPUS, "prompteol") == 1
    assert close(embed_corpus(llama, CORPUS, "prompteol"), whole)
    assert forward_passes == [1]


@pytest.mark.usefixtures("several_batches")
def test_a_cancelled_embedding_keeps_what_was_done_and_goes_on_from_there(
    llama: Backbone, forward_passes: list[int]
) -> None:
    seen = []

    def stop_after_two(done: int, total: int) -> bool:
        seen.append((done, total))
        return len(seen) < 2

    with pytest.raises(Cancelled) as cancelled:
        embed_corpus(llama, CORPUS, "prompteol", stop_after_two)
    done = sum(forward_passes)
    assert (len(seen), seen[-1]) == (2, (done, len(CORPUS)))
    assert 0 < done < len(CORPUS)
    assert str(cancelled.value) == f"Stopped after {done} of {len(CORPUS)} texts: {done} are kept."
    assert missing_texts(llama, CORPUS, "prompteol") == len(CORPUS) - done
    again = []
    embedded = embed_corpus(llama, CORPUS, "prompteol", lambda *call: again.append(call))
    assert sum(forward_passes) == len(CORPUS)
    assert again[0][0] > done
    assert again[-1] == (len(CORPUS), len(CORPUS))
    assert close(embedded, llama.embed(CORPUS.texts, "prompteol"))


KILLED_AFTER_TWO_BATCHES = """
import os, signal, sys
from embfilter_core import load_backbone
from embfilter_core.backbones import forward_pass
from embfilter_core.embeddings.corpus_embeddings import embed_corpus
from tests.core.embeddings.test_corpus_embeddings import CORPUS
forward_pass.embed_batches.__defaults__ = (60, None)
seen = []
def progress(*call):
    seen.append(call)
    if len(seen) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
embed_corpus(load_backbone(sys.argv[1]), CORPUS, "prompteol", progress)
"""


@pytest.mark.slow
def test_a_killed_embedding_keeps_what_was_done(
    llama: Backbone, saved: Callable[..., Path], forward_passes: list[int]
) -> None:
    child = subprocess.run([sys.executable, "-c", KILLED_AFTER_TWO_BATCHES, saved("llama")], check=False)
    assert child.returncode == -signal.SIGKILL
    left = missing_texts(llama, CORPUS, "prompteol")
    assert 0 < left < len(CORPUS)
    embedded = embed_corpus(llama, CORPUS, "prompteol")
    assert sum(forward_passes) == left
    assert close(embedded, llama.embed(CORPUS.texts, "prompteol"))


@pytest.mark.usefixtures("several_batches")
def test_embeddings_that_cannot_be_kept_are_returned_all_the_same(
    llama: Backbone, caplog: pytest.LogCaptureFixture
) -> None:
    embfilter_home().rmdir()
    embfilter_home().write_text("a file where the folder should be")
    seen = []
    embedded = embed_corpus(llama, LARGE, "prompteol", lambda *call: seen.append(call))
    assert close(embedded, llama.embed(LARGE.texts, "prompteol"))
    assert len(seen) > 2
    assert sum("could not be kept" in message for message in caplog.messages) == 2  # a batch, and the speed
    with pytest.raises(Cancelled, match="0 are kept"):
        embed_corpus(llama, LARGE, "prompteol", lambda done, total: False)


@pytest.mark.parametrize("family", ["llama", "gpt2", "gemma2", "opt_projected", "phi"])
def test_all_layers_are_embedded_in_one_pass_and_each_is_what_it_gives_alone(
    tiny: Tiny, forward_passes: list[int], family: str
) -> None:
    backbone = tiny(family)
    alone = [backbone.embed(CORPUS.texts, "plain-mean", layer=layer) for layer in (0, 1, 2)]
    forward_passes.clear()
    together = embed_corpus_layers(backbone, CORPUS, "plain-mean", [0, 1, 2])
    assert forward_passes == [len(CORPUS)]
    assert np.array_equal(together, alone)
    for layer, expected in enumerate(alone):
        assert np.array_equal(stored_embeddings(backbone, CORPUS, "plain-mean", layer), expected)


def test_only_what_a_layer_lacks_is_embedded_and_kept(
    llama: Backbone, forward_passes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    half = replace(CORPUS, texts=CORPUS.texts[:4])
    first, second = embed_corpus(llama, CORPUS, "prompteol", layer=0), embed_corpus(llama, half, "prompteol", layer=1)
    kept = []
    store = type(embedding_store())
    put = store.put_many
    monkeypatch.setattr(store, "put_many", lambda self, keys, rows: kept.extend(keys) or put(self, keys, rows))
    forward_passes.clear()
    together = embed_corpus_layers(llama, CORPUS, "prompteol", [0, 1])
    assert forward_passes == [len(CORPUS) - 4]
    assert len(kept) == len(CORPUS) - 4
    assert np.array_equal(together[0], first)
    assert np.array_equal(together[1, :4], second)
    assert close(together[1], llama.embed(CORPUS.texts, "prompteol", layer=1))


@pytest.mark.usefixtures("several_batches")
def test_a_cancelled_pass_keeps_every_layer_of_what_is_done(llama: Backbone, forward_passes: list[int]) -> None:
    with pytest.raises(Cancelled, match=f"of {len(LARGE)} texts"):
        embed_corpus_layers(llama, LARGE, "prompteol", [0, 2], lambda done, total: len(forward_passes) < 3)
    left = {missing_texts(llama, LARGE, "prompteol", layer) for layer in (0, 2)}
    assert left == {len(LARGE) - sum(forward_passes)}
    forward_passes.clear()
    embed_corpus_layers(llama, LARGE, "prompteol", [0, 2])
    assert sum(forward_passes) == left.pop()


def test_progress_counts_to_the_end(llama: Backbone) -> None:
    seen = []
    embed_corpus(llama, CORPUS, "prompteol", lambda done, total: seen.append((done, total)))
    assert seen[-1] == (len(CORPUS), len(CORPUS))
    assert seen == sorted(seen)


def test_a_corpus_without_texts_has_no_embeddings_and_costs_nothing(llama: Backbone) -> None:
    empty = replace(CORPUS, texts=())
    assert embed_corpus(llama, empty, "prompteol").shape == (0, llama.d)
    assert missing_texts(llama, empty, "prompteol") == 0
    cost = embedding_cost(llama, empty, "prompteol")
    assert (cost.texts, cost.tokens, cost.seconds) == (0, 0, 0)


def test_an_unknown_prompt_or_layer_is_refused(llama: Backbone) -> None:
    for ask in (stored_embeddings, embed_corpus, embedding_cost, missing_texts):
        with pytest.raises(InputError, match="nonsense"):
            ask(llama, CORPUS, "nonsense")
        with pytest.raises(InputError, match="layer 3"):
            ask(llama, CORPUS, "prompteol", layer=3)


def test_an_empty_text_is_named_by_its_place_in_the_corpus(llama: Backbone) -> None:
    embed_corpus(llama, CORPUS, "prompteol")
    with pytest.raises(InputError, match=f"Text 3 of {len(CORPUS) + 1}"):
        embed_corpus(llama, replace(CORPUS, texts=(*CORPUS.texts[:2], " ", *CORPUS.texts[2:])), "prompteol")


def test_the_cost_counts_texts_and_prompted_tokens(llama: Backbone) -> None:
    cost = embedding_cost(llama, CORPUS, "prompteol")
    assert cost.texts == len(CORPUS)
    assert cost.tokens == sum(len(llama.encode([text], "prompteol")[0]) for text in CORPUS.texts)


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
    cost = embedding_cost(llama, replace(CORPUS, texts=texts), "prompteol")
    assert counted == [TEXTS_TO_COUNT]
    assert cost.texts == len(texts)
    assert cost.tokens == pytest.approx(exact, rel=0.01)


def test_the_estimate_grows_with_the_tokens(llama: Backbone) -> None:
    once, ten = (embedding_cost(llama, corpus, "plain-last") for corpus in (CORPUS, LARGE))
    assert once.seconds > 0
    assert ten.tokens > 9 * once.tokens
    assert ten.seconds / once.seconds == pytest.approx(ten.tokens / once.tokens)


def test_the_estimate_grows_with_the_weights(tiny: Tiny) -> None:
    llama, gpt2 = tiny("llama"), tiny("gpt2")
    by_token = [cost.seconds / cost.tokens for b in (llama, gpt2) for cost in [embedding_cost(b, CORPUS, "prompteol")]]
    weights = [b.architecture.model.num_parameters() for b in (llama, gpt2)]
    assert weights[0] != weights[1]
    assert by_token[0] / by_token[1] == pytest.approx(weights[0] / weights[1])


def test_the_estimate_learns_this_machines_speed(llama: Backbone, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 108.0])  # the corpus takes eight seconds
    monkeypatch.setattr(corpus_embeddings.time, "monotonic", lambda: next(clock))
    before = embedding_cost(llama, LARGE, "prompteol", layer=0)
    embed_corpus(llama, LARGE, "prompteol")
    assert before.seconds != pytest.approx(8)
    assert embedding_cost(llama, LARGE, "prompteol", layer=0).seconds == pytest.approx(8)


def test_a_few_texts_do_not_change_the_measured_speed(llama: Backbone) -> None:
    before = embedding_cost(llama, LARGE, "prompteol")
    embed_corpus(llama, CORPUS, "prompteol")
    assert embedding_cost(llama, LARGE, "prompteol") == before


def test_a_cancelled_embedding_measures_no_speed(llama: Backbone) -> None:
    with pytest.raises(Cancelled):
        embed_corpus(llama, LARGE, "prompteol", lambda done, total: False)
    assert list(embfilter_home().rglob("speed*")) == []


def test_embeddings_are_kept_in_the_store_of_the_home(llama: Backbone) -> None:
    embed_corpus(llama, CORPUS, "prompteol")
    assert embedding_store().path == embfilter_home() / "embeddings" / "embeddings.sqlite3"
    assert embedding_store().has_many(text_keys(llama, CORPUS.texts, "prompteol")).all()
