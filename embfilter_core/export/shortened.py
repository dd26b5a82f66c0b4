"""A backbone that ends with an inner layer: fewer blocks, then the same final norm; proved before it is written.

What a shorter model gives may differ from what is read inside the whole one, where a family treats its last blocks
in a way of its own. So it is built of the weights in memory and run on the texts of the check.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from embfilter_core.backbones.hugging_face import AutoModel, PreTrainedConfig
from embfilter_core.export.reasons import NotThisForm

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.export.chosen import ChosenFilter
    from embfilter_core.export.conformance import Conformance

CLOSE = {torch.float32: 1e-4, torch.float16: 5e-3, torch.bfloat16: 5e-2}
"""How far a state may be from the one that was read, as a share of its length, by the dtype of the model."""
SCRIPT = "Use the script."


def shortened_config(chosen: ChosenFilter) -> PreTrainedConfig:
    """Return the configuration of the backbone with as many layers as are run; lists of one entry a layer are cut."""
    backbone = chosen.backbone
    config = copy.deepcopy(backbone.architecture.model.config)
    layers = backbone.layer_number(chosen.layer)
    for name, value in vars(config).items():
        if isinstance(value, list) and len(value) == backbone.architecture.layers:
            setattr(config, name, value[:layers])
    config.num_hidden_layers = layers
    return config


def prove_shortened(chosen: ChosenFilter, whole: nn.Module, config: PreTrainedConfig, proof: Conformance) -> None:
    """Raise NotThisForm unless a model of a shortened configuration gives the states of the layer.

    Args:
        chosen: The view.
        whole: The model of all layers.
        config: What `shortened_config` gives for it.
        proof: Texts and their states.
    """
    number = chosen.backbone.layer_number(chosen.layer)
    try:
        model = _of_weights_in_memory(whole, config)
    except (AttributeError, IndexError, KeyError, NotImplementedError, RuntimeError, TypeError, ValueError) as error:
        why = f"A model that ends with layer {number} cannot be made of {chosen.backbone.name}."
        raise NotThisForm(why, SCRIPT) from error
    prove(model, proof, f"A model that ends with layer {number} gives other states than the layer in the whole model.")


@torch.inference_mode()
def prove(model: nn.Module, proof: Conformance, differs: str) -> None:
    """Raise NotThisForm, saying that it `differs`, unless a model gives the states of the texts that are not cut."""
    for encoded, state in zip(proof.encoded, proof.right, strict=True):
        if encoded.truncated_tokens == 0 and not _same(model, encoded.token_ids, encoded.pooled, state):
            raise NotThisForm(differs, SCRIPT)


def _of_weights_in_memory(whole: nn.Module, config: PreTrainedConfig) -> nn.Module:
    """The shorter model, its tensors those of the whole one."""
    with torch.device("meta"):
        made: Any = AutoModel.from_config(config)
    own = whole.state_dict()
    made.load_state_dict({name: own[name] for name in made.state_dict()}, assign=True)
    buffers = dict(whole.named_buffers())
    for name, buffer in list(made.named_buffers()):
        if buffer.is_meta:  # what is not among the weights, such as the frequencies of positions
            place, _, leaf = name.rpartition(".")
            made.get_submodule(place).register_buffer(leaf, buffers[name], persistent=False)
    model: nn.Module = made.eval()
    return model


def _same(model: nn.Module, ids: list[int], pooled: tuple[int, int], state: np.ndarray) -> bool:
    weight = next(model.parameters())
    states = model(input_ids=torch.tensor([ids], device=weight.device), use_cache=False).last_hidden_state
    mine = states[0, pooled[0] : pooled[1]].float().mean(dim=0).cpu()
    expected = torch.from_numpy(state)
    return bool((mine - expected).norm() <= CLOSE[weight.dtype] * expected.norm())
