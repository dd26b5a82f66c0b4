"""A side of a comparison, stored or live: the numbers that are put beside those of another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.spectral.selection import KeptDirections
    from embfilter_core.stored_backbones.parts import StoredCurve
    from embfilter_core.stored_backbones.stored_backbone import Findings

Json = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Side:
    """One side of a comparison.

    Attributes:
        name: What it is called beside the other side.
        backbone: Name of its backbone.
        source: Whether it is stored or computed now.
        about: How it was made, a sentence.
        note: What there is to say where it is not quite what was asked for; may be empty.
        kept: The kept directions.
        values: Singular values, (d,) descending.
        lists: Top tokens of a text by list, as `token_lists` makes them.
        evidence: As `evidence_data` makes it for the kept directions; None where the corpus is not embedded, or where
            none is stored of these directions.
        findings: What tells it apart, of the kept directions; None where that is not known.
        curves: Quality over the number of kept directions, where it was measured.
    """

    name: str
    backbone: str
    source: Literal["stored", "live"]
    about: str
    note: str
    kept: KeptDirections
    values: np.ndarray
    lists: dict[str, list[Json]]
    evidence: Json | None
    findings: Findings | None
    curves: tuple[StoredCurve, ...] = ()

    @property
    def d(self) -> int:
        """Number of directions."""
        return self.kept.d
