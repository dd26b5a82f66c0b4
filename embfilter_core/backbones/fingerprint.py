"""A short name for exactly these weights, this configuration and this tokenizer."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from embfilter_core.backbones.hugging_face import PreTrainedModel, PreTrainedTokenizerBase
from embfilter_core.backbones.spread import whole_state
from embfilter_core.backbones.weight_digests import FileState, weight_digests
from embfilter_core.progress import Progress

NOT_ABOUT_THE_NUMBERS = {
    "_name_or_path",
    "architectures",
    "dtype",
    "quantization_config",
    "torch_dtype",
    "transformers_version",
    "use_cache",
}


def fingerprint(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    files: Sequence[FileState] = (),
    progress: Progress | None = None,
) -> str:
    """Return 32 hexadecimal digits of a SHA-256 over every weight, the configuration and the tokenizer.

    Two backbones with the same fingerprint give the same embeddings; what is kept on disk is found by it.

    Args:
        model: The model.
        tokenizer: Its tokenizer.
        files: State of the files that the weights were read from; weights whose files have not changed since an
            earlier load are not hashed again.
        progress: Called with (bytes hashed, bytes in all); returning False cancels.

    Raises:
        Cancelled: `progress` returned False.
    """
    digests = weight_digests(whole_state(model), files, progress)
    config = {k: v for k, v in model.config.to_diff_dict().items() if k not in NOT_ABOUT_THE_NUMBERS}
    whole = hashlib.sha256(b"".join(digests))
    whole.update(json.dumps([config, *_tokenizer_facts(tokenizer)], sort_keys=True, default=str).encode())
    return whole.hexdigest()[:32]


def _tokenizer_facts(tokenizer: PreTrainedTokenizerBase) -> list[Any]:
    """Everything that decides which token ids a text becomes: a tokenizer of the same words may add no BOS."""
    vocabulary = sorted(tokenizer.get_vocab().items())
    backend = getattr(tokenizer, "backend_tokenizer", None)
    pipeline = json.loads(backend.to_str()) if backend is not None else {}
    changed_by_use = ("padding", "truncation")
    return [
        vocabulary,
        {name: part for name, part in pipeline.items() if name not in changed_by_use},
        tokenizer.special_tokens_map,
    ]
