"""Arrays as short strings that a browser unpacks: `f4:`, `i4:` or `u2:` before little-endian numbers in base64."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embfilter_core.instrument.neighbour_preview import NeighbourPreview

LEVELS = 65_535


@dataclass(frozen=True, eq=False)
class TokensAbout:
    """What is known of m tokens whatever the text.

    Attributes:
        texts: As people can read them.
        offsets: (m,) the head's bias.
        rates: (m,) powers of ten per million tokens.
        frequent: (m,) bool, whether it is among the most frequent.
        seen: (m,) bool, whether the corpus holds it.
    """

    texts: Sequence[str]
    offsets: np.ndarray
    rates: np.ndarray
    frequent: np.ndarray
    seen: np.ndarray


def packed(array: np.ndarray, kind: str) -> str:
    """Return an array, row after row, as a string; `kind` is `f4`, `i4`, `u2` or `u1`."""
    return f"{kind}:{base64.b64encode(np.ascontiguousarray(array, dtype=f'<{kind}').tobytes()).decode()}"


def quantised(rows: np.ndarray) -> dict[str, str]:
    """Return rows of numbers, (m, n), each in 65,536 steps from its least to its greatest.

    A difference of two numbers of a row is off by at most a step, 1.5e-5 of the row's range.
    """
    low, high = rows.min(axis=1, keepdims=True), rows.max(axis=1, keepdims=True)
    steps = np.where(high > low, (high - low) / LEVELS, 1.0)
    return {"levels": packed(np.round((rows - low) / steps), "u2"), "steps": packed(steps, "f4")}


def pack_tokens(about: TokensAbout, prefix: np.ndarray, ranks: np.ndarray) -> dict[str, Any]:
    """Return what a browser needs of m tokens: logits up to each edge, (m, b + 1), and unfiltered ranks, (m,)."""
    return {
        "texts": about.texts,
        **quantised(prefix),
        "offsets": packed(about.offsets, "f4"),
        "ranks": packed(ranks, "i4"),
        "rates": packed(about.rates, "f4"),
        "frequent": packed(about.frequent, "u1"),
        "seen": packed(about.seen, "u1"),
    }


def pack_energy(text: np.ndarray, corpus: np.ndarray | None) -> dict[str, Any]:
    """Return the share of the energy in each direction, (d,), of a text and of a corpus where there is one."""
    return {"text": packed(text, "f4"), "corpus": None if corpus is None else packed(corpus, "f4")}


def pack_near(texts: Sequence[str], near: NeighbourPreview) -> dict[str, Any]:
    """Return what a browser needs of the texts that come near, as they are written in a row."""
    return {
        "texts": texts,
        "positions": near.positions.tolist(),
        "copies": near.copies.tolist(),
        "dots": packed(near.dots, "f4"),
        "squares": packed(near.squares, "f4"),
        "query": packed(near.query_squares, "f4"),
    }
