"""Measured numbers as plain JSON and back, to the hundredth of a point: no sample of the resamples is kept."""

from __future__ import annotations

from typing import Any

import numpy as np

from embfilter_core.quality.bands import BandMap
from embfilter_core.quality.bootstrap import Estimate, Intervals
from embfilter_core.quality.clustering import ClusterQuality
from embfilter_core.quality.forest_rows import Forest, ForestRow
from embfilter_core.quality.sweep import QualitySweep

DECIMALS = 2
Json = dict[str, Any]
_ENDS = ("values", "low", "high")
_FACTS = ("name", "kind", "k", "learnt_from", "searched", "spread")
_ESTIMATES = ("score", "to_unfiltered", "to_planned")


def pack_sweep(sweep: QualitySweep) -> Json:
    """Return a sweep without its samples."""
    facts = {name: getattr(sweep, name) for name in ("family", "measure", "unit", "units")}
    return {**facts, "ks": sweep.ks.tolist(), **_pack(sweep.scores, "scores"), **_pack(sweep.to_unfiltered, "gains")}


def unpack_sweep(packed: Json) -> QualitySweep:
    """Return a packed sweep; it has no samples."""
    return QualitySweep(
        family=packed["family"],
        measure=packed["measure"],
        ks=np.array(packed["ks"], dtype=np.int64),
        scores=_unpack(packed, "scores"),
        to_unfiltered=_unpack(packed, "gains"),
        unit=packed["unit"],
        units=packed["units"],
        samples=np.empty((len(packed["ks"]), 0)),
    )


def pack_bands(found: BandMap) -> Json:
    """Return a map of bands."""
    facts: Json = {"step": found.step, "unfiltered": round(found.unfiltered, DECIMALS)}
    facts |= {"unit": found.unit, "units": found.units, "bands": found.bands.tolist()}
    return {**facts, **_pack(found.scores, "scores"), **_pack(found.to_unfiltered, "gains")}


def unpack_bands(packed: Json) -> BandMap:
    """Return a packed map of bands."""
    return BandMap(
        np.array(packed["bands"], dtype=np.int64),
        packed["step"],
        _unpack(packed, "scores"),
        _unpack(packed, "gains"),
        packed["unfiltered"],
        packed["unit"],
        packed["units"],
    )


def pack_forest(forest: Forest) -> Json:
    """Return the rows of a forest plot, and which is the planned one."""
    return {
        "rows": [_pack_row(row) for row in forest.rows],
        "planned": forest.rows.index(forest.planned),
        "left_out": forest.left_out,
        "unfiltered": round(forest.unfiltered, DECIMALS),
        "unit": forest.unit,
        "units": forest.units,
    }


def unpack_forest(packed: Json) -> Forest:
    """Return a packed forest."""
    rows = tuple(_unpack_row(row) for row in packed["rows"])
    facts = (packed[name] for name in ("left_out", "unfiltered", "unit", "units"))
    return Forest(rows, rows[packed["planned"]], *facts)


def pack_clusters(found: ClusterQuality) -> Json:
    """Return V-measures over the number of directions."""
    facts = {"ks": found.ks.tolist(), "texts": found.texts, "of_texts": found.of_texts, "clusters": found.clusters}
    return {**facts, **_pack(found.scores, "scores"), **_pack(found.to_unfiltered, "gains")}


def unpack_clusters(packed: Json) -> ClusterQuality:
    """Return packed V-measures."""
    counts = (packed[name] for name in ("texts", "of_texts", "clusters"))
    ks = np.array(packed["ks"], dtype=np.int64)
    return ClusterQuality(ks, _unpack(packed, "scores"), _unpack(packed, "gains"), *counts)


def pack_estimate(estimate: Estimate) -> list[float]:
    """Return value, low and high."""
    return [round(end, DECIMALS) + 0.0 for end in (estimate.value, estimate.low, estimate.high)]


def _pack_row(row: ForestRow) -> Json:
    return {fact: getattr(row, fact) for fact in _FACTS} | {
        name: pack_estimate(getattr(row, name)) for name in _ESTIMATES
    }


def _unpack_row(packed: Json) -> ForestRow:
    facts: Json = {fact: packed[fact] for fact in _FACTS}
    return ForestRow(**facts | {name: Estimate(*packed[name]) for name in _ESTIMATES})


def _pack(intervals: Intervals, name: str) -> Json:
    rows = (np.round(getattr(intervals, end), DECIMALS) + 0.0 for end in _ENDS)
    return {name: [row.tolist() for row in rows]}


def _unpack(packed: Json, name: str) -> Intervals:
    return Intervals(*(np.array(row, dtype=np.float64) for row in packed[name]))
