"""The parts of a model are found in every family, tied or not."""

from collections.abc import Callable

import pytest
import torch

from embfilter_core import Backbone
from embfilter_core.backbones.architecture import Architecture
from embfilter_core.backbones.families import FAMILIES
from tests.each import for_each
from tests.families import ALL_CONFIGS
from tests.tiny import FAMILY_CONFIGS, ROWS

Tiny = Callable[..., Backbone]
every_family = for_each(family=FAMILY_CONFIGS)
tied_and_untied = for_each(tied=(True, False))


def random_ids(seed: int, length: int = 40) -> torch.Tensor:
    return torch.randint(3, 250, (1, length), generator=torch.Generator().manual_seed(seed))


def test_the_tiny_models_cover_the_whole_family_table() -> None:
    assert set(FAMILIES) <= {make().get_text_config().model_type for make in ALL_CONFIGS.values()}


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
    parts = architecture.inner.after_blocks
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
def test_inner_layers_are_as_many_as_the_model_returns_and_the_same(tiny: Tiny, family: str) -> None:
    architecture = tiny(family).architecture
    with torch.inference_mode():
        states = architecture.base_model(input_ids=random_ids(0), output_hidden_states=True).hidden_states
        ours = list(architecture.states({"input_ids": random_ids(0)}, range(architecture.layers + 1)))
    assert len(states) == len(ours) == architecture.layers + 1
    assert torch.equal(ours[-1], states[-1])
    for own, inner in zip(ours[:-1], states[:-1], strict=True):
        assert torch.equal(own, architecture.to_lens(inner))


@every_family
def test_a_norm_follows_the_blocks_of_all_but_one_that_has_a_projection(tiny: Tiny, family: str) -> None:
    (part,) = tiny(family).architecture.inner.after_blocks
    assert ("Norm" in type(part).__name__) == (family != "opt_projected")


def test_only_phi_has_a_head_bias(tiny: Tiny) -> None:
    biased = {family for family in FAMILY_CONFIGS if tiny(family).architecture.head.bias is not None}
    assert biased == {"phi"}


@pytest.mark.parametrize(("family", "known"), [("llava", "llama"), ("gemma3", "gemma3_text"), ("mamba", None)])
def test_what_is_known_of_a_family_is_known_of_the_language_model(tiny: Tiny, family: str, known: str | None) -> None:
    assert tiny(family).architecture.family is FAMILIES.get(known)
