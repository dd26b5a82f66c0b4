"""Which two sides are asked for, by the controls of the page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.backbones.catalogue import CATALOGUE
from embfilter_core.backbones.prompts import PROMPTS
from pages.frame import page_controls as controls
from pages.frame import stored_backbones
from pages.frame.hosting import offers
from pages.frame.kept_controls import width_of
from pages.frame.sidebar_controls import BACKBONE_DEFAULT, CUSTOM
from pages.frame.values import value_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from pages.cached.stored_backbones import Stored
    from pages.frame.control import Choice, Named, WholeOrNothing
    from pages.frame.kept_controls import KeptChoice
    from pages.frame.view import View


@dataclass(frozen=True)
class Asked:
    """A side that is asked for.

    Attributes:
        name: What it is called; empty where its backbone's name is enough.
        view: The backbone and how it is read, as the sidebar would say it.
        stored: The stored backbone, or None where it is to be loaded.
    """

    name: str
    view: View
    stored: Stored | None


def draw(view: View) -> tuple[Asked, Asked] | None:
    """Draw the choice of both sides; returns them, or None after saying why there are none.

    Args:
        view: What the sidebar says.
    """
    versus = value_of(controls.VERSUS)
    stored = stored_backbones.find(view.backbone)
    if stored is not None and versus in ("prompts", "layers"):
        stored_backbones.offer_model(
            stored, f"{stored.about.name} is stored with one prompt and one layer. Comparing {versus} needs the model."
        )
        return None
    picks = _PICKS[versus]
    left, right = st.columns(2, gap="medium")
    with left:
        first = picks(view, 0)
    with right:
        second = picks(view, 1)
    return first, second


def _backbone(view: View, side: int) -> Asked:
    control: Named = (controls.FIRST_BACKBONE, controls.SECOND_BACKBONE)[side]
    there = stored_backbones.all_stored()
    offered = [*there, *(name for name, entry in CATALOGUE.items() if offers(entry))]
    offered += [name for name in (view.backbone, value_of(control)) if name not in offered]
    chosen = control.draw(list(dict.fromkeys(offered)), format_func=_called)
    return Asked("", replace(view, backbone=chosen, kept=_kept_of(view, chosen)), there.get(chosen))


def _called(spec: str) -> str:
    stored = stored_backbones.find(spec)
    return f"{spec}, live" if stored is None else f"{stored.about.name}, {stored_backbones.STORED[stored.origin]}"


def _prompt(view: View, side: int) -> Asked:
    control: Choice = (controls.FIRST_PROMPT, controls.SECOND_PROMPT)[side]
    chosen = control.draw()
    name = "the backbone's own prompt" if chosen == BACKBONE_DEFAULT else PROMPTS[chosen].name
    return Asked(name, replace(view, prompt=chosen), None)


def _layer(view: View, side: int) -> Asked:
    control: WholeOrNothing = (controls.FIRST_LAYER, controls.SECOND_LAYER)[side]
    chosen = control.draw()
    return Asked(A_LAYER, replace(view, layer=HALF_WAY if chosen is None and side == 0 else chosen), None)


def _band(view: View, side: int) -> Asked:
    control: Choice = (controls.FIRST_BAND, controls.SECOND_BAND)[side]
    chosen = control.draw()
    stored = stored_backbones.find(view.backbone)
    if chosen == controls.SIDEBAR_BAND:
        return Asked("the sidebar's band", view, stored)
    preset, _, ratio = chosen.partition("-")
    kept = replace(view.kept, preset=preset, ratio=int(ratio or view.kept.ratio), per_mille=None)
    return Asked(preset if not ratio else f"{preset}, τ {ratio}", replace(view, kept=kept), stored)


HALF_WAY = -1
"""Stands for the layer in the middle, whose number is known once the backbone is."""
A_LAYER = "layer"
"""Name of a side until the number of its layer is known."""
_PICKS: dict[str, Callable[[View, int], Asked]] = {
    "backbones": _backbone,
    "prompts": _prompt,
    "layers": _layer,
    "bands": _band,
}


def _kept_of(view: View, spec: str) -> KeptChoice:
    """What the sidebar keeps, for another backbone: of a band, the same share of its directions."""
    d, here = width_of(spec)[0], view.kept.d
    kept = replace(view.kept, d=d)
    if kept.preset != CUSTOM or d is None or here is None or kept.per_mille is not None:
        return kept
    start, stop = (round(edge * d / here) for edge in kept.band)
    return replace(kept, band=(start, max(start + 1, stop)))
