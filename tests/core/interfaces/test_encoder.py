"""An encoder gives what backbone, centring and filter give, in the shapes and types of sentence-transformers."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

from embfilter_core import Backbone, EmbedFilter, Encoder, KeptDirections
from embfilter_core.backbones import forward_pass
from embfilter_core.backbones.prompts import Prompt
from embfilter_core.errors import InputError
from tests.core.embeddings.texts import LARGE, close

TEXTS = ["one", "the cat sat on the dog in a sentence", "a dog", "the dog sleeps on one word", "cat"]
WAYS = ({}, {"convert_to_tensor": True}, {"convert_to_numpy": False})


@pytest.fixture(scope="module")
def of_others(saved: Callable[..., Path]) -> SentenceTransformer:
    """A tiny model of sentence-transformers, to see what it returns."""
    transformer = Transformer(str(saved("llama")))
    pooling = Pooling(transformer.get_embedding_dimension(), "mean")
    return SentenceTransformer(modules=[transformer, pooling], device="cpu")


def kind(found: object) -> tuple:
    """What a result is, apart from its numbers and its last dimension."""
    if isinstance(found, list):
        return list, len(found), kind(found[0]) if found else None
    return type(found), found.dtype, len(found.shape), len(found) if found.ndim == 2 else None


@pytest.mark.parametrize("prompt", [None, "echo", "plain-mean", "In a word: {text}"])
@pytest.mark.parametrize("layer", [None, 1])
def test_vectors_are_the_embeddings_filtered(
    llama: Backbone, half: EmbedFilter, prompt: str | None, layer: int | None
) -> None:
    found = Encoder(llama, half, prompt, layer).encode(TEXTS)
    assert np.array_equal(found, half.reduce(llama.embed(TEXTS, prompt, layer=layer)))
    assert (found.dtype, found.shape) == (np.float32, (len(TEXTS), llama.d // 2))


def test_centring_comes_before_the_filter(llama: Backbone, half: EmbedFilter) -> None:
    mean = llama.embed(["the cat", "one word"]).mean(axis=0)
    found = Encoder(llama, half, mean=mean).encode(TEXTS, normalize_embeddings=True)
    expected = half.reduce(llama.embed(TEXTS) - mean)
    assert close(found, expected / np.linalg.norm(expected, axis=1, keepdims=True))


def test_normalised_vectors_have_length_one_and_the_same_direction(encoder: Encoder) -> None:
    plain, unit = encoder.encode(TEXTS), encoder.encode(TEXTS, normalize_embeddings=True)
    assert np.allclose(np.linalg.norm(unit, axis=1), 1, atol=1e-6)
    assert np.allclose(unit, plain / np.linalg.norm(plain, axis=1, keepdims=True), atol=1e-6)


def test_all_directions_give_the_embeddings_themselves(llama: Backbone) -> None:
    everything = EmbedFilter(llama.spectrum, KeptDirections.unfiltered(llama.d))
    assert np.array_equal(Encoder(llama, everything).encode(TEXTS), llama.embed(TEXTS))


@pytest.mark.parametrize("size", [1, 2, 100])
def test_the_size_of_a_batch_changes_neither_order_nor_numbers(encoder: Encoder, size: int) -> None:
    assert close(encoder.encode(TEXTS, batch_size=size), encoder.encode(TEXTS))


def test_a_batch_holds_as_many_texts_as_were_asked_for(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes, forward = [], forward_pass.forward_batch
    monkeypatch.setattr(
        forward_pass, "forward_batch", lambda a, texts, *more: sizes.append(len(texts)) or forward(a, texts, *more)
    )
    encoder.encode(TEXTS, batch_size=2)
    assert sizes == [2, 2, 1]


def test_many_texts_are_filtered_piece_by_piece(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = encoder.encode(LARGE.texts)
    monkeypatch.setattr("embfilter_core.interfaces.encoder.ROWS_AT_ONCE", 7)
    assert close(encoder.encode(LARGE.texts), whole)


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("texts", [TEXTS, TEXTS[:1], TEXTS[0], tuple(TEXTS)], ids=["many", "one", "string", "tuple"])
def test_shapes_and_types_are_those_of_sentence_transformers(
    encoder: Encoder, of_others: SentenceTransformer, texts: object, way: dict[str, bool]
) -> None:
    for more in ({}, {"normalize_embeddings": True, "batch_size": 2}):
        assert kind(encoder.encode(texts, **way, **more)) == kind(of_others.encode(texts, **way, **more))


def test_no_texts_give_no_vectors_that_can_still_be_joined_to_others(
    encoder: Encoder, of_others: SentenceTransformer
) -> None:
    for way in WAYS:
        assert len(encoder.encode([], **way)) == len(of_others.encode([], **way)) == 0
    assert encoder.encode([]).shape == (0, encoder.dimensions)
    assert np.array_equal(np.concatenate([encoder.encode([]), encoder.encode(TEXTS)]), encoder.encode(TEXTS))


def test_similarities_are_those_of_sentence_transformers(encoder: Encoder, of_others: SentenceTransformer) -> None:
    left, right = encoder.encode(TEXTS), encoder.encode(TEXTS[::-1], convert_to_tensor=True)
    for name in ("similarity", "similarity_pairwise"):
        found = getattr(encoder, name)(left, right)
        assert torch.allclose(found, getattr(of_others, name)(left, right), atol=1e-6)


def test_cut_vectors_are_refused_with_the_reason(encoder: Encoder) -> None:
    with pytest.raises(InputError, match=r"first 4 directions of the band alone, .*KeptDirections\.bulk\(d, keep="):
        encoder.encode(TEXTS, truncate_dim=4)


@pytest.mark.parametrize("size", [0, -1])
def test_a_batch_without_texts_is_refused(encoder: Encoder, size: int) -> None:
    with pytest.raises(InputError, match="Use 1 or more, or None"):
        encoder.encode(TEXTS, batch_size=size)


@pytest.mark.parametrize("size", [None, 2])
def test_an_empty_text_is_named_by_its_number(encoder: Encoder, size: int | None) -> None:
    with pytest.raises(InputError, match=r"^Text 2 of 2: The text is empty\."):
        encoder.encode(["cat", " "], batch_size=size)


def test_a_bar_is_drawn_where_it_is_asked_for(encoder: Encoder, capsys: pytest.CaptureFixture) -> None:
    encoder.encode(TEXTS)
    assert capsys.readouterr().err == ""
    encoder.encode(TEXTS, show_progress_bar=True)
    assert f"{len(TEXTS)}/{len(TEXTS)}" in capsys.readouterr().err


def test_a_saved_filter_encodes_as_the_one_that_was_saved(llama: Backbone, half: EmbedFilter, tmp_path: Path) -> None:
    half.save(tmp_path / "half.safetensors")
    loaded = EmbedFilter.load(tmp_path / "half.safetensors")
    assert np.array_equal(Encoder(llama, loaded).encode(TEXTS), Encoder(llama, half).encode(TEXTS))


def test_the_prompt_is_the_filter_s_own_where_none_is_given(llama: Backbone) -> None:
    kept = KeptDirections.bulk(llama.d)
    encoder = Encoder(llama, EmbedFilter(llama.spectrum, kept, "plain-mean"))
    assert np.array_equal(
        encoder.encode(TEXTS), EmbedFilter(llama.spectrum, kept).reduce(llama.embed(TEXTS, "plain-mean"))
    )


def test_a_filter_of_another_backbone_prompt_or_width_is_refused(
    llama: Backbone, half: EmbedFilter, tiny: Callable[..., Backbone]
) -> None:
    with pytest.raises(InputError, match="another backbone"):
        Encoder(tiny("gpt2"), half)
    with pytest.raises(InputError, match="made for the prompt 'echo'"):
        Encoder(llama, EmbedFilter(llama.spectrum, half.kept, "echo"), "prompteol")
    with pytest.raises(InputError, match="Pass"):
        Encoder(llama, half, mean=np.zeros(3))
    with pytest.raises(InputError, match="no layer 9"):
        Encoder(llama, half, layer=9)


def test_a_custom_prompt_may_be_an_object(llama: Backbone, half: EmbedFilter) -> None:
    prompt = Prompt("mine", "Mine", "{text}!", "mean")
    assert np.array_equal(Encoder(llama, half, prompt).encode(TEXTS), half.reduce(llama.embed(TEXTS, prompt)))
    assert Encoder(llama, half, replace(prompt, id="other")).resolved.pooling == "mean"
