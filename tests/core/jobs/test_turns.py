"""Turns: whoever is most urgent goes next, among equals who came first."""

from threading import Event, Thread

import pytest

from embfilter_core import Backbone
from embfilter_core.backbones import forward_pass
from embfilter_core.data.corpora import corpus_of
from embfilter_core.embeddings.corpus_embeddings import embed_corpus
from embfilter_core.jobs.job import MODEL, Task
from embfilter_core.jobs.queue import JobQueue
from embfilter_core.jobs.turns import AT_ONCE, Turns, patience

WAIT_S = 20


def take(turns: Turns, name: str, waits: int, order: list[str]) -> Thread:
    """A thread that takes a turn; returns once it waits for it."""
    before = len(turns._waiting)

    def run() -> None:
        patience.set(waits)
        with turns:
            order.append(name)

    thread = Thread(target=run, daemon=True)
    thread.start()
    while len(turns._waiting) == before:  # until it waits
        pass
    return thread


def test_the_most_urgent_goes_next_and_equals_go_as_they_came() -> None:
    turns, order = Turns(), []
    with turns:
        assert turns.locked()
        threads = [take(turns, f"{name}{waits}", waits, order) for waits in (2, 1, AT_ONCE) for name in "ab"]
    for thread in threads:
        thread.join(WAIT_S)
    assert order == ["a0", "b0", "a1", "b1", "a2", "b2"]
    assert not turns.locked()


def test_a_turn_ends_with_an_error_too() -> None:
    turns = Turns()
    with pytest.raises(ValueError, match="broken"), turns:
        raise ValueError("broken")
    assert not turns.locked()


def test_calm_is_counted_from_what_was_wanted_at_once() -> None:
    turns = Turns()
    before = turns.calm_s()
    patience.set(1)
    try:
        with turns:
            pass
    finally:
        patience.set(AT_ONCE)
    assert turns.calm_s() >= before
    with turns:
        thread = take(turns, "a", AT_ONCE, [])
        assert turns.calm_s() == 0
    thread.join(WAIT_S)


def test_a_single_text_is_embedded_within_three_batches_of_two_thousand(
    llama: Backbone, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches, begun, forward = [], Event(), forward_pass.forward_batch

    def count(architecture: object, texts: list, layers: object) -> object:
        batches.append(len(texts))
        begun.set()
        return forward(architecture, texts, layers)

    monkeypatch.setattr(forward_pass, "forward_batch", count)
    monkeypatch.setattr(Backbone, "faster", lambda self, encoded: None)  # the plain pass: it goes by the same lock
    many = corpus_of([f"the cat sat {i}" for i in range(2000)], "many", "here")
    queue = JobQueue()
    task = Task("test", (), "Embed", lambda told: embed_corpus(llama, many, "plain-last", told), MODEL)
    job = queue.ask(task, "one")
    assert begun.wait(WAIT_S)
    for number in range(5):
        before = len(batches)
        llama.embed([f"one word {number}"], "plain-last")
        assert batches[before:].index(1) <= 2, batches[before:]
    assert job.is_alive
    queue.stop()
    assert queue.wait(job, WAIT_S)
