"""The lens orders tokens as the model does, and a comparison names every token's other rank."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from embfilter_core import Backbone, EmbedFilter, KeptDirections, compare_lenses
from embfilter_core.errors import InputError
from embfilter_core.lens.comparison import compare_logits
from embfilter_core.vocabulary import head
from embfilter_core.vocabulary.logit_lens import lens_logits, ranks_of, top_tokens
from tests.tiny import FAMILY_CONFIGS, ROWS

Tiny = Callable[..., Backbone]
TEXTS = ["the cat sat", "one word in a sentence"]


@pytest.mark.parametrize("family", FAMILY_CONFIGS)
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
    assert np.abs(lens_logits(backbone, embeddings) - expected).max() <= 1e-4
    assert lens_logits(backbone, embeddings).dtype == np.float32


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


def test_centring_subtracts_the_mean_first(llama: Backbone) -> None:
    embeddings = llama.embed(TEXTS)
    centre = embeddings.mean(0)
    centred = lens_logits(llama, embeddings, centre)
    assert np.abs(centred - lens_logits(llama, embeddings - centre)).max() <= 1e-5
    assert np.abs(centred + centred[::-1]).max() <= 1e-4  # two texts lie opposite each other about their mean
    assert np.abs(centred - lens_logits(llama, embeddings)).max() > 0.1


def test_the_bias_is_the_same_before_and_after_a_filter(tiny: Tiny) -> None:
    phi = tiny("phi")
    bias = phi.architecture.head.bias.numpy()
    weight = phi.architecture.head.weight.double().numpy()
    embeddings = phi.embed(TEXTS)
    fitted = EmbedFilter(phi.spectrum, KeptDirections.bulk(phi.d))
    basis = phi.spectrum.directions[fitted.kept.indices]
    after = lens_logits(phi, fitted.project(embeddings))
    assert np.abs(after - (embeddings @ basis.T @ basis @ weight.T + bias)).max() <= 1e-4
    nothing = lens_logits(phi, np.zeros((1, phi.d)))
    assert np.array_equal(nothing[0], bias)


def test_keeping_everything_leaves_the_lens_as_it_is(llama: Backbone) -> None:
    embeddings = llama.embed(TEXTS)
    identity = EmbedFilter(llama.spectrum, KeptDirections.unfiltered(llama.d))
    same = compare_lenses(llama, embeddings, identity.project(embeddings), top=9)
    assert np.array_equal(same.before.token_ids, same.after.token_ids)
    assert np.array_equal(same.before_new_ranks, np.tile(np.arange(1, 10), (2, 1)))
    assert not same.left.any()
    assert not same.entered.any()


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
    assert top_tokens(llama, logits, top).token_ids[0].tolist() == [1, 3, 4, 2, 6, 0, 7, 5][:top]


@pytest.mark.parametrize("seed", range(5))
def test_top_tokens_have_ranks_one_to_top(llama: Backbone, seed: int) -> None:
    logits = np.random.default_rng(seed).integers(0, 9, size=(4, 60)).astype(np.float32)
    tokens = top_tokens(llama, logits, 12)
    assert np.array_equal(ranks_of(logits, tokens.token_ids), np.tile(np.arange(1, 13), (4, 1)))


def test_a_comparison_names_both_ranks_and_who_entered_and_left(llama: Backbone) -> None:
    before = np.array([[9, 8, 7, 6, 5]], dtype=np.float32)
    after = np.array([[1, 8, 9, 7, 2]], dtype=np.float32)
    compared = compare_logits(llama, before, after, top=3)
    assert compared.before.token_ids.tolist() == [[0, 1, 2]]
    assert compared.after.token_ids.tolist() == [[2, 1, 3]]
    assert compared.before_new_ranks.tolist() == [[5, 2, 1]]
    assert compared.after_old_ranks.tolist() == [[3, 2, 4]]
    assert compared.before_new_logits.tolist() == [[1, 8, 9]]
    assert compared.after_old_logits.tolist() == [[7, 8, 6]]
    assert compared.left.tolist() == [[True, False, False]]
    assert compared.entered.tolist() == [[False, False, True]]


def test_centring_a_comparison_subtracts_from_both(llama: Backbone) -> None:
    embeddings = llama.embed(TEXTS)
    centre = embeddings.mean(0)
    compared = compare_lenses(llama, embeddings, 2 * embeddings, top=5, centre=centre)
    by_hand = compare_lenses(llama, embeddings - centre, 2 * embeddings - centre, top=5)
    assert np.array_equal(compared.before.token_ids, by_hand.before.token_ids)
    assert np.array_equal(compared.after.token_ids, by_hand.after.token_ids)


def test_only_allowed_tokens_are_listed_but_ranks_count_all(llama: Backbone) -> None:
    logits = np.array([[5, 4, 3, 2, 1]], dtype=np.float32)
    allowed = np.array([False, True, False, True, True])
    compared = compare_logits(llama, logits, logits, top=2, allowed=allowed)
    assert compared.before.token_ids.tolist() == [[1, 3]]
    assert compared.before.logits.tolist() == [[4, 2]]
    assert compared.before_new_ranks.tolist() == [[2, 4]]


def test_as_many_as_are_allowed_can_be_shown_and_not_one_more(llama: Backbone) -> None:
    logits = np.array([[5, 4, 3, 2, 1]], dtype=np.float32)
    allowed = np.array([False, True, False, True, True])
    assert top_tokens(llama, logits, 3, allowed).token_ids.tolist() == [[1, 3, 4]]
    with pytest.raises(InputError, match="top 4 tokens.*1 to 3"):
        top_tokens(llama, logits, 4, allowed)


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
    whole = lens_logits(llama, embeddings)
    monkeypatch.setattr(head, "ROWS_PER_CHUNK", 7)
    assert np.abs(lens_logits(llama, embeddings) - whole).max() <= 1e-5
