"""The sidebar's choice of kept directions: preset, ratio, seed and band are one state."""

from dataclasses import dataclass

import streamlit as st

from embfilter_core.backbones.catalogue import CatalogueEntry, catalogue_entry
from embfilter_core.spectral.per_mille import PER_MILLE, band_per_mille, directions_per_mille
from embfilter_core.spectral.presets import PRESETS, choose_directions, need_of
from embfilter_core.spectral.selection import KeptDirections
from pages.frame.sidebar_controls import BAND, CUSTOM, PRESET, RATIO, SEED

TYPICAL_D = 1000  # stands in for d in the slider until a backbone outside the catalogue is loaded


@dataclass(frozen=True)
class KeptChoice:
    """The choice.

    Attributes:
        preset: Preset of kept directions, or `custom`.
        ratio: tau of the preset.
        seed: Seed of the preset `random`.
        band: Start and stop in thousandths of d, read where the preset is `custom`.
    """

    preset: str
    ratio: int
    seed: int
    band: tuple[int, int]


def kept_controls(backbone: str) -> KeptChoice:
    """Draw the controls; return the choice."""
    preset = PRESET.draw()
    ratio = int(RATIO.draw(disabled=preset in ("unfiltered", CUSTOM)))
    seed = SEED.draw() if need_of(preset) == "seed" else SEED.default
    entry = catalogue_entry(backbone)
    kept = None if preset == CUSTOM or not PRESETS[preset].contiguous else _of_preset(entry, preset, ratio)
    if preset != CUSTOM:
        st.session_state[BAND.key] = band_per_mille(kept) if kept else (0, PER_MILLE)
    band = BAND.draw(on_change=_choose_custom, disabled=preset != CUSTOM and kept is None)
    _say_what_is_kept(entry, preset, ratio, kept, band)
    return KeptChoice(preset, ratio, seed, band)


def _of_preset(entry: CatalogueEntry | None, preset: str, ratio: int) -> KeptDirections:
    d = entry.d if entry else TYPICAL_D
    return choose_directions(preset, d, ratio, bulk_start=entry.bulk_start if entry else None)


def _say_what_is_kept(
    entry: CatalogueEntry | None, preset: str, ratio: int, kept: KeptDirections | None, band: tuple[int, int]
) -> None:
    """Say it where d is known before the backbone is loaded."""
    if entry is None:
        return
    if preset == CUSTOM:
        kept = directions_per_mille(entry.d, *sorted(band))
    if kept is not None:
        st.caption(f"Keeps {kept.describe()}.")
    else:
        st.caption(f"Keeps {entry.d // ratio} of {entry.d}: {PRESETS[preset].keeps}.")


def _choose_custom() -> None:
    st.session_state[PRESET.key] = CUSTOM


def keep_per_mille(start: int, stop: int) -> None:
    """Make a band in thousandths of d the band of the sidebar."""
    _choose_custom()
    st.session_state[BAND.key] = (start, stop)


def keep_band(kept: KeptDirections) -> None:
    """Make a contiguous selection the band of the sidebar."""
    start, stop = band_per_mille(kept)
    start = min(start, PER_MILLE - 1)
    keep_per_mille(start, max(stop, start + 1))
