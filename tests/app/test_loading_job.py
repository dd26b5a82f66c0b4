"""Loading a backbone is a job: how far it is, Cancel, what is left then, and a load that nobody waits for any more."""

from collections.abc import Iterator
from threading import Event

import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core.backbones import loading
from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.progress import report, within
from pages.frame.jobs.queue import queue
from tests.app.acting import clear_caches
from tests.app.conftest import LENS, Open
from tests.app.reading import blocks, drawn, errors, plain, text_of
from tests.app.test_jobs import cancel, waits

pytestmark = pytest.mark.real
WAIT_S = 60


@pytest.fixture(autouse=True)
def pages_fill_in() -> None:
    """Here nothing is waited for behind a test's back."""


@pytest.fixture
def hold(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Backbones that are not bundled tell that a quarter of them is read until this is set, or nobody wants them."""
    go_on, load = Event(), loading.load_backbone

    def held(spec: str, dtype: str, device: str, progress: object) -> object:
        while spec != BUNDLED.id and not go_on.wait(0.02):
            report(within(progress, "reading 1.00 GB"), 250, 1000)
        return load(spec, dtype, device, progress)

    clear_caches()
    queue.clear()
    monkeypatch.setattr(loading, "load_backbone", held)
    yield go_on
    go_on.set()
    for job in queue().alive():
        assert queue().wait(job, WAIT_S)


def loads(at: AppTest) -> AppTest:
    """The page once it waits for no backbone."""
    for job in [job for job in queue().alive() if job.task.kind == "backbone"]:
        assert queue().wait(job, WAIT_S)
    return at.run()


def test_a_load_tells_what_it_does_and_how_far_that_is(open_page: Open, hold: Event, tiny_folder: str) -> None:
    at = open_page(LENS, backbone=tiny_folder)
    told = waits(at)
    assert len(told) == 2  # in its place and in the sidebar
    assert all(one.startswith(f"Loading {tiny_folder}") and "reading 1.00 GB, 25.0 %" in one for one in told)
    assert blocks(at) == []
    hold.set()
    assert drawn(loads(at), "instrument")["d"] == 32


@pytest.mark.parametrize("then", ["Go on", "Use the bundled backbone"])
def test_a_cancelled_load_ends_and_the_page_says_how_to_go_on(
    open_page: Open, hold: Event, tiny_folder: str, then: str
) -> None:
    at = open_page(LENS, backbone=tiny_folder)
    (job,) = queue().alive()
    cancel(at, "cancel_")
    assert queue().wait(job, 2)
    assert job.state == "cancelled"
    at.run()
    assert errors(at) == []
    assert "and its singular directions: stopped." in plain(text_of(at))
    assert at.text_input(key="backbone_written").value == tiny_folder  # it is still chosen
    hold.set()
    (button,) = (button for button in at.button if button.label == then)
    button.click().run()
    assert drawn(loads(at), "instrument")["d"] == (32 if then == "Go on" else BUNDLED.d)


def test_who_chooses_another_backbone_waits_for_the_first_no_more(
    open_page: Open, hold: Event, tiny_folder: str
) -> None:
    at = open_page(LENS, backbone=tiny_folder)
    (job,) = queue().alive()
    at.selectbox(key="backbone").set_value(BUNDLED.id).run()
    assert queue().wait(job, 2)
    assert job.state == "cancelled"
    assert drawn(loads(at), "instrument")["d"] == BUNDLED.d
