"""The readings of evidence, as `evidence_data` writes them and others find them again, without a model."""

from __future__ import annotations

from typing import Any

import numpy as np

Json = dict[str, Any]
LABELS = {
    "unfiltered": "Unfiltered",
    "kept": "Kept directions",
    "removed": "Removed directions",
    "centred": "Centred, unfiltered",
}
CHOSEN = ("kept", "removed")
"""Readings of what the filter is put on, which is centred where centring is on."""


def label(name: str, centred: bool) -> str:
    """Return what a reading is called on screen."""
    return f"{LABELS[name]}, centred" if centred and name in CHOSEN else LABELS[name]


def counts_of(evidence: Json, name: str) -> np.ndarray | None:
    """Return the number of frequent tokens of every text in a reading, (n,) int64, or None where it is not there."""
    called = {label(name, centred) for centred in (False, True)}
    found = next((reading["counts"] for reading in evidence["readings"] if reading["label"] in called), None)
    return None if found is None else np.array(found, dtype=np.int64)


def only_these(evidence: Json, *names: str) -> Json:
    """Return evidence with some of its readings."""
    called = {label(name, centred) for name in names for centred in (False, True)}
    return evidence | {"readings": [one for one in evidence["readings"] if one["label"] in called]}


def without_a_filter(evidence: Json) -> Json:
    """Return of evidence what no choice of directions changes."""
    first, _, _ = evidence["sentence"].partition(";")
    same = only_these(evidence, *(name for name in LABELS if name not in CHOSEN))
    return same | {"sentence": f"{first.rstrip('.')}."}
