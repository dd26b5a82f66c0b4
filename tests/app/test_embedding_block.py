"""Embedding a corpus: a short one begins at once, a long one is offered with its cost, and what is done is kept."""

import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core import load_backbone
from embfilter_core.data.corpora import corpus_of, topics
from embfilter_core.embeddings import corpus_embeddings
from embfilter_core.embeddings.corpus_embeddings import embed_corpus, stored_embeddings
from embfilter_core.errors import Cancelled
from pages.widgets import embedding_offer
from tests.app.conftest import Open
from tests.app.reading import blocks, errors

pytestmark = pytest.mark.real

SIMILARITY = "pages/3_Similarity.py"


def offer(at: AppTest) -> str:
    """The sentence of the one offer to embed a corpus."""
    assert [button.key for button in at.button if button.label.startswith("Embed the")] == ["similarity_corpus"]
    (sentence,) = (text.value for text in at.markdown if "have to be embedded once" in text.value)
    return sentence


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every corpus counts as one that takes long."""
    monkeypatch.setattr(embedding_offer, "SHORT_S", 0)


def test_a_short_corpus_is_embedded_at_once_and_kept(open_page: Open, tiny_folder: str) -> None:
    at = open_page(SIMILARITY, corpus="topics")
    assert errors(at) == []
    assert blocks(at)
    backbone = load_backbone(tiny_folder)
    assert stored_embeddings(backbone, topics(), backbone.default_prompt).shape == (120, 32)


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize("layer", [None, "1"])
def test_a_long_corpus_is_offered_with_its_cost_and_never_begun(
    open_page: Open, forward_passes: list[str], layer: str | None
) -> None:
    at = open_page(SIMILARITY, corpus="topics", text=f"a query at layer {layer}", **({"layer": layer} if layer else {}))
    at.run()
    assert errors(at) == blocks(at) == []
    assert forward_passes == ["embed"]  # of the query
    sentence = offer(at)
    assert sentence.startswith("To rank this corpus, the 120 texts have to be embedded once")
    assert ("prompt and layer" in sentence) == (layer is not None)
    assert "tokens, about 0 seconds on this machine" in sentence
    at.button(key="similarity_corpus").click().run()
    assert errors(at) == []
    assert blocks(at)


@pytest.mark.usefixtures("long")
def test_what_is_there_already_is_not_counted_again(open_page: Open, tiny_folder: str) -> None:
    backbone = load_backbone(tiny_folder)
    embed_corpus(backbone, corpus_of(topics().texts[:20], "part", "here"), backbone.default_prompt)
    sentence = offer(open_page(SIMILARITY, corpus="topics"))
    assert "the other 100 texts" in sentence
    assert sentence.endswith(" 20 are there already.")


def test_a_cancelled_embedding_does_not_begin_again_by_itself(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, tiny_folder: str
) -> None:
    backbone = load_backbone(tiny_folder)

    def stop(*_: object) -> None:
        embed_corpus(backbone, corpus_of(topics().texts[:20], "part", "here"), backbone.default_prompt)
        raise Cancelled("Stopped after 20 of 120 texts: 20 are kept.")

    with monkeypatch.context() as patched:
        patched.setattr(corpus_embeddings, "embed_corpus", stop)
        at = open_page(SIMILARITY, corpus="topics")
        assert errors(at) == ["Stopped after 20 of 120 texts: 20 are kept."]
        assert errors(at.run()) == []
    assert "the other 100 texts" in offer(at)
    at.button(key="similarity_corpus").click().run()
    assert errors(at) == []
    assert blocks(at)


def test_another_corpus_begins_even_after_one_was_cancelled(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise Cancelled("Stopped after 3 of 120 texts.")

    with monkeypatch.context() as patched:
        patched.setattr(corpus_embeddings, "embed_corpus", fail)
        at = open_page(SIMILARITY, corpus="topics")
        assert errors(at) == ["Stopped after 3 of 120 texts."]
    assert blocks(at.run()) == []
    assert offer(at)
    at.selectbox(key="corpus").set_value("lee-50").run()
    assert blocks(at)


def test_embeddings_that_the_disk_refuses_are_one_line_with_advice(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpus_embeddings, "embed_corpus", lambda *_: None)
    (error,) = errors(open_page(SIMILARITY, corpus="topics"))
    assert error.startswith("The embeddings could not be kept on disk.")
    assert "EMBFILTER_HOME" in error
