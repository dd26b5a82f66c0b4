"""The sidebar's choice of kept directions: preset, ratio, seed and band are one state."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

import numpy as np
import streamlit as st

from embfilter_core.backbones.catalogue import catalogue_entry
from embfilter_core.spectral.per_mille import directions_per_mille
from embfilter_core.spectral.presets import PRESETS, choose_directions, need_of
from embfilter_core.spectral.selection import KeptDirections
from pages.cached import backbones
from pages.frame import stored_backbones
from pages.frame.address_bar import choose
from pages.frame.control import Control
from pages.frame.sidebar_controls import CUSTOM, PRESET, RATIO, RATIOS, SEED, START, STOP
from pages.frame.values import REACHES_S, chosen_values, is_stale, value_of

OLD_BAND = "band_per_mille"
_SHOWN = "bands_shown"


@dataclass(frozen=True)
class _Shown:
    """The band that the two numbers show, the one they showed before, and since when, in seconds of `monotonic`."""

    now: tuple[int, int]
    before: tuple[int, int] | None = None
    since: float = 0.0

    def is_echo(self, band: tuple[int, int]) -> bool:
        """Whether no hand chose a band: it is shown, or a page that has not heard of that yet shows it.

        A hand changes one number at a time. What is shown comes as news from a page that had sent the one before.
        """
        differ = sum(one != other for one, other in zip(band, self.now, strict=True))
        late = band == self.before and (differ == 2 or monotonic() - self.since < REACHES_S)
        return differ == 0 or late


@dataclass(frozen=True)
class KeptChoice:
    """The choice.

    Attributes:
        preset: Preset of kept directions, or `custom`.
        ratio: tau of the preset.
        seed: Seed of the preset `random`.
        band: First kept direction and the one after the last, read where the preset is `custom`.
        per_mille: Or that band in thousandths of d, as an old link has it, where d is not known yet.
        d: The number of directions where it was known before the backbone is loaded, else None.
    """

    preset: str
    ratio: int
    seed: int
    band: tuple[int, int]
    per_mille: tuple[int, int] | None
    d: int | None

    def directions(self, d: int, bulk_start: int | None = None, scores: np.ndarray | None = None) -> KeptDirections:
        """Return the directions of a backbone with d of them; a band that lies beyond them ends with the last one."""
        if self.preset != CUSTOM:
            return choose_directions(
                self.preset, d, self.ratio, seed=self.seed, bulk_start=bulk_start, spectroscopy_scores=scores
            )
        if self.per_mille is not None:
            return directions_per_mille(d, *self.per_mille)
        start = min(self.band[0], d - 1)
        return KeptDirections.band(d, start, max(start + 1, min(self.band[1], d)))


def kept_controls(backbone: str) -> KeptChoice:
    """Draw the controls; return the choice."""
    preset = PRESET.draw(on_change=_choose_preset, args=())
    ratio = int(RATIO.draw(disabled=preset in ("unfiltered", CUSTOM)))
    seed = SEED.draw() if need_of(preset) == "seed" else SEED.default
    d, bulk_start = width_of(backbone)
    _take_old_band(d)
    contiguous = preset == CUSTOM or PRESETS[preset].contiguous
    band = value_of(START), value_of(STOP)
    if preset != CUSTOM:
        kept = choose_directions(preset, d, ratio, bulk_start=bulk_start) if d and contiguous else None
        band = kept.bounds if kept and kept.bounds else (0, d or 0)
    told: dict[str, Any] = {"on_change": _choose_numbers, "args": (), "disabled": not contiguous or d is None}
    _note_shown(band)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        band = START.draw(shown=band[0], **told), STOP.draw(shown=band[1], **told)
    choice = KeptChoice(preset, ratio, seed, band, st.session_state.get(OLD_BAND), d)
    _say_what_is_kept(choice, d, bulk_start)
    return choice


def width_of(backbone: str) -> tuple[int | None, int | None]:
    """Return the number of directions of a backbone, where it is known before it is loaded, and where its bulk starts.

    Args:
        backbone: As a control names it.
    """
    stored = stored_backbones.find(backbone)
    entry = catalogue_entry(stored.about.hub_id if stored else backbone)
    bulk_start = entry.bulk_start if entry else None
    if stored is not None:
        return stored.about.d, bulk_start
    loaded = None if entry else backbones.in_memory(backbone)
    return (entry.d if entry else loaded.d if loaded else None), bulk_start


def _note_shown(band: tuple[int, int]) -> None:
    shown: _Shown | None = st.session_state.get(_SHOWN)
    if shown is None or shown.now != band:
        st.session_state[_SHOWN] = _Shown(band, None if shown is None else shown.now, monotonic())


def _take_old_band(d: int | None) -> None:
    """Turn the band of an old link into directions, once their number is known."""
    if d and OLD_BAND in st.session_state:
        start, stop = directions_per_mille(d, *st.session_state.pop(OLD_BAND)).bounds or (0, d)
        chosen_values().update({START: start, STOP: stop})


def _say_what_is_kept(choice: KeptChoice, d: int | None, bulk_start: int | None) -> None:
    """Say it where d is known before the backbone is loaded."""
    if d is None:
        return
    if choice.preset == CUSTOM or PRESETS[choice.preset].contiguous:
        st.caption(f"Keeps {choice.directions(d, bulk_start).describe()}.")
    else:
        st.caption(f"Keeps {d // choice.ratio} of {d}: {PRESETS[choice.preset].keeps}.")


def _choose_preset() -> None:
    """Take over a preset; of `custom`, the numbers that stand there are the band."""
    if is_stale(PRESET.key):
        return
    if st.session_state[PRESET.key] == CUSTOM:
        choose_band(*st.session_state[_SHOWN].now)
    else:
        choose({PRESET: st.session_state[PRESET.key]})


def _choose_numbers() -> None:
    """Keep the band between the two numbers, where a hand changed them."""
    band = st.session_state[START.key], st.session_state[STOP.key]
    if not (is_stale(START.key) or is_stale(STOP.key) or st.session_state[_SHOWN].is_echo(band)):
        choose_band(*band)


def choose_band(start: int, stop: int, more: Mapping[Control[Any], Any] | None = None) -> None:
    """Keep the directions of [start, stop), and set `more` controls by the same action."""
    st.session_state.pop(OLD_BAND, None)
    choose({PRESET: CUSTOM, START: start, STOP: stop, **(more or {})})


def keep_band(kept: KeptDirections, more: Mapping[Control[Any], Any] | None = None) -> None:
    """Make a contiguous selection the band of the sidebar, and set `more` controls by the same action."""
    choose_band(*(kept.bounds or (0, kept.d)), more)


def keep_directions(said: object) -> None:
    """Take over a band that was let go; what a browser sends is checked like any other input."""
    if isinstance(said, list) and len(said) == 2 and all(type(edge) is int for edge in said):
        start, stop = said
        if 0 <= start < stop <= STOP.high:
            choose_band(start, stop)


def choose_preset(said: object) -> None:
    """Take over a preset or a ratio that was pressed, where there is such."""
    if not isinstance(said, dict):
        return
    preset, ratio = said.get("preset"), str(said.get("ratio"))
    chosen: dict[Control[str], str] = {}
    if isinstance(preset, str) and preset in PRESETS:
        chosen[PRESET] = preset
    if ratio in RATIOS:
        chosen[RATIO] = ratio
    if chosen:
        choose(chosen)
