"""Measured quality against the bytes that a vector takes in an index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from embfilter_core.figures.palette import BEST, COMPARED, FILTERED, GUIDE, UNFILTERED
from embfilter_core.figures.style import GUIDE_LINE, plain, quiet_layout

BYTES_HEIGHT = 480
COLOURS = (UNFILTERED, FILTERED, *(colour for colour in COMPARED if colour not in (BEST, UNFILTERED)))
SYMBOLS = ("circle", "circle-open", "square", "diamond", "triangle-up")
SAME_WITHIN = 0.03
"""Sizes that differ by a smaller share are called the same: no index is chosen by them."""
NEIGHBOURS_NAMED = 3
DEEPEST = 12
"""Points below the best that are drawn; what scores less lies under the frame."""


@dataclass(frozen=True, eq=False)
class SizedLine:
    """Treatments of one kind.

    Attributes:
        name: For the legend.
        labels: n of them, what each keeps, for people.
        precisions: n names of precisions, each with its symbol.
        sizes: (n,) bytes a vector.
        scores: (n,) in points.
        low: (n,) lower ends of their intervals.
        high: (n,) upper ends.
        keys: n of them, what a click on each gives back.
    """

    name: str
    labels: Sequence[str]
    precisions: Sequence[str]
    sizes: np.ndarray
    scores: np.ndarray
    low: np.ndarray
    high: np.ndarray
    keys: Sequence[int]


def quality_bytes(
    lines: Sequence[SizedLine],
    front: tuple[np.ndarray, np.ndarray],
    unfiltered: float,
    measure: str,
    controls: SizedLine | None = None,
    chosen: tuple[float, float] | None = None,
) -> go.Figure:
    """Quality against bytes a vector, on a logarithmic axis; the customdata of every candidate is its key.

    Args:
        lines: The candidates, unfiltered first.
        front: Bytes and scores of those that are beaten by none that takes as few bytes, ascending.
        unfiltered: Score of unfiltered float32, in points.
        measure: Name of the score, for the axis.
        controls: Random subspaces: medians over seeds, with the range of the seeds.
        chosen: Bytes and score of the answer, or None.
    """
    figure = go.Figure()
    if controls is not None:
        _add_controls(figure, controls)
    everything = [(line, i) for line in lines for i in range(len(line.labels))]
    symbols = _symbols(lines)
    for number, line in [*enumerate(lines)][::-1]:  # unfiltered last, above all others
        hover = [_hover(line, i, everything) for i in range(len(line.labels))]
        _add_line(figure, line, COLOURS[number % len(COLOURS)], symbols, hover)
    _add_symbols(figure, symbols)
    _add_front(figure, front)
    if chosen is not None:
        _add_chosen(figure, chosen)
    figure.add_hline(y=unfiltered, line=GUIDE_LINE)
    _lay_out(figure, lines, measure)
    return figure


def _symbols(lines: Sequence[SizedLine]) -> dict[str, str]:
    names = list(dict.fromkeys(name for line in lines for name in line.precisions))
    return {name: SYMBOLS[i % len(SYMBOLS)] for i, name in enumerate(names)}


def _add_line(figure: go.Figure, line: SizedLine, colour: str, symbols: dict[str, str], hover: list[str]) -> None:
    for precision in symbols:
        at = [i for i, name in enumerate(line.precisions) if name == precision]
        look = {"color": colour, "width": 1}
        along = {"x": line.sizes[at], "y": line.scores[at]}
        figure.add_scatter(**along, mode="lines", line=look, opacity=0.35, hoverinfo="skip", showlegend=False)
    figure.add_scatter(
        x=line.sizes,
        y=line.scores,
        customdata=list(line.keys),
        mode="markers",
        marker={"color": colour, "size": 8, "symbol": [symbols[name] for name in line.precisions]},
        name=plain(line.name),
        hovertext=hover,
        hoverinfo="text",
    )


def _hover(line: SizedLine, position: int, everything: list[tuple[SizedLine, int]]) -> str:
    """What a point is, and what else takes the same bytes, the best first."""
    size = line.sizes[position]
    others = [
        (other.scores[i], other.labels[i])
        for other, i in everything
        if abs(other.sizes[i] - size) <= SAME_WITHIN * size and not (other is line and i == position)
    ]
    best = sorted(others, key=lambda one: -one[0])[:NEIGHBOURS_NAMED]
    same = "<br>".join(f"{plain(label)}: {score:.1f}" for score, label in best) or "nothing else was measured"
    interval = f"{line.scores[position]:.1f} ({line.low[position]:.1f} to {line.high[position]:.1f}, 95 %)"
    return f"{plain(line.labels[position])}<br>{size:,} bytes: {interval}<br>same bytes:<br>{same}"


def _add_symbols(figure: go.Figure, symbols: dict[str, str]) -> None:
    """A row of the legend for each precision, without points."""
    for name, symbol in symbols.items():
        marker = {"color": GUIDE, "size": 8, "symbol": symbol}
        figure.add_scatter(x=[None], y=[None], mode="markers", marker=marker, name=plain(name), hoverinfo="skip")


def _add_front(figure: go.Figure, front: tuple[np.ndarray, np.ndarray]) -> None:
    sizes, scores = front
    figure.add_scatter(
        x=sizes,
        y=scores,
        mode="lines",
        line={"color": BEST, "width": 1.5, "shape": "hv"},
        name="beaten by nothing as small",
        hoverinfo="skip",
    )


def _add_chosen(figure: go.Figure, chosen: tuple[float, float]) -> None:
    marker = {"symbol": "circle-open", "size": 18, "color": BEST, "line": {"width": 2.5}}
    figure.add_scatter(x=[chosen[0]], y=[chosen[1]], mode="markers", marker=marker, name="the answer", hoverinfo="skip")


def _add_controls(figure: go.Figure, controls: SizedLine) -> None:
    ends = zip(controls.labels, controls.sizes, controls.scores, controls.low, controls.high, strict=True)
    figure.add_scatter(
        x=controls.sizes,
        y=controls.scores,
        mode="markers",
        marker={"color": GUIDE, "size": 6, "symbol": "x-thin-open"},
        error_y={
            "array": controls.high - controls.scores,
            "arrayminus": controls.scores - controls.low,
            "thickness": 1,
            "width": 2,
            "color": GUIDE,
        },
        name=plain(controls.name),
        hovertext=[
            f"{plain(label)}<br>{size:,} bytes: {score:.1f} ({low:.1f} to {high:.1f}, seeds)"
            for label, size, score, low, high in ends
        ],
        hoverinfo="text",
    )


def _lay_out(figure: go.Figure, lines: Sequence[SizedLine], measure: str) -> None:
    quiet_layout(figure, BYTES_HEIGHT)
    sizes = np.concatenate([line.sizes for line in lines])
    scores = np.concatenate([line.scores for line in lines])
    # Every other power of two: as many as stand beside each other on a phone.
    powers = 4 ** np.arange(int(np.floor(np.log2(sizes.min()) / 2)), int(np.ceil(np.log2(sizes.max()) / 2)) + 1)
    lowest = max(float(scores.min()), float(scores.max()) - DEEPEST)
    air = 0.06 * max(float(scores.max()) - lowest, 0.1)
    figure.update_layout(
        xaxis={
            "type": "log",
            "tickvals": powers.tolist(),
            "ticktext": [f"{power:,}" for power in powers.tolist()],
            "tickangle": 0,
            "title": {"text": "bytes a vector", "standoff": 4},
        },
        yaxis={"range": [lowest - air, float(scores.max()) + air], "title": {"text": plain(measure)}},
        showlegend=True,
        legend={"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0},
        hovermode="closest",
    )
