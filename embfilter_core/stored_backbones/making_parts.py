"""What holds for all texts of a stored backbone, found on the loaded one: evidence of every preset, curves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.instrument.data import backbone_data
from embfilter_core.instrument.evidence import evidence_data
from embfilter_core.lens.corpus_evidence import CorpusEvidence, corpus_evidence, random_shares
from embfilter_core.progress import report
from embfilter_core.spectral.families import FAMILIES, ks_of_taus
from embfilter_core.spectral.geometry import energy
from embfilter_core.spectral.presets import choose_directions
from embfilter_core.stored_backbones.parts import StoredCurve, StoredParts
from embfilter_core.stored_backbones.source import PRESET, TAU

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embfilter_core.progress import Progress
    from embfilter_core.spectral.selection import KeptDirections
    from embfilter_core.stored_backbones.source import Source


def make_parts(
    source: Source, scores: np.ndarray, measured: Sequence[StoredCurve], progress: Progress | None
) -> tuple[StoredParts, CorpusEvidence]:
    """Return what holds for all texts, and the evidence for the bulk at tau 2.

    Args:
        source: What it is made from.
        scores: (d,) the spectroscopy scores.
        measured: Quality that was measured of it.
        progress: Called with (parts done, parts in all); False cancels.

    Raises:
        Cancelled: `progress` returned False.
    """
    evidence = _all_evidence(source, progress)
    coefficients = source.reference.coefficients
    parts = StoredParts(
        directions=backbone_data(source.backbone),
        scores=tuple(scores.tolist()),
        energies={
            "the corpus": tuple(energy(coefficients).tolist()),
            "the mean of the corpus": tuple(energy(coefficients.mean(axis=0, keepdims=True)).tolist()),
        },
        evidence={about: evidence_data(one, source.reference.corpus, kept) for about, kept, one in evidence[0]},
        centred_evidence={about: evidence_data(one, source.reference.corpus, kept) for about, kept, one in evidence[1]},
        measured=tuple(measured),
    )
    return parts, next(one for about, _, one in evidence[0] if about == f"{PRESET}/{TAU}")


Evidence = list[tuple[str, "KeptDirections", CorpusEvidence]]


def _all_evidence(source: Source, progress: Progress | None) -> tuple[Evidence, Evidence]:
    """The evidence for every preset and tau, as it is and centred; beside as many random directions where it is not."""
    backbone, random = source.backbone, {}
    ks = {tau: k for tau, k in ks_of_taus(backbone.d).items() if tau > 1}
    for done, (tau, k) in enumerate(ks.items()):
        report(progress, done, len(ks) + len(ks) * len(FAMILIES), "parts")
        random[tau] = random_shares(backbone, source.embeddings, k, source.rates)
    plain: Evidence = []
    centred: Evidence = []
    for preset in FAMILIES:
        for tau in ks:
            kept = choose_directions(preset, backbone.d, tau, bulk_start=backbone.bulk_start)
            for found, is_centred in ((plain, False), (centred, True)):
                known = found[0][2] if found else None
                one = corpus_evidence(backbone, source.embeddings, kept, source.rates, source.mean, is_centred, known)
                found.append((f"{preset}/{tau}", kept, one if is_centred else replace(one, random=random[tau])))
            report(progress, len(ks) + len(plain), len(ks) + len(ks) * len(FAMILIES), "parts")
    return plain, centred
