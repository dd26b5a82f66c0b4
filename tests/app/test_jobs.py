"""Long work of the pages: drawn while it goes on, found again, cancelled, told of, and bounded in a hosted app."""

from collections.abc import Iterator
from threading import Event

import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core.embeddings import corpus_embeddings
from embfilter_core.embeddings.corpus_embeddings import embed_corpus
from embfilter_core.progress import report
from embfilter_core.quality import sweep as study
from pages.frame import hosting
from pages.frame.jobs.queue import ABSENT_S, Presence, queue
from pages.widgets import embedding_offer
from tests.app.choose_rank.page import CHOOSE, PUBLISHED, REPLICATED
from tests.app.conftest import LENS, Open
from tests.app.reading import blocks, errors, plain
from tests.core.jobs.held import Clock

pytestmark = pytest.mark.real

SIMILARITY = "pages/3_Similarity.py"
WAIT_S = 60


@pytest.fixture(autouse=True)
def pages_fill_in() -> None:
    """Here nothing is waited for behind a test's back."""


@pytest.fixture
def hold(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Embedding a corpus and measuring a sweep tell that nothing is done until this is set, or nobody wants them."""
    go_on = Event()

    def held(tell) -> None:
        while not go_on.wait(0.02):
            report(tell, 0, 120, "texts")

    def embed(*given, real=embed_corpus) -> object:
        held(given[3])
        return real(*given)

    def sweep(*given, progress, real=study.sweep_quality, **more) -> object:
        held(progress)
        return real(*given, progress=progress, **more)

    monkeypatch.setattr(corpus_embeddings, "embed_corpus", embed)
    monkeypatch.setattr(study, "sweep_quality", sweep)
    queue.clear()
    yield go_on
    go_on.set()
    for job in queue().alive():
        assert queue().wait(job, WAIT_S)


def opened(open_page: Open, name: str, **params: object) -> AppTest:
    """A page whose backbone has been loaded."""
    at = open_page(name, **params)
    for job in [job for job in queue().alive() if job.task.kind == "backbone"]:
        assert queue().wait(job, WAIT_S)
    return at.run()


def switch(at: AppTest, page: str) -> AppTest:
    """Another page; AppTest does not carry the controls there, as a browser does."""
    kept = {key: at.selectbox(key=key).value for key in ("backbone", "corpus") if key in at.session_state}
    at.switch_page(page)
    for key, value in kept.items():
        at.session_state[key] = value
    return at.run()


def waits(at: AppTest) -> list[str]:
    """What the page says of the jobs that it waits for, then what the sidebar says."""
    assert errors(at) == []
    return [plain(one.proto.text) for one in at.get("progress")]


def cancel(at: AppTest, where: str) -> AppTest:
    (button,) = [one for one in at.button if (one.key or "").startswith(where)]
    return button.click().run()


def filled_in(at: AppTest) -> AppTest:
    """The page once it waits for nothing."""
    while waits(at):
        for job in queue().alive():
            assert queue().wait(job, WAIT_S)
        at.run()
    return at


def let_go(hold: Event) -> None:
    hold.set()
    for job in queue().alive():
        assert queue().wait(job, WAIT_S)


def test_a_job_is_told_in_its_place_and_in_the_sidebar_of_another_page_and_ends_in_a_note_and_a_link(
    open_page: Open, hold: Event
) -> None:
    at = opened(open_page, SIMILARITY, corpus="topics")
    told = "Embedding the texts (Twelve topics, 120 sentences (demo)): 0 of 120 texts"
    assert waits(at) == [told, told]
    assert blocks(at) == []
    switch(at, LENS)
    assert blocks(at) == ["Tokens"]  # nothing of it is held up
    assert waits(at) == [told]
    let_go(hold)
    at.run()
    assert waits(at) == []
    (note,) = at.toast
    assert plain(note.value) == "Done: Embedding the texts (Twelve topics, 120 sentences (demo)). See Similarity."
    last = at.get("page_link")[-1].proto.label
    assert plain(last).startswith("Ready on Similarity: Embedding the texts")
    switch(at, SIMILARITY)
    assert blocks(at)
    assert not any("Ready" in one.proto.label for one in at.get("page_link"))
    assert not at.toast


def test_a_page_that_is_opened_anew_finds_its_job_and_fills_in(
    open_page: Open, hold: Event, forward_passes: list[str]
) -> None:
    first, again = (opened(open_page, SIMILARITY, corpus="topics") for _ in range(2))
    assert len(queue().alive()) == 1
    let_go(hold)
    batches = len(forward_passes)
    for at in (first, again):
        assert blocks(at.run())
        assert waits(at) == []
    assert len(forward_passes) == batches


@pytest.mark.parametrize("where", ["cancel_", "sidebar_cancel_"])
def test_a_cancelled_embedding_ends_and_is_offered_again(open_page: Open, hold: Event, where: str) -> None:
    at = opened(open_page, SIMILARITY, corpus="topics")
    (job,) = queue().alive()
    cancel(at, where)
    assert queue().wait(job, WAIT_S)
    assert job.state == "cancelled"
    at.run()
    assert waits(at) == []
    assert at.button(key="similarity_corpus").label == "Embed the texts"


def test_what_does_not_need_a_measurement_is_drawn_and_a_stopped_one_goes_on_when_asked_to(
    open_page: Open, hold: Event
) -> None:
    hold.set()
    at = filled_in(opened(open_page, CHOOSE, task="graded-pairs"))
    measured = blocks(at)
    hold.clear()
    at.selectbox(key="measure").set_value("pearson").run()
    assert blocks(at) == [REPLICATED, PUBLISHED]
    assert waits(at)[0].startswith("Measuring every number of directions")
    cancel(at, "cancel_")
    assert waits(at.run()) == []
    assert any("Measuring every number of directions: stopped." in plain(text.value) for text in at.caption)
    assert blocks(at.run()) == [REPLICATED, PUBLISHED]  # it does not begin again by itself
    hold.set()
    assert blocks(filled_in(cancel(at, "go_on_"))) == measured


def test_a_hosted_app_begins_two_jobs_of_a_visitor_and_says_why_not_a_third(
    open_page: Open, hold: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding_offer, "SHORT_S", 0)
    monkeypatch.setattr(hosting, "check_backbone", lambda _: None)
    at = opened(open_page, SIMILARITY, corpus="topics")
    monkeypatch.setenv("EMBFILTER_HOSTED", "1")
    for prompt in ("prompteol", "plain-last"):
        at.selectbox(key="prompt").set_value(prompt).run()
        at.button(key="similarity_corpus").click().run()
    at.selectbox(key="prompt").set_value("plain-mean").run()
    assert errors(at) == []
    at.button(key="similarity_corpus").click().run()
    assert errors(at) == [
        "At most 2 jobs a visitor run at once here: this app is hosted. Wait until one is done, or cancel it."
    ]
    assert len(queue().alive()) == 2
    monkeypatch.setattr(hosting, "MOST_TOKENS", 10)
    at.selectbox(key="prompt").set_value("echo").run()
    (error,) = errors(at)
    assert "embeds at most 10 at once" in error


def test_a_session_counts_as_there_for_a_minute_after_it_was() -> None:
    connected, clock = {"one"}, Clock()
    is_there = Presence(connected.__contains__, clock)
    assert is_there("one")
    connected.clear()
    for seconds, there in ((0, True), (ABSENT_S - 1, True), (2, False)):
        clock.now += seconds
        assert is_there("one") == there
    connected.add("one")
    assert is_there("one")
    connected.clear()
    assert is_there("one")
