"""Which singular directions are kept: the presets of the EmbedFilter paper, named by what they keep.

The paper's code names some of them by what they remove: its `edge` is our bulk, its
`tail` our dominant, its `head` our secondary and its `mid` our edges.
"""

from dataclasses import dataclass

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.spectral.families import family_bands

START_MEANS = "first kept direction, numbered from 0, which has the largest singular value"
STOP_MEANS = "first direction after the band, which is not kept"
"""What the two numbers of a band mean, on a page and on the command line."""


def format_band(start: int, stop: int) -> str:
    """Return a band in words: `start 144, stop 432`."""
    return f"start {start}, stop {stop}"


@dataclass(frozen=True, eq=False)
class KeptDirections:
    """A choice of singular directions of a backbone.

    Attributes:
        d: Number of directions there are.
        indices: (k,) int64, ascending, without repeats; 0 is the largest singular value.
        name: Preset it was made by, or `band`.
    """

    d: int
    indices: np.ndarray
    name: str

    def __post_init__(self) -> None:
        indices = np.asarray(self.indices, dtype=np.int64)
        if indices.size == 0 or indices[0] < 0 or indices[-1] >= self.d or np.any(np.diff(indices) < 1):
            raise InputError(
                f"Kept directions must be ascending, different and between 0 and {self.d - 1}.", "Keep at least one."
            )
        indices = indices.copy()
        indices.setflags(write=False)
        object.__setattr__(self, "indices", indices)

    def __len__(self) -> int:
        return len(self.indices)

    @property
    def is_unfiltered(self) -> bool:
        """Whether no direction is left out."""
        return len(self.indices) == self.d

    @property
    def bounds(self) -> tuple[int, int] | None:
        """(start, stop) where the kept directions are one contiguous band, else None."""
        start, stop = int(self.indices[0]), int(self.indices[-1]) + 1
        return (start, stop) if stop - start == len(self.indices) else None

    @property
    def runs(self) -> list[list[int]]:
        """The kept directions as runs of [start, stop), ascending."""
        breaks = np.flatnonzero(np.diff(self.indices) > 1) + 1
        starts, stops = np.r_[0, breaks], np.r_[breaks, len(self.indices)]
        return [[int(self.indices[a]), int(self.indices[b - 1]) + 1] for a, b in zip(starts, stops, strict=True)]

    def describe(self) -> str:
        """What is kept, in a few words: `288 of 576, start 144, stop 432`."""
        where = format_band(*self.bounds) if self.bounds else "in several pieces"
        return f"{len(self)} of {self.d}, {where}"

    @classmethod
    def unfiltered(cls, d: int) -> "KeptDirections":
        """All d directions: the identity, no rotation."""
        return cls(d, np.arange(d), "unfiltered")

    @classmethod
    def band(cls, d: int, start: int, stop: int) -> "KeptDirections":
        """Directions start .. stop - 1.

        Raises:
            InputError: Not 0 <= start < stop <= d.
        """
        if not 0 <= start < stop <= d:
            raise InputError(
                f"The band {start} to {stop} does not fit {d} directions.",
                f"Use 0 <= start < stop <= {d}.",
            )
        return cls(d, np.arange(start, stop), "band")

    @classmethod
    def bulk(cls, d: int, ratio: int = 2, keep: int | None = None, start: int | None = None) -> "KeptDirections":
        """EmbedFilter: the middle k directions, k = d // ratio unless `keep` gives it; ratio 1 is everything.

        Args:
            d: Number of directions.
            ratio: tau of the paper.
            keep: k itself, instead of `ratio`.
            start: First kept direction, instead of (d - k) // 2; moved left where the band would not fit.

        Raises:
            InputError: The ratio or k is out of range.
        """
        k = _count(d, ratio, keep)
        if k == d:
            return cls.unfiltered(d)
        return cls(d, np.arange(*family_bands("bulk", d, [k], start)[0]), "bulk")

    @classmethod
    def dominant(cls, d: int, ratio: int = 2, keep: int | None = None) -> "KeptDirections":
        """The k directions with the largest singular values."""
        return cls(d, np.arange(*family_bands("dominant", d, [_count(d, ratio, keep)])[0]), "dominant")

    @classmethod
    def secondary(cls, d: int, ratio: int = 2, keep: int | None = None) -> "KeptDirections":
        """The k directions with the smallest singular values."""
        return cls(d, np.arange(*family_bands("secondary", d, [_count(d, ratio, keep)])[0]), "secondary")

    @classmethod
    def edges(cls, d: int, ratio: int = 2, keep: int | None = None) -> "KeptDirections":
        """Both ends: the complement of the bulk of d - k directions."""
        k = _count(d, ratio, keep)
        if k == d:
            return cls.unfiltered(d)
        left_out = np.arange(*family_bands("edges", d, [k])[0])
        return cls(d, np.setdiff1d(np.arange(d), left_out), "edges")

    @classmethod
    def random(cls, d: int, ratio: int = 2, keep: int | None = None, seed: int = 0) -> "KeptDirections":
        """Draw k singular directions without replacement; not the baseline of a random orthonormal subspace.

        Raises:
            InputError: The ratio or k is out of range, or the seed negative.
        """
        if seed < 0:
            raise InputError(f"The seed {seed} is negative.", "Use a whole number from 0.")
        chosen = np.random.default_rng(seed).choice(d, _count(d, ratio, keep), replace=False)
        return cls(d, np.sort(chosen), "random")

    @classmethod
    def quiet(
        cls, d: int, spectroscopy_scores: np.ndarray, ratio: int = 2, keep: int | None = None
    ) -> "KeptDirections":
        """Keep the k directions with the smallest spectroscopy score, ties by index.

        Args:
            d: Number of directions.
            spectroscopy_scores: (d,) scores, as `direction_scores` gives them.
            ratio: tau; k = d // ratio.
            keep: k itself, instead of `ratio`.

        Raises:
            InputError: There is not one score a direction, or k is out of range.
        """
        if np.shape(spectroscopy_scores) != (d,):
            raise InputError(
                f"There are {np.size(spectroscopy_scores)} scores for {d} directions.", "Give one score a direction."
            )
        return cls(d, np.sort(np.argsort(spectroscopy_scores, kind="stable")[: _count(d, ratio, keep)]), "quiet")


def _count(d: int, ratio: int, keep: int | None) -> int:
    if keep is None:
        if not 1 <= ratio <= d or ratio != int(ratio):
            raise InputError(f"The ratio {ratio} is out of range.", f"Use a whole number from 1 to {d}.")
        return d // int(ratio)
    if not 1 <= keep <= d or keep != int(keep):
        raise InputError(f"Cannot keep {keep} of {d} directions.", f"Use a whole number from 1 to {d}.")
    return int(keep)
