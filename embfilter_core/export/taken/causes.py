"""Why vectors differ: they are compared with what each known mistake gives, computed when the filter was exported."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file

CLOSE = 0.99
"""A cosine from here on, and too small to agree, is that of weights or states in another precision."""
RIGHT = "right"


@dataclass(frozen=True)
class Verdict:
    """What is found about the vector of one text.

    Attributes:
        name: Name of the text.
        agrees: Whether it is the expected vector.
        cosine: With the expected vector; NaN where it has another number of dimensions.
        cause: What probably made it another; empty where it agrees.
        allowed: It differs as this form is said to: the text is longer than what it takes.
    """

    name: str
    agrees: bool
    cosine: float
    cause: str = ""
    allowed: bool = False


class Expected:
    """The texts with their expected vectors, and what known mistakes give for them.

    Args:
        folder: The exported folder.
    """

    def __init__(self, folder: Path) -> None:
        self.facts: dict[str, Any] = json.loads((folder / "conformance.json").read_text("utf-8"))
        self.texts: list[dict[str, Any]] = self.facts["texts"]
        self.vectors = np.array(self.facts["expected"], dtype=np.float64)
        self.states = load_file(folder / "conformance.safetensors")
        arrays = load_file(folder / "filter.safetensors")
        self._mean = arrays.get("mean")
        self._basis = None if self.facts["unfiltered"] else arrays["basis"].astype(np.float64)
        self._tolerance: dict[str, float] = self.facts["tolerance"]

    def judge(self, vectors: Sequence[Sequence[float]] | np.ndarray, allowed: Sequence[str] = ()) -> list[Verdict]:
        """Return a verdict on the vector of every text, in their order.

        Args:
            vectors: (n, any width).
            allowed: Names of texts that may differ.
        """
        return [
            self._verdict(i, np.asarray(vector, dtype=np.float64), self.texts[i]["name"] in allowed)
            for i, vector in enumerate(vectors)
        ]

    def _verdict(self, i: int, vector: np.ndarray, may_differ: bool) -> Verdict:
        name, expected = self.texts[i]["name"], self.vectors[i]
        if not np.isfinite(vector).all() or not vector.any():
            return Verdict(name, False, float("nan"), "the vector is zero or holds numbers that are none")
        near = cosine(vector, expected)
        length = float(np.linalg.norm(vector))
        wrong_length = abs(length - 1) > self._tolerance["length"]
        if near >= 1 - self._tolerance["cosine"]:
            cause = "the vectors are not scaled to length 1" if wrong_length else ""
            return Verdict(name, not wrong_length, near, cause)
        causes = self._likely(i, vector) or self._unlikely(i, vector, near)
        if wrong_length:
            causes += ", and the vectors are not scaled to length 1"
        return Verdict(name, False, near, causes, may_differ)

    def _likely(self, i: int, vector: np.ndarray) -> str:
        """The mistake that gives this very vector; empty where none of those known does."""
        found: list[tuple[float, str]] = []
        for way in self.facts["ways"]:
            if i not in way["texts"]:
                continue
            state = self.states[way["id"]][way["texts"].index(i)].astype(np.float64)
            for filtering, made in self._treated(state):
                said = " and ".join(part for part in (way["says"], filtering) if part)
                found.append((cosine(vector, made), said))
        best = max(((near, said) for near, said in found if not np.isnan(near)), default=(0.0, ""))
        return best[1] if best[0] >= 1 - self._tolerance["cosine"] else ""

    def _treated(self, state: np.ndarray) -> list[tuple[str, np.ndarray]]:
        centred = [("", state if self._mean is None else state - self._mean)]
        if self._mean is not None:
            centred.append(("the mean was not subtracted", state))
        if self._basis is None:
            return centred
        treated = []
        for said, one in centred:
            reduced = self._basis @ one
            treated.append((said, reduced))
            projected = "they are in the projected form, h V_K V_K^T, as long as unfiltered ones"
            treated.append((" and ".join(filter(None, (said, projected))), self._basis.T @ reduced))
        treated.append(("the vectors are not filtered", state))
        return treated

    def _unlikely(self, i: int, vector: np.ndarray, near: float) -> str:
        if len(vector) != self.vectors.shape[1]:
            width = self.vectors.shape[1]
            return f"they have {len(vector):,} numbers instead of {width:,}: another filter, or another backbone"
        if near >= CLOSE:
            return "it is close: weights or states in another precision, or another version of the backbone"
        if self.texts[i]["tokens_left_out"]:
            return "the text is too long for the model here, and was cut in another way"
        return "it is none of the known mistakes: another backbone, another filter, or texts in another order"


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    """Return the cosine of two vectors; NaN where their lengths differ."""
    if one.shape != other.shape:
        return float("nan")
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / lengths if lengths > 0 else 0.0


def told(verdicts: Sequence[Verdict]) -> list[str]:
    """Return what was found as sentences: how many agree, which differ, and the likely causes by how often."""
    differ = [one for one in verdicts if not one.agrees]
    agree = [one.cosine for one in verdicts if one.agrees]
    least = f", smallest cosine {min(agree):.6f}" if agree else ""
    lines = [f"{len(agree)} of {len(verdicts)} texts agree{least}."]
    for cause, count in Counter(one.cause for one in differ).most_common():
        these = [one for one in differ if one.cause == cause]
        cosines = [one.cosine for one in these if not np.isnan(one.cosine)]
        nearest = f", cosine {min(cosines):.3f} to {max(cosines):.3f}" if cosines else ""
        names = ", ".join(one.name for one in these)
        kind = "Allowed, as README.md says of this form" if all(one.allowed for one in these) else "Likely cause"
        lines.append(f"{kind}: {cause} ({count} {'text' if count == 1 else 'texts'}: {names}{nearest}).")
    return lines
