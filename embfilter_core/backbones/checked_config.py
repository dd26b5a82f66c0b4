"""The configuration of a checkpoint, once nothing speaks against its being a backbone."""

from __future__ import annotations

from embfilter_core.backbones.checkpoint import Checkpoint
from embfilter_core.backbones.hugging_face import AutoConfig, PreTrainedConfig
from embfilter_core.backbones.proofs.weights import refuse_stored_otherwise, tensor_names
from embfilter_core.backbones.refusals.by_config import notices_of, refuse_non_causal, refuse_unreadable
from embfilter_core.backbones.refusals.explained import explained

UNREADABLE = "A file is missing or damaged: fetch it again."


def checked_config(checkpoint: Checkpoint) -> tuple[PreTrainedConfig, tuple[str, ...]]:
    """Return the configuration of a checkpoint, and what is to be said of it.

    Args:
        checkpoint: The checkpoint, in safetensors; the names of its tensors count once they are on this machine.

    Raises:
        BackboneError: It cannot be used; told before a weight is read.
    """
    with explained(
        f"The configuration of {checkpoint.name} cannot be used",
        "It is damaged, or newer than this version of transformers.",
    ):
        source = checkpoint.arguments()
        place = {name: value for name, value in source.items() if name != "pretrained_model_name_or_path"}
        written, _ = PreTrainedConfig.get_config_dict(checkpoint.source, **place)
        refuse_unreadable(written, checkpoint.name)
        config = AutoConfig.from_pretrained(**source)
        refuse_non_causal(config, checkpoint.name)
    with explained(f"{checkpoint.name} cannot be read", UNREADABLE):
        tensors = tensor_names(checkpoint.weight_files())
    if not written.get("quantization_config"):  # one that is named, transformers reads by its rules
        refuse_stored_otherwise(tensors, checkpoint.name)
    return config, notices_of(config, tensors, checkpoint.name)
