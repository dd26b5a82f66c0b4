"""Every family's parts are where the table says, and a wrong table entry cannot be loaded."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from embfilter_core import Backbone, load_backbone
from embfilter_core.backbones import loading
from embfilter_core.backbones.architecture import Architecture, describe, verify_head
from embfilter_core.backbones.families import FAMILIES, Family
from embfilter_core.errors import BackboneError
from tests.each import for_each
from tests.tiny import FAMILY_CONFIGS, ROWS

Tiny = Callable[..., Backbone]
every_family = for_each(family=FAMILY_CONFIGS)
tied_and_untied = for_each(tied=(True, False))


def random_ids(seed: int, length: int = 40) -> torch.Tensor:
    return torch.randint(3, 250, (1, length), generator=torch.Generator().manual_seed(seed))


def test_the_tiny_models_cover_the_whole_family_table() -> None:
    assert {FAMILY_CONFIGS[family]().model_type for family in FAMILY_CONFIGS} == set(FAMILIES)


@every_family
@tied_and_untied
def test_width_and_rows_are_those_of_the_head(tiny: Tiny, family: str, tied: bool) -> None:
    backbone = tiny(family, tied)
    assert (backbone.vocab_size, backbone.d) == (ROWS, 16 if family == "opt_projected" else 32)
    shared = backbone.architecture.model.get_input_embeddings().weight.data_ptr()
    assert (backbone.architecture.head.weight.data_ptr() == shared) == tied


@every_family
@tied_and_untied
def test_head_gives_the_models_own_logits_at_every_position(tiny: Tiny, family: str, tied: bool) -> None:
    architecture = tiny(family, tied).architecture
    for seed in range(3):
        ids = random_ids(seed)
        with torch.inference_mode():
            own = architecture.model(input_ids=ids).logits[0].float()
            hidden = architecture.base_model(input_ids=ids).last_hidden_state[0]
            ours = architecture.head.model_logits(hidden)
        assert own.std() > 0.1
        assert (ours - own).abs().max() <= 1e-5 * own.abs().max()


@every_family
def test_last_hidden_state_is_what_leaves_the_final_norm_and_the_projection(tiny: Tiny, family: str) -> None:
    architecture = tiny(family).architecture
    caught: list[torch.Tensor] = []
    parts = [part for part in (architecture.final_norm, architecture.project_out) if part is not None]
    hooks = [part.register_forward_hook(lambda module, inputs, output: caught.append(output)) for part in parts]
    try:
        with torch.inference_mode():
            last = architecture.base_model(input_ids=random_ids(0)).last_hidden_state
    finally:
        for hook in hooks:
            hook.remove()
    assert len(caught) == len(parts) > 0
    assert torch.equal(caught[-1], last)


def last_block(architecture: Architecture) -> torch.nn.Module:
    """The last of the language model's layers."""
    modules = dict(architecture.base_model.named_modules())
    (stack,) = (modules[name] for name in ("h", "layers", "decoder.layers", "language_model.layers") if name in modules)
    return stack[-1]


@every_family
def test_what_leaves_the_last_block_becomes_the_last_hidden_state_in_the_space_of_the_head(
    tiny: Tiny, family: str
) -> None:
    architecture = tiny(family).architecture
    caught: list[torch.Tensor] = []
    hook = last_block(architecture).register_forward_hook(lambda module, inputs, output: caught.append(output))
    try:
        with torch.inference_mode():
            last = architecture.base_model(input_ids=random_ids(0), use_cache=False).last_hidden_state
    finally:
        hook.remove()
    (output,) = caught
    before = output[0] if isinstance(output, tuple) else output
    assert torch.equal(architecture.to_lens(before), last)
    assert before.shape != last.shape or not torch.allclose(before, last)


@every_family
def test_inner_layers_are_as_many_as_the_model_returns(tiny: Tiny, family: str) -> None:
    architecture = tiny(family).architecture
    with torch.inference_mode():
        states = architecture.base_model(input_ids=random_ids(0), output_hidden_states=True).hidden_states
    assert len(states) == architecture.layers + 1
    for inner in states[:-1]:
        assert architecture.to_lens(inner).shape == states[-1].shape


def test_inner_layers_of_a_family_outside_the_table_are_refused(
    saved: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(FAMILIES, "llama")
    architecture = load_backbone(str(saved("llama"))).architecture
    with pytest.raises(BackboneError, match=r"\(llama\) cannot be read"):
        architecture.to_lens(torch.zeros(1, 32))


@every_family
def test_final_norm_and_projection_exist_where_the_family_has_them(tiny: Tiny, family: str) -> None:
    architecture = tiny(family).architecture
    projected = family == "opt_projected"
    assert (architecture.final_norm is None) == projected
    assert (architecture.project_out is not None) == projected


def test_only_phi_has_a_head_bias(tiny: Tiny) -> None:
    biased = {family for family in FAMILY_CONFIGS if tiny(family).architecture.head.bias is not None}
    assert biased == {"phi"}


@pytest.mark.parametrize(
    ("family", "wrong"),
    [
        ("gemma2", Family("norm")),
        ("gemma3_text", Family("norm")),
        ("gemma3", Family("language_model.norm", soft_cap=lambda config: 5.0)),
        ("llama", Family("norm", soft_cap=lambda config: 30.0)),
        ("cohere", Family("norm")),
        ("granite", Family("norm")),
        ("granite", Family("norm", scale=lambda config: config.logits_scaling)),
    ],
    ids=[
        "cap dropped",
        "cap dropped 3",
        "cap invented 3",
        "cap invented",
        "scale dropped",
        "divisor dropped",
        "upside",
    ],
)
def test_a_wrong_family_entry_is_an_error_at_load(
    saved: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, family: str, wrong: Family
) -> None:
    monkeypatch.setitem(FAMILIES, family, wrong)
    with pytest.raises(BackboneError, match="disagrees with the logits"):
        load_backbone(str(saved(family)))


def test_a_part_that_is_not_there_is_an_error_at_load(
    saved: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FAMILIES, "llama", Family("ln_f"))
    with pytest.raises(BackboneError, match=r"does not know: .*ln_f.* Choose another one"):
        load_backbone(str(saved("llama")))


def test_a_dropped_head_bias_is_an_error_at_load(saved: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def without_bias(model: torch.nn.Module) -> Architecture:
        architecture = describe(model)
        return replace(architecture, head=replace(architecture.head, bias=None))

    monkeypatch.setattr(loading, "describe", without_bias)
    with pytest.raises(BackboneError, match="disagrees"):
        load_backbone(str(saved("phi")))


def test_logits_that_are_not_numbers_never_pass_the_check(tiny: Tiny) -> None:
    architecture = tiny("llama").architecture
    broken = replace(architecture, head=replace(architecture.head, scale=float("nan")))
    with pytest.raises(BackboneError, match="disagrees"):
        verify_head(broken, "broken")


def test_a_family_outside_the_table_loads_when_its_head_is_plain(
    saved: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(FAMILIES, "llama")
    backbone = load_backbone(str(saved("llama")))
    assert backbone.architecture.final_norm is None


def test_a_family_outside_the_table_is_refused_when_its_head_is_not_plain(
    saved: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(FAMILIES, "granite")
    with pytest.raises(BackboneError, match="granite"):
        load_backbone(str(saved("granite")))
