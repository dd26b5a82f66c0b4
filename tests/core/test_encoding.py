"""An embedding depends on its text alone: not on its batch, its padding or its neighbours."""

from collections.abc import Callable
from dataclasses import replace
from threading import Lock

import numpy as np
import pytest
import torch

from embfilter_core import Backbone
from embfilter_core.backbones.encoding import batches_by_length, embed_encoded
from embfilter_core.backbones.prompts import PROMPTS, EncodedText
from embfilter_core.errors import EmbeddingCancelled
from tests.tiny import FAMILY_CONFIGS

Tiny = Callable[..., Backbone]
TEXTS = [
    "the cat sat",
    "dog",
    "the dog sleeps on the cat in one sentence, word for word",
    "zürich 🐈",
    "on " * 30,
    "one word",
]


def largest_difference(architecture: object, encoded: list[EncodedText]) -> float:
    """Largest difference between embedding one by one and in batches, relative to the largest number."""
    alone = embed_encoded(architecture, encoded, Lock(), tokens_per_batch=1)
    batched = (embed_encoded(architecture, encoded, Lock(), tokens_per_batch=tokens) for tokens in (330, 2048))
    return max(float(np.abs(alone - together).max()) for together in batched) / float(np.abs(alone).max())


@pytest.mark.parametrize("family", FAMILY_CONFIGS)
@pytest.mark.parametrize("prompt", PROMPTS)
def test_one_by_one_equals_batched_for_every_family_and_prompt(tiny: Tiny, family: str, prompt: str) -> None:
    backbone = tiny(family)
    encoded = backbone.encode(TEXTS, prompt)
    assert len({len(text) for text in encoded}) > 3
    assert largest_difference(backbone.architecture, encoded) <= 1e-4


def test_without_position_ids_gpt2_would_not_be_invariant(tiny: Tiny) -> None:
    backbone = tiny("gpt2")
    original = backbone.architecture.base_model

    def forgets_positions(position_ids: torch.Tensor, **inputs: torch.Tensor) -> object:
        return original(**inputs)

    forgetful = replace(backbone.architecture, base_model=forgets_positions)
    assert largest_difference(forgetful, backbone.encode(TEXTS, "prompteol")) > 1e-2


@pytest.mark.parametrize("family", FAMILY_CONFIGS)
def test_last_token_pooling_is_the_last_hidden_state_of_a_plain_forward_pass(tiny: Tiny, family: str) -> None:
    backbone = tiny(family)
    encoded = backbone.encode(TEXTS[:1], "prompteol")
    with torch.inference_mode():
        hidden = backbone.architecture.base_model(input_ids=torch.tensor([encoded[0].token_ids])).last_hidden_state
    expected = hidden[0, -1].float().numpy()
    assert np.abs(backbone.embed(TEXTS[:1], "prompteol")[0] - expected).max() <= 1e-5 * np.abs(expected).max()


@pytest.mark.parametrize("prompt", ["echo", "plain-mean"])
def test_mean_pooling_averages_exactly_the_pooled_span(llama: Backbone, prompt: str) -> None:
    encoded = llama.encode(["the cat sat"], prompt)[0]
    with torch.inference_mode():
        hidden = llama.architecture.base_model(input_ids=torch.tensor([encoded.token_ids])).last_hidden_state[0]
    start, stop = encoded.pooled
    expected = hidden[start:stop].mean(0).numpy()
    assert np.abs(llama.embed(["the cat sat"], prompt)[0] - expected).max() <= 1e-5


def test_embeddings_come_back_in_the_order_of_the_texts(llama: Backbone) -> None:
    forward = llama.embed(TEXTS)
    backward = llama.embed(TEXTS[::-1])[::-1]
    assert np.abs(forward - backward).max() <= 1e-4
    assert np.abs(forward[0] - forward[1]).max() > 0.1


def test_no_texts_give_an_empty_array(llama: Backbone) -> None:
    embeddings = llama.embed([])
    assert embeddings.shape == (0, llama.d)
    assert embeddings.dtype == np.float32


@pytest.mark.parametrize("seed", range(20))
def test_batches_hold_every_text_once_longest_first_within_the_limit(seed: int) -> None:
    random = np.random.default_rng(seed)
    lengths = random.integers(1, 60, size=random.integers(1, 40)).tolist()
    limit = int(random.integers(1, 200))
    batches = list(batches_by_length(lengths, limit))
    flat = [i for batch in batches for i in batch]
    assert sorted(flat) == list(range(len(lengths)))
    assert [lengths[i] for i in flat] == sorted(lengths, reverse=True)
    assert all(len(batch) == 1 or lengths[batch[0]] * len(batch) <= limit for batch in batches)


def test_batches_are_filled_before_the_next_begins() -> None:
    assert list(batches_by_length([5, 5, 5, 5], 10)) == [[0, 1], [2, 3]]


def test_progress_counts_up_to_all_texts(llama: Backbone) -> None:
    calls: list[tuple[int, int]] = []
    encoded = llama.encode(TEXTS)
    embed_encoded(llama.architecture, encoded, Lock(), lambda *call: calls.append(call), tokens_per_batch=1)
    assert calls == [(done, len(TEXTS)) for done in range(1, len(TEXTS) + 1)]


def test_progress_that_returns_false_stops_at_once_and_says_where(llama: Backbone) -> None:
    lock = Lock()
    with pytest.raises(EmbeddingCancelled, match=f"after 1 of {len(TEXTS)}"):
        embed_encoded(llama.architecture, llama.encode(TEXTS), lock, lambda done, total: False, tokens_per_batch=1)
    assert not lock.locked()


def test_the_lock_is_free_while_progress_is_told(llama: Backbone) -> None:
    lock = Lock()
    free: list[bool] = []
    embed_encoded(llama.architecture, llama.encode(TEXTS), lock, lambda *call: free.append(not lock.locked()))
    assert free
    assert all(free)
