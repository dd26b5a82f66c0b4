"""How the points of a map are coloured: by a category or by a number."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from embfilter_core.figures.palette import ABOVE_AND_BELOW, ASIDE, CATEGORIES, CORPUS, SIMILARITIES
from embfilter_core.figures.style import plain

LONGEST_HOVER = 140
LONGEST_NAME = 30
GROUP_SYMBOLS = ("circle", "diamond", "square", "triangle-up")
MOST_GROUPS = len(CATEGORIES) * len(GROUP_SYMBOLS)
OTHERS, UNLABELLED = "other", "no label"


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
class PointLayer:
    """Points that share a name in the legend: their positions, and how they are drawn."""

    name: str
    positions: np.ndarray
    marker: dict = field(default_factory=dict)


def hover_text(text: str, longest: int = LONGEST_HOVER) -> str:
    """Return a text on one line, cut to what a hover can hold, and escaped after the cut."""
    line = " ".join(text.split())
    return plain(line if len(line) <= longest else line[: longest - 1] + "…")


def point_layers(n: int, colour: Groups | Values | None) -> list[PointLayer]:
    """Split n points into the traces that are drawn, each with its colours, symbols and legend entry."""
    if isinstance(colour, Groups):
        return _group_layers(np.asarray(colour.labels, dtype=str))
    if isinstance(colour, Values):
        return _value_layers(np.asarray(colour.values, dtype=np.float64), colour)
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
    bar = {"title": {"text": plain(colour.title), "side": "right"}, "thickness": 12, "outlinewidth": 0}
    bar |= {"len": 0.9, "y": 0, "yanchor": "bottom"}  # below the buttons
    scale = {"colorscale": ABOVE_AND_BELOW if colour.diverging else SIMILARITIES, "showscale": True, "colorbar": bar}
    limits = {"cmin": low, "cmax": high if high > low else low + 1}
    edge = {"line": {"width": 0.5, "color": ASIDE}}  # the ends of the scale are as dark and as light as a page
    return [*layers, PointLayer("value", np.flatnonzero(known), {"color": values[known], **limits, **scale, **edge})]
