"""A text gets the same embedding alone and beside others, whatever its model makes of padding."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from embfilter_core import Backbone, embed_corpus, load_backbone
from embfilter_core.backbones import forward_pass
from embfilter_core.backbones.forward_pass import batches_by_length, forward_batch
from embfilter_core.backbones.passes.choosing import find_passes
from embfilter_core.backbones.passes.policy import PROCESSOR
from embfilter_core.backbones.proofs.padding import prove_batches
from embfilter_core.data.corpora import Corpus
from embfilter_core.embeddings.keys import text_keys
from embfilter_core.errors import BackboneError
from embfilter_core.lens.layers.states import layer_states
from embfilter_core.storage.embedding_store import embedding_store
from tests.core.backbones.proofs.odd_models import BOTH_WAYS, UNPADDED, save_odd
from tests.each import for_each
from tests.tiny import FAMILY_CONFIGS

Odd = Callable[[str], Backbone]
TEXTS = ["dog", "the cat sat on the word", "cat", "a dog sleeps in one sentence about the cat and the dog " * 2]


def relative(one: np.ndarray, other: np.ndarray) -> float:
    """Largest difference of rows as a share of their norm."""
    return float((np.linalg.norm(one - other, axis=1) / np.linalg.norm(other, axis=1)).max())


def own_embeddings(backbone: Backbone, texts: list[str], prompt: str) -> np.ndarray:
    """The last states that the model gives for the ids of each text alone, told nothing else."""
    states = []
    for encoded in backbone.encode(texts, prompt):
        with torch.inference_mode():
            ids = torch.tensor([encoded.token_ids])
            states.append(backbone.architecture.base_model(input_ids=ids).last_hidden_state[0, -1].numpy())
    return np.stack(states)


@for_each(name=UNPADDED)
def test_models_that_take_no_padding_are_found_out(odd: Odd, name: str) -> None:
    backbone = odd(name)
    assert not backbone.architecture.pads
    assert backbone.padding_error > 0.01
    assert any("one length" in notice for notice in backbone.notices)


@for_each(name=UNPADDED, prompt=("prompteol", "plain-last"))
def test_their_texts_get_the_models_own_states_beside_others_too(odd: Odd, name: str, prompt: str) -> None:
    backbone = odd(name)
    own = own_embeddings(backbone, TEXTS, prompt)
    assert relative(backbone.embed(TEXTS, prompt), own) < 1e-5
    assert relative(backbone.embed(TEXTS[:1], prompt), own[:1]) < 1e-5


@for_each(name=UNPADDED)
def test_their_texts_would_be_wrong_in_a_padded_batch(odd: Odd, name: str) -> None:
    backbone = odd(name)
    encoded = backbone.encode(TEXTS, "prompteol")
    architecture = replace(backbone.architecture, pads=True)
    padded = forward_batch(architecture, encoded, [architecture.layers])[0].numpy()
    assert relative(padded, own_embeddings(backbone, TEXTS, "prompteol")) > 0.01


def test_a_batch_of_theirs_holds_texts_of_one_length(odd: Odd, monkeypatch: pytest.MonkeyPatch) -> None:
    batches: list[list[int]] = []
    real = forward_pass.forward_batch

    def note(architecture: object, texts: list, layers: object) -> torch.Tensor:
        batches.append([len(text) for text in texts])
        return real(architecture, texts, layers)

    monkeypatch.setattr(forward_pass, "forward_batch", note)
    backbone = odd("rwkv")
    backbone.embed([*TEXTS, *TEXTS, "a dog", "a cat"])
    assert len(batches) < 2 * len(TEXTS) + 2
    assert all(len(set(lengths)) == 1 for lengths in batches)


def test_batches_of_one_length_hold_every_text_once_and_no_more_tokens_than_asked() -> None:
    lengths = np.random.default_rng(0).integers(1, 9, 200).tolist()
    batches = list(batches_by_length(lengths, 20, one_length=True))
    assert sorted(i for batch in batches for i in batch) == list(range(200))
    for batch in batches:
        assert len({lengths[i] for i in batch}) == 1
        assert sum(lengths[i] for i in batch) <= 20


def test_a_padded_batch_for_such_a_model_is_a_mistake(odd: Odd) -> None:
    backbone = odd("bart")
    with pytest.raises(ValueError, match="one length"):
        forward_batch(backbone.architecture, backbone.encode(TEXTS[:2]), [backbone.architecture.layers])


def test_vectors_that_were_kept_with_padding_are_not_found(odd: Odd) -> None:
    backbone = odd("rwkv")
    padding = replace(backbone, architecture=replace(backbone.architecture, pads=True))
    corpus = Corpus("two", "two texts", tuple(TEXTS[:2]), "made here")
    wrong = np.ones((2, backbone.d), dtype=np.float32)
    assert embedding_store().put_many(text_keys(padding, corpus.texts, "plain-last"), wrong)
    kept = embed_corpus(backbone, corpus, "plain-last")
    assert relative(kept, own_embeddings(backbone, TEXTS[:2], "plain-last")) < 1e-5


@for_each(family=FAMILY_CONFIGS)
def test_families_that_take_padding_are_padded_and_nothing_is_said(tiny: Callable[..., Backbone], family: str) -> None:
    backbone = tiny(family)
    assert backbone.architecture.pads
    assert backbone.architecture.causal
    assert backbone.padding_error < 1e-5
    assert backbone.notices == ()


@for_each(name=BOTH_WAYS)
def test_attention_in_both_directions_is_noticed_and_said(both_ways: Odd, name: str) -> None:
    backbone = both_ways(name)
    assert backbone.architecture.pads
    assert not backbone.architecture.causal
    assert any("both directions" in notice for notice in backbone.notices)


def test_attention_in_both_directions_that_is_asked_for_in_vain_is_said(tmp_path: Path) -> None:
    config = FAMILY_CONFIGS["llama"](use_bidirectional_attention=True)
    backbone = load_backbone(str(save_odd(tmp_path, config)))
    assert backbone.architecture.causal
    (notice,) = backbone.notices
    assert "which llama does not know here" in notice


@for_each(name=BOTH_WAYS)
def test_texts_of_such_a_model_share_no_beginning_computed_apart(both_ways: Odd, name: str) -> None:
    backbone = both_ways(name)
    texts = [f"{text} {number}" for number in range(20) for text in TEXTS[:2]]
    encoded = backbone.encode(texts, "prompteol")
    assert sum(map(len, encoded)) > forward_pass.TOKENS_PER_BATCH  # so many that a faster pass is looked for
    assert relative(backbone.embed(texts, "prompteol"), own_embeddings(backbone, texts, "prompteol")) < 1e-4


@for_each(change=({"pads": False}, {"causal": False}))
def test_no_faster_pass_is_taken_where_padding_or_a_shared_beginning_is_wrong(llama: Backbone, change: dict) -> None:
    encoded = llama.encode(TEXTS)
    assert find_passes(llama.architecture, PROCESSOR, "one").faster(encoded) is not None
    assert find_passes(replace(llama.architecture, **change), PROCESSOR, "other").faster(encoded) is None


def test_layers_are_read_as_the_model_is_told_to_be_run(llama: Backbone) -> None:
    alone = replace(llama, architecture=replace(llama.architecture, pads=False))
    one, other = (layer_states(backbone, TEXTS[1]).states for backbone in (llama, alone))
    assert np.allclose(one, other, atol=1e-5)


class Mixing(nn.Module):
    """A base model whose rows of a batch read each other."""

    def __init__(self, base_model: nn.Module) -> None:
        super().__init__()
        self.base_model = base_model

    def forward(self, **inputs: object) -> object:
        """Add what the rows have in common to all of them."""
        output = self.base_model(**inputs)
        output.last_hidden_state = output.last_hidden_state + output.last_hidden_state.mean(0, keepdim=True)
        return output


def test_a_model_whose_texts_read_each_other_is_refused(llama: Backbone) -> None:
    mixing = replace(llama.architecture, base_model=Mixing(llama.architecture.base_model))
    with pytest.raises(BackboneError, match="mixing gives a text beside another one other numbers than alone"):
        prove_batches(mixing, "mixing")


def test_the_probes_outgrow_the_windows_of_a_model(llama: Backbone, odd: Odd) -> None:
    lengths: dict[str, list[int]] = {}
    for backbone in (llama, odd("deepseek_v4")):
        tokens = lengths.setdefault(backbone.architecture.model.config.model_type, [])
        base = backbone.architecture.base_model
        hook = base.register_forward_pre_hook(
            lambda module, given, named, tokens=tokens: tokens.append(named["input_ids"].shape[1]), with_kwargs=True
        )
        prove_batches(backbone.architecture, "it")
        hook.remove()
    assert max(lengths["llama"]) < 16 < min(lengths["deepseek_v4"])


def test_a_model_of_few_positions_is_proved_too(tmp_path: Path) -> None:
    config = FAMILY_CONFIGS["gpt2"]()
    config.n_positions = 8
    assert load_backbone(str(save_odd(tmp_path, config))).architecture.pads
