"""An embedding depends on its text alone: not on its batch, its padding or its neighbours."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from threading import Lock

import numpy as np
import pytest
import torch

from embfilter_core import Backbone
from embfilter_core.backbones import forward_pass
from embfilter_core.backbones.architecture import Architecture
from embfilter_core.backbones.forward_pass import Faster, batches_by_length, embed_batches, embed_encoded
from embfilter_core.backbones.prompt_encoder import EncodedText
from embfilter_core.backbones.prompts import PROMPTS
from embfilter_core.backbones.reading import inner_layers
from embfilter_core.errors import BackboneError, Cancelled
from tests.core.backbones.passes.stand_in import TEXTS
from tests.each import for_each
from tests.tiny import FAMILY_CONFIGS

Tiny = Callable[..., Backbone]


def largest_difference(architecture: object, encoded: list[EncodedText]) -> float:
    """Largest difference between embedding one by one and in batches, relative to the largest number."""
    alone = embed_encoded(architecture, encoded, Lock(), tokens_per_batch=1)
    batched = (embed_encoded(architecture, encoded, Lock(), tokens_per_batch=tokens) for tokens in (330, 2048))
    return max(float(np.abs(alone - together).max()) for together in batched) / float(np.abs(alone).max())


@for_each(family=FAMILY_CONFIGS, prompt=PROMPTS)
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


@for_each(family=FAMILY_CONFIGS)
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


def tokens_through_blocks(model: torch.nn.Module, ids: torch.Tensor, blocks: int) -> torch.Tensor:
    """Hidden states of a model that has only its first `blocks` layers, final norm and projection included."""
    shortened = deepcopy(model)
    modules = dict(shortened.base_model.named_modules())
    (name,) = (name for name in ("h", "layers", "decoder.layers", "language_model.layers") if name in modules)
    del modules[name][blocks:]
    with torch.inference_mode():
        return shortened.base_model(input_ids=ids, use_cache=False).last_hidden_state[0]


@for_each(family=FAMILY_CONFIGS, layer=[0, 1])
def test_an_inner_layer_is_what_a_model_without_the_later_layers_gives(tiny: Tiny, family: str, layer: int) -> None:
    backbone = tiny(family)
    for prompt in ("prompteol", "plain-mean"):
        embedded = backbone.embed(TEXTS, prompt, layer=layer)
        assert np.abs(embedded - backbone.embed(TEXTS, prompt)).max() > 1e-2 * np.abs(embedded).max()
        for text, embedding in zip(backbone.encode(TEXTS, prompt), embedded, strict=True):
            ids = torch.tensor([text.token_ids])
            hidden = tokens_through_blocks(backbone.architecture.model, ids, layer)
            expected = hidden[slice(*text.pooled)].mean(0).float().numpy()
            assert np.abs(embedding - expected).max() <= 1e-4 * np.abs(embedded).max()


@for_each(family=FAMILY_CONFIGS)
def test_the_last_layer_by_number_is_the_default(tiny: Tiny, family: str) -> None:
    backbone = tiny(family)
    assert np.array_equal(backbone.embed(TEXTS, layer=2), backbone.embed(TEXTS))


def test_only_the_chosen_layer_is_kept(llama: Backbone, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[list[torch.Tensor]] = []
    monkeypatch.setattr(inner_layers, "_first", lambda given: kept[-1].append(given[0]) or given[0])
    for layer in (None, 2, 1):
        kept.append([])
        embed_encoded(llama.architecture, llama.encode(TEXTS[:1]), Lock(), layer=layer)
    assert [len(states) for states in kept] == [0, 0, 1]


def test_nothing_watches_the_model_once_a_layer_is_read(llama: Backbone) -> None:
    def hooks() -> int:
        return sum(len(part._forward_pre_hooks) for part in llama.architecture.model.modules())

    before = hooks()
    llama.embed(TEXTS, layer=1)
    assert hooks() == before


def test_batches_are_handed_out_as_they_are_done_and_the_lock_is_free_meanwhile(llama: Backbone) -> None:
    lock = Lock()
    encoded = llama.encode(TEXTS)
    whole = embed_encoded(llama.architecture, encoded, Lock(), tokens_per_batch=1)
    seen = []
    for batch, pooled in embed_batches(llama.architecture, encoded, lock, tokens_per_batch=1):
        assert not lock.locked()
        assert np.array_equal(pooled, whole[None, batch])
        seen += batch
    assert sorted(seen) == list(range(len(TEXTS)))


def test_a_batch_for_which_a_gpu_has_no_memory_goes_in_halves_and_one_text_that_is_too_long_is_one_line(
    llama: Backbone, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = llama.encode(["the cat sat", "a dog", "one word in the sentence"] * 5)
    expected = embed_encoded(llama.architecture, texts, llama.lock)
    most, sizes, whole = 4, [], forward_pass.forward_batch

    def small(architecture: Architecture, batch: list[EncodedText], layers: list[int]) -> torch.Tensor:
        sizes.append(len(batch))
        if len(batch) > most:
            raise torch.OutOfMemoryError
        return whole(architecture, batch, layers)

    monkeypatch.setattr(forward_pass, "forward_batch", small)
    found = embed_encoded(llama.architecture, texts, llama.lock)
    assert max(sizes) > most
    assert np.abs(found - expected).max() <= 1e-5 * np.abs(expected).max()
    faster = Faster(lambda batch: small(llama.architecture, batch, [llama.architecture.layers])[0], 10**4, 0)
    faster.run.skipped, faster.run.padded = 0, True
    found = embed_encoded(llama.architecture, texts, llama.lock, faster=faster)
    assert np.abs(found - expected).max() <= 1e-5 * np.abs(expected).max()
    most = 0
    with pytest.raises(BackboneError, match="The GPU has no memory left for a text of"):
        embed_encoded(llama.architecture, texts, llama.lock)


def test_embeddings_come_back_in_the_order_of_the_texts(llama: Backbone) -> None:
    forward = llama.embed(TEXTS)
    backward = llama.embed(TEXTS[::-1])[::-1]
    assert np.abs(forward - backward).max() <= 1e-4
    assert np.abs(forward[0] - forward[1]).max() > 0.1


def test_no_texts_give_an_empty_array(llama: Backbone) -> None:
    embeddings = llama.embed([])
    assert embeddings.shape == (0, llama.d)
    assert embeddings.dtype == np.float32


@for_each(seed=range(20))
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
    with pytest.raises(Cancelled, match=f"after 1 of {len(TEXTS)}"):
        embed_encoded(llama.architecture, llama.encode(TEXTS), lock, lambda done, total: False, tokens_per_batch=1)
    assert not lock.locked()


def test_the_lock_is_free_while_progress_is_told(llama: Backbone) -> None:
    lock = Lock()
    free: list[bool] = []
    embed_encoded(llama.architecture, llama.encode(TEXTS), lock, lambda *call: free.append(not lock.locked()))
    assert free
    assert all(free)
