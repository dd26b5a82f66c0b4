"""The instrument for a stored backbone: every band of its texts, without a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from embfilter_core.backbones.prompts import as_prompt
from embfilter_core.claims import Reading, what_lists_show
from embfilter_core.instrument.look import LOOK
from embfilter_core.instrument.readings import without_a_filter
from embfilter_core.spectral.presets import choose_directions, need_of
from embfilter_core.spectral.selection import KeptDirections
from embfilter_core.stored_backbones.bands import committed_for, nearest_edges
from pages import instrument
from pages.cached import stored_backbones as cached
from pages.frame import messages
from pages.frame.kept_controls import choose_preset, keep_directions, width_of
from pages.frame.page_controls import STORED_TEXT, TYPICAL_TEXT
from pages.frame.stored_backbones import offer_model

if TYPE_CHECKING:
    from pages.cached.stored_backbones import Stored
    from pages.frame.kept_controls import KeptChoice
    from pages.instrument.block import Front

INSTEAD = "bulk"
"""The preset that is shown where one is asked for that is not stored."""
USUAL = f"{INSTEAD}/2"
"""The evidence that is shown where that of the kept directions is not stored."""
LONGEST_LABEL = 110


@dataclass(frozen=True, eq=False)
class StoredView:
    """A stored backbone as it is looked at.

    Attributes:
        stored: It.
        place: Which of its texts.
        kept: The kept directions, on the grid of what is stored.
        preset: The preset that they are of, or `custom`.
        ratio: Its tau.
        note: What there is to say where that is not what was asked for; empty where it is.
    """

    stored: Stored
    place: int
    kept: KeptDirections
    preset: str
    ratio: int
    note: str

    @property
    def text(self) -> str:
        """The text."""
        return self.stored.about.texts[self.place].text

    @property
    def data(self) -> dict[str, Any]:
        """What the instrument is sent once for the text."""
        return cached.text_of(self.stored, self.place).instrument

    @property
    def lists(self) -> str:
        """What the token lists show, a sentence."""
        about = self.stored.about
        layer = None if about.layer == about.layers else about.layer
        return what_lists_show(Reading(as_prompt(about.prompt), layer, about.layers, False, self.kept))

    @property
    def is_usual(self) -> bool:
        """Whether the kept directions are those of which the model's own lists and findings are stored."""
        return bool(self.data["committed"]["runs"] == self.kept.runs)

    def committed(self) -> dict[str, Any]:
        """Return what is shown of the kept directions: the model's own lists where they are stored."""
        return committed_for(self.data, self.preset, self.ratio, self.kept.runs)

    def evidence(self) -> dict[str, Any] | None:
        """Return the evidence over the corpus for the kept directions; None where it is not stored."""
        parts = cached.parts_of(self.stored)
        if self.kept.is_unfiltered:
            found = next(iter(parts.evidence.values()), None)
            return None if found is None else without_a_filter(found)
        presets = parts.directions["presets"].items()
        same = (
            f"{preset}/{tau}" for preset, by_tau in presets for tau, runs in by_tau.items() if runs == self.kept.runs
        )
        return next((parts.evidence[name] for name in same if name in parts.evidence), None)

    def nearest_evidence(self) -> tuple[dict[str, Any] | None, str]:
        """Return the evidence, or else that of other directions with what to say about it; None where there is none."""
        found = self.evidence()
        if found is not None:
            return found, ""
        stored = cached.parts_of(self.stored).evidence
        name = USUAL if USUAL in stored else next(iter(stored), "")
        preset, _, tau = name.partition("/")
        return stored.get(name), f"Over a corpus, these directions are not stored; shown is {preset}, τ {tau}."


def view_of(stored: Stored, place: int, choice: KeptChoice) -> StoredView:
    """Return a text of a stored backbone with the directions that a choice keeps, as near as they are stored."""
    d, bulk_start = stored.about.d, width_of(stored.spec)[1]
    if need_of(choice.preset) is not None:
        kept = choose_directions(INSTEAD, d, choice.ratio, bulk_start=bulk_start)
        note = f"What the preset {choice.preset} says is not stored; shown is {INSTEAD}, τ {choice.ratio}."
        return StoredView(stored, place, _on_grid(stored, kept), INSTEAD, choice.ratio, note)
    asked = choice.directions(d, bulk_start)
    kept = _on_grid(stored, asked)
    note = f"Bands are stored between edges of a grid: shown is the nearest, {kept.describe()}."
    note = "" if kept.runs == asked.runs else note
    return StoredView(stored, place, kept, choice.preset, choice.ratio, note)


def _on_grid(stored: Stored, kept: KeptDirections) -> KeptDirections:
    """The kept directions between the nearest edges of what is stored."""
    edges = cached.parts_of(stored).directions["edges"]
    runs = [np.arange(*nearest_edges(edges, start, stop)) for start, stop in kept.runs]
    return KeptDirections(kept.d, np.unique(np.concatenate(runs)), kept.name)


def choose_text(stored: Stored) -> int:
    """Draw the choice among the texts of a stored backbone, and how to get at others; return the place of the text."""
    place = draw_choice(stored)
    about = stored.about
    offer_model(stored, f"{len(about.texts)} texts are stored. Your own needs the model.")
    return place


def draw_choice(stored: Stored, texts: dict[str, str] | None = None) -> int:
    """Draw the choice among texts of a stored backbone; return the place of the text.

    Args:
        stored: The stored backbone.
        texts: Those that are offered, by the ids that links have; all of them by default.
    """
    texts = texts or {named: text.text for named, text in zip(stored.text_ids, stored.about.texts, strict=True)}
    first, *others = texts
    labels = {TYPICAL_TEXT: f"{_line(texts[first])}"} | {named: _line(texts[named]) for named in others}
    chosen = STORED_TEXT.draw(
        list(labels),
        format_func=lambda named: labels.get(named, labels[TYPICAL_TEXT]),
        label_visibility="collapsed",
        help=None,
    )
    return stored.text_ids.index(first if chosen not in others else chosen)


def open_text(stored: Stored, position: int) -> dict[Any, str]:
    """Return what to choose for a text of the reference corpus; nothing where it is not stored, which is said."""
    for place, (named, text) in enumerate(zip(stored.text_ids, stored.about.texts, strict=True)):
        if text.position == position:
            return {STORED_TEXT: named if place else TYPICAL_TEXT}
    st.toast("Of this text, only its dot is stored. To open it, get the model.", icon=":material/info:")
    return {}


def draw(view: StoredView, key: str, front: Front = "lists") -> dict[str, Any]:
    """Draw the instrument for a text of a stored backbone.

    Args:
        view: What is looked at.
        key: Key of the widget.
        front: What the page is about.

    Returns:
        What is shown of the kept directions, as `committed_data` gives it.
    """
    committed = view.committed()
    same = {name: fact for name, fact in view.data.items() if name != "committed"}
    instrument.draw(same, {"committed": committed, "front": front, **LOOK}, key, keep_directions, choose_preset)
    if view.note:
        messages.note(view.note)
    return committed


def _line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_LABEL]
