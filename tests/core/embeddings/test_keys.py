"""What an embedding is kept under: everything that it depends on, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from embfilter_core import Backbone
from embfilter_core.backbones.prompts import PROMPTS, Prompt
from embfilter_core.embeddings import keys
from embfilter_core.embeddings.corpus_embeddings import (
    embed_corpus,
    missing_texts,
    stored_embeddings,
)
from embfilter_core.embeddings.cost import embedding_cost
from embfilter_core.embeddings.keys import text_keys
from tests.core.embeddings.texts import CORPUS, Tiny, close


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


def test_every_device_has_embeddings_of_its_own(llama: Backbone, monkeypatch: pytest.MonkeyPatch) -> None:
    embed_corpus(llama, CORPUS, "prompteol")
    monkeypatch.setattr(Backbone, "device", "cuda")
    assert stored_embeddings(llama, CORPUS, "prompteol") is None


def test_the_key_of_the_processor_is_the_one_it_always_was(llama: Backbone) -> None:
    (key,) = text_keys(replace(llama, fingerprint="0" * 32), ["the cat"], "prompteol")
    assert key.hex() == "f98ac0084ee0b5334464f50f13e7a3d890e0f877aa0b2c3e51d03f951925eb94"


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
