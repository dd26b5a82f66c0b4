"""Two facts about each layer, energy in the edge spectrum and how frequent its tokens are, and how they change."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from embfilter_core.lens.layers.reading import LayerReading
from embfilter_core.lens.layers.states import LayerStates
from embfilter_core.lens.list_frequency import ListFrequency, list_frequency
from embfilter_core.lens.token_rates import TokenRates
from embfilter_core.quality.metrics import spearman
from embfilter_core.spectral.geometry import EdgeShares, edge_shares, energy
from embfilter_core.spectral.spectrum import Spectrum
from embfilter_core.vocabulary.token_frequency import COUNTED_TOKENS
from embfilter_core.vocabulary.token_text import TokenTexts


@dataclass(frozen=True, eq=False)
class LayerEnergy:
    """Share of the squared length of the states at the two ends of the spectrum, layer by layer.

    Attributes:
        layers: (layers,) int64.
        pooled: One a layer, of the pooled state.
        positions: One a layer, the mean of the shares over the shown positions.
    """

    layers: np.ndarray
    pooled: tuple[EdgeShares, ...]
    positions: tuple[EdgeShares, ...]


@dataclass(frozen=True, eq=False)
class LayerFrequency:
    """How frequent the top tokens of a reading are, layer by layer.

    Attributes:
        layers: (layers,) int64.
        top: How many tokens of each cell are counted.
        most_frequent: How many tokens of the vocabulary are called frequent.
        pooled: One a layer, over the top tokens of the pooled state.
        positions: One a layer, over the top tokens of all shown positions together.
    """

    layers: np.ndarray
    top: int
    most_frequent: int
    pooled: tuple[ListFrequency, ...]
    positions: tuple[ListFrequency, ...]


def layer_energy(spectrum: Spectrum, states: LayerStates) -> LayerEnergy:
    """Return the energy at both ends of the spectrum by layer, of unfiltered states in the space of the head."""
    places, pooled = states.grid.places, states.grid.pooled_column
    by_layer = [spectrum.coefficients(layer) for layer in states.states]
    return LayerEnergy(
        layers=states.grid.layers,
        pooled=tuple(edge_shares(energy(layer[pooled : pooled + 1])) for layer in by_layer),
        positions=tuple(edge_shares(energy(layer[places])) for layer in by_layer),
    )


def layer_frequency(reading: LayerReading, token_texts: TokenTexts, rates: TokenRates) -> LayerFrequency:
    """Return how frequent the top 20 tokens are, by layer, or all where fewer were read."""
    places, pooled = reading.grid.places, reading.grid.pooled_column
    by_layer = reading.token_ids[:, :, :COUNTED_TOKENS]
    return LayerFrequency(
        layers=reading.grid.layers,
        top=by_layer.shape[2],
        most_frequent=rates.most_frequent,
        pooled=tuple(list_frequency(layer[pooled], token_texts, rates) for layer in by_layer),
        positions=tuple(list_frequency(layer[places], token_texts, rates) for layer in by_layer),
    )


@dataclass(frozen=True)
class DepthTrend:
    """How a quantity changes over the layers; layers where it is not defined are left out.

    Attributes:
        first: Mean over the first third of the layers, NaN where there is none.
        last: Mean over the last third.
        correlation: Spearman correlation of the quantity with the number of the layer; 0 where it is constant.
        layers: Number of layers where the quantity is defined.
    """

    first: float
    last: float
    correlation: float
    layers: int

    @property
    def direction(self) -> str:
        """`grows` or `shrinks` where thirds and correlation say so, else `neither grows nor shrinks steadily`.

        A correlation within two standard deviations, 2 / sqrt(layers - 1), of layers in random order says nothing.
        """
        rise, strong = self.last - self.first, self.correlation**2 * (self.layers - 1) > 4
        if strong and rise * self.correlation > 0:
            return "grows" if rise > 0 else "shrinks"
        return "neither grows nor shrinks steadily"


def depth_trend(layers: ArrayLike, values: ArrayLike) -> DepthTrend:
    """Return how a quantity, (layers,) with NaN where it is not defined, changes over ascending layers."""
    quantity = np.asarray(values, dtype=np.float64)
    defined = np.isfinite(quantity)
    depths, quantity = np.asarray(layers)[defined], quantity[defined]
    if not len(quantity):
        return DepthTrend(np.nan, np.nan, 0.0, 0)
    third = max(1, len(quantity) // 3)
    first, last = (float(part.mean()) for part in (quantity[:third], quantity[-third:]))
    return DepthTrend(first, last, spearman(depths, quantity), len(quantity))
