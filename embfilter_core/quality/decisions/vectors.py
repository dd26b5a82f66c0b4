"""The vectors of every line, from one embedding pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.quality.decisions.treatments import CENTRED
from embfilter_core.quality.measuring import Vectors
from embfilter_core.spectral.baselines.fitted import PCA, Centring
from embfilter_core.spectral.presets import choose_family
from embfilter_core.spectral.selection import KeptDirections
from embfilter_core.spectral.spectrum import Spectrum


@dataclass(frozen=True, eq=False)
class Source:
    """What every line is made of.

    Attributes:
        embeddings: Of the corpora of a task, (n, d) each, as they come from the backbone.
        spectrum: Of its unembedding matrix.
        reference: (m, d) embeddings of other texts, from which some lines learn, or None.
        bulk_start: First kept direction of the bulk, where a backbone fixes it.
    """

    embeddings: Vectors
    spectrum: Spectrum
    reference: np.ndarray | None = None
    bulk_start: int | None = None

    def __post_init__(self) -> None:
        arrays = [*self.embeddings, *([] if self.reference is None else [self.reference])]
        if any(one.ndim != 2 or one.shape[1] != self.spectrum.d for one in arrays):
            shapes = ", ".join(str(one.shape) for one in arrays)
            raise InputError(
                f"Embeddings of shape {shapes} do not fit a spectrum of {self.spectrum.d} directions.",
                "Pass (n, d) of the same backbone.",
            )

    @property
    def d(self) -> int:
        """Width of an embedding."""
        return self.spectrum.d


@dataclass(frozen=True, eq=False)
class LineVectors:
    """A line, ready to be measured at many k.

    Attributes:
        vectors: Of the corpora of the task, (n, w) each.
        selections: Which of the w columns are kept, for every k of `ks`; each holds the one before.
        ks: Ascending.
    """

    vectors: Vectors
    selections: list[KeptDirections]
    ks: list[int]

    def at(self, position: int) -> Vectors:
        """Return the vectors of `ks[position]`, (n, k) each."""
        columns = self.selections[position].indices
        return tuple(one[:, columns] for one in self.vectors)


def line_vectors(line: str, source: Source, ks: list[int]) -> LineVectors:
    """Return the vectors of a line of `LINES` at every k, or at those that can be had.

    Raises:
        InputError: The line learns from a reference, and there is none or too little; says so.
    """
    d = source.d
    if line == "unfiltered":
        return LineVectors(source.embeddings, [KeptDirections.unfiltered(d)], [d])
    if line == "truncated":
        return LineVectors(source.embeddings, choose_family("dominant", d, ks), ks)
    if line == "pca":
        return _principal(source, ks)
    embeddings = source.embeddings
    if line == CENTRED:
        centring = Centring().fit(_reference_of(source))
        embeddings = tuple(centring.transform(one) for one in embeddings)
    coefficients = tuple(source.spectrum.coefficients(one) for one in embeddings)
    return LineVectors(coefficients, choose_family("bulk", d, ks, source.bulk_start), ks)


def _principal(source: Source, ks: list[int]) -> LineVectors:
    """The principal directions at every k that the reference has so many of; its rank is found by fitting."""
    reference = _reference_of(source)
    possible = [k for k in ks if k < len(reference)] or ks[:1]
    while True:
        try:
            pca = PCA(possible[-1]).fit(reference)
        except InputError:
            if len(possible) == 1:
                raise
            possible = possible[:-1]
            continue
        vectors = tuple(pca.transform(one) for one in source.embeddings)
        return LineVectors(vectors, choose_family("dominant", possible[-1], possible), possible)


def _reference_of(source: Source) -> np.ndarray:
    if source.reference is None:
        raise InputError("It learns from a reference corpus, and there is none.")
    return source.reference
