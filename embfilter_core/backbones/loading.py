"""`load_backbone`: from a name to a checked backbone, or to one clear error."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import torch

from embfilter_core.backbones.architecture import describe, refuse_non_causal, verify_head
from embfilter_core.backbones.backbone import Backbone
from embfilter_core.backbones.catalogue import catalogue_entry
from embfilter_core.backbones.checkpoint import Checkpoint, find_checkpoint
from embfilter_core.backbones.fingerprint import fingerprint
from embfilter_core.backbones.hugging_face import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    transformers_logging,
)
from embfilter_core.backbones.preflight import require_memory, require_native_bfloat16
from embfilter_core.backbones.weight_digests import file_states
from embfilter_core.errors import BackboneError, first_line

log = logging.getLogger(__name__)
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


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
        _check_config(checkpoint, DTYPES[dtype])
        files = file_states(checkpoint.weight_files())  # before they are read: what changes then is noticed next time
        model, tokenizer = _read_model(checkpoint, DTYPES[dtype])
        with _explained(f"{checkpoint.name} is built in a way that this version does not know", "Choose another one."):
            architecture = describe(model)
            error = verify_head(architecture, checkpoint.name)
    return Backbone(
        spec=spec,
        name=checkpoint.name,
        entry=catalogue_entry(spec),
        architecture=architecture,
        tokenizer=tokenizer,
        fingerprint=fingerprint(model, tokenizer, files or file_states(checkpoint.weight_files())),
        head_error=error,
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


def _check_config(checkpoint: Checkpoint, dtype: torch.dtype) -> None:
    """Raise BackboneError, before any weight is read, for a model that cannot be used or held in memory."""
    with _explained(
        f"The configuration of {checkpoint.name} cannot be used",
        "It needs code of its own, is newer than this version of transformers, or is damaged.",
    ):
        config = AutoConfig.from_pretrained(**_source(checkpoint))
        refuse_non_causal(config, checkpoint.name)
        require_memory(config, dtype, checkpoint.name)


def _read_model(checkpoint: Checkpoint, dtype: torch.dtype) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    where = _source(checkpoint)
    with _explained(f"{checkpoint.name} cannot be read", "A file is missing or damaged: fetch it again."):
        tokenizer = AutoTokenizer.from_pretrained(**where)
        safe: dict[str, Any] = {} if checkpoint.gguf_file else {"use_safetensors": True}
        read: Any = AutoModelForCausalLM.from_pretrained(**where, **safe, dtype=dtype, output_loading_info=True)
    model, report = read
    missing = sorted(report["missing_keys"]) + sorted(str(key) for key in report["mismatched_keys"])
    if missing:
        raise BackboneError(
            f"{checkpoint.name} lacks weights that a language model needs, {missing[0]} among them.",
            "Choose a checkpoint saved with its language-model head.",
        )
    return model.eval().requires_grad_(False), tokenizer


@contextmanager
def _explained(what: str, advice: str) -> Iterator[None]:
    """Turn whatever goes wrong inside into a BackboneError; a damaged file makes its readers raise nearly anything."""
    try:
        yield
    except BackboneError:
        raise
    except Exception as error:
        raise BackboneError(f"{what}: {first_line(error)}", advice) from error


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
