"""The map of a corpus at one of several steps of a filter, in one frame that never moves."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from embfilter_core.figures.map_colours import LONGEST_NAME, UNLABELLED, Groups, Rates, Values, hover_text, point_layers
from embfilter_core.figures.palette import BLACK, FOUND, OWN_TEXT
from embfilter_core.figures.style import plain, quiet_layout
from embfilter_core.vocabulary.token_frequency import describe_rate

MOST_DRAWN_AS_SVG = 1000
SOLID, FADED = 0.9, 0.2
LIT = {"unselected": {"marker": {"opacity": 1}}}
"""Of what a selection does not fade."""
ROOM = 0.06
"""Share of the span that is left free around the outermost points."""


@dataclass(frozen=True, eq=False)
class Marks:
    """What stands out.

    Attributes:
        found: Positions of texts that are ringed, as after a search.
        chosen: Positions of texts that stand out as selected ones do.
        own: Where one's own text lies at each step, (2,) each, drawn as a star; none where empty.
    """

    found: Sequence[int] | np.ndarray = ()
    chosen: Sequence[int] | np.ndarray = ()
    own: Sequence[np.ndarray] = ()


def map_scatter(
    steps: Sequence[np.ndarray],
    texts: Sequence[str],
    step: int = 0,
    colour: Groups | Values | Rates | None = None,
    marks: Marks | None = None,
    height: int = 520,
) -> go.Figure:
    """Draw a scatter of a corpus at one step, every point with its position in the corpus as `customdata`.

    The order of points and traces and the ranges of the axes are the same at every step. Texts that
    are neither chosen nor, where nothing is chosen, found fade, as plotly fades what is not selected:
    the legend stays as it is.

    Args:
        steps: Pictures of the same n texts in one frame, (n, 2) each.
        texts: The n texts, for the hover; they are cut and escaped.
        step: Which picture is drawn.
        colour: One colour for all where None.
        marks: Texts that stand out.
        height: In pixels.
    """
    marks = marks or Marks()
    points = np.asarray(steps[step])
    found, chosen = (np.unique(np.asarray(some, dtype=np.int64)) for some in (marks.found, marks.chosen))
    lit = chosen if len(chosen) else found
    hover = np.array([_hover(i, text, colour) for i, text in enumerate(texts)], dtype=object)
    scatter = go.Scattergl if len(points) > MOST_DRAWN_AS_SVG else go.Scatter
    figure = go.Figure()
    for layer in point_layers(len(points), colour):
        at = layer.positions
        shared = {"size": _size(len(points)), "opacity": SOLID, "line": {"width": 0}}
        place = {"x": points[at, 0], "y": points[at, 1], "customdata": at, "hovertext": hover[at]}
        standing = {"selectedpoints": np.flatnonzero(np.isin(at, lit))} if len(lit) else {}
        figure.add_trace(scatter(**place, **standing, name=layer.name, marker={**shared, **layer.marker}))
    figure.update_traces(
        mode="markers",
        hoverinfo="text",
        showlegend=isinstance(colour, Groups),
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": FADED}},
    )
    _add_rings(figure, points, found, hover, scatter)
    if len(marks.own):
        _add_star(figure, marks.own[step])
    return _framed(figure, frame_ranges(*steps, *map(np.atleast_2d, marks.own)), height)


def frame_ranges(*sides: np.ndarray) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the horizontal and the vertical range that hold all points of all sides, (n, 2) each, and some room."""
    points = np.concatenate(sides)
    low, high = points.min(axis=0), points.max(axis=0)
    room = ROOM * np.where(high > low, high - low, 1.0)
    (left, bottom), (right, top) = (low - room).tolist(), (high + room).tolist()
    return (left, right), (bottom, top)


def _hover(position: int, text: str, colour: Groups | Values | Rates | None) -> str:
    lines = [f"<b>{position + 1}</b> {hover_text(text)}"]
    if isinstance(colour, Groups):
        lines.append(hover_text(str(colour.labels[position]), LONGEST_NAME) or UNLABELLED)
    elif isinstance(colour, Values):
        value = colour.values[position]
        lines.append(f"{plain(colour.title)}: {'none' if np.isnan(value) else f'{value:.3g}'}")
    elif isinstance(colour, Rates):
        facts = (rates[position] for rates in (colour.per_million, colour.estimated, colour.frequent))
        lines.append(f"first token {hover_text(colour.tokens[position], LONGEST_NAME)}: {describe_rate(*facts)}")
    return "<br>".join(lines)


def _size(n: int) -> int:
    if n > MOST_DRAWN_AS_SVG:
        return 5
    return 7 if n > 200 else 9


def _add_rings(figure: go.Figure, points: np.ndarray, found: np.ndarray, hover: np.ndarray, scatter: type) -> None:
    if not len(found):
        return
    ring = {"symbol": "circle-open", "size": _size(len(points)) + 8, "color": FOUND, "line": {"width": 2}}
    place = {"x": points[found, 0], "y": points[found, 1], "customdata": found, "hovertext": hover[found]}
    figure.add_trace(
        scatter(**place, name="found", mode="markers", marker=ring, hoverinfo="text", showlegend=False, **LIT)
    )


def _add_star(figure: go.Figure, place: np.ndarray) -> None:
    star = {"symbol": "star", "size": 18, "color": OWN_TEXT, "line": {"width": 1.5, "color": BLACK}}
    at = {"x": place[:1], "y": place[1:], "hovertext": "your text", "hoverinfo": "text"}
    figure.add_trace(go.Scatter(**at, name="your text", mode="markers", marker=star, showlegend=False, **LIT))


def _framed(figure: go.Figure, ranges: tuple[tuple[float, float], tuple[float, float]], height: int) -> go.Figure:
    """Fixed ranges, one scale on both axes; a zoom stays as long as the frame does."""
    quiet_layout(figure, height)
    hidden = {"showticklabels": False, "showgrid": False, "ticks": "", "zeroline": False, "fixedrange": False}
    figure.update_xaxes(range=ranges[0], **hidden)
    figure.update_yaxes(range=ranges[1], scaleanchor="x", **hidden)
    legend = {"orientation": "h", "y": -0.02, "x": 0, "itemsizing": "constant"}
    figure.update_layout(
        dragmode="lasso",
        hovermode="closest",
        uirevision=repr(ranges),
        legend=legend,
        showlegend=True,
        selectdirection="any",
    )
    return figure
