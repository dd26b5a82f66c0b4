"""A session file brings a measured choice back without measuring it again, and whatever was measured before it."""

import json
from collections.abc import Mapping
from html import escape

import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core import Backbone
from embfilter_core.data.built_in_tasks import graded_pairs
from embfilter_core.embeddings.corpus_embeddings import embed_corpus
from pages.choose_rank import cached
from pages.frame.share.session_file import LARGEST
from tests.app.choose_rank.page import BANDS, CARD, CURVE, FOREST, button, captions, open_choose, sentences
from tests.app.conftest import HOME, Open
from tests.app.reading import blocks, drawn, errors, figures, notes, plain

pytestmark = pytest.mark.real
SAVE = "Save the session file"
BEFORE = {
    "name": "<b>another</b> backbone",
    "task": "graded-pairs",
    "shown": True,
    "unfiltered": 50.0,
    "ks": [8, 16, 32],
    "differences": [-1.5, 2.25, 0.0],
    "low": [-2.0, 1.0, 0.0],
    "high": [-1.0, 3.0, 0.0],
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by a kind whenever the page asks for a measurement."""
    kinds: list[str] = []
    once = cached._once
    monkeypatch.setattr(cached, "_once", lambda kind, *given: kinds.append(kind) or once(kind, *given))
    return kinds


def opened(at: AppTest, saved: bytes) -> AppTest:
    return at.file_uploader(key="session_file").set_value(("mine.json", saved, "application/json")).run()


def test_a_measured_choice_is_shown_again_elsewhere_and_measured_only_where_that_is_asked_for(
    open_page: Open, tiny: Backbone, downloads: Mapping[str, bytes], asked: list[str]
) -> None:
    embed_corpus(tiny, graded_pairs().corpus, tiny.default_prompt)
    first = open_choose(open_page, margin="1").run()  # a browser reads the file on a click, after the page is drawn
    assert errors(first) == []
    said, saved = sentences(first), json.loads(downloads[SAVE])
    assert saved["run"] is not None
    assert len(downloads[SAVE]) < LARGEST / 8
    saved["screen"]["measured_before"].append(BEFORE)
    asked.clear()

    second = opened(open_choose(open_page, "stored-stsb-dev"), json.dumps(saved).encode())
    assert errors(second) == []
    assert notes(second)[0] == "The session was restored."
    assert asked == []
    assert {CARD, CURVE, FOREST, BANDS} <= set(blocks(second))
    (answer,) = [*second.success] or [box for box in second.info if box.icon == ":material/help:"]
    assert plain(answer.value) == said[0]
    assert "From a session file, not measured here: Sixty graded pairs" in captions(second)
    assert "margin of 1 points" in captions(second)
    assert drawn(second.switch_page(HOME).run(), "instrument")["measured"]["called"] == "stored"

    at = second.switch_page("pages/4_Choose_rank.py").run()
    (measure,) = button(at, "Measure here")
    measure.click().run()
    assert errors(at) == []
    assert "treatments" in asked
    assert sentences(at) == said
    assert at.multiselect(key="earlier").value == [BEFORE["name"]]
    assert escape(BEFORE["name"]) in [trace.get("name") for trace in figures(at)["quality"]["data"]]


def test_another_choice_takes_the_place_of_what_a_file_brought(
    open_page: Open, tiny: Backbone, downloads: Mapping[str, bytes]
) -> None:
    from embfilter_core.stored.record import read_record, to_json

    saved = json.loads(downloads[SAVE]) if open_choose(open_page, "stored-stsb-dev") else {}
    saved["run"] = {"fingerprint": tiny.fingerprint, "record": json.loads(to_json(read_record("cranfield")))}
    at = opened(open_choose(open_page, "stored-stsb-dev"), json.dumps(saved).encode())
    assert "From a session file, not measured here: Cranfield" in captions(at)
    at.toggle(key="centre").set_value(True).run()
    assert errors(at) == []
    assert not button(at, "Measure here")
    assert "Stored, not measured now: STS Benchmark" in captions(at)
