"""The presets by name, for the sidebar and the command line."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.spectral.families import FAMILIES
from embfilter_core.spectral.selection import KeptDirections


@dataclass(frozen=True)
class Preset:
    """A named way of choosing directions.

    Attributes:
        id: Short name.
        name: Name for people.
        keeps: What it keeps, in a few words.
        contiguous: Whether the kept directions are one band.
    """

    id: str
    name: str
    keeps: str
    contiguous: bool = True


PRESETS: dict[str, Preset] = {
    preset.id: preset
    for preset in (
        Preset("bulk", "Bulk", "the middle directions: EmbedFilter"),
        Preset("dominant", "Dominant", "the largest singular values"),
        Preset("secondary", "Secondary", "the smallest singular values"),
        Preset("edges", "Edges", "both ends, without the middle", contiguous=False),
        Preset("random", "Random", "directions drawn at random", contiguous=False),
        Preset("quiet", "Quiet", "those that say least about the frequent tokens", contiguous=False),
        Preset("unfiltered", "Everything", "all directions: no filter"),
    )
}


def choose_directions(
    preset: str,
    d: int,
    ratio: int = 2,
    keep: int | None = None,
    seed: int = 0,
    bulk_start: int | None = None,
    spectroscopy_scores: np.ndarray | None = None,
) -> KeptDirections:
    """The kept directions of a preset.

    Args:
        preset: Id of a preset.
        d: Number of directions.
        ratio: tau; k = d // ratio.
        keep: k itself, instead of `ratio`.
        seed: Seed of `random`.
        bulk_start: First kept direction of `bulk`, where a backbone fixes it.
        spectroscopy_scores: (d,) spectroscopy scores, which `quiet` needs.

    Raises:
        InputError: The preset is unknown, or the ratio or k out of range.
    """
    if preset == "unfiltered":
        return KeptDirections.unfiltered(d)
    if preset == "bulk":
        return KeptDirections.bulk(d, ratio, keep, bulk_start)
    if preset == "random":
        return KeptDirections.random(d, ratio, keep, seed)
    if preset == "quiet":
        return KeptDirections.quiet(d, () if spectroscopy_scores is None else spectroscopy_scores, ratio, keep)
    if preset in ("dominant", "secondary", "edges"):
        return getattr(KeptDirections, preset)(d, ratio, keep)
    raise InputError(f"Unknown preset {preset!r}.", f"Use one of {', '.join(PRESETS)}.")


def choose_family(
    preset: str, d: int, ks: Sequence[int] | np.ndarray, bulk_start: int | None = None
) -> list[KeptDirections]:
    """Return a preset that keeps each of ks directions, in their order; ascending, each holds the one before.

    Raises:
        InputError: The preset is not one of `FAMILIES`, or a k is out of range.
    """
    if preset not in FAMILIES:
        raise InputError(f"{preset!r} is not a family of presets.", f"Use one of {', '.join(FAMILIES)}.")
    return [choose_directions(preset, d, keep=int(k), bulk_start=bulk_start) for k in ks]
