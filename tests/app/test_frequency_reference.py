"""The corpus in which tokens are counted: the Lee news, or one's own where it is asked for and large enough."""

from collections.abc import Iterator

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from embfilter_core import Backbone
from embfilter_core.data.corpora import lee_background
from embfilter_core.lens import token_rates as rates_module
from embfilter_core.lens.token_counts import count_tokens
from embfilter_core.lens.token_rates import token_rates
from embfilter_core.vocabulary.token_frequency import log_rate
from pages.frame.frequency_reference import OWN as OWN_CORPUS
from tests.app.conftest import HOME, LENS, Open
from tests.app.reading import drawn, notes
from tests.app.similarity import SIMILARITY, paste

pytestmark = pytest.mark.real

OWN = ("the cat sat", "one dog sleeps", "word in the sentence")
PAGES = (HOME, LENS, "pages/2_Spectrum.py")


@pytest.fixture
def few_are_frequent(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Five tokens are called frequent, so that a small corpus can be the reference; nothing of it is kept."""
    monkeypatch.setattr(rates_module, "FREQUENT_TOKENS", 5)
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def bring(open_page: Open, page: str, **params: object) -> AppTest:
    """Paste a corpus on Similarity and open another page in the same session."""
    similarity = paste(open_page(SIMILARITY, corpus="pasted"), *OWN)
    at = open_page(page, **params)
    at.session_state[OWN_CORPUS] = similarity.session_state[OWN_CORPUS]
    return at.run()


def colours(at: AppTest) -> list[float]:
    return [token["rate"] for token in drawn(at, "instrument")["committed"]["lists"]["unfiltered"]]


def expected(backbone: Backbone, texts: tuple[str, ...], at: AppTest) -> list[float]:
    rates, named = token_rates(count_tokens(backbone, texts, "texts")), {}
    for token in range(backbone.vocab_size):
        named.setdefault(backbone.token_texts.readable(token), float(log_rate(rates.per_million[token])))
    return [named[token["token"]] for token in drawn(at, "instrument")["committed"]["lists"]["unfiltered"]]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("few_are_frequent")
def test_tokens_are_counted_in_the_corpus_that_a_visitor_brought(open_page: Open, tiny: Backbone, page: str) -> None:
    at = bring(open_page, page, counted="own")
    own, lee = expected(tiny, OWN, at), expected(tiny, lee_background().texts, at)
    assert not np.allclose(own, lee)
    assert colours(at) == pytest.approx(own)


@pytest.mark.parametrize("page", PAGES)
def test_the_lee_news_is_counted_where_none_is_asked_for(open_page: Open, tiny: Backbone, page: str) -> None:
    at = bring(open_page, page)
    assert colours(at) == pytest.approx(expected(tiny, lee_background().texts, at))
    assert notes(at) == []


def test_what_cannot_be_counted_in_is_said_and_lee_is_used(open_page: Open, tiny: Backbone) -> None:
    at = open_page(HOME, counted="own")
    assert any("Bring a corpus on Similarity or Map" in note for note in notes(at))
    assert colours(at) == pytest.approx(expected(tiny, lee_background().texts, at))
    at = bring(open_page, HOME, counted="own")
    assert any(
        "too few to say which 500 are the most frequent. Tokens are counted in Lee" in note for note in notes(at)
    )
    assert colours(at) == pytest.approx(expected(tiny, lee_background().texts, at))
