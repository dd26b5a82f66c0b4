"""lens logits of a head, top tokens and ranks, ties by id: once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from embfilter_core.errors import InputError

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone


def top_of(logits: Tensor, top: int) -> tuple[Tensor, Tensor]:
    """The `top` largest logits and their tokens, (g, |V|) -> (g, top) twice, best first, ties by id."""
    values, ids = logits.topk(top)
    crowded = (logits >= values[:, -1:]).sum(1) > top  # more tokens reach the last listed value than are listed
    for row in crowded.nonzero().flatten().tolist():
        values[row], ids[row] = (part[:top] for part in logits[row].sort(descending=True, stable=True))
    ids, by_id = ids.sort(dim=1)
    values, by_value = values.gather(1, by_id).sort(dim=1, descending=True, stable=True)
    return values, ids.gather(1, by_value)


def ranks_among(logits: Tensor, token_ids: Tensor) -> Tensor:
    """Rank from 1, ties by id, of one token in each row, (g, |V|) and (g,) -> (g,) int64."""
    values = logits.gather(1, token_ids[:, None])
    smaller_ids = torch.arange(logits.shape[1], device=logits.device) < token_ids[:, None]
    return 1 + (logits > values).sum(1) + ((logits == values) & smaller_ids).sum(1)


@dataclass(frozen=True, eq=False)
class LensTokens:
    """The top tokens of n embeddings, best first.

    Attributes:
        token_ids: (n, top) int64.
        texts: n lists of `top` tokens as people can read them.
        logits: (n, top) float32.
    """

    token_ids: np.ndarray
    texts: list[list[str]]
    logits: np.ndarray


def lens_logits(backbone: Backbone, embeddings: np.ndarray, centre: np.ndarray | None = None) -> np.ndarray:
    """Lens logits over the whole vocabulary, (n, d) -> (n, |V|) float32; `centre` (d,) is subtracted first.

    Raises:
        InputError: The embeddings are not (n, d).
    """
    embeddings = np.asarray(embeddings)
    if embeddings.ndim != 2 or embeddings.shape[1] != backbone.d:
        raise InputError(
            f"Embeddings of shape {embeddings.shape} do not fit {backbone.name}.", f"Pass (n, {backbone.d})."
        )
    shifted = embeddings if centre is None else embeddings - centre
    head = backbone.architecture.head
    with torch.inference_mode():
        hidden = torch.tensor(np.ascontiguousarray(shifted, dtype=np.float32), device=head.weight.device)
        return head.lens_logits(hidden).cpu().numpy()


def lens_tokens(backbone: Backbone, embeddings: np.ndarray, top: int, centre: np.ndarray | None = None) -> LensTokens:
    """The `top` tokens of each embedding; see `Backbone.lens`."""
    return top_tokens(backbone, lens_logits(backbone, embeddings, centre), top)


def top_tokens(backbone: Backbone, logits: np.ndarray, top: int, allowed: np.ndarray | None = None) -> LensTokens:
    """The `top` largest logits of each row, ties by id; `allowed` (|V|,) bool narrows the choice.

    Raises:
        InputError: `top` is not between 1 and the number of tokens to choose from.
    """
    choices = logits.shape[1] if allowed is None else int(allowed.sum())
    if not 1 <= top <= choices:
        raise InputError(f"Cannot show the top {top} tokens.", f"Use a number from 1 to {choices}.")
    scores = logits if allowed is None else np.where(allowed, logits, -np.inf)
    ids = np.stack([_largest(row, top) for row in scores]) if len(scores) else np.empty((0, top), dtype=np.int64)
    texts = [backbone.token_texts.readable_all(row) for row in ids]
    return LensTokens(ids, texts, np.take_along_axis(logits, ids, axis=1))


def ranks_of(logits: np.ndarray, token_ids: np.ndarray) -> np.ndarray:
    """Rank, from 1 and among the whole vocabulary with ties by id, of (n, m) tokens under (n, |V|) logits."""
    ranks = np.empty(token_ids.shape, dtype=np.int64)
    for row, (values, ids) in enumerate(zip(logits, token_ids, strict=True)):
        place = np.empty(len(values), dtype=np.int64)
        place[np.argsort(-values, kind="stable")] = np.arange(1, len(values) + 1)
        ranks[row] = place[ids]
    return ranks


def _largest(values: np.ndarray, top: int) -> np.ndarray:
    """Indices of the `top` largest values, best first, ties by index."""
    if top < len(values):
        threshold = np.partition(values, len(values) - top)[len(values) - top]
        candidates = np.flatnonzero(values >= threshold)
    else:
        candidates = np.arange(len(values))
    return candidates[np.argsort(-values[candidates], kind="stable")][:top]
