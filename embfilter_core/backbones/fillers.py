"""Tokens that only fill a vocabulary up to the rows of its matrix, as converters of GGUF files and Gemma have them."""

import re

import numpy as np

from embfilter_core.backbones.hugging_face import PreTrainedTokenizerBase

_FILLER = re.compile(r"\[PAD\d+\]|<unused_?\d+>")


def emitted_ids(tokenizer: PreTrainedTokenizerBase) -> np.ndarray:
    """Return the ids that a text can become, (n,) integers; a text that writes a filler out is not one."""
    vocabulary = tokenizer.get_vocab().items()
    return np.fromiter((i for piece, i in vocabulary if not _FILLER.fullmatch(piece)), dtype=np.int64)
