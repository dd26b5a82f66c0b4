"""The lens orders tokens as the model does, and ranks count from 1 with ties by id."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from embfilter_core import Backbone, EmbedFilter, KeptDirections
from embfilter_core.errors import InputError
from embfilter_core.vocabulary import head
from embfilter_core.vocabulary.logit_lens import lens_logits, ranks_of, top_tokens
from tests.each import for_each
from tests.tiny import FAMILY_CONFIGS, ROWS

Tiny = Callable[..., Backbone]
TEXTS = ["the cat sat", "one word in a sentence"]


@for_each(family=FAMILY_CONFIGS)
def test_the_lens_orders_tokens_as_the_models_logits_do(tiny: Tiny, family: str) -> None:
    backbone = tiny(family)
    token_ids = backbone.encode(TEXTS[:1], "prompteol")[0].token_ids
    with torch.inference_mode():
        own = backbone.architecture.model(input_ids=torch.tensor([token_ids])).logits[0, -1].float().numpy()
    lens = backbone.lens(backbone.embed(TEXTS[:1], "prompteol"), top=ROWS)
    in_our_order = own[lens.token_ids[0]]
    assert sorted(lens.token_ids[0]) == list(range(ROWS))
    # Two tokens may only change places within rounding.
    assert np.diff(in_our_order).max() <= 1e-5 * np.abs(own).max()
    assert lens.token_ids[0, 0] == own.argmax()


@pytest.mark.parametrize("family", ["llama", "phi", "cohere", "gemma2"])
def test_lens_logits_are_h_times_w_plus_bias_without_scale_and_cap(tiny: Tiny, family: str) -> None:
    backbone = tiny(family)
    embeddings = backbone.embed(TEXTS)
    head = backbone.architecture.head
    expected = embeddings.astype(np.float64) @ head.weight.double().numpy().T
    expected += 0 if head.bias is None else head.bias.double().numpy()
    assert np.abs(lens_logits(backbone.architecture.head, embeddings) - expected).max() <= 1e-4
    assert lens_logits(backbone.architecture.head, embeddings).dtype == np.float32


def test_a_scaled_head_with_a_bias_still_orders_as_the_model(tiny: Tiny) -> None:
    head = tiny("phi").architecture.head
    scaled = replace(head, scale=0.25)
    hidden = torch.randn(3, head.weight.shape[1], generator=torch.Generator().manual_seed(0))
    expected = 0.25 * (hidden @ head.weight.T) + head.bias
    assert (scaled.model_logits(hidden) - expected).abs().max() <= 1e-5
    assert torch.equal(
        scaled.lens_logits(hidden).argsort(stable=True), scaled.model_logits(hidden).argsort(stable=True)
    )


def test_padded_rows_may_be_listed_and_say_what_they_are(llama: Backbone) -> None:
    lens = llama.lens(llama.embed(TEXTS), top=ROWS)
    named = dict(zip(lens.token_ids[0].tolist(), lens.texts[0], strict=True))
    assert named[ROWS - 1] == f"⟨row {ROWS - 1}⟩"


def test_lens_logits_descend_and_have_the_shape_asked_for(llama: Backbone) -> None:
    lens = llama.lens(llama.embed(TEXTS), top=7)
    assert lens.token_ids.shape == lens.logits.shape == (2, 7)
    assert [len(row) for row in lens.texts] == [7, 7]
    assert (np.diff(lens.logits) <= 0).all()


def test_the_bias_is_the_same_unfiltered_and_filtered(tiny: Tiny) -> None:
    phi = tiny("phi")
    bias = phi.architecture.head.bias.numpy()
    weight = phi.architecture.head.weight.double().numpy()
    embeddings = phi.embed(TEXTS)
    fitted = EmbedFilter(phi.spectrum, KeptDirections.bulk(phi.d))
    basis = phi.spectrum.directions[fitted.kept.indices]
    after = lens_logits(phi.architecture.head, fitted.project(embeddings))
    assert np.abs(after - (embeddings @ basis.T @ basis @ weight.T + bias)).max() <= 1e-4
    nothing = lens_logits(phi.architecture.head, np.zeros((1, phi.d)))
    assert np.array_equal(nothing[0], bias)


def brute_force_rank(values: np.ndarray, token: int) -> int:
    """One more than the number of tokens that are larger, or equal with a smaller id."""
    return 1 + sum(v > values[token] or (v == values[token] and i < token) for i, v in enumerate(values))


@pytest.mark.parametrize("seed", range(5))
def test_ranks_are_counted_from_one_with_ties_by_id(seed: int) -> None:
    random = np.random.default_rng(seed)
    logits = random.integers(0, 6, size=(3, 40)).astype(np.float32)  # many ties
    tokens = random.integers(0, 40, size=(3, 8))
    expected = [[brute_force_rank(row, t) for t in ids] for row, ids in zip(logits, tokens, strict=True)]
    assert ranks_of(logits, tokens).tolist() == expected


@pytest.mark.parametrize("top", [1, 3, 8])
def test_top_tokens_break_ties_by_id(llama: Backbone, top: int) -> None:
    logits = np.array([[1, 3, 2, 3, 3, 0, 2, 1]], dtype=np.float32)
    assert top_tokens(logits, llama.token_texts, top).token_ids[0].tolist() == [1, 3, 4, 2, 6, 0, 7, 5][:top]


@pytest.mark.parametrize("seed", range(5))
def test_top_tokens_have_ranks_one_to_top(llama: Backbone, seed: int) -> None:
    logits = np.random.default_rng(seed).integers(0, 9, size=(4, 60)).astype(np.float32)
    tokens = top_tokens(logits, llama.token_texts, 12)
    assert np.array_equal(ranks_of(logits, tokens.token_ids), np.tile(np.arange(1, 13), (4, 1)))


def test_as_many_as_are_allowed_can_be_shown_and_not_one_more(llama: Backbone) -> None:
    logits = np.array([[5, 4, 3, 2, 1]], dtype=np.float32)
    allowed = np.array([False, True, False, True, True])
    assert top_tokens(logits, llama.token_texts, 3, allowed).token_ids.tolist() == [[1, 3, 4]]
    with pytest.raises(InputError, match="top 4 tokens.*1 to 3"):
        top_tokens(logits, llama.token_texts, 4, allowed)


@pytest.mark.parametrize("top", [0, -1, ROWS + 1])
def test_an_impossible_number_of_tokens_is_refused(llama: Backbone, top: int) -> None:
    with pytest.raises(InputError, match=f"1 to {ROWS}"):
        llama.lens(np.zeros((1, llama.d)), top=top)


@pytest.mark.parametrize("shape", [(32,), (2, 31), (1, 2, 32)])
def test_embeddings_of_another_shape_are_refused(llama: Backbone, shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match=r"Pass \(n, 32\)"):
        llama.lens(np.zeros(shape))


def test_no_embeddings_give_no_rows(llama: Backbone) -> None:
    lens = llama.lens(np.empty((0, llama.d)), top=4)
    assert lens.token_ids.shape == lens.logits.shape == (0, 4)
    assert lens.texts == []


def test_rows_in_chunks_give_the_same_logits(llama: Backbone, monkeypatch: pytest.MonkeyPatch) -> None:
    embeddings = llama.embed(TEXTS)
    whole = lens_logits(llama.architecture.head, embeddings)
    monkeypatch.setattr(head, "ROWS_PER_CHUNK", 7)
    assert np.abs(lens_logits(llama.architecture.head, embeddings) - whole).max() <= 1e-5
