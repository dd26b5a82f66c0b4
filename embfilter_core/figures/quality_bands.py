"""Measured quality over where the kept band of directions lies."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from embfilter_core.figures.palette import BEST, GUIDE, SIMILARITIES
from embfilter_core.figures.style import plain, quiet_layout

MAP_HEIGHT = 520
MAP_PIXELS = 380
LARGEST_CELL, SMALLEST_CELL = 26, 4
AIR = 0.06


def band_map(
    bands: np.ndarray,
    scores: np.ndarray,
    low_to_best: np.ndarray,
    d: int,
    margin: float,
    measure: str,
    kept: tuple[int, int] | None = None,
) -> go.Figure:
    """Quality of every band of directions, by how many are dropped at either end.

    The cells are markers, so that a click on one is told to the page: its customdata are (start, stop).

    Args:
        bands: (b, 2) start and stop of each band, on a grid.
        scores: (b,) in points.
        low_to_best: (b,) lower end of the 95 % interval of the difference to the best, in points.
        d: Number of directions there are.
        margin: In points: the outline holds the bands shown to lose no more against the best.
        measure: Name of the score, for the scale.
        kept: (start, stop) of the band kept now, marked.
    """
    x, y = bands[:, 0], d - bands[:, 1]
    cell = int(np.clip(MAP_PIXELS / max(len(np.unique(x)), len(np.unique(y))), SMALLEST_CELL, LARGEST_CELL))
    figure = go.Figure(_cells(bands, scores, d, cell, measure, _band_hovers(bands, scores, low_to_best, d)))
    outline_x, outline_y = outline(x, y, low_to_best >= -margin)
    name = f"loses at most {margin:g} points (95 %)"
    _add_guide(figure, outline_x, outline_y, name, {"color": BEST, "width": 2.5})
    half = d / 2
    _add_guide(figure, [0, half], [0, half], "both ends alike", {"color": GUIDE, "dash": "dot"})
    if kept is not None:
        ring = {"symbol": "circle-open", "size": cell + 6, "color": BEST, "line": {"width": 2.5}}
        at = {"x": [kept[0]], "y": [d - kept[1]], "mode": "markers", "marker": ring}
        figure.add_scatter(**at, name="kept now", hoverinfo="skip")
    _lay_out_map(figure, bands, d)
    return figure


def _cells(bands: np.ndarray, scores: np.ndarray, d: int, size: int, measure: str, hovers: list[str]) -> go.Scatter:
    return go.Scatter(
        x=bands[:, 0],
        y=d - bands[:, 1],
        customdata=bands.tolist(),  # a click tells a row of an array as an object, of a list as a list
        mode="markers",
        marker={
            "symbol": "square",
            "size": size,
            "color": scores,
            "colorscale": SIMILARITIES,
            "colorbar": {"thickness": 10, "outlinewidth": 0, "title": {"text": plain(measure), "side": "right"}},
        },
        name="bands",
        hovertext=hovers,
        hoverinfo="text",
        showlegend=False,
    )


def _band_hovers(bands: np.ndarray, scores: np.ndarray, low: np.ndarray, d: int) -> list[str]:
    return [
        f"start {start}, stop {stop}: {stop - start} kept<br>"
        f"{start} largest and {d - stop} smallest dropped<br>{score:.1f}<br>to the best: {end:+.1f} or more (95 %)"
        for (start, stop), score, end in zip(bands.tolist(), scores, low, strict=True)
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
