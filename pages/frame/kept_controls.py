"""The sidebar's choice of kept directions: preset, ratio, seed and band are one state."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.spectral.per_mille import PER_MILLE, band_per_mille
from pages.frame.controls import CUSTOM

if TYPE_CHECKING:
    from embfilter_core.spectral.selection import KeptDirections


from embfilter_core.backbones.catalogue import CatalogueEntry, catalogue_entry
from embfilter_core.spectral.per_mille import directions_per_mille
from embfilter_core.spectral.presets import PRESETS, choose_directions
from embfilter_core.spectral.selection import KeptDirections
from pages.frame.controls import CONTROLS, RATIOS

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
    """Draw the controls; returns the choice."""
    preset = st.pills(
        "Kept directions",
        [*PRESETS, CUSTOM],
        default="bulk",
        required=True,
        key="preset",
        bind="query-params",
        help="  \n".join(f"**{preset.id}**: {preset.keeps}" for preset in PRESETS.values())
        + "  \n**custom**: the band of the slider",
    )
    ratio = st.pills(
        "Ratio τ",
        RATIOS,
        default="2",
        required=True,
        key="ratio",
        bind="query-params",
        disabled=preset in ("unfiltered", CUSTOM),
        help="Keeps d // τ directions: 2 keeps half of them.",
    )
    seed = CONTROLS["seed"].default
    if preset == "random":
        seed = st.number_input("Seed", 0, 9999, key="seed", bind="query-params", help="Which random directions.")
    entry = catalogue_entry(backbone)
    kept = None if preset == CUSTOM or not PRESETS[preset].contiguous else _of_preset(entry, preset, int(ratio))
    if preset != CUSTOM:
        st.session_state["band"] = band_per_mille(kept) if kept else (0, PER_MILLE)
    band = _band_slider(disabled=preset != CUSTOM and kept is None)
    _say_what_is_kept(entry, preset, int(ratio), kept, band)
    return KeptChoice(preset, int(ratio), seed, band)


def _of_preset(entry: CatalogueEntry | None, preset: str, ratio: int) -> KeptDirections:
    d = entry.d if entry else TYPICAL_D
    return choose_directions(preset, d, ratio, bulk_start=entry.bulk_start if entry else None)


def _band_slider(disabled: bool) -> tuple[int, int]:
    return st.slider(
        "Kept band, ‰ of d",
        0,
        PER_MILLE,
        CONTROLS["band"].default,
        key="band",
        bind="query-params",
        on_change=_choose_custom,
        disabled=disabled,
        help="From the largest singular value (0) to the smallest (1000). Moving it makes the choice custom.",
    )


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
    st.session_state["preset"] = CUSTOM


def keep_band(kept: KeptDirections) -> None:
    """Make a contiguous selection the band of the sidebar."""
    start, stop = band_per_mille(kept)
    start = min(start, PER_MILLE - 1)
    st.session_state["preset"] = CUSTOM
    st.session_state["band"] = (start, max(stop, start + 1))
