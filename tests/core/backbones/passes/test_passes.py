"""Every faster pass gives what the plain one gives, for every family that it is offered to."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from embfilter_core import Backbone, load_backbone
from embfilter_core.backbones.architecture import describe
from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.backbones.families import FAMILIES
from embfilter_core.backbones.forward_pass import embed_encoded, forward_batch
from embfilter_core.backbones.passes.choosing import find_passes
from embfilter_core.backbones.passes.packed import PackedPass
from embfilter_core.backbones.passes.padded import PaddedPass, shared_beginning
from embfilter_core.backbones.prompt_encoder import EncodedText
from embfilter_core.backbones.prompts import PROMPTS
from tests.core.backbones.passes.stand_in import PACKS, PADS, TEXTS
from tests.each import for_each
from tests.tiny import FAMILY_CONFIGS

Tiny = Callable[..., Backbone]
FASTER = {*FAMILY_CONFIGS, *FAMILIES}
WINDOWED = {  # with a window of 8 tokens, as tiny models have it
    *("mistral", "ministral", "cohere2", "olmo3"),
    *("gemma2", "gemma3", "gemma3_text", "gemma4_text"),
}


def difference(backbone: Backbone, encoded: list[EncodedText], run: Callable) -> float:
    """Largest difference between a pass and the plain one, relative to the largest number."""
    plain = forward_batch(backbone.architecture, encoded, [backbone.architecture.layers])[0]
    return float((run(encoded) - plain).abs().max() / plain.abs().max())


@for_each(family=FASTER - {"gemma2"}, prompt=("prompteol", "echo"))
def test_texts_in_one_row_give_what_padded_ones_give(tiny: Tiny, family: str, prompt: str) -> None:
    backbone = tiny(family)
    run = find_passes(backbone.architecture, PACKS, "any").packed
    assert isinstance(run, PackedPass)
    assert difference(backbone, backbone.encode(TEXTS, prompt), run) <= 1e-4


@for_each(family=FASTER - WINDOWED, prompt=("prompteol", "echo"))
def test_a_shared_beginning_and_a_last_layer_apart_give_what_the_plain_pass_gives(
    tiny: Tiny, family: str, prompt: str
) -> None:
    backbone = tiny(family)
    passes = find_passes(backbone.architecture, PADS, "any")
    encoded = backbone.encode(TEXTS, prompt)
    run = passes.faster(encoded).run
    assert isinstance(run, PaddedPass)
    assert (run.last_layer is not None) == backbone.architecture.family.last_alone
    assert (run.skipped > 3) == PROMPTS[prompt].template.startswith(("Summ", "This", "Rewr"))
    assert difference(backbone, encoded, run) <= 1e-4


@pytest.mark.slow
@pytest.mark.real
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_what_rounding_does_to_a_trained_model_keeps_no_right_pass_out(dtype: torch.dtype) -> None:
    model = load_backbone(BUNDLED.id).architecture.model.to(dtype)
    architecture = replace(describe(model, "It")[0], pads=True, causal=True)
    assert isinstance(find_passes(architecture, PACKS, "any").packed, PackedPass)
    assert find_passes(architecture, PADS, "any").last_layer is not None


def test_the_last_layer_is_apart_where_a_family_lets_it(tiny: Tiny) -> None:
    apart = {name for name in FAMILY_CONFIGS if find_passes(tiny(name).architecture, PADS, "any").last_layer}
    assert apart == {"llama", "mistral", "qwen2", "qwen3", "cohere", "granite"}
    assert {name for name in FAMILIES if FAMILIES[name].last_alone} > apart


def test_the_last_layer_sees_the_pooled_positions_alone(llama: Backbone) -> None:
    passes, widths = find_passes(llama.architecture, PADS, "any"), []
    last = passes.last_layer.layer
    watched = last.mlp.register_forward_hook(lambda module, given, result: widths.append(tuple(result.shape)))
    encoded = llama.encode(TEXTS, "prompteol")
    try:
        passes.faster(encoded).run(encoded)
    finally:
        watched.remove()
    assert widths == [(len(TEXTS), 1, 32)]


@for_each(family=WINDOWED)
def test_texts_longer_than_a_window_take_the_plain_pass(tiny: Tiny, family: str) -> None:
    passes = find_passes(tiny(family).architecture, PADS, "any")
    assert passes.faster(tiny(family).encode(TEXTS, "prompteol")) is None


@pytest.mark.parametrize("family", ["llama", "mistral"])
def test_the_model_itself_stays_as_it_is(tiny: Tiny, family: str) -> None:
    architecture = tiny(family).architecture
    before = dict(architecture.model.named_modules())
    packed = find_passes(architecture, PACKS, "any").packed
    assert dict(architecture.model.named_modules()) == before
    assert architecture.model.config._attn_implementation == "sdpa"
    shared = {parameter.data_ptr() for parameter in architecture.base_model.parameters()}
    assert {parameter.data_ptr() for parameter in packed.twin.parameters()} == shared


def test_a_pass_that_gives_something_else_is_not_used(
    llama: Backbone, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for kind in (PackedPass, PaddedPass):
        call = kind.__call__
        monkeypatch.setattr(kind, "__call__", lambda self, texts, call=call: call(self, texts) * 1.001)
    passes = find_passes(llama.architecture, PACKS, "any")
    assert (passes.packed, passes.last_layer) == (None, None)
    assert passes.faster(llama.encode(TEXTS)) is None
    assert [message.split()[0] for message in caplog.messages] == ["PackedPass", "PaddedPass", "PaddedPass"]


def test_a_shared_beginning_that_does_not_reach_the_texts_is_not_used(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PaddedPass, "_cache", lambda self, texts: None)
    for family in ("llama", "gpt2"):
        backbone = tiny(family)
        assert find_passes(backbone.architecture, PADS, "any").faster(backbone.encode(TEXTS)) is None


def test_a_family_that_is_not_known_takes_the_plain_pass(llama: Backbone) -> None:
    unknown = replace(llama.architecture, family=None)
    assert find_passes(unknown, PACKS, "any").faster(llama.encode(TEXTS)) is None


def test_a_family_whose_attention_asks_for_more_is_refused_by_the_packed_attention(tiny: Tiny) -> None:
    architecture = tiny("gemma2").architecture
    assert find_passes(architecture, PACKS, "any").packed is None
    packs = replace(architecture, family=replace(architecture.family, packs=True))
    with pytest.raises(ValueError, match="softcap"):
        find_passes(packs, PACKS, "any")


@for_each(policy=(PACKS, PADS), prompt=("prompteol", "plain-mean", "echo"))
def test_batches_a_few_ahead_come_in_the_order_of_the_texts(llama: Backbone, policy: object, prompt: str) -> None:
    encoded, architecture = llama.encode([*TEXTS * 9, "cat"], prompt), llama.architecture
    faster, seen = find_passes(architecture, policy, "any").faster(encoded), []
    found = embed_encoded(architecture, encoded, llama.lock, lambda *call: seen.append(call), faster=faster)
    plain = embed_encoded(architecture, encoded, llama.lock)
    assert np.abs(found - plain).max() <= 1e-4 * np.abs(plain).max()
    assert seen[-1] == (len(encoded), len(encoded))
    assert len(seen) > 3
    assert not llama.lock.locked()


def test_many_texts_take_the_faster_pass_and_few_do_not(llama: Backbone, monkeypatch: pytest.MonkeyPatch) -> None:
    called, run = [], PaddedPass.__call__
    monkeypatch.setattr(PaddedPass, "__call__", lambda self, texts: called.append(len(texts)) or run(self, texts))
    few, many = llama.embed(TEXTS), llama.embed(TEXTS * 20)
    assert sum(called) - 5 == len(TEXTS) * 20  # five texts to check it with
    assert np.abs(many[: len(TEXTS)] - few).max() <= 1e-4 * np.abs(few).max()


def test_inner_layers_take_the_plain_pass(llama: Backbone) -> None:
    texts = TEXTS * 20
    assert np.abs(llama.embed(texts, layer=1)[:6] - llama.embed(TEXTS, layer=1)).max() <= 1e-5


def text(ids: list[int], pooled: int) -> EncodedText:
    return EncodedText(ids, (pooled, len(ids)), 0)


@pytest.mark.parametrize(
    ("texts", "shared"),
    [
        ([text([1, 2, 3, 4, 5], 4), text([1, 2, 3, 9], 3)], [1, 2, 3]),
        ([text([1, 2, 3, 4, 5], 4), text([1, 2, 3, 4, 5], 4)], [1, 2, 3, 4]),  # the pooled position is not shared
        ([text([1, 2, 3, 4], 1), text([1, 2, 3, 4], 3)], []),  # nor is any that is averaged
        ([text([1, 2, 9, 4], 3), text([1, 2, 3, 4], 3)], []),  # two tokens do not pay
        ([text([1, 2, 3, 4], 3)], []),
    ],
)
def test_the_shared_beginning_ends_where_texts_differ_or_pool(texts: list[EncodedText], shared: list[int]) -> None:
    assert shared_beginning(texts) == shared


def test_weights_in_half_precision_are_pooled_in_float32(llama: Backbone) -> None:
    run = find_passes(llama.architecture, PACKS, "any").packed
    assert run(llama.encode(TEXTS, "plain-mean")).dtype == torch.float32
