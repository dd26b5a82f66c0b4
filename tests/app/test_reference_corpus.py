"""Embedding the reference corpus takes long: it is offered, never begun, and afterwards centring works."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core import load_backbone
from embfilter_core.data.corpora import lee_background
from embfilter_core.embeddings.corpus_embeddings import stored_embeddings
from embfilter_core.errors import Cancelled
from embfilter_core.instrument.data import short
from tests.app.conftest import HOME, LENS, Open
from tests.app.reading import bars, blocks, drawn, errors, figures

pytestmark = pytest.mark.real

TEXT = "the cat sat"


def offers(at: AppTest) -> list[str]:
    return [button.key for button in at.button if button.label == "Embed the reference documents"]


def test_home_offers_to_embed_the_corpus_and_does_not_begin_by_itself(open_page: Open, own_home) -> None:
    at = open_page()
    at.run()
    assert errors(at) == []
    assert offers(at) == ["home_corpus"]
    assert any("300 reference documents" in text.value for text in at.markdown)
    assert not (own_home / "embeddings").exists()


@pytest.mark.parametrize("params", [{"centre": "true"}, {"compare": "centring"}], ids=["centre", "centring"])
def test_the_lens_offers_it_only_where_it_is_needed(open_page: Open, own_home, params: dict[str, str]) -> None:
    assert offers(open_page(LENS)) == []
    at = open_page(LENS, **params)
    assert errors(at) == []
    assert offers(at) == ["lens_corpus"]
    assert blocks(at) == ([] if "compare" in params else ["Tokens"])
    assert not (own_home / "embeddings").exists()


@pytest.fixture
def embedded(open_page: Open) -> None:
    """The corpus is embedded with the tiny backbone, by a click."""
    at = open_page()
    at.button(key="home_corpus").click().run()
    assert errors(at) == []
    assert offers(at) == []
    assert drawn(at, "evidence")["readings"]


@pytest.mark.usefixtures("embedded")
def test_after_a_click_neighbours_and_centring_are_there(open_page: Open, tiny_folder: str) -> None:
    at = open_page(HOME, text=TEXT)
    near = drawn(at, "instrument")["committed"]["near"]
    for side in ("unfiltered", "filtered"):
        assert [entry[side]["rank"] for entry in near[side]] == list(range(1, 9))
        assert all(short(lee_background().texts[entry["position"]]) == entry["text"] for entry in near[side])
    plain, centred = open_page(LENS, text=TEXT), open_page(LENS, text=TEXT, centre="true")
    assert errors(centred) == []
    assert offers(centred) == []
    assert figures(plain)["lens_difference_0"] != figures(centred)["lens_difference_0"]


@pytest.mark.usefixtures("embedded")
def test_the_centring_view_compares_with_and_without_the_mean(open_page: Open, tiny_folder: str) -> None:
    at = open_page(LENS, text=TEXT, compare="centring", top="7")
    assert errors(at) == []
    backbone = load_backbone(tiny_folder)
    mean = stored_embeddings(backbone, lee_background(), "prompteol").mean(axis=0)
    for key, states in (("lens_0", backbone.embed([TEXT])), ("lens_1", backbone.embed([TEXT]) - mean)):
        assert np.allclose(bars(figures(at)[key])[1], backbone.lens(states, 7).logits[0], atol=1e-4)


def test_a_failed_embedding_is_one_line_and_can_be_tried_again(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise Cancelled("Stopped after 3 of 300 texts.")

    at = open_page()
    with monkeypatch.context() as patched:
        patched.setattr("embfilter_core.embeddings.corpus_embeddings.embed_corpus", fail)
        at.button(key="home_corpus").click().run()
        assert errors(at) == ["Stopped after 3 of 300 texts."]
    assert offers(at.run()) == ["home_corpus"]
