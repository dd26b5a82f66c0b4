"""Logit spectroscopy: how much each singular direction says about the frequent tokens.

The average token h_avg is the hidden state whose logits come closest, in least
squares, to the log frequencies of the tokens. Take one singular direction out of
it: the score Δπ(i) is the logit change that this makes on a set of tokens, as a share
of their logits (EmbedFilter, arXiv 2606.07502; logit spectroscopy, arXiv 2402.09221).

Everything is closed form. With c = V h_avg and the token rows w_j of W_U,

    Δπ(i) = |c_i| * sum_j |w_j . v_i| / sum_j |w_j . h_avg|

so a set of tokens costs its own rows times V, and no left singular vector is ever
formed. Without padded rows c_i = (u_i . log p) / s_i, and the singular values cancel.
"""

from dataclasses import dataclass
from math import nan
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from embfilter_core.errors import InputError
from embfilter_core.spectral.decomposition import ROWS_PER_CHUNK, float64_device
from embfilter_core.spectral.geometry import edge_block
from embfilter_core.spectral.spectrum import Spectrum

Bias = Literal["zero", "mean"]
BIASES: dict[Bias, str] = {
    "zero": "b = 0, as in the paper: fit log p itself",
    "mean": "b = -mean(log p): fit log p about its mean",
}


@dataclass(frozen=True, eq=False)
class AverageToken:
    """The hidden state whose logits are closest to the log frequencies of the tokens.

    Attributes:
        hidden: h_avg, (d,) float64.
        coefficients: c = V h_avg, (d,) float64; 0 in directions that W_U does not reach.
        r_squared: Share of the variance of log p, over rows that are tokens, that the logits explain.
        bias: Constant added to log p before the fit.
    """

    hidden: np.ndarray
    coefficients: np.ndarray
    r_squared: float
    bias: float


def average_token(
    weight: Tensor, spectrum: Spectrum, log_p: np.ndarray, padded: np.ndarray, bias: Bias = "mean"
) -> AverageToken:
    """Fit the average token to log frequencies.

    Args:
        weight: W_U, (|V|, d).
        spectrum: Its spectrum.
        log_p: (|V|,) natural logarithms of token frequencies; what stands in padded rows is ignored.
        padded: (|V|,) bool, rows that are no token; they stay out of the fit.
        bias: `zero` or `mean`.

    Raises:
        InputError: The bias is unknown, or log p is not finite on every token.
    """
    if bias not in BIASES:
        raise InputError(f"Unknown bias {bias!r}.", f"Use {' or '.join(BIASES)}.")
    target = np.where(padded, 0.0, log_p)
    if not np.isfinite(target).all():
        raise InputError("A token has frequency 0, whose logarithm is not finite.", "Smooth the counts first.")
    added = 0.0 if bias == "zero" else -float(target[~padded].mean())
    target = np.where(padded, 0.0, target + added)
    coefficients = _solve(weight, spectrum, _times_rows(weight, target), padded)
    hidden = coefficients @ spectrum.directions
    residual = (target - _times_columns(weight, hidden))[~padded]
    spread = target[~padded] - target[~padded].mean()
    return AverageToken(hidden, coefficients, 1 - float(residual @ residual) / float(spread @ spread), added)


@dataclass(frozen=True, eq=False)
class ScoreTable:
    """The scores of every direction for every length of a list of tokens, so that a slider over k costs nothing.

    Attributes:
        along: (m, d) float64, sums over the first 1 .. m tokens of |w_j . v_i|.
        logits: (m,) float64, sums of |w_j . h_avg|.
        coefficients: |c|, (d,) float64, of the average token.
    """

    along: np.ndarray
    logits: np.ndarray
    coefficients: np.ndarray

    def scores(self, k: int) -> np.ndarray:
        """Return the scores over the first k tokens (all of them where there are fewer), (d,) float64."""
        last = min(k, len(self.logits)) - 1
        scores: np.ndarray = self.coefficients * self.along[last] / self.logits[last]
        return scores


def score_table(weight: Tensor, spectrum: Spectrum, average: AverageToken, token_ids: np.ndarray) -> ScoreTable:
    """Add up what the scores need over a list of tokens, in its order."""
    rows = _rows(weight, token_ids)
    return ScoreTable(
        along=np.abs(rows @ spectrum.directions.T).cumsum(axis=0),
        logits=np.abs(rows @ average.hidden).cumsum(),
        coefficients=np.abs(average.coefficients),
    )


def direction_scores(weight: Tensor, spectrum: Spectrum, average: AverageToken, token_ids: np.ndarray) -> np.ndarray:
    """Return the spectroscopy score of every singular direction over a set of tokens, (d,) float64."""
    return score_table(weight, spectrum, average, token_ids).scores(len(token_ids))


def frequency_r_squared(weight: Tensor, spectrum: Spectrum, values: np.ndarray, block: slice) -> float:
    """How much of a token property a block of directions holds: R^2 of a linear fit with intercept.

    Args:
        weight: W_U, (|V|, d).
        spectrum: Its spectrum.
        values: (|V|,) the property, such as the Zipf frequency; NaN leaves a token out.
        block: The directions whose token coordinates W_U v_i are fitted.

    Returns:
        R^2, or NaN where fewer than two tokens have the property.
    """
    ids = np.flatnonzero(np.isfinite(values))
    if len(ids) < 2:
        return nan
    along = _times_columns(weight, spectrum.directions[block].T)
    design = np.column_stack([np.ones(len(ids)), along[ids]])
    fitted = design @ np.linalg.lstsq(design, values[ids], rcond=None)[0]
    residual, spread = values[ids] - fitted, values[ids] - values[ids].mean()
    return 1 - float(residual @ residual) / float(spread @ spread)


def block_r_squared(weight: Tensor, spectrum: Spectrum, values: np.ndarray) -> tuple[float, float, float]:
    """Return how much of a token property, (|V|,) with NaN where it is not known, either end and the middle hold.

    Each block is d / 16 directions wide: the first, the middle and the last ones, as in `frequency_r_squared`.
    """
    block = edge_block(spectrum.d)
    first, middle, last = (
        frequency_r_squared(weight, spectrum, values, slice(start, start + block))
        for start in (0, (spectrum.d - block) // 2, spectrum.d - block)
    )
    return first, middle, last


def _solve(weight: Tensor, spectrum: Spectrum, moments: np.ndarray, padded: np.ndarray) -> np.ndarray:
    """Coefficients of the least-squares hidden state from W^T y, the padded rows taken out of the normal equations."""
    reached = ~spectrum.null
    right = (spectrum.directions @ moments)[reached]
    squares = spectrum.singular_values[reached] ** 2
    coefficients = np.zeros(spectrum.d)
    if padded.any():
        left_out = _rows(weight, np.flatnonzero(padded)) @ spectrum.directions[reached].T
        normal = np.diag(squares) - left_out.T @ left_out
        coefficients[reached] = np.linalg.lstsq(normal, right, rcond=None)[0]
    else:
        coefficients[reached] = right / squares
    return coefficients


def _rows(weight: Tensor, ids: np.ndarray) -> np.ndarray:
    return weight[torch.as_tensor(np.array(ids), device=weight.device)].to("cpu", torch.float64).numpy()


def _times_columns(weight: Tensor, columns: np.ndarray) -> np.ndarray:
    """W times (d,) or (d, m) in float64, by chunks of rows."""
    device = float64_device(weight)
    right = torch.tensor(columns, device=device)
    return torch.cat([rows.to(device, torch.float64) @ right for rows in weight.split(ROWS_PER_CHUNK)]).cpu().numpy()


def _times_rows(weight: Tensor, values: np.ndarray) -> np.ndarray:
    """W^T y in float64, (d,), by chunks of rows."""
    device = float64_device(weight)
    moments = torch.zeros(weight.shape[1], dtype=torch.float64, device=device)
    parts = torch.tensor(values, dtype=torch.float64, device=device).split(ROWS_PER_CHUNK)
    for rows, part in zip(weight.split(ROWS_PER_CHUNK), parts, strict=True):
        moments += rows.to(device, torch.float64).T @ part
    return moments.cpu().numpy()
