"""Quality of embeddings by the layer they are taken from and the directions that are kept."""

from collections.abc import Callable, Sequence

import numpy as np

from embfilter_core.errors import EmbeddingCancelled, InputError
from embfilter_core.spectral.selection import KeptDirections
from embfilter_core.spectral.spectrum import Spectrum

Progress = Callable[[int, int], bool | None]
"""Called with (scores done, scores in all), first with 0 done; returning False cancels."""


def quality_by_layer(
    embeddings_of: Callable[[int], np.ndarray],
    layers: Sequence[int],
    spectrum: Spectrum,
    selections: Sequence[KeptDirections],
    score: Callable[[np.ndarray], float],
    progress: Progress | None = None,
) -> np.ndarray:
    """Score the embeddings of every layer under every selection.

    Args:
        embeddings_of: Gives the embeddings of a layer, (n, d); asked once a layer.
        layers: The layers.
        spectrum: Spectrum of the backbone.
        selections: Directions to keep, one column each.
        score: Gives the quality of coefficients (n, k) float64, the reduced form of the embeddings.
        progress: Called with (scores done, scores in all) at the start and after every score; False cancels.

    Returns:
        (layers, selections) float64.

    Raises:
        InputError: There is no layer or no selection.
        EmbeddingCancelled: `progress` returned False.
    """
    if not (len(layers) and len(selections)):
        raise InputError("There is nothing to score.", "Give at least one layer and one selection.")
    scores = np.empty((len(layers), len(selections)))
    _report(progress, 0, scores.size)
    for row, layer in enumerate(layers):
        coefficients = spectrum.coefficients(embeddings_of(layer))
        for column, kept in enumerate(selections):
            scores[row, column] = score(coefficients[:, kept.indices])
            _report(progress, row * len(selections) + column + 1, scores.size)
    return scores


def _report(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None and progress(done, total) is False:
        raise EmbeddingCancelled(f"Stopped after {done} of {total} scores.")
