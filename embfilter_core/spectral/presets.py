"""The presets: the one table of their names, what each keeps and how it selects it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from embfilter_core.errors import InputError, check_known
from embfilter_core.spectral.families import FAMILIES
from embfilter_core.spectral.selection import KeptDirections

Need = Literal["seed", "scores"]


@dataclass(frozen=True, eq=False)
class Request:
    """How many of d directions are to be kept, and what a preset may need to select them.

    Attributes:
        d: Number of directions.
        ratio: tau; k = d // ratio.
        keep: k itself, instead of `ratio`.
        seed: Seed of a random choice.
        bulk_start: First kept direction of the bulk, where a backbone fixes it.
        spectroscopy_scores: (d,) spectroscopy scores, or None.
    """

    d: int
    ratio: int
    keep: int | None
    seed: int
    bulk_start: int | None
    spectroscopy_scores: np.ndarray | None


@dataclass(frozen=True)
class Preset:
    """A named way of choosing directions.

    Attributes:
        id: Short name.
        name: Name for people.
        keeps: What it keeps, in a few words.
        select: Selects the directions.
        contiguous: Whether the kept directions are one band.
        needs: What it needs besides a number of directions: a `seed`, spectroscopy `scores`, or nothing.
        filters: Whether it leaves anything out.
    """

    id: str
    name: str
    keeps: str
    select: Callable[[Request], KeptDirections]
    contiguous: bool = True
    needs: Need | None = None
    filters: bool = True


PRESETS: dict[str, Preset] = {
    preset.id: preset
    for preset in (
        Preset(
            "bulk",
            "Bulk",
            "a band between both ends: EmbedFilter",
            lambda asked: KeptDirections.bulk(asked.d, asked.ratio, asked.keep, asked.bulk_start),
        ),
        Preset(
            "dominant",
            "Dominant",
            "the largest singular values",
            lambda asked: KeptDirections.dominant(asked.d, asked.ratio, asked.keep),
        ),
        Preset(
            "secondary",
            "Secondary",
            "the smallest singular values",
            lambda asked: KeptDirections.secondary(asked.d, asked.ratio, asked.keep),
        ),
        Preset(
            "edges",
            "Edges",
            "both ends, without the middle",
            lambda asked: KeptDirections.edges(asked.d, asked.ratio, asked.keep),
            contiguous=False,
        ),
        Preset(
            "random",
            "Random",
            "directions drawn at random",
            lambda asked: KeptDirections.random(asked.d, asked.ratio, asked.keep, asked.seed),
            contiguous=False,
            needs="seed",
        ),
        Preset(
            "quiet",
            "Quiet",
            "those that say least about the frequent tokens",
            lambda asked: KeptDirections.quiet(asked.d, _scores(asked), asked.ratio, asked.keep),
            contiguous=False,
            needs="scores",
        ),
        Preset(
            "unfiltered",
            "Unfiltered",
            "all directions",
            lambda asked: KeptDirections.unfiltered(asked.d),
            filters=False,
        ),
    )
}


def find_preset(preset_id: str) -> Preset:
    """Return a preset by its id.

    Raises:
        InputError: There is none of that id.
    """
    check_known("preset", preset_id, PRESETS)
    return PRESETS[preset_id]


def need_of(preset_id: str) -> Need | None:
    """Return what a preset needs besides a number of directions; nothing for what is no preset."""
    return PRESETS[preset_id].needs if preset_id in PRESETS else None


def choose_directions(
    preset: str,
    d: int,
    ratio: int = 2,
    keep: int | None = None,
    seed: int = 0,
    bulk_start: int | None = None,
    spectroscopy_scores: np.ndarray | None = None,
) -> KeptDirections:
    """Return the kept directions of a preset.

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
    return find_preset(preset).select(Request(d, ratio, keep, seed, bulk_start, spectroscopy_scores))


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


def _scores(asked: Request) -> np.ndarray:
    return np.empty(0) if asked.spectroscopy_scores is None else asked.spectroscopy_scores
