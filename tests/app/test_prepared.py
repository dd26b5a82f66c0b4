"""What is built in is embedded for every prompt in the background, unless that is switched off or somebody works."""

from dataclasses import replace
from pathlib import Path

import pytest

from embfilter_core import Backbone, load_backbone, preparation
from embfilter_core.backbones.held import HeldBackbones
from embfilter_core.backbones.prompts import PROMPTS
from embfilter_core.data.corpora import corpus_of
from embfilter_core.embeddings.corpus_embeddings import embed_corpus, missing_texts
from embfilter_core.jobs import turns
from embfilter_core.jobs.job import Priority
from pages.frame.jobs import calm, prepared
from pages.frame.jobs.queue import queue

CORPORA = [corpus_of([f"the cat sat {i} of {count}" for i in range(count)], "few", "here") for count in (3, 5)]
WAIT_S = 60


@pytest.fixture
def backbone(own_home: Path, tiny_folder: str, monkeypatch: pytest.MonkeyPatch) -> Backbone:
    """A tiny backbone in place of the bundled one, and few texts in place of those that are built in."""
    monkeypatch.setattr(preparation, "built_in_corpora", lambda: CORPORA)
    monkeypatch.setattr(prepared, "BUNDLED", replace(prepared.BUNDLED, id=tiny_folder))
    monkeypatch.setattr(prepared, "CALM_S", 0)
    monkeypatch.setenv(prepared.VARIABLE, "1")
    queue.clear()
    prepared._begun.clear()
    return load_backbone(tiny_folder)


def missing(backbone: Backbone) -> int:
    return sum(missing_texts(backbone, corpus, prompt) for corpus in CORPORA for prompt in PROMPTS.values())


def test_every_built_in_text_is_embedded_with_every_prompt_once_in_a_process(
    backbone: Backbone, forward_passes: list[str]
) -> None:
    embed_corpus(backbone, CORPORA[0], "echo")
    prepared.prepare(backbone)
    (job,) = queue().seen_by("a session")
    assert job.priority == Priority.BACKGROUND
    assert queue().wait(job, WAIT_S)
    assert (job.state, job.error) == ("done", None)
    assert (job.done, job.total) == (37, 37)
    assert job.pace.share == 1
    assert missing(backbone) == 0
    forward_passes.clear()
    prepared.prepare(backbone)
    assert queue().alive() == []
    assert forward_passes == []


def test_it_waits_while_the_model_is_used_and_can_be_cancelled_for_good(
    backbone: Backbone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepared, "CALM_S", 1e9)
    prepared.prepare(backbone)
    (job,) = queue().alive()
    assert not queue().wait(job, 4 * calm.LOOK_S)
    queue().leave(job, "a session")
    assert queue().wait(job, WAIT_S)
    assert job.state == "cancelled"
    assert missing(backbone) == 8 * len(PROMPTS)
    prepared.prepare(backbone)
    assert queue().alive() == []


def test_it_lets_go_of_a_backbone_that_had_to_leave_and_begins_anew_with_it(
    backbone: Backbone, forward_passes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HeldBackbones, "let_go_of", lambda *_: bool(forward_passes))
    prepared.prepare(backbone)
    (job,) = queue().alive()
    assert queue().wait(job, WAIT_S)
    assert job.state == "cancelled"
    assert 0 < missing(backbone) < 8 * len(PROMPTS)
    monkeypatch.setattr(HeldBackbones, "let_go_of", lambda *_: False)
    prepared.prepare(backbone)
    assert queue().wait(queue().find("prepared", job.task.key), WAIT_S)
    assert missing(backbone) == 0


@pytest.mark.parametrize(
    ("variable", "hosted", "wanted"),
    [(None, "0", True), ("0", "0", False), ("1", "0", True), (None, "1", False), ("1", "1", True)],
)
def test_a_variable_switches_it_off_and_in_a_hosted_app_on(
    backbone: Backbone, monkeypatch: pytest.MonkeyPatch, variable: str | None, hosted: str, wanted: bool
) -> None:
    monkeypatch.setenv("EMBFILTER_HOSTED", hosted)
    monkeypatch.delenv(prepared.VARIABLE)
    if variable is not None:
        monkeypatch.setenv(prepared.VARIABLE, variable)
    prepared.prepare(backbone)
    assert prepared.is_wanted() == wanted
    assert bool(queue().alive()) == wanted
    queue().stop()


def test_a_page_that_runs_makes_it_wait_anew(backbone: Backbone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(prepared.VARIABLE, "0")
    later = turns.monotonic() + 1000
    monkeypatch.setattr(turns, "monotonic", lambda: later)
    assert backbone.lock.calm_s() > 900
    prepared.prepare(backbone)
    assert backbone.lock.calm_s() == 0


def test_no_other_backbone_is_prepared(backbone: Backbone) -> None:
    prepared.prepare(replace(backbone, spec="another"))
    assert queue().alive() == []
