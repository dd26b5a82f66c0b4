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
from embfilter_core.embeddings.corpus_embeddings import (
    embed_corpus,
    embed_corpus_layers,
    missing_texts,
    stored_embeddings,
)
from embfilter_core.embeddings.cost import embedding_cost
from embfilter_core.embeddings.keys import text_keys
from embfilter_core.errors import Cancelled, InputError
from embfilter_core.storage import speeds
from embfilter_core.storage.arrays import embfilter_home
from embfilter_core.storage.embedding_store import embedding_store, store_path
from tests.core.embeddings.texts import CORPUS, LARGE, Tiny, close


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
from tests.core.embeddings.texts import CORPUS
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
    llama: Backbone, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speeds, "SHORTEST_S", 0)
    embfilter_home().rmdir()
    embfilter_home().write_text("a file where the folder should be")
    seen = []
    embedded = embed_corpus(llama, LARGE, "prompteol", lambda *call: seen.append(call))
    assert close(embedded, llama.embed(LARGE.texts, "prompteol"))
    assert len(seen) > 2
    assert (
        sum("could not be kept" in message for message in caplog.messages) == 3
    )  # a batch, the speed, and it again for others
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


def test_embeddings_are_kept_in_the_store_of_the_home(llama: Backbone) -> None:
    embed_corpus(llama, CORPUS, "prompteol")
    assert embedding_store().path == embfilter_home() / "embeddings" / "embeddings.sqlite3"
    assert embedding_store().has_many(text_keys(llama, CORPUS.texts, "prompteol")).all()
