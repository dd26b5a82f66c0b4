"""The page for someone without the app, offered once a view is loaded, and made when somebody clicks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from embfilter_core.errors import EmbFilterError
from pages.cached.stored_backbones import PREFIX
from pages.frame import measured_scores

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.delta_generator import DeltaGenerator

    from embfilter_core.handout.part import Part
    from embfilter_core.handout.scores import Scores
    from embfilter_core.instrument.data import ReferenceCorpus
    from pages.cached.loaded import LoadedView
    from pages.frame.share.shown import Shown

PLACE, TITLE, NOTE = "page_offer", "share_title", "share_note"
USUAL_TITLE = "What an embedding says, unfiltered and filtered"
COMPARED = "Compare"
"""The page that loads two views."""
LONGEST_TITLE, LONGEST_NOTE = 200, 2_000
_one_at_a_time = Lock()
"""A page keeps all cores busy for seconds: of several at once, each would wait for all of them."""


@dataclass
class _Place:
    """Where the offer of a run of a page stands, and what the page shows.

    Attributes:
        button: Where its button stands.
        shown: What the page shows.
        title: Of the file.
        note: Below the title; may be empty.
        corpus: Makes what neighbours are from, if that is another corpus than the reference corpus.
    """

    button: DeltaGenerator
    shown: Shown
    title: str
    note: str
    corpus: Callable[[], ReferenceCorpus] | None = None


def keep_place(shown: Shown) -> None:
    """Draw what the page is, and keep a place for its button; to be called once, in the menu."""
    st.caption(
        "One file of HTML with the instrument on this text, for a browser without this app or a network; `export "
        "--html` makes it of several texts and backbones."
    )
    title = st.text_input("Title", USUAL_TITLE, key=TITLE, max_chars=LONGEST_TITLE, persist_state="session")
    note = st.text_area("Note", key=NOTE, max_chars=LONGEST_NOTE, persist_state="session", height=80)
    button = st.empty()
    button.caption(_when(shown))
    st.session_state[PLACE] = _Place(button, shown, title or USUAL_TITLE, note or "")


def _when(shown: Shown) -> str:
    if shown.page == COMPARED:
        return "Of two sides there is none: open one of them on Home."
    if shown.view.backbone.startswith(PREFIX):
        return "Of a stored backbone there is none: hand its file on."
    return "It is offered once the view is loaded."


def neighbours_from(corpus: Callable[[], ReferenceCorpus]) -> None:
    """Let the page that is offered find neighbours in a corpus, centred where the view is; made on a click."""
    place: _Place | None = st.session_state.get(PLACE)
    if place is not None:
        place.corpus = corpus


def offer(loaded: LoadedView) -> None:
    """Offer the page of a loaded view.

    A fragment that runs alone may not draw there, and need not.
    """
    place: _Place | None = st.session_state.get(PLACE)
    context = get_script_run_ctx()
    if place is None or not place.shown.texts or place.shown.page == COMPARED:
        return
    if context and context.fragment_ids_this_run:
        return
    scores = measured_scores.told(loaded)
    with place.button:
        st.download_button(
            "Save the page",
            lambda: _page(loaded, place, scores),
            "embedfilter.html",
            "text/html",
            key="save_page",
            on_click="ignore",
            icon=":material/download:",
        )


def _page(loaded: LoadedView, place: _Place, scores: Scores | None) -> str:
    """The page, or one that says why there is none: whoever clicked reads it there, as no run of the app is left."""
    from embfilter_core.handout.page import problem_page

    with _one_at_a_time:
        try:
            return _made(loaded, place, scores)
        except EmbFilterError as problem:
            return problem_page(place.title, problem)


def _made(loaded: LoadedView, place: _Place, scores: Scores | None) -> str:
    from embfilter_core.handout.facts import facts, sources
    from embfilter_core.handout.page import Written, handout_page
    from embfilter_core.handout.part import part_data

    corpus = loaded.reference if place.corpus is None else place.corpus()
    part, texts = _part(loaded, corpus, place.shown), place.shown.texts
    if scores is not None:
        part = replace(part, scores=(scores, *part.scores))
    notes = [place.note] if place.note.strip() else []
    written = Written(place.title, notes, [facts(part)], sources([part]))
    return handout_page(written, texts, [part_data(part, texts)])


def _part(loaded: LoadedView, corpus: ReferenceCorpus | None, shown: Shown) -> Part:
    """What the command line would make of the same view; called where no session is at hand."""
    from embfilter_core.handout.part import Part
    from embfilter_core.handout.scores import stored_scores
    from embfilter_core.lens.frequent_tokens import frequent_token_scores
    from embfilter_core.lens.token_counts import count_tokens
    from embfilter_core.lens.token_rates import token_rates

    backbone, kept = loaded.backbone, shown.view.kept
    layer, is_centred = loaded.embedder.layer, loaded.centre is not None
    return Part(
        backbone=backbone,
        prompt=loaded.prompt,
        layer=layer,
        kept=loaded.kept,
        preset=kept.preset,
        ratio=kept.ratio,
        seed=kept.seed,
        rates=token_rates(count_tokens(backbone, loaded.counted.texts, loaded.counted.name)),
        reference=corpus,
        centre=loaded.centre,
        spectroscopy_scores=frequent_token_scores(backbone),
        scores=stored_scores(backbone, loaded.prompt, layer, is_centred),
    )
