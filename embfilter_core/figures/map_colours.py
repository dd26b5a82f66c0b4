"""How the points of a map are coloured: by a category, by a number, or by how frequent a token is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

import numpy as np

from embfilter_core.figures.palette import ABOVE_AND_BELOW, ASIDE, CATEGORIES, CORPUS, RATE_ENDS, SIMILARITIES
from embfilter_core.figures.rate_colours import rate_colour_scale
from embfilter_core.figures.style import plain
from embfilter_core.vocabulary.token_frequency import log_rate

LONGEST_HOVER = 140
LONGEST_NAME = 30
GROUP_SYMBOLS = ("circle", "diamond", "square", "triangle-up")
MOST_GROUPS = len(CATEGORIES) * len(GROUP_SYMBOLS)
OTHERS, UNLABELLED = "other", "no label"
EDGE = {"line": {"width": 0.5, "color": ASIDE}}
"""Of points by a number: the ends of a scale are as dark and as light as a page."""
SEEN, ESTIMATED = "seen", "not seen, estimated"
ESTIMATED_SYMBOL = "diamond-open"


@dataclass(frozen=True, eq=False)
class Groups:
    """Colour by a category.

    Attributes:
        labels: (n,) strings, "" for none. Beyond 24 categories the rarest share one colour.
    """

    labels: np.ndarray


@dataclass(frozen=True, eq=False)
class Values:
    """Colour by a number.

    Attributes:
        values: (n,); NaN is drawn grey.
        title: What the number is; stands beside the colours.
        diverging: Whether 0 is the middle of the colours.
        limits: Ends of the colours, so that they mean the same at every step; those of the values where None.
    """

    values: np.ndarray
    title: str
    diverging: bool = False
    limits: tuple[float, float] | None = None


@dataclass(frozen=True, eq=False)
class Rates:
    """Colour by how frequent a token of each text is.

    Attributes:
        tokens: n tokens as people can read them.
        per_million: (n,) rates.
        estimated: (n,) bool, rates that are estimates; they are drawn as open diamonds.
        frequent: (n,) bool, whether each is among the most frequent.
        title: Whose tokens they are; stands beside the colours.
    """

    tokens: Sequence[str]
    per_million: np.ndarray
    estimated: np.ndarray
    frequent: np.ndarray
    title: str


@dataclass(frozen=True, eq=False)
class PointLayer:
    """Points that share a name in the legend: their positions, and how they are drawn."""

    name: str
    positions: np.ndarray
    marker: dict = field(default_factory=dict)


def hover_text(text: str, longest: int = LONGEST_HOVER) -> str:
    """Return a text on one line, cut to what a hover can hold, and escaped after the cut."""
    line = " ".join(text.split())
    return plain(line if len(line) <= longest else line[: longest - 1] + "…")


def point_layers(n: int, colour: Groups | Values | Rates | None) -> list[PointLayer]:
    """Split n points into the traces that are drawn, each with its colours, symbols and legend entry."""
    if isinstance(colour, Groups):
        return _group_layers(np.asarray(colour.labels, dtype=str))
    if isinstance(colour, Values):
        return _value_layers(np.asarray(colour.values, dtype=np.float64), colour)
    if isinstance(colour, Rates):
        return _rate_layers(colour)
    return [PointLayer("texts", np.arange(n), {"color": CORPUS})]


def _group_layers(labels: np.ndarray) -> list[PointLayer]:
    """One layer a category, the most frequent first, ties by name; grey ones for the rest."""
    counts = Counter(labels[labels != ""].tolist())
    names = sorted(counts, key=lambda name: (-counts[name], name))[:MOST_GROUPS]
    layers = []
    for i, name in enumerate(names):
        turn, place = divmod(i, len(CATEGORIES))
        marker = {"color": CATEGORIES[place], "symbol": GROUP_SYMBOLS[turn]}
        layers.append(PointLayer(hover_text(name, LONGEST_NAME), np.flatnonzero(labels == name), marker))
    rest = ((OTHERS, "circle", ~np.isin(labels, [*names, ""])), (UNLABELLED, "circle-open", labels == ""))
    for name, symbol, mask in rest:
        if mask.any():
            layers.append(PointLayer(name, np.flatnonzero(mask), {"color": ASIDE, "symbol": symbol}))
    return layers


def _value_layers(values: np.ndarray, colour: Values) -> list[PointLayer]:
    known = np.isfinite(values)
    layers = [PointLayer("no value", np.flatnonzero(~known), {"color": ASIDE})] if not known.all() else []
    if not known.any():
        return layers
    low, high = colour.limits or (float(values[known].min()), float(values[known].max()))
    if colour.diverging:
        high = max(abs(low), abs(high))
        low = -high
    bar = _bar(colour.title)
    scale = {"colorscale": ABOVE_AND_BELOW if colour.diverging else SIMILARITIES, "showscale": True, "colorbar": bar}
    limits = {"cmin": low, "cmax": high if high > low else low + 1}
    return [*layers, PointLayer("value", np.flatnonzero(known), {"color": values[known], **limits, **scale, **EDGE})]


def _rate_layers(colour: Rates) -> list[PointLayer]:
    """Tokens that were seen, and those whose rate is an estimate."""
    values, (low, high) = log_rate(colour.per_million), RATE_ENDS
    decades = range(ceil(low), int(high) + 1)
    ticks = {"tickvals": list(decades), "ticktext": [f"{10.0**decade:,.10g}" for decade in decades]}
    shared = {"cmin": low, "cmax": high, "colorscale": rate_colour_scale()}
    layers: list[PointLayer] = []
    for name, mask, drawn in (
        (SEEN, ~colour.estimated, EDGE),
        (ESTIMATED, colour.estimated, {"symbol": ESTIMATED_SYMBOL, "line": {"width": 2}}),
    ):
        if mask.any():
            bar = {"showscale": not layers, "colorbar": _bar(colour.title) | ticks}
            layers.append(PointLayer(name, np.flatnonzero(mask), {"color": values[mask], **shared, **bar, **drawn}))
    return layers


def _bar(title: str) -> dict:
    place = {"len": 0.9, "y": 0, "yanchor": "bottom"}  # below the buttons
    return {"title": {"text": plain(title), "side": "right"}, "thickness": 12, "outlinewidth": 0, **place}
