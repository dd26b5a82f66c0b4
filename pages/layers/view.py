"""A text as the page reads it: LayersView."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from embfilter_core.lens.layers.grid import LayerGrid
    from embfilter_core.lens.layers.reading import LayerReading
    from embfilter_core.lens.layers.summaries import LayerFrequency
    from embfilter_core.spectral.selection import KeptDirections
    from pages.cached.loaded import LoadedView


@dataclass(frozen=True, eq=False)
class LayerTables:
    """A reading, its summaries, and the tables that are made of them.

    Attributes:
        reading: The reading.
        frequency: Frequency of the top tokens.
        cells: One row a cell.
        depth: Two rows a layer, of energy and frequency.
    """

    reading: LayerReading
    frequency: LayerFrequency
    cells: pd.DataFrame
    depth: pd.DataFrame


@dataclass(frozen=True, eq=False)
class LayersView:
    """A text as the page reads it.

    Attributes:
        loaded: Backbone, prompt, kept directions and centre.
        text: The text.
        kept: The directions that the states are projected on, or None where they are read unfiltered.
        tables: The reading and its tables.
    """

    loaded: LoadedView
    text: str
    kept: KeptDirections | None
    tables: LayerTables

    @property
    def reading(self) -> LayerReading:
        """The reading."""
        return self.tables.reading

    @property
    def grid(self) -> LayerGrid:
        """The layers and positions."""
        return self.tables.reading.grid
