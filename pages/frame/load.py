"""From what the sidebar says to a loaded backbone and its embeddings, with waits that name what happens."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.errors import EmbFilterError, InputError
from embfilter_core.jobs.job import ELSEWHERE, Task
from embfilter_core.spectral.presets import need_of
from pages.cached import backbones, corpora
from pages.cached.loaded import Embedder, LoadedView
from pages.frame import hosting, messages
from pages.frame.address_bar import choose
from pages.frame.before_fetch import tell_before_fetching
from pages.frame.frequency_reference import frequency_reference
from pages.frame.jobs import prepared
from pages.frame.jobs.given_back import giving_back
from pages.frame.jobs.queue import own, queue, session, stopped
from pages.frame.jobs.results import NotYet, wanted
from pages.frame.share import page_offer
from pages.frame.sidebar_controls import BACKBONE

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.jobs.job import Told
    from pages.frame.view import View

KIND = "backbone"


def load(view: View, head_start_s: float = 0) -> LoadedView:
    """Load the backbone of a view; while that takes, and where it fails, the run ends with one clear line.

    Args:
        view: What the sidebar says.
        head_start_s: Given to the browser to draw what it was sent, before importing torch takes the processor.
    """
    try:
        hosting.check_backbone(view.backbone)
        while (backbone := backbones.find(view.backbone, view.dtype, view.device)) is None:
            _say_what_it_is(view)
            _wait_for_backbone(view, head_start_s)
        _leave_others()
        prepared.prepare(backbone)
        giving_back.put_off()
        from embfilter_core.data.corpora import lee_background

        embedder = Embedder(backbone, view.prompt_for(backbone.default_prompt), _layer(backbone, view.layer))
        corpus = lee_background()
        mean = corpora.corpus_mean(embedder, corpus)
        scores = backbones.frequent_token_scores(backbone) if need_of(view.kept.preset) == "scores" else None
        kept = view.kept_directions(backbone.d, backbone.bulk_start, scores)
    except EmbFilterError as problem:
        messages.error(problem)
        if view.backbone != BUNDLED.id:
            _offer_bundled()
        st.stop()
    if view.kept.d is None:
        st.rerun()  # the sidebar was drawn before the number of directions was known
    centre, counted = mean if view.centre else None, frequency_reference(backbone, corpus)
    coefficients = corpora.corpus_coefficients(embedder, corpus, centre)
    loaded = LoadedView(embedder, kept, corpus, counted, mean, coefficients, centre)
    page_offer.offer(loaded)
    return loaded


def embed(loaded: LoadedView, texts: tuple[str, ...]) -> np.ndarray:
    """Embeddings of the texts on the page, (n, d); remarks about a cut text are shown, a bad text ends the run."""
    try:
        with st.spinner("Embedding the text ...", show_time=True):
            embeddings = corpora.embeddings(loaded.embedder, texts)
        cut = [encoded.truncated_tokens for encoded in loaded.backbone.encode(texts, loaded.prompt)]
    except EmbFilterError as problem:
        messages.error(problem)
        st.stop()
    for number, tokens in enumerate(cut, start=1):
        if tokens:
            which = f"Text {number}" if len(texts) > 1 else "The text"
            messages.note(
                f"{which} is long: {tokens:,} tokens were left out, as the prompt's rule for long texts says."
            )
    return embeddings


def checked_texts(text: str, one_a_line: bool = False, most: int = 1) -> tuple[str, ...]:
    """The texts in a text box; where there is none, or more than `most`, one clear error ends the run."""
    texts = tuple(part for part in (text.splitlines() if one_a_line else [text]) if part.replace("\x00", "").strip())
    if not texts:
        problem = InputError("There is no text yet.", "Type one, or choose an example.")
    elif len(texts) > most:
        problem = InputError(f"There are {len(texts)} lines.", f"This page compares at most {most} texts at once.")
    else:
        return texts
    messages.error(problem)
    st.stop()


def _layer(backbone: Backbone, chosen: int | None) -> int | None:
    """The chosen layer, None where it is the last; raises InputError where there is no such layer."""
    layer = backbone.layer_number(chosen)
    return None if layer == backbone.layer_number(None) else layer


def _choose_bundled() -> None:
    choose({BACKBONE: BUNDLED.id})


def _say_what_it_is(view: View) -> None:
    """Return once a backbone may be loaded; until then, the run ends here."""
    try:
        tell_before_fetching(view)
    except NotYet:
        st.stop()


def _wait_for_backbone(view: View, head_start_s: float) -> None:
    """Return once the backbone of a view is in memory; until then, the run ends here."""
    spec, dtype, device = view.backbone, view.dtype, view.device

    def work(told: Told) -> None:
        if "torch" not in sys.modules:
            time.sleep(head_start_s)
        backbones.backbone(spec, dtype, device, told.in_stage)  # which keeps it: a job would keep it for too long

    what = f"Loading {spec} and its singular directions"
    if backbones.has_left(spec, dtype, device):
        what = f"Loading {spec} again, which had left the memory for another backbone"
    task = Task(KIND, (spec, dtype, device), what, work, ELSEWHERE, outlives=False)
    _leave_others(task)
    earlier = queue().find(*task.id)
    if earlier is not None and earlier.state == "done":
        queue().forget(earlier)  # what it loaded has left the memory since
    try:
        wanted(task, at_foot=spec == BUNDLED.id)
    except NotYet:
        if spec != BUNDLED.id and task.id in stopped():
            _offer_bundled()
        st.stop()


def _leave_others(wanted_now: Task[None] | None = None) -> None:
    """Let go of a load that this session waits for no more, as it chose another backbone meanwhile."""
    for job in own():
        is_other = job.task.kind == KIND and (wanted_now is None or job.task.id != wanted_now.id)
        if is_other and session() in job.askers:
            queue().leave(job, session())


def _offer_bundled() -> None:
    st.button("Use the bundled backbone", on_click=_choose_bundled, icon=":material/undo:")
