"""Batches of encoded texts through the backbone, pooled to one embedding a text."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from embfilter_core.backbones.architecture import Architecture
from embfilter_core.backbones.batch_arrays import Fetched, left_padded, pooling_weights, to_device
from embfilter_core.backbones.prompt_encoder import EncodedText
from embfilter_core.backbones.refusals.explained import out_of_memory
from embfilter_core.progress import Progress, report

TOKENS_PER_BATCH = 1024
"""Measured on 2 cores: a token costs the same from here on, and larger batches only hold more padding."""


class Pass(Protocol):
    """A way of putting a batch through the model to its last layer; this file's own, `forward_batch`, is the plain one.

    Attributes:
        padded: Texts of a batch are filled up to the longest.
        skipped: Tokens at the beginning of every text that do not go through the model again.
    """

    @property
    def padded(self) -> bool: ...  # noqa: D102

    @property
    def skipped(self) -> int: ...  # noqa: D102

    def __call__(self, texts: Sequence[EncodedText]) -> Tensor:
        """Pooled hidden states, (n, d) float32."""


@dataclass(frozen=True, eq=False)
class Faster:
    """What replaces the plain pass where the last layer alone is asked for.

    Attributes:
        run: The pass.
        tokens_per_batch: Most tokens of a batch.
        ahead: Batches that are started before the result of an earlier one is fetched.
    """

    run: Pass
    tokens_per_batch: int
    ahead: int


def embed_encoded(
    architecture: Architecture,
    texts: Sequence[EncodedText],
    lock: AbstractContextManager[Any],
    progress: Progress | None = None,
    tokens_per_batch: int = TOKENS_PER_BATCH,
    layer: int | None = None,
    *,
    faster: Faster | None = None,
) -> np.ndarray:
    """Pooled hidden states, (n, d) float32, in input order.

    Args:
        architecture: The model.
        texts: Encoded texts.
        lock: Held for one batch at a time.
        progress: Called with (texts done, texts in all) after every batch.
        tokens_per_batch: Most tokens of a batch, padding included.
        layer: 0 (the token embeddings) to L, the last, which None means.
        faster: Replaces the plain pass, for the last layer alone.

    Raises:
        Cancelled: `progress` returned False.
        BackboneError: A GPU has no memory for one text alone.
    """
    embeddings = np.empty((len(texts), architecture.head.weight.shape[1]), dtype=np.float32)
    done, layers = 0, None if layer is None else [layer]
    for batch, pooled in embed_batches(architecture, texts, lock, tokens_per_batch, layers, faster=faster):
        embeddings[batch] = pooled[0]
        done += len(batch)
        report(progress, done, len(texts), "texts")
    return embeddings


def embed_batches(
    architecture: Architecture,
    texts: Sequence[EncodedText],
    lock: AbstractContextManager[Any],
    tokens_per_batch: int = TOKENS_PER_BATCH,
    layers: Sequence[int] | None = None,
    *,
    faster: Faster | None = None,
) -> Iterator[tuple[list[int], np.ndarray]]:
    """Yield pooled hidden states as each batch is done: its indices into `texts`, and (layers, indices, d) float32.

    Texts of similar length share a batch, longest first, so that little is spent on
    padding and the time left never grows; where the model takes no padding, a batch holds
    texts of one length. The lock is held for one batch at a time, and
    a batch goes through the model once for all layers; the last alone where they are None.
    """
    layers = [architecture.layers] if layers is None else layers
    lengths = [len(text) for text in texts]
    if faster is None or list(layers) != [architecture.layers]:
        for batch in batches_by_length(lengths, tokens_per_batch, one_length=not architecture.pads):
            with lock:
                pooled = _in_memory(lambda some: forward_batch(architecture, some, layers), [texts[i] for i in batch])
            yield batch, pooled.cpu().numpy()
        return
    run, started = faster.run, deque[tuple[list[int], Fetched]]()
    lengths = [length - run.skipped for length in lengths]
    for batch in batches_by_length(lengths, faster.tokens_per_batch, run.padded):
        with lock:
            started.append((batch, Fetched(_in_memory(run, [texts[i] for i in batch]))))
        while len(started) > faster.ahead:
            batch, fetched = started.popleft()
            yield batch, fetched.array()[None]
    for batch, fetched in started:
        yield batch, fetched.array()[None]


def _in_memory(run: Callable[[Sequence[EncodedText]], Tensor], texts: Sequence[EncodedText]) -> Tensor:
    """What a pass makes of a batch, (..., n, d); in two halves where a GPU has no memory for the whole.

    Raises:
        BackboneError: It has none for one text alone.
    """
    try:
        return run(texts)
    except torch.OutOfMemoryError as error:
        if len(texts) == 1:
            raise out_of_memory(f"a text of {len(texts[0])} tokens") from error
    torch.cuda.empty_cache()  # outside of the handler: what it holds of the pass is gone
    half = len(texts) // 2
    return torch.cat([_in_memory(run, texts[:half]), _in_memory(run, texts[half:])], dim=-2)


def batches_by_length(
    lengths: Sequence[int], tokens_per_batch: int, padded: bool = True, one_length: bool = False
) -> Iterator[list[int]]:
    """Indices in batches, longest texts first, each at most `tokens_per_batch` tokens (or one text).

    Args:
        lengths: Tokens of every text.
        tokens_per_batch: The most tokens.
        padded: Padding counts: every text takes as many tokens as the longest of its batch.
        one_length: Texts of different length share no batch.
    """
    batch: list[int] = []
    tokens = 0
    for i in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        takes = lengths[batch[0]] if batch and padded else lengths[i]
        ends = one_length and lengths[i] != lengths[batch[0]] if batch else False
        if batch and (ends or tokens + takes > tokens_per_batch):
            yield batch
            batch, tokens, takes = [], 0, lengths[i]
        batch.append(i)
        tokens += takes
    if batch:
        yield batch


@torch.inference_mode()
def forward_batch(architecture: Architecture, texts: Sequence[EncodedText], layers: Sequence[int]) -> Tensor:
    """Run one left-padded forward pass; return its pooling at each layer, (layers, n, d) float32."""
    inputs, device = model_inputs(architecture, texts), architecture.device
    weights = to_device(pooling_weights(texts, inputs["input_ids"].shape[1]), device).unsqueeze(1)
    states = architecture.states(inputs, layers)
    return torch.stack([(weights @ of_layer.to(device, torch.float32)).squeeze(1) for of_layer in states])


def model_inputs(architecture: Architecture, texts: Sequence[EncodedText]) -> dict[str, Any]:
    """What the base model is given for a batch: left-padded ids with mask and positions, or ids alone without padding.

    Raises:
        ValueError: Texts of different length for a model that takes no padding.
    """
    ids, is_token = left_padded(texts)
    inputs: dict[str, Any] = {"input_ids": to_device(ids, architecture.device), "use_cache": False}
    if not architecture.pads:
        if not is_token.all():
            raise ValueError("This model takes no padding: a batch must hold texts of one length.")
        return inputs
    attention = to_device(is_token.astype(np.int64), architecture.device)
    # GPT-2 does not derive positions from the mask, and gives wrong embeddings without an error.
    return {**inputs, "attention_mask": attention, "position_ids": (attention.cumsum(-1) - 1).clamp(min=0)}
