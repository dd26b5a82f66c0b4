"""Measured quality against unfiltered over where the kept band of directions lies."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from embfilter_core.figures.palette import ABOVE_AND_BELOW, BEST, GUIDE
from embfilter_core.figures.style import plain, quiet_layout
from embfilter_core.number_format import format_interval

MAP_HEIGHT = 520
MAP_PIXELS = 380
LARGEST_CELL, SMALLEST_CELL = 26, 4
AIR = 0.06
SHOWN_APART = 0.1
"""Share of the bands whose differences are within the ends of the colours, whatever the gains are."""
SMALLEST_END = 0.2
"""In points: smaller differences look as small as they are."""


def band_map(
    bands: np.ndarray,
    differences: tuple[np.ndarray, np.ndarray, np.ndarray],
    unfiltered: float,
    d: int,
    margin: float,
    measure: str,
    kept: tuple[int, int] | None = None,
    best: tuple[str, tuple[int, int]] | None = None,
) -> go.Figure:
    """Quality of every band of directions against unfiltered, by how many are dropped at either end.

    The colours are even around 0, and end at the largest gain: what loses more has the same colour. The cells
    are markers, so that a click on one is told to the page: its customdata are (start, stop).

    Args:
        bands: (b, 2) start and stop of each band, on a grid.
        differences: (b,) score less that of all directions, with the lower and upper end of its 95 % interval.
        unfiltered: Score of all directions, in points.
        d: Number of directions there are.
        margin: In points: the outline holds the bands shown to lose no more to unfiltered.
        measure: Name of the score, for the scale.
        kept: (start, stop) of the band kept now, marked.
        best: What was searched for, by its name, and its band, marked where it lies among these.
    """
    x, y = bands[:, 0], d - bands[:, 1]
    cell = int(np.clip(MAP_PIXELS / max(len(np.unique(x)), len(np.unique(y))), SMALLEST_CELL, LARGEST_CELL))
    hovers = _band_hovers(bands, differences, unfiltered, d)
    figure = go.Figure(_cells(bands, differences[0], d, cell, measure, hovers))
    outline_x, outline_y = outline(x, y, differences[1] >= -margin)
    name = f"loses at most {margin:g} points to unfiltered (95 %)"
    _add_guide(figure, outline_x, outline_y, name, {"color": BEST, "width": 2.5})
    half = d / 2
    _add_guide(figure, [0, half], [0, half], "both ends alike", {"color": GUIDE, "dash": "dot"})
    if kept is not None:
        _add_mark(figure, kept, d, "kept now", {"symbol": "circle-open", "size": cell + 6})
    if best is not None and x.min() <= best[1][0] <= x.max() and y.min() <= d - best[1][1] <= y.max():
        _add_mark(figure, best[1], d, best[0], {"symbol": "diamond-open", "size": cell + 4})
    _lay_out_map(figure, bands, d)
    return figure


def _add_mark(figure: go.Figure, band: tuple[int, int], d: int, name: str, look: dict) -> None:
    marker = look | {"color": BEST, "line": {"width": 2.5}}
    at = {"x": [band[0]], "y": [d - band[1]], "mode": "markers", "marker": marker}
    figure.add_scatter(**at, name=plain(name), hoverinfo="skip")


def colour_end(differences: np.ndarray) -> float:
    """Return where the colours of differences around 0 end, at either side: no huge loss may pale all the gains."""
    lost = np.quantile(np.abs(differences), SHOWN_APART)
    return float(max(differences.max(), lost, SMALLEST_END))


def _cells(
    bands: np.ndarray, differences: np.ndarray, d: int, size: int, measure: str, hovers: list[str]
) -> go.Scatter:
    end = colour_end(differences)
    bar = {
        "thickness": 10,
        "outlinewidth": 0,
        "title": {"text": plain(measure), "side": "right"},
        "tickvals": [-end, -end / 2, 0, end / 2, end],
        "ticktext": [f"{-end:+.1f} or less", f"{-end / 2:+.1f}", "unfiltered", f"{end / 2:+.1f}", f"{end:+.1f}"],
    }
    return go.Scatter(
        x=bands[:, 0],
        y=d - bands[:, 1],
        customdata=bands.tolist(),  # a click tells a row of an array as an object, of a list as a list
        mode="markers",
        marker={
            "symbol": "square",
            "size": size,
            "color": differences,
            "cmin": -end,
            "cmax": end,
            "colorscale": ABOVE_AND_BELOW,
            "colorbar": bar,
        },
        name="bands",
        hovertext=hovers,
        hoverinfo="text",
        showlegend=False,
    )


def _band_hovers(
    bands: np.ndarray, differences: tuple[np.ndarray, np.ndarray, np.ndarray], unfiltered: float, d: int
) -> list[str]:
    return [
        f"start {start}, stop {stop}: {stop - start} kept<br>{start} largest and {d - stop} smallest dropped<br>"
        f"{format_interval(value, low, high, '+.1f')} to unfiltered, 95 %<br>score {unfiltered + value:.1f}"
        for (start, stop), value, low, high in zip(bands.tolist(), *differences, strict=True)
    ]


def _add_guide(figure: go.Figure, x: Sequence[float | None], y: Sequence[float | None], name: str, line: dict) -> None:
    figure.add_scatter(x=x, y=y, mode="lines", line=line, name=name, hoverinfo="skip")


def outline(x: np.ndarray, y: np.ndarray, inside: np.ndarray) -> tuple[list[float | None], list[float | None]]:
    """Return the border of the chosen cells of a grid, as line segments apart by None.

    Args:
        x: (b,) centres of the cells.
        y: (b,) centres.
        inside: (b,) bool, the chosen ones.
    """
    columns, rows = np.unique(x), np.unique(y)
    at_column, at_row = np.searchsorted(columns, x), np.searchsorted(rows, y)
    chosen = {(int(i), int(j)) for i, j in zip(at_column[inside], at_row[inside], strict=True)}
    edge_x, edge_y = _edges(columns), _edges(rows)
    xs: list[float | None] = []
    ys: list[float | None] = []
    for i, j in sorted(chosen):
        left, right, low, high = edge_x[i], edge_x[i + 1], edge_y[j], edge_y[j + 1]
        for neighbour, (x0, y0, x1, y1) in (
            ((i - 1, j), (left, low, left, high)),
            ((i + 1, j), (right, low, right, high)),
            ((i, j - 1), (left, low, right, low)),
            ((i, j + 1), (left, high, right, high)),
        ):
            if neighbour not in chosen:
                xs += [x0, x1, None]
                ys += [y0, y1, None]
    return xs, ys


def _edges(centres: np.ndarray) -> list[float]:
    """Borders of cells: halfway between centres, as far out at the two ends."""
    if len(centres) == 1:
        return [float(centres[0]) - 0.5, float(centres[0]) + 0.5]
    halfway = (centres[:-1] + centres[1:]) / 2
    first, last = 2 * centres[0] - halfway[0], 2 * centres[-1] - halfway[-1]
    return [float(edge) for edge in (first, *halfway, last)]


def _lay_out_map(figure: go.Figure, bands: np.ndarray, d: int) -> None:
    quiet_layout(figure, MAP_HEIGHT)
    x, y = bands[:, 0], d - bands[:, 1]
    air = AIR * max(np.ptp(x), np.ptp(y), 1)
    figure.update_layout(
        xaxis={
            "range": [float(x.min() - air), float(x.max() + air)],
            "title": {"text": "dropped at the large end", "standoff": 4},
            "constrain": "domain",
            "showgrid": False,
            "zeroline": False,
        },
        yaxis={
            "range": [float(y.min() - air), float(y.max() + air)],
            "title": {"text": "dropped at the small end", "standoff": 4},
            "scaleanchor": "x",
            "constrain": "domain",
            "showgrid": False,
            "zeroline": False,
        },
        showlegend=True,
        legend={"orientation": "h", "y": -0.14, "x": 0},
        hovermode="closest",
    )
