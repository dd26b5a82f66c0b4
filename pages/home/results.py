"""Home: the finding over a corpus, the instrument on one text, and the evidence that the finding rests on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.claims import what_lists_show
from embfilter_core.instrument.look import TERMS
from pages.frame.controls import TEXT
from pages.frame.explained import explained, words
from pages.home import cached, larger
from pages.instrument import block
from pages.widgets import embedding_offer, evidence

if TYPE_CHECKING:
    from collections.abc import Callable

    from embfilter_core.stored_backbones.example import StoredExample
    from pages.cached.loaded import LoadedView

KEY = "home"
OPENED = "opened_text"
POLL_S = 1.0


def draw_stored(stored: StoredExample) -> None:
    """Draw the stored example, labelled as such, block for block as the live view is drawn."""
    draw_finding(
        "Stored example",
        stored.evidence["sentence"],
        f"{stored.backbone}, {stored.kept} kept, a typical text of "
        "the corpus. Your own view replaces it as soon as the backbone is loaded.",
    )
    noticed = st.container()
    block.draw_stored(stored.instrument, KEY)
    block.notice(noticed, stored.text, stored.instrument["committed"])
    draw_below_the_instrument(stored.lists)
    larger.offer(BUNDLED.id)
    with st.container(border=True):
        st.fragment(draw_evidence)(stored.evidence, lambda text: None)  # as the live one, whose place it keeps


def prepare(loaded: LoadedView, embedding: np.ndarray) -> None:
    """Compute what `draw` takes long for, while what stands there already is not faded by a run that goes on."""
    block.prepare(loaded, embedding)
    if loaded.reference is not None:
        cached.evidence(loaded, loaded.kept, loaded.counted)


def draw(loaded: LoadedView, text: str, embedding: np.ndarray) -> None:
    """Draw the live view of a text and its embedding (d,)."""
    from embfilter_core.instrument.evidence import evidence_data

    embedded = loaded.reference is not None
    if embedded:
        data = evidence_data(cached.evidence(loaded, loaded.kept, loaded.counted), loaded.corpus, loaded.kept)
        draw_finding(
            "Live",
            data["sentence"],
            f"{loaded.backbone.name}, {loaded.prompt.name}. In brackets: 95 % intervals over resampled texts.",
        )
    noticed = st.container()
    block.notice(noticed, text, block.draw(loaded, embedding, KEY))
    draw_below_the_instrument(what_lists_show(loaded.reading))
    larger.offer(loaded.backbone.spec)
    with st.container(border=True):
        if embedded:
            _live_evidence(loaded)
        else:
            embedding_offer.offer(loaded.embedder, loaded.corpus, "To see the evidence over a corpus,", "home_corpus")


def draw_finding(source: str, sentence: str, about: str) -> None:
    """Draw the finding: its `source` (live or stored), its sentence, and what else there is to say."""
    explained(sentence, "finding", strong=True, tag=source, about=about)


def draw_below_the_instrument(lists: str) -> None:
    """Draw what the token lists show, and the terms of the instrument."""
    explained(lists, "lists", small=True)
    words("instrument", *TERMS)


def _live_evidence(loaded: LoadedView) -> None:
    """Draw the evidence; what is read of random choices is filled in once it is there."""
    random = _random_choices(loaded)
    _live(loaded, random)
    if random is None:
        _look_for_random_choices(loaded)


@st.fragment(run_every=POLL_S)
def _look_for_random_choices(loaded: LoadedView) -> None:
    if _random_choices(loaded) is not None:
        st.rerun()  # all of the page, so that nothing asks any more


@st.fragment
def _live(loaded: LoadedView, random: np.ndarray | None) -> None:
    from embfilter_core.instrument.evidence import evidence_data

    found = cached.evidence(loaded, loaded.kept, loaded.counted)
    known = found if random is None else replace(found, random=random)
    data = evidence_data(known, loaded.corpus, loaded.kept, "being read" if random is None else "")

    def open_text(text: int) -> None:
        st.session_state.update({TEXT: loaded.corpus.texts[text], OPENED: True})

    draw_evidence(data, open_text)
    if st.session_state.pop(OPENED, False):
        st.rerun()  # all of the page, not this block alone


def _random_choices(loaded: LoadedView) -> np.ndarray | None:
    """The shares of random choices, (seeds, n); none where all directions are kept, and None while they are read."""
    return np.empty((0, 0)) if loaded.kept.is_unfiltered else cached.random_choices(loaded)


def draw_evidence(data: dict[str, Any], open_text: Callable[[int], None], note: str = "") -> None:
    """Draw the evidence over a corpus.

    Args:
        data: As `evidence_data` makes it.
        open_text: Called with the place of a text that is clicked.
        note: What there is to say about which directions it is of; may be empty.
    """
    st.header("Is it one text, or the corpus?", anchor=False)
    explained(
        f"Every dot is a text: how many of the {data['top']} tokens that its embedding points to are among the 500 "
        f"most frequent, {data['chance']} of the vocabulary. Click one to open the text; the typical one, nearest "
        "to all medians, is orange. Beside random choices of as many directions, twenty of them: one alone says "
        "nothing, since they differ far too much.",
        "evidence",
        small=True,
    )
    if note:
        st.caption(note)
    evidence.draw(data, "evidence", open_text)
