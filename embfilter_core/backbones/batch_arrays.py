"""Encoded texts as the arrays of a batch, made without a loop over texts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
import torch
from torch import Tensor

from embfilter_core.backbones.prompt_encoder import EncodedText


def left_padded(texts: Sequence[EncodedText], skipped: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Token ids, (n, width) int64, of texts that end in the same column, and which of them are tokens, (n, width) bool.

    Args:
        texts: The texts.
        skipped: Tokens left out at the beginning of each.
    """
    lengths = lengths_of(texts) - skipped
    width = int(lengths.max())
    is_token = np.arange(width) >= width - lengths[:, None]
    ids = np.zeros(is_token.shape, dtype=np.int64)
    ids[is_token] = flat_ids(texts, skipped)
    return ids, is_token


def flat_ids(texts: Sequence[EncodedText], skipped: int = 0) -> np.ndarray:
    """Token ids of texts one behind the other, (all tokens,) int64."""
    pieces = (text.token_ids[skipped:] if skipped else text.token_ids for text in texts)
    return np.fromiter(chain.from_iterable(pieces), dtype=np.int64)


def lengths_of(texts: Sequence[EncodedText]) -> np.ndarray:
    """Tokens of each text, (n,) int64."""
    return np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))


def spans_of(texts: Sequence[EncodedText]) -> np.ndarray:
    """First and last + 1 pooled position of each text, (n, 2) int64."""
    return np.array([text.pooled for text in texts], dtype=np.int64)


def pools_last(texts: Sequence[EncodedText]) -> bool:
    """Whether the pooling of every text reads its last position alone."""
    ends = lengths_of(texts)
    return bool((spans_of(texts) == np.stack([ends - 1, ends], 1)).all())


def pooling_weights(texts: Sequence[EncodedText], width: int) -> np.ndarray:
    """Weights that average what each text pools, (n, width) float32, where all texts end in the last column."""
    starts, stops = np.split(spans_of(texts) + width - lengths_of(texts)[:, None], 2, axis=1)
    columns = np.arange(width)
    weights: np.ndarray = ((columns >= starts) & (columns < stops)) / (stops - starts)
    return weights.astype(np.float32)


def to_device(array: np.ndarray, device: torch.device) -> Tensor:
    """The array on a device; a copy to a GPU is started and not waited for."""
    tensor = torch.from_numpy(array)
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor.to(device)


class Fetched:
    """Numbers on their way from a device: the copy is started at once, and waited for when they are read."""

    def __init__(self, numbers: Tensor) -> None:
        self._copied: torch.cuda.Event | None = None
        if numbers.is_cuda:
            self._here = torch.empty(numbers.shape, dtype=numbers.dtype, pin_memory=True)
            self._here.copy_(numbers, non_blocking=True)
            self._copied = torch.cuda.Event()
            self._copied.record(torch.cuda.current_stream(numbers.device))
        else:
            self._here = numbers.cpu()

    def array(self) -> np.ndarray:
        """The numbers, once they are there."""
        if self._copied is not None:
            self._copied.synchronize()
        array: np.ndarray = self._here.numpy()
        return array
