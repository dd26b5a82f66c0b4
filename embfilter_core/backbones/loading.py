"""`load_backbone`: from a name to a checked backbone, or to one clear error."""

import json
import logging
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import torch
from safetensors import SafetensorError
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, PreTrainedConfig, PreTrainedModel
from transformers.utils import logging as transformers_logging

from embfilter_core.backbones.architectures import describe, refuse_non_causal, verify_head
from embfilter_core.backbones.backbone import Backbone
from embfilter_core.backbones.catalogue import catalogue_entry
from embfilter_core.backbones.checkpoint import Checkpoint, find_checkpoint
from embfilter_core.backbones.fingerprint import fingerprint
from embfilter_core.backbones.preflight import require_memory, require_native_bfloat16
from embfilter_core.errors import BackboneError

log = logging.getLogger(__name__)
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}
UNREADABLE = (SafetensorError, OSError, ValueError, RuntimeError, KeyError, json.JSONDecodeError, zlib.error)


def load_backbone(spec: str, dtype: Literal["float32", "bfloat16"] = "float32") -> Backbone:
    """Load a causal language model as a backbone for text embeddings.

    Args:
        spec: Catalogue id, hub id, local folder, or path of a .gguf file.
        dtype: float32, or bfloat16 on a processor that computes in it natively.

    Returns:
        The backbone, its head verified against the model's own logits.

    Raises:
        BackboneError: The checkpoint cannot be found, fetched, read, understood or held in memory.
    """
    if dtype not in DTYPES:
        raise BackboneError(f"Unknown dtype {dtype!r}.", f"Use {' or '.join(DTYPES)}.")
    if dtype == "bfloat16":
        require_native_bfloat16()
    checkpoint = find_checkpoint(spec)
    with _quiet_transformers():
        config = _read_config(checkpoint)
        refuse_non_causal(config, checkpoint.name)
        require_memory(config, DTYPES[dtype], checkpoint.name)
        model, tokenizer = _read_model(checkpoint, DTYPES[dtype])
    architecture = describe(model)
    return Backbone(
        spec=spec,
        name=checkpoint.name,
        entry=catalogue_entry(spec),
        architecture=architecture,
        tokenizer=tokenizer,
        fingerprint=fingerprint(model, tokenizer),
        head_error=verify_head(architecture, checkpoint.name),
    )


def _source(checkpoint: Checkpoint) -> dict:
    """Where to read from: the arguments that configuration, tokenizer and weights share."""
    given = {"revision": checkpoint.revision, "gguf_file": checkpoint.gguf_file}
    return {
        "pretrained_model_name_or_path": checkpoint.source,
        "local_files_only": checkpoint.local,
        "trust_remote_code": False,
        **{name: value for name, value in given.items() if value is not None},
    }


def _read_config(checkpoint: Checkpoint) -> PreTrainedConfig:
    try:
        return AutoConfig.from_pretrained(**_source(checkpoint))
    except UNREADABLE as error:
        raise BackboneError(
            f"The configuration of {checkpoint.name} cannot be used: {_first_line(error)}",
            "It needs code of its own, is newer than this version of transformers, or is damaged.",
        ) from error


def _read_model(checkpoint: Checkpoint, dtype: torch.dtype) -> tuple[PreTrainedModel, object]:
    where = _source(checkpoint)
    try:
        tokenizer = AutoTokenizer.from_pretrained(**where)
        safe = {} if checkpoint.gguf_file else {"use_safetensors": True}
        model, report = AutoModelForCausalLM.from_pretrained(**where, **safe, dtype=dtype, output_loading_info=True)
    except UNREADABLE as error:
        raise BackboneError(
            f"{checkpoint.name} cannot be read: {_first_line(error)}", "A file is missing or damaged: fetch it again."
        ) from error
    missing = sorted(report["missing_keys"]) + sorted(str(key) for key in report["mismatched_keys"])
    if missing:
        raise BackboneError(
            f"{checkpoint.name} lacks weights that a language model needs, {missing[0]} among them.",
            "Choose a checkpoint saved with its language-model head.",
        )
    return model.eval().requires_grad_(False), tokenizer


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:200].rstrip(".") + "."


@contextmanager
def _quiet_transformers():  # noqa: ANN202
    """Keep progress bars and advice for model authors out of the server log; errors stay."""
    level = transformers_logging.get_verbosity()
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    try:
        yield
    finally:
        transformers_logging.set_verbosity(level)
        transformers_logging.enable_progress_bar()


def is_local_path(spec: str) -> bool:
    """Whether `spec` names a file or folder of this machine, which a hosted app refuses."""
    return catalogue_entry(spec) is None and (
        spec.strip().endswith(".gguf") or Path(spec.strip()).expanduser().exists()
    )
