"""Eigenvectors and singular vectors of a square matrix, in this process or in one that can be ended.

The routines behind them (LAPACK) tell nothing and cannot be stopped; for d = 4096 they take half a minute and more.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from embfilter_core.assets.child_process import run_telling

Route = Literal["gram", "triangle"]
SHORT = 1024
"""Below this many rows it takes no longer than a process takes to start."""


def factor(matrix: Tensor, route: Route, wait: Callable[[], None] | None = None) -> tuple[Tensor, Tensor]:
    """Return singular values and right singular vectors of W_U, largest first, from one of two (d, d) matrices.

    Args:
        matrix: float64; the upper triangle of the Gram matrix of W_U, or the R of its QR decomposition.
        route: Which.
        wait: Called several times a second where it takes long; what it raises ends the work. None works here alone.

    Returns:
        (d,) and (d, d), a row a direction.
    """
    if wait is None or matrix.device.type != "cpu" or len(matrix) < SHORT:
        return _factor(matrix, route)
    with tempfile.TemporaryDirectory(prefix="embfilter-") as scratch:
        given, made = Path(scratch, "given.npy"), Path(scratch, "made.npz")
        np.save(given, matrix.numpy())
        complaint = run_telling(
            [sys.executable, "-m", "embfilter_core.spectral.factor_process", route, str(given), str(made)],
            lambda _: wait(),
            environment={},
            folder=Path(__file__).parents[2],
        )
        if complaint:
            raise RuntimeError(f"A matrix of {len(matrix)} rows could not be factored: {complaint}")
        with np.load(made) as arrays:
            return torch.from_numpy(arrays["values"]), torch.from_numpy(arrays["directions"])


def _factor(matrix: Tensor, route: Route) -> tuple[Tensor, Tensor]:
    if route == "triangle":
        _, values, directions = torch.linalg.svd(matrix)
        return values, directions
    squares, vectors = torch.linalg.eigh(matrix, UPLO="U")
    return squares.clamp(min=0).sqrt().flip(0), vectors.T.flip(0)
