"""The instrument: what is committed is the library's numbers, and what a browser says is checked."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core import Backbone, EmbedFilter, KeptDirections
from embfilter_core.data.corpora import lee_background
from embfilter_core.instrument.data import short
from embfilter_core.lens.corpus_evidence import corpus_evidence, random_shares
from embfilter_core.lens.token_counts import count_tokens
from embfilter_core.lens.token_rates import token_rates
from embfilter_core.ranking.cosines import cosines
from tests.app.conftest import HOME, LENS, Open
from tests.app.reading import chosen, drawn, errors

pytestmark = pytest.mark.real

TEXT = "the cat sat on one sentence"
CHOICES = {
    "bulk": ({}, KeptDirections.bulk(32)),
    "edges, centred": ({"preset": "edges", "centre": "true"}, KeptDirections.edges(32)),
    "a band": ({"start": "3", "stop": "9"}, KeptDirections.band(32, 3, 9)),
    "unfiltered": ({"preset": "unfiltered"}, KeptDirections.unfiltered(32)),
}


@pytest.mark.parametrize(("params", "kept"), CHOICES.values(), ids=CHOICES)
def test_lists_and_neighbours_are_those_of_the_library(
    open_page: Open, tiny: Backbone, embedded: np.ndarray, params: dict[str, str], kept: KeptDirections
) -> None:
    at = open_page(HOME, text=TEXT, **params)
    assert errors(at) == []
    committed = drawn(at, "instrument")["committed"]
    mean = embedded.mean(axis=0) if "centre" in params else 0
    state = tiny.embed([TEXT]) - mean
    projected = EmbedFilter(tiny.spectrum, kept).project(state)
    expected = {"unfiltered": state, "removed": state - projected, "kept": projected}
    for name, states in expected.items():
        shown, lens = committed["lists"][name], tiny.lens(states, 12)
        if name == "removed" and kept.is_unfiltered:
            assert shown == []
            continue
        assert [token["token"] for token in shown] == tiny.token_texts.readable_all(lens.token_ids[0])
        assert [token["logit"] for token in shown] == pytest.approx(lens.logits[0], abs=1e-4)
    query, corpus = (tiny.spectrum.coefficients(rows) for rows in (state, embedded - mean))
    for side, directions in (("unfiltered", KeptDirections.unfiltered(32)), ("filtered", kept)):
        found, exact = committed["near"][side], cosines(query[0], corpus, directions)
        assert [entry[side]["cosine"] for entry in found] == pytest.approx(
            [exact[entry["position"]] for entry in found], abs=1e-6
        )
        assert [entry[side]["rank"] for entry in found] == list(range(1, 9))
        assert [entry["text"] for entry in found] == [short(lee_background().texts[it["position"]]) for it in found]


def test_every_page_commits_the_same_lists(open_page: Open) -> None:
    first, second = (drawn(open_page(page, text=TEXT), "instrument") for page in (HOME, LENS))
    assert first["committed"] == second["committed"]
    assert first["id"] == second["id"]


def test_the_evidence_is_that_of_the_library(open_page: Open, tiny: Backbone, embedded: np.ndarray) -> None:
    corpus, kept = lee_background(), KeptDirections.band(32, 3, 9)
    rates = token_rates(count_tokens(tiny, corpus.texts, corpus.name))
    expected = corpus_evidence(tiny, embedded, kept, rates, embedded.mean(axis=0))
    shown = drawn(open_page(HOME, start="3", stop="9"), "evidence")
    *readings, random = shown["readings"]
    assert [reading["counts"] for reading in readings] == [
        np.round(shown["top"] * shares).astype(int).tolist() for shares in expected.shares.values()
    ]
    means = random_shares(tiny, embedded, 6, rates).mean(axis=1)
    assert random["means"] == pytest.approx((shown["top"] * means).tolist())
    assert random["told"].endswith(", 20 seeds")
    assert shown["typical"] == expected.typical()


def say() -> None:
    """A page without controls that hears what a browser says."""
    import streamlit as st

    from pages.frame.kept_controls import choose_preset, keep_directions

    {"band": keep_directions, "preset": choose_preset}[st.session_state["about"]](st.session_state["said"])


def heard(about: str, said: object) -> tuple:
    """Preset, ratio and band once a browser has said something; None where that left them alone."""
    at = AppTest.from_function(say)
    at.session_state["about"], at.session_state["said"] = about, said
    assert not at.run().exception
    values = chosen(at) if "chosen" in at.session_state else {}
    return tuple(values.get(key) for key in ("preset", "ratio", "start", "stop"))


NO_BAND = [None, 7, "ab", [], [5], [9, 9], [9, 3], [-1, 4], [0, 10**9], [0.0, 4], [True, 4], ["0", "4"], [0, 4, 8]]
NO_PRESET = [None, [], "bulk", {}, {"preset": "<b>"}, {"preset": ["bulk"]}, {"ratio": 3}, {"ratio": "<b>"}]


def test_a_band_or_preset_that_a_browser_says_is_taken_over() -> None:
    assert heard("band", [3, 9]) == ("custom", None, 3, 9)
    assert heard("preset", {"preset": "dominant", "ratio": 4}) == ("dominant", "4", None, None)
    assert heard("preset", {"preset": "custom", "ratio": 4}) == (None, "4", None, None)


@pytest.mark.parametrize(("about", "nonsense"), [("band", NO_BAND), ("preset", NO_PRESET)])
def test_nonsense_that_a_browser_says_changes_nothing(about: str, nonsense: list[object]) -> None:
    for said in nonsense:
        assert heard(about, said) == (None, None, None, None), said
