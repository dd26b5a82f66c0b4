"""Whether the weights that were read are the model's: none of its layers lost one, and all of them are numbers.

What transformers itself leaves out without a word (a family's extra prediction layers, old
buffers) is trusted, by the name of each; that is why weights stored quantised are looked
for in the files before, where nothing is left out yet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor

from embfilter_core.backbones.hugging_face import PreTrainedModel
from embfilter_core.backbones.spread import weight_of
from embfilter_core.errors import BackboneError

_INDEX = "model.safetensors.index.json"
_SINGLE = "model.safetensors"

_STORED_AS: tuple[tuple[str, str], ...] = (
    (r"\.(qweight|qzeros|g_idx|wf)$", "quantised by GPTQ, AWQ or their like"),
    (r"\.(weight_packed|weight_shape|weight_zero_point)$", "quantised by compressed-tensors"),
    (
        r"\.((nested_)?(absmax|quant_map)|SCB|weight_format)$|\.quant_state\.",
        "quantised by bitsandbytes",
    ),
    (r"\.weight_scale_2$", "quantised to NVFP4, with scales beside it"),
    (r"\.(weight|input|activation)_scale(_inv|_ub)?$", "quantised to FP8 or INT8, with scales beside it"),
    (r"\.(scales|biases|zeros)$", "quantised in groups, with scales beside it"),
    (r"\.(Qidxs|Wscale|codebook_id)$", "quantised by QuIP"),
    (r"\.(trellis|suh|svh|q_perm|q_scale_max|q_groups)$", "quantised by ExLlama"),
    (r"\.lora_|\.base_layer\.|\.modules_to_save\.", "an adapter (LoRA) around its base, not merged"),
)
"""Names of tensors that say how the others are stored."""

_LAYER = re.compile(r"(?:^|\.)(?:layers|h|blocks?|layer)\.(\d+)\.")
_NOT_THE_TEXT = re.compile(
    r"vision|visual|image|pixel|audio|speech|acoustic|video|projector|connector|resampler|qformer|aligner"
    r"|talker|token2wav|code2wav|vocoder|(^|[._])(vq|vae|mtp|nextn|medusa|eagle|draft)",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"inv_freq|rotary|position|(attn|attention)\.bias$|mask(ed_bias)?$|\.version$|num_batches_tracked$"
    r"|\b[qkv]+_scale$"  # how a server may round keys and values
)


def tensor_names(paths: Iterable[Path]) -> list[str]:
    """Names of all tensors in the files that a checkpoint's weights are read from.

    Args:
        paths: Its .safetensors files and their index, as far as they are on this machine.
    """
    here = {path.name: path for path in paths}
    if _INDEX in here:
        return sorted(json.loads(here[_INDEX].read_text("utf-8"))["weight_map"])
    if _SINGLE not in here:
        return []
    with safe_open(here[_SINGLE], "np") as file:
        return list(file.keys())


def refuse_stored_otherwise(names: Sequence[str], name: str) -> None:
    """Raise BackboneError where names of tensors say that the weights are quantised, or an adapter.

    Args:
        names: Names of all tensors of a checkpoint whose configuration names no quantisation.
        name: Of the backbone, for messages.
    """
    for pattern, stored in _STORED_AS:
        found = next((one for one in names if re.search(pattern, one) and not _NOT_THE_TEXT.search(one)), None)
        if found is not None:
            advice = "Merge the adapter" if "adapter" in stored else "Choose the checkpoint in full precision"
            raise BackboneError(
                f"The weights of {name} are {stored} ({found}): read as they are, they are not the model's numbers.",
                f"{advice}{'' if 'adapter' in stored else ', or a .gguf file of it'}.",
            )


def verify_weights(model: PreTrainedModel, unexpected: Iterable[str], name: str) -> None:
    """Raise BackboneError where a checkpoint has weights that nothing read, or embeddings that are no numbers.

    In the layers of the language model nothing may be left unread; heads of other tasks, towers for pictures and
    sound, layers after the last (for predicting several tokens) and buffers do not change what they compute.

    Args:
        model: The model as it was read.
        unexpected: Names of the tensors that found no place in it.
        name: Of the backbone, for messages.
    """
    unread, layers = sorted(unexpected), model.config.get_text_config().num_hidden_layers
    # Where PEFT is installed, an adapter beside the weights is among the model's own.
    refuse_stored_otherwise([*unread, *(own for own, _ in model.named_parameters())], name)
    for one in unread:
        layer = _LAYER.search(one)
        inside = layer is not None and int(layer[1]) < layers
        if inside and not _NOT_THE_TEXT.search(one) and not _HARMLESS.search(one):
            raise BackboneError(
                f"{name} has weights that a model of its type does not read, {one} among them.",
                "It is another kind of model than its config.json says: choose another checkpoint.",
            )
    for matrix in (model.get_input_embeddings(), model.get_output_embeddings()):
        if matrix is not None:
            require_finite(weight_of(matrix), f"embeddings of tokens in {name}")


def require_finite(numbers: Tensor, what: str) -> None:
    """Raise BackboneError where a number is infinite or none at all; `what` says which they are."""
    # The sum is quick, but may be infinite where all numbers are finite.
    if not bool(numbers.sum(dtype=torch.float32).isfinite()) and not bool(numbers.isfinite().all()):
        raise BackboneError(
            f"The {what} are not all numbers.", "Its weights are damaged, or too large for this dtype: use float32."
        )
