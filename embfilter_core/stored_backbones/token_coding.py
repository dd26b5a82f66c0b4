"""Logits of a text's tokens in every band, small: what texts share is written once, and the rest in whole steps.

The logit that one singular direction gives a token is the text's coefficient times w_j . v_i, which no text changes:
of the directions that are steps of the grid by themselves, those products are shared. A wide block of directions is
written for each text. Both are rounded; the steps are taken so that errors do not add up over the grid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MOST_STEPS = 32_000
"""Of a block's logit, in 16 bits with a sign."""
MOST_LEVELS = 2**30
"""Of a product, in 32 bits with a sign; most need far fewer, and what they do not need takes no room."""


@dataclass(frozen=True, eq=False)
class Products:
    """Products w_j . v_i of U tokens with the S directions that are steps by themselves, in whole steps.

    Attributes:
        levels: (S, U) int32.
        step: (S,) float64, the size of a step of each direction.
    """

    levels: np.ndarray
    step: np.ndarray

    @classmethod
    def rounded(cls, products: np.ndarray, coefficients: np.ndarray, logit_step: float) -> Products:
        """Return products, (S, U), in steps that move no logit of texts by more than half a step of a logit.

        Args:
            products: Exact.
            coefficients: (n, S) of the texts in these directions.
            logit_step: That step of a logit.
        """
        largest = np.abs(products).max(axis=1, initial=0.0)
        most = np.abs(coefficients).max(axis=0)
        step = np.divide(logit_step, most, out=np.maximum(largest, 1.0), where=most > 0)
        step = np.maximum(step, largest / MOST_LEVELS)
        return cls(np.round(products / step[:, None]).astype(np.int32), step)

    def of(self, tokens: np.ndarray) -> np.ndarray:
        """Return the products of some of the tokens, (S, m) float64."""
        found: np.ndarray = self.step[:, None] * self.levels[:, tokens]
        return found


def single_steps(edges: np.ndarray) -> np.ndarray:
    """Return which steps of a grid, edges (b + 1,), are one direction, (b,) bool."""
    single: np.ndarray = np.diff(edges) == 1
    return single


def write_blocks(
    prefix: np.ndarray, edges: np.ndarray, coefficients: np.ndarray, products: np.ndarray, step: float
) -> tuple[np.ndarray, float]:
    """Return the logits that the wide blocks of the grid give tokens, in whole steps.

    Args:
        prefix: (m, b + 1), logit of the first directions up to each edge.
        edges: (b + 1,) of the grid.
        coefficients: (S,) of the text in the directions that are steps by themselves.
        products: (S, m) of its tokens with these, as they are read again.
        step: Size of a step; a larger one is taken where 16 bits ask for it.

    Returns:
        (B, m) int16, and the step. Each block also takes back what rounding left before it.
    """
    single, exact = single_steps(edges), np.asarray(prefix, dtype=np.float64)
    widest = np.abs(np.diff(exact, axis=1)[:, ~single]).max(initial=0.0)
    step = max(step, float(widest) / MOST_STEPS)
    along, blocks, reached = iter(coefficients[:, None] * products), [], np.zeros(len(exact))
    for place, alone in enumerate(single):
        if alone:
            reached = reached + next(along)
        else:
            blocks.append(np.round((exact[:, place + 1] - reached) / step))
            reached = reached + step * blocks[-1]
    written = np.array(blocks).reshape(len(blocks), len(exact))
    return np.clip(written, -32_767, 32_767).astype(np.int16), step


def read_prefix(
    edges: np.ndarray, coefficients: np.ndarray, products: np.ndarray, blocks: np.ndarray, step: float
) -> np.ndarray:
    """Return the logits of the first directions up to each edge, (m, b + 1) float64, from what `write_blocks` wrote."""
    single = single_steps(edges)
    parts = np.zeros((len(edges), products.shape[1]))
    parts[1:][single] = coefficients[:, None] * products
    parts[1:][~single] = step * blocks.astype(np.float64)
    prefix: np.ndarray = parts.cumsum(axis=0).T
    return prefix


def largest_error(read: np.ndarray, exact: np.ndarray) -> float:
    """Return the largest difference that reading makes to the logit of a token in any band; (m, b + 1) each."""
    off = read - exact
    return float((off.max(axis=1) - off.min(axis=1)).max(initial=0.0))
