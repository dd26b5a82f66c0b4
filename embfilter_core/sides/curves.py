"""The measured curves of two sides, of one data set where both have one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.figures.across import CurveOfMany
from embfilter_core.figures.quality_curve import Curve

if TYPE_CHECKING:
    from embfilter_core.sides.side import Side
    from embfilter_core.stored_backbones.parts import StoredCurve


@dataclass(frozen=True, eq=False)
class SideCurve:
    """A measured curve of the side of a name, as it is drawn."""

    side: str
    drawn: CurveOfMany


def common_curves(first: Side, second: Side) -> tuple[str, list[SideCurve]]:
    """Return the name of a data set and its curves: one that was measured on both sides, else on one of them."""
    sides = first, second
    names = [{curve.name for curve in side.curves} for side in sides]
    measured = [curve.name for side in sides for curve in side.curves]
    name = next((one for one in measured if all(one in there for there in names)), next(iter(measured), ""))
    found = [(side, next((curve for curve in side.curves if curve.name == name), None)) for side in sides]
    return name, [SideCurve(side.name, CurveOfMany(_drawn(side, curve), side.d)) for side, curve in found if curve]


def _drawn(side: Side, curve: StoredCurve) -> Curve:
    values, low, high = np.array(curve.gains).T
    return Curve(side.name, np.array(curve.ks), values, low, high, curve.scores[-1][0])
