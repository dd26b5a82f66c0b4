"""Both sides made: of what is stored at once, of others once their backbone is loaded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.sides.side import Side
from pages.cached import backbones
from pages.cached import stored_backbones as cached_stored
from pages.cached.stored_backbones import text_id
from pages.compare import cached
from pages.compare.asked import A_LAYER, HALF_WAY
from pages.frame.jobs.results import filling_in
from pages.frame.load import checked_texts, embed, load
from pages.frame.text_box import text_box
from pages.instrument import stored as stored_instrument

if TYPE_CHECKING:
    from pages.cached.loaded import LoadedView
    from pages.cached.stored_backbones import Stored
    from pages.compare.asked import Asked

SIDES = "compare_sides"
MOST_SIDES = 8
"""Sides that a session keeps, so that a backbone that had to leave the memory for the other need not come back."""


@dataclass(frozen=True, eq=False)
class Made:
    """A side, and the view it was made of where that is loaded now; what is offered there depends on it."""

    side: Side
    loaded: LoadedView | None


def of(both: tuple[Asked, Asked]) -> tuple[Made, Made, str]:
    """Draw the choice of a text and make both sides; while a backbone is loaded, the run ends here.

    Returns:
        Both sides, and the text.
    """
    text = _text(both)
    first, second = _told_apart(*(_make(asked, text) for asked in both))
    return first, second, text


def _told_apart(first: Made, second: Made) -> tuple[Made, Made]:
    """Both sides, with names that differ where those of their backbones do not."""
    if first.side.name != second.side.name:
        return first, second
    differ = first.side.source != second.side.source
    apart = (first.side.source, second.side.source) if differ else ("first", "second")
    one, other = (
        replace(made, side=replace(made.side, name=f"{made.side.name}, {more}"))
        for made, more in zip((first, second), apart, strict=True)
    )
    return one, other


def _short(name: str) -> str:
    """The name of a backbone without what stands in brackets behind it."""
    return name.partition(" (")[0]


def _text(both: tuple[Asked, Asked]) -> str:
    """Draw the choice of the text: one that is stored with both sides where one of them is stored, else any."""
    stored = [asked.stored for asked in both if asked.stored is not None]
    if not stored:
        text = text_box("Text")
        return checked_texts(text)[0]
    texts = dict(zip(stored[0].text_ids, (text.text for text in stored[0].about.texts), strict=True))
    common = {named: text for named, text in texts.items() if all(named in other.text_ids for other in stored)}
    place = stored_instrument.draw_choice(stored[0], common or texts)
    return stored[0].about.texts[place].text


def _make(asked: Asked, text: str) -> Made:
    if asked.stored is not None:
        return Made(_stored_side(asked, asked.stored, text), None)
    known: dict[object, Side] = st.session_state.setdefault(SIDES, {})
    key = asked, text
    is_there = backbones.is_loaded(asked.view.backbone, asked.view.dtype, asked.view.device)
    if key in known and not is_there:
        return Made(known[key], None)
    made = _live_side(asked, text)
    known.pop(key, None)
    known[key] = made.side
    for oldest in list(known)[:-MOST_SIDES]:
        del known[oldest]
    return made


def _stored_side(asked: Asked, stored: Stored, text: str) -> Side:
    place = stored.text_ids.index(text_id(text)) if text_id(text) in stored.text_ids else 0
    view = stored_instrument.view_of(stored, place, asked.view.kept)
    parts = cached_stored.parts_of(stored)
    return Side(
        name=asked.name or _short(stored.about.name),
        backbone=stored.about.name,
        source="stored",
        about=stored.about.stamp,
        note=view.note,
        kept=view.kept,
        values=cached_stored.singular_values(stored),
        lists=view.committed()["lists"],
        evidence=view.evidence(),
        findings=stored.about.findings if view.is_usual else None,
        curves=parts.measured,
    )


def _live_side(asked: Asked, text: str) -> Made:
    from embfilter_core.instrument.committed import token_lists  # imports torch, which stored sides need not

    loaded = _loaded(asked)
    backbone, corpus = loaded.backbone, loaded.corpus
    state = embed(loaded, (text,))[0]
    evidence, findings = cached.evidence(loaded.embedder, corpus, loaded.kept), None
    if evidence is not None:
        with filling_in():
            findings = cached.findings(loaded.embedder, corpus, loaded.kept)
    layer = f"layer {backbone.layer_number(loaded.embedder.layer)} of {backbone.architecture.layers}"
    side = Side(
        name=layer if asked.name == A_LAYER else asked.name or _short(backbone.name),
        backbone=backbone.name,
        source="live",
        about=f"Computed now: {backbone.name}, {loaded.prompt.name}, {backbone.dtype}.",
        note="",
        kept=loaded.kept,
        values=backbone.spectrum.singular_values,
        lists=token_lists(backbone, state, loaded.kept, backbones.token_rates(backbone, corpus)),
        evidence=evidence,
        findings=findings,
    )
    return Made(side, loaded)


def _loaded(asked: Asked) -> LoadedView:
    view = replace(asked.view, centre=False)
    if view.layer != HALF_WAY:
        return load(view)
    last = load(replace(view, layer=None)).backbone.architecture.layers
    return load(replace(view, layer=last // 2))
