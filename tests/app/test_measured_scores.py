"""What was measured on Choose rank is told to the instrument on every page, and to no other view than that."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core import Backbone
from embfilter_core.data.built_in_tasks import graded_pairs, topics_task
from embfilter_core.data.corpora import topics
from embfilter_core.data.tasks import Task
from embfilter_core.embeddings.corpus_embeddings import embed_corpus
from embfilter_core.instrument.measured_bands import measured_bands
from embfilter_core.quality.bands import map_bands
from embfilter_core.quality.decisions.goals import chosen_treatment, decide
from embfilter_core.quality.measuring import measures_of
from pages.choose_rank.decision import band_of
from pages.frame.controls import TEXT
from pages.frame.measured_scores import KEPT_AS
from tests.app.choose_rank.conftest import anew
from tests.app.choose_rank.page import CHOOSE, open_choose, treatments_of, vectors_of
from tests.app.choose_rank.test_own_vectors import LABELLED, ROWS, give
from tests.app.conftest import HOME, LENS, ROOT, Open
from tests.app.reading import address, drawn, errors
from tests.app.similarity import SIMILARITY
from tests.app.spectrum import SPECTRUM
from tests.core.data.vectors.files import parquet
from tests.tiny import save_tiny

pytestmark = pytest.mark.real

__all__ = ["anew"]

UNTOLD = (None, None)
BUDGET = {"goal": "budget", "bytes": 8}
"""Asks for the best in 8 bytes a vector: always something, and a band where it is a filter."""


def go(at: AppTest, page: str, **params: object) -> AppTest:
    """Another page of the same session; AppTest itself forgets what is chosen when it switches pages."""
    other = AppTest.from_file(ROOT / "app.py", default_timeout=60)
    other.switch_page(page)
    for name in (TEXT, KEPT_AS):
        if name in at.session_state:
            other.session_state[name] = at.session_state[name]
    for name, value in {**address(at), **params}.items():
        other.query_params[name] = value
    other.run()
    assert errors(other) == []
    return other


def told(at: AppTest, page: str = HOME, **params: object) -> tuple[object, object]:
    """What the instrument of a page is told: measured bands, and the band that was decided on."""
    instrument = drawn(go(at, page, **params), "instrument")
    return instrument["measured"], instrument["decided"]


def expected(backbone: Backbone, task: Task) -> tuple[dict, list[int] | None]:
    """What the library measures, and decides for the budget."""
    bands = measured_bands(map_bands(task, vectors_of(backbone, task)), backbone.d, measures_of(task)[0], task.name)
    answer = decide(treatments_of(backbone, task), "budget", bytes_a_vector=BUDGET["bytes"])
    kept = band_of(chosen_treatment(answer), None)
    return bands, None if kept is None else list(kept.bounds or ())


def test_every_page_with_an_instrument_is_told_what_was_measured_and_decided(open_page: Open, tiny: Backbone) -> None:
    embed_corpus(tiny, topics(), tiny.default_prompt)  # which the instrument of Similarity ranks
    at = open_choose(open_page, corpus="topics", **BUDGET)
    bands, decided = expected(tiny, graded_pairs())
    assert decided is not None
    for page in (HOME, LENS, SPECTRUM, SIMILARITY):
        assert told(at, page) == (bands, decided), page


def test_a_stored_measurement_is_not_of_this_view(open_page: Open) -> None:
    at = open_page(CHOOSE)
    assert at.success
    assert told(at) == UNTOLD


def test_another_view_is_told_nothing_and_other_directions_are_the_same_view(open_page: Open, tmp_path: Path) -> None:
    at = open_choose(open_page, **BUDGET)
    before = told(at)
    assert None not in before
    for other in ({"prompt": "echo"}, {"layer": "1"}, {"backbone": str(save_tiny(tmp_path / "other", seed=1))}):
        assert told(at, **other) == UNTOLD, other
    for same in ({}, {"preset": "dominant"}, {"start": "3", "stop": "9"}):
        assert told(at, **same) == before, same


def test_own_vectors_are_not_the_view_of_a_text(open_page: Open) -> None:
    at = open_page(CHOOSE, task="vectors", label_kind="labelled", **BUDGET)
    give(at, "labelled", ("own.parquet", parquet(LABELLED, embedding=ROWS)))
    assert at.success
    assert told(at) == UNTOLD


def test_other_data_take_the_place_of_those_before_altogether(open_page: Open, tiny: Backbone) -> None:
    at = open_choose(open_page, **BUDGET)
    at.selectbox(key="task").set_value("topics").run()
    of_topics = expected(tiny, topics_task())
    assert told(at) == of_topics
    at.toggle(key="finer").set_value(True).run()
    assert told(at) == of_topics  # the whole map, not the finer look
    at.selectbox(key="task").set_value("graded-pairs").run()
    assert told(at) == (None, expected(tiny, graded_pairs())[1])


def test_where_nothing_is_decided_no_earlier_decision_stays(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, anew: None
) -> None:
    at = open_choose(open_page, **BUDGET)
    bands, decided = told(at)
    assert decided is not None
    monkeypatch.setattr("pages.choose_rank.results.decide", lambda measured, *asked: decide(measured, "budget", 1, 0))
    at.run()
    assert not at.success
    assert told(at) == (bands, None)
