"""The logit lens of a head: logits over the vocabulary, the top tokens, and their ranks, ties by id.

The lens of h is h W_U^T, plus the head's bias where there is one (unfiltered, whatever
filter h went through): nostalgebraist's logit lens, applied to a pooled final state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from embfilter_core.errors import InputError

if TYPE_CHECKING:
    from embfilter_core.vocabulary.head import UnembeddingHead
    from embfilter_core.vocabulary.token_text import TokenTexts


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


def lens_logits(head: UnembeddingHead, embeddings: np.ndarray) -> np.ndarray:
    """Return the lens logits of embeddings over the whole vocabulary, (n, d) -> (n, |V|) float32.

    Raises:
        InputError: The embeddings are not (n, d).
    """
    embeddings, d = np.asarray(embeddings), head.weight.shape[1]
    if embeddings.ndim != 2 or embeddings.shape[1] != d:
        raise InputError(
            f"Embeddings of shape {embeddings.shape} do not fit an unembedding matrix of width {d}.", f"Pass (n, {d})."
        )
    with torch.inference_mode():
        hidden = torch.tensor(np.ascontiguousarray(embeddings, dtype=np.float32), device=head.weight.device)
        logits: np.ndarray = head.lens_logits(hidden).cpu().numpy()
    return logits


def check_top(top: int, choices: int) -> None:
    """Raise InputError where `top` tokens cannot be listed of so many to choose from."""
    if not 1 <= top <= choices:
        raise InputError(f"Cannot show the top {top} tokens.", f"Use a number from 1 to {choices}.")


def top_tokens(logits: np.ndarray, token_texts: TokenTexts, top: int, allowed: np.ndarray | None = None) -> LensTokens:
    """Return the `top` tokens with the largest logits of each row of (n, |V|), ties by id.

    Args:
        logits: (n, |V|).
        token_texts: How the tokens are written.
        top: Tokens of each row.
        allowed: (|V|,) bool, the tokens to choose from, or None for all.

    Raises:
        InputError: `top` is not between 1 and the number of tokens to choose from.
    """
    check_top(top, logits.shape[1] if allowed is None else int(allowed.sum()))
    scores = logits if allowed is None else np.where(allowed, logits, -np.inf)
    values, ids = (part.numpy() for part in top_of(_as_tensor(scores), top))
    return LensTokens(ids, [token_texts.readable_all(row) for row in ids], values)


def ranks_of(logits: np.ndarray, token_ids: np.ndarray) -> np.ndarray:
    """Return the rank of tokens, (n, |V|) logits and (n, m) ids -> (n, m) int64, as `ranks_among` counts it."""
    counted: np.ndarray = ranks_among(_as_tensor(logits), _as_tensor(token_ids)).numpy()
    return counted


def top_of(logits: Tensor, top: int) -> tuple[Tensor, Tensor]:
    """Return the `top` largest logits and their tokens, (n, |V|) -> (n, top) twice, best first, ties by id."""
    values, ids = logits.topk(top)
    crowded = (logits >= values[:, -1:]).sum(1) > top  # more tokens reach the last listed value than are listed
    for row in crowded.nonzero().flatten().tolist():
        values[row], ids[row] = (part[:top] for part in logits[row].sort(descending=True, stable=True))
    ids, by_id = ids.sort(dim=1)
    values, by_value = values.gather(1, by_id).sort(dim=1, descending=True, stable=True)
    return values, ids.gather(1, by_value)


def ranks_among(logits: Tensor, token_ids: Tensor) -> Tensor:
    """Return ranks from 1 among the whole vocabulary, ties by id, (n, |V|) and (n, m) ids -> (n, m) int64."""
    ids = torch.arange(logits.shape[1], device=logits.device)
    ranks = torch.empty_like(token_ids)
    for column in range(token_ids.shape[1]):  # one token a row at a time: all of them at once would take m times |V|
        token = token_ids[:, column : column + 1]
        value = logits.gather(1, token)
        ranks[:, column] = 1 + (logits > value).sum(1) + ((logits == value) & (ids < token)).sum(1)
    return ranks


def _as_tensor(array: np.ndarray) -> Tensor:
    """A tensor of an array's numbers; torch warns of read-only memory, so that is copied."""
    return torch.from_numpy(np.require(array, requirements="W"))
