"""Batches of encoded texts through the backbone, pooled to one embedding a text."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import torch
from torch import Tensor

from embfilter_core.backbones.architecture import Architecture
from embfilter_core.backbones.prompt_encoder import EncodedText
from embfilter_core.progress import Progress, report

TOKENS_PER_BATCH = 1024
"""Measured on 2 cores: a token costs the same from here on, and larger batches only hold more padding."""


def embed_encoded(
    architecture: Architecture,
    texts: Sequence[EncodedText],
    lock: AbstractContextManager[Any],
    progress: Progress | None = None,
    tokens_per_batch: int = TOKENS_PER_BATCH,
    layer: int | None = None,
) -> np.ndarray:
    """Pooled hidden states, (n, d) float32, in input order.

    Args:
        architecture: The model.
        texts: Encoded texts.
        lock: Held for one batch at a time.
        progress: Called with (texts done, texts in all) after every batch.
        tokens_per_batch: Most tokens of a batch, padding included.
        layer: 0 (the token embeddings) to L, the last, which None means.

    Raises:
        Cancelled: `progress` returned False.
    """
    embeddings = np.empty((len(texts), architecture.head.weight.shape[1]), dtype=np.float32)
    done = 0
    for batch, pooled in embed_batches(architecture, texts, lock, tokens_per_batch, None if layer is None else [layer]):
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
) -> Iterator[tuple[list[int], np.ndarray]]:
    """Yield pooled hidden states as each batch is done: its indices into `texts`, and (layers, indices, d) float32.

    Texts of similar length share a batch, longest first, so that little is spent on
    padding and the time left never grows. The lock is held for one batch at a time, and
    a batch goes through the model once for all layers; the last alone where they are None.
    """
    layers = [architecture.layers] if layers is None else layers
    for batch in batches_by_length([len(text) for text in texts], tokens_per_batch):
        with lock:
            pooled = forward_batch(architecture, [texts[i] for i in batch], layers)
        yield batch, pooled.cpu().numpy()


def batches_by_length(lengths: Sequence[int], tokens_per_batch: int) -> Iterator[list[int]]:
    """Indices in batches, longest texts first, each at most `tokens_per_batch` tokens after padding (or one text)."""
    batch: list[int] = []
    for i in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        if batch and lengths[batch[0]] * (len(batch) + 1) > tokens_per_batch:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


@torch.inference_mode()
def forward_batch(architecture: Architecture, texts: Sequence[EncodedText], layers: Sequence[int]) -> Tensor:
    """Run one left-padded forward pass; return its pooling at each layer, (layers, n, d) float32."""
    width = max(len(text) for text in texts)
    ids = torch.zeros(len(texts), width, dtype=torch.long)
    attention = torch.zeros_like(ids)
    pooling = torch.zeros(len(texts), width)  # row i averages the pooled positions of text i
    for row, text in enumerate(texts):
        padding = width - len(text)
        ids[row, padding:] = torch.tensor(text.token_ids)
        attention[row, padding:] = 1
        start, stop = text.pooled
        pooling[row, padding + start : padding + stop] = 1 / (stop - start)
    # GPT-2 does not derive positions from the mask, and gives wrong embeddings without an error.
    positions = (attention.cumsum(-1) - 1).clamp(min=0)
    device = architecture.head.weight.device
    inputs = {
        "input_ids": ids.to(device),
        "attention_mask": attention.to(device),
        "position_ids": positions.to(device),
        "use_cache": False,
    }
    weights = pooling.to(device).unsqueeze(1)
    return torch.stack([(weights @ states.float()).squeeze(1) for states in _states(architecture, inputs, layers)])


def _states(architecture: Architecture, inputs: dict[str, Any], layers: Sequence[int]) -> Iterator[Tensor]:
    """Hidden states of layers in the space of the head, (n, positions, d) each; no other layer is kept meanwhile."""
    inner = [layer for layer in layers if layer != architecture.layers]
    output = architecture.base_model(**inputs, **({"output_hidden_states": inner} if inner else {}))
    for layer in layers:
        is_last = layer == architecture.layers
        yield output.last_hidden_state if is_last else architecture.to_lens(output.hidden_states[layer])
