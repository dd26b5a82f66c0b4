"""Links and session files of older versions: what they call otherwise, and what it is called now.

They are translated once, when they are read. Nothing else knows the old names.
A band stood in them in thousandths of the number of directions, which is known once
the backbone is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embfilter_core.spectral.per_mille import PER_MILLE

VERSION, OLD_VERSIONS = "v", ("1", "2", "3", "4")
"""Name of the version in a link, and the versions that are translated."""
NAMES = {
    "k": "dpi_top",
    "view": "compare",
    "words": "known_words",
    "every": "layer_step",
    "common": "frequency",
    "cells": "layer_metric",
    "shape": "label_kind",
}
"""The new name of a control by its old one."""
VALUES = {
    "preset": {"everything": "unfiltered"},
    "step": {"before": "unfiltered"},
    "colour": {
        "zipf-before": "rate-unfiltered",
        "zipf-after": "rate-filtered",
        "zipf-unfiltered": "rate-unfiltered",
        "zipf-filtered": "rate-filtered",
    },
}
"""The new values by the old ones, of each control that has some."""
BEFORE_4 = {"task": ["lee-50"]}
DEFAULTS = {"1": {"compare": ["filter"], **BEFORE_4}, "2": {"compare": ["filter"], **BEFORE_4}, "3": BEFORE_4}
"""What a link or session file meant, by its version, where it left out a control whose default is another now."""

BAND = "band"
BAND_POSSIBLE = f"two rising whole numbers from 0 to {PER_MILLE}"


def old_band(given: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return the band of a link or session file of version 1, in thousandths of d, or None where there is none."""
    raw = given.get(BAND)
    if not isinstance(raw, (list, tuple)) or len(raw) != 2:
        return None
    edges = [int(edge) for edge in map(str, raw) if edge.isdecimal() and len(edge) <= len(str(PER_MILLE))]
    return (edges[0], edges[1]) if len(edges) == 2 and edges[0] < edges[1] <= PER_MILLE else None


def translated(given: Mapping[str, Any], version: object = None) -> dict[str, Any]:
    """Return names and values as they are called now; where a control is given by both names, the new one counts.

    Args:
        given: A value, or a list of them, for each name.
        version: The version that the link or session file says it is of, if any.
    """
    named = {NAMES[name]: value for name, value in given.items() if name in NAMES}
    named |= {name: value for name, value in given.items() if name not in NAMES}
    renewed = {name: _renewed(VALUES.get(name, {}), value) for name, value in named.items()}
    if version not in OLD_VERSIONS:
        return renewed
    renewed.pop(VERSION, None)  # what is returned is of today's version
    return DEFAULTS.get(str(version), {}) | renewed


def _renewed(values: Mapping[str, str], given: object) -> object:
    if isinstance(given, list):
        return [_renewed(values, one) for one in given]
    return values.get(given, given) if isinstance(given, str) else given
