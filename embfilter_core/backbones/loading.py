"""`load_backbone`: from a name to a checked backbone, or to one clear error."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from embfilter_core.backbones.architecture import describe
from embfilter_core.backbones.backbone import Backbone
from embfilter_core.backbones.catalogue import catalogue_entry
from embfilter_core.backbones.checked_config import UNREADABLE, checked_config
from embfilter_core.backbones.checkpoint import Checkpoint, find_checkpoint
from embfilter_core.backbones.device_names import DTYPES, Device, Dtype
from embfilter_core.backbones.devices import choose_device
from embfilter_core.backbones.fingerprint import fingerprint
from embfilter_core.backbones.hugging_face import (
    AutoTokenizer,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
    transformers_logging,
)
from embfilter_core.backbones.obtaining import fetch_weights, without_gguf
from embfilter_core.backbones.preflight.facts import facts_of_config
from embfilter_core.backbones.preflight.fit import require_memory, require_native
from embfilter_core.backbones.proofs.proven import prove
from embfilter_core.backbones.proofs.weights import verify_weights
from embfilter_core.backbones.reading.language_model import auto_class
from embfilter_core.backbones.refusals.explained import explained
from embfilter_core.backbones.room import keeps_room
from embfilter_core.backbones.told_reading import told_by_layer, told_by_tensor
from embfilter_core.backbones.weight_digests import file_states
from embfilter_core.errors import BackboneError
from embfilter_core.number_format import format_bytes
from embfilter_core.progress import StagedProgress, within

log = logging.getLogger(__name__)
READING = "reading {}"
CHECKING = "checking its numbers"
PASSES = 6
"""So many times, or less often, a few tokens go through the model when its numbers are checked."""
HASHING = "checking its weights"


@keeps_room
def load_backbone(
    spec: str, dtype: Dtype = "float32", device: Device = "auto", progress: StagedProgress | None = None
) -> Backbone:
    """Load a causal language model as a backbone for text embeddings.

    Args:
        spec: Catalogue id, hub id, local folder, path of a GGUF file, or one of the hub: `owner/name/file.gguf`, or
            by its quantisation `owner/name:Q4_K_M`.
        dtype: float32, or bfloat16 or float16 on a device that computes in it natively.
        device: Where it computes: `auto` is a GPU where there is one, else the processor. A model that does not fit
            on one CUDA GPU is spread over all of them and the processor's memory.
        progress: Told what is done now, and how far that is, in steps done and in all; returning False cancels.

    Returns:
        The backbone, its tokenizer, weights, head and batches proved on a few tokens (`backbones/proofs`).

    Raises:
        InputError: There is no device of that name.
        BackboneError: The checkpoint cannot be found, fetched, read, understood or held in memory, or the device is
            not there or does not compute in the dtype.
        Cancelled: `progress` returned False; what was fetched or converted is kept, and the memory is free again.
    """
    if dtype not in DTYPES:
        raise BackboneError(f"Unknown dtype {dtype!r}.", f"Use {', '.join(DTYPES[:-1])} or {DTYPES[-1]}.")
    chosen, precision = choose_device(device), getattr(torch, dtype)
    require_native(precision, chosen)
    checkpoint = without_gguf(find_checkpoint(spec), progress)
    with _quiet_transformers():
        config, told = checked_config(checkpoint)
        with explained(f"The configuration of {checkpoint.name} cannot be used", "It is damaged."):
            fit = require_memory(facts_of_config(config), precision, checkpoint.name, chosen)
        if checkpoint.repository is not None:
            fetch_weights(checkpoint, progress)
            config, told = checked_config(checkpoint)  # now with the names of its tensors
        files = file_states(checkpoint.weight_files())  # before they are read: what changes then is noticed next time
        fit.take_room()
        model, tokenizer = _read_model(checkpoint, config, precision, fit.places, progress)
        with explained(f"{checkpoint.name} is built in a way that this version does not know", "Choose another one."):
            passes = PASSES * config.get_text_config().num_hidden_layers
            with told_by_layer(model, within(progress, CHECKING), passes):
                architecture, error = describe(model, checkpoint.name)
                proven = prove(architecture, tokenizer, checkpoint.name)
    hashing = within(progress, HASHING)
    return Backbone(
        spec=spec,
        name=checkpoint.name,
        entry=catalogue_entry(spec),
        architecture=proven.architecture,
        tokenizer=tokenizer,
        fingerprint=fingerprint(model, tokenizer, files or file_states(checkpoint.weight_files()), hashing),
        head_error=error,
        padding_error=proven.padding_error,
        notices=(*checkpoint.notices, *told, *proven.notices),
        files=checkpoint.read_files(),
    )


def _read_model(
    checkpoint: Checkpoint,
    config: PreTrainedConfig,
    dtype: torch.dtype,
    places: dict[str, Any],
    progress: StagedProgress | None,
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Read weights to their places."""
    where, files = checkpoint.arguments(), checkpoint.weight_files()
    stage = READING.format(format_bytes(sum(path.stat().st_size for path in files)))
    with explained(f"{checkpoint.name} cannot be read", UNREADABLE):
        read_tokenizer: Any = PreTrainedTokenizerFast if checkpoint.converted else AutoTokenizer
        tokenizer = read_tokenizer.from_pretrained(**where)
        more = dict(places)
        if getattr(config, "quantization_config", None):
            config.quantization_config["dequantize"] = True  # a GPU would keep 8 bits, and round states to them too
            more["config"] = config
        with told_by_tensor(files, within(progress, stage)):
            read: Any = auto_class(config).from_pretrained(
                **where, **more, use_safetensors=True, dtype=dtype, output_loading_info=True
            )
    model, report = read
    missing = sorted(report["missing_keys"]) + sorted(str(key) for key in report["mismatched_keys"])
    if missing:
        raise BackboneError(
            f"{checkpoint.name} lacks weights that a language model needs, {missing[0]} among them.",
            "Choose a checkpoint saved with its language-model head.",
        )
    verify_weights(model, report["unexpected_keys"], checkpoint.name)
    return model.eval().requires_grad_(False), tokenizer


@contextmanager
def _quiet_transformers() -> Iterator[None]:
    """Keep progress bars and advice for model authors out of the server log; errors stay."""
    level = transformers_logging.get_verbosity()
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    try:
        yield
    finally:
        transformers_logging.set_verbosity(level)
        transformers_logging.enable_progress_bar()
