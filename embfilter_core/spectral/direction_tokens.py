"""The tokens at both ends of every singular direction: found in one pass over W_U, then read from disk."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from embfilter_core.errors import InputError
from embfilter_core.spectral.decomposition import float64_device, spectrum_path
from embfilter_core.spectral.spectrum import Spectrum
from embfilter_core.storage.arrays import load_arrays, save_arrays
from embfilter_core.vocabulary.logit_lens import top_of

MOST_TOKENS = 20
"""Kept of each end; all where there are fewer."""
ROWS_PER_CHUNK = 1024
"""Fewer than where a chunk is only multiplied: here its products are held for both ends of every direction."""


@dataclass(frozen=True, eq=False)
class DirectionTokens:
    """The tokens whose rows w_j of W_U lie furthest out along each singular direction v_i.

    Attributes:
        ids: (d, 2, top) int64; of direction i, `ids[i, 0]` stand at the positive end and `ids[i, 1]` at the negative
            one, furthest first, ties by id. Rows that are no token are left out.
        scores: (d, 2, top) float64, their coordinates w_j . v_i.
    """

    ids: np.ndarray
    scores: np.ndarray

    def ends(self, direction: int) -> tuple[np.ndarray, np.ndarray]:
        """Ids at the positive and at the negative end of a direction, furthest first, (top,) each.

        Raises:
            InputError: There is no such direction.
        """
        if not 0 <= direction < len(self.ids):
            raise InputError(f"There is no direction {direction}.", f"Use a number from 0 to {len(self.ids) - 1}.")
        return self.ids[direction, 0], self.ids[direction, 1]


def find_direction_tokens(weight: Tensor, spectrum: Spectrum, padded: np.ndarray) -> DirectionTokens:
    """Find the tokens at both ends of every direction.

    W_U V is made in float64 over chunks of rows, of which only the best so far are held.

    Args:
        weight: W_U, (|V|, d).
        spectrum: Its spectrum.
        padded: (|V|,) bool, rows that are no token.
    """
    device = float64_device(weight)
    tokens = torch.from_numpy(np.flatnonzero(~padded)).to(device)
    directions = torch.tensor(spectrum.directions, device=device)
    # Both ends by their distance, the negative one negated.
    scores = torch.empty(2, spectrum.d, 0, dtype=torch.float64, device=device)
    ids = torch.empty(2, spectrum.d, 0, dtype=torch.int64, device=device)
    for chunk in tokens.split(ROWS_PER_CHUNK):
        along = directions @ weight[chunk.to(weight.device)].to(device, torch.float64).T
        here = chunk.expand(2, spectrum.d, -1)
        scores, ids = _furthest(torch.cat([scores, torch.stack([along, -along])], 2), torch.cat([ids, here], 2))
    signs = torch.tensor([1.0, -1.0], dtype=torch.float64, device=device)[:, None, None]
    return _read_only(ids.movedim(0, 1).cpu().numpy(), (scores * signs).movedim(0, 1).cpu().numpy())


def cached_direction_tokens(weight: Tensor, spectrum: Spectrum, padded: np.ndarray) -> DirectionTokens:
    """The tokens at both ends of every direction of a backbone, read from disk where they were found before."""
    path = direction_tokens_path(spectrum.backbone)
    facts = {
        "directions": hashlib.sha256(np.ascontiguousarray(spectrum.directions).data).hexdigest(),
        "top": MOST_TOKENS,
    }
    stored = load_arrays(path)
    if stored is not None and stored.facts == facts:
        return _read_only(stored.arrays["ids"], stored.arrays["scores"])
    found = find_direction_tokens(weight, spectrum, padded)
    save_arrays(path, {"ids": found.ids, "scores": found.scores}, facts)
    return found


def direction_tokens_path(fingerprint: str) -> Path:
    """Where the tokens at the ends of a backbone's directions are kept, beside its spectrum."""
    return spectrum_path(fingerprint).with_suffix(".tokens.safetensors")


def _furthest(scores: Tensor, ids: Tensor) -> tuple[Tensor, Tensor]:
    """The largest scores of each row and their ids; ids that are tied stand in ascending order, and stay in it."""
    top = min(MOST_TOKENS, scores.shape[2])
    values, at = top_of(scores.flatten(0, 1), top)
    return values.unflatten(0, scores.shape[:2]), ids.flatten(0, 1).gather(1, at).unflatten(0, scores.shape[:2])


def _read_only(ids: np.ndarray, scores: np.ndarray) -> DirectionTokens:
    for array in (ids, scores):
        array.setflags(write=False)
    return DirectionTokens(ids, scores)
