"""Facts of the Lee news corpus as it is distributed, of the demo topics, and of pasted texts."""

import re
from collections import Counter

import numpy as np
import pytest

from embfilter_core.data import corpora
from embfilter_core.data.corpora import (
    BUILT_IN,
    check_limits,
    content_id,
    corpus_of,
    lee_50,
    lee_50_similarities,
    lee_background,
    pasted,
    topics,
)
from embfilter_core.errors import AssetError, InputError


@pytest.fixture
def fresh():
    """The corpora as if nobody had read them before, and afterwards again."""
    for corpus in (lee_50, lee_background):
        corpus.cache_clear()
    yield
    for corpus in (lee_50, lee_background):
        corpus.cache_clear()


@pytest.mark.real
def test_lee_has_50_judged_and_300_background_documents() -> None:
    assert (len(lee_50()), len(lee_background())) == (50, 300)
    assert (lee_50().id, lee_background().id) == ("lee-50", "lee-background")
    assert "2005" in lee_50().source


@pytest.mark.real
def test_every_document_is_some_lines_of_news() -> None:
    for corpus in (lee_50(), lee_background()):
        lengths = [len(text.split()) for text in corpus.texts]
        assert min(lengths) == 45
        assert max(lengths) < 1000
    assert not set(lee_50().texts) & set(lee_background().texts)


@pytest.mark.real
def test_the_background_holds_seven_documents_twice_as_it_was_published() -> None:
    assert len(set(lee_50().texts)) == 50
    assert len(set(lee_background().texts)) == 293


@pytest.mark.real
def test_the_documents_are_read_in_their_encoding() -> None:
    assert not any("\ufffd" in text or "Ã" in text for text in (*lee_50().texts, *lee_background().texts))
    assert all("\n" not in text and "\r" not in text for text in lee_background().texts)


@pytest.mark.real
def test_human_similarity_is_symmetric_from_zero_to_one_with_ones_on_the_diagonal() -> None:
    similarity = lee_50_similarities()
    assert similarity.shape == (50, 50)
    assert np.array_equal(similarity, similarity.T)
    assert np.diag(similarity).tolist() == [1.0] * 50
    assert similarity.min() >= 0
    assert similarity.max() <= 1


@pytest.mark.real
def test_people_gave_the_1225_pairs_different_values() -> None:
    pairs = lee_50_similarities()[np.triu_indices(50, k=1)]
    assert len(pairs) == 1225
    assert len(set(pairs)) > 10
    assert 0 < pairs.mean() < 0.5


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize("read", [lee_50, lee_background, lee_50_similarities])
def test_a_corpus_that_is_not_installed_says_how_to_install_it(read) -> None:
    with pytest.raises(AssetError, match="not in place.*embfilter_core assets"):
        read()


@pytest.mark.usefixtures("fresh")
def test_a_corpus_with_another_number_of_documents_is_refused(tmp_path, monkeypatch) -> None:
    (tmp_path / "lee.cor").write_text("one document\n\nanother one\n", "latin-1")
    monkeypatch.setattr(corpora, "lee_file", lambda name: tmp_path / name)
    with pytest.raises(AssetError, match="lee.cor has 2 documents, not 50"):
        lee_50()


@pytest.mark.real
def test_every_built_in_corpus_is_known_by_its_id() -> None:
    assert {name: entry.load().id for name, entry in BUILT_IN.items()} == {name: name for name in BUILT_IN}


def test_twelve_topics_have_ten_different_sentences_each() -> None:
    corpus = topics()
    assert Counter(corpus.labels) == {label: 10 for label in set(corpus.labels)}
    assert len(set(corpus.labels)) == 12
    assert len(set(corpus.texts)) == 120
    assert all(8 <= len(text.split()) <= 16 for text in corpus.texts)


def test_no_word_gives_a_topic_away() -> None:
    corpus = topics()
    for topic in set(corpus.labels):
        mine = [text.lower() for text, label in zip(corpus.texts, corpus.labels, strict=True) if label == topic]
        words = Counter(word for text in mine for word in set(re.findall("[a-z]{4,}", text)))
        assert words.most_common(1)[0][1] <= 3, topic


def test_the_demo_set_says_that_it_is_no_benchmark() -> None:
    assert topics().demo
    assert "not a benchmark" in topics().source


def test_pasted_lines_are_texts_and_empty_ones_are_not() -> None:
    corpus = pasted("one\r\n\r\n  two \rthree\n \n")
    assert corpus.texts == ("one", "two", "three")
    assert corpus.labels is None
    assert not corpus.demo


@pytest.mark.parametrize("text", ["", "  \n\n\t\n"])
def test_pasting_nothing_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="There is no text. Paste one text a line"):
        pasted(text)


def test_the_id_of_a_corpus_is_made_from_its_texts() -> None:
    one = pasted("a\nb")
    assert re.fullmatch("upload-[0-9a-f]{12}", one.id)
    assert one.id == corpus_of(["a", "b"], "Another name", "another source").id
    assert len({one.id, pasted("a b").id, pasted("b\na").id, pasted("ab").id, pasted("a\nb\nc").id}) == 5


def test_an_id_tells_parts_apart_whatever_their_borders() -> None:
    assert content_id(["a", "b"], ["c"]) != content_id(["a"], ["b", "c"])
    assert content_id(["a,b"]) != content_id(["a", "b"])


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["a"] * 20_001, "20,001 texts; the limit is 20,000"),
        (["a", "b" * 100_001], "Text 2 has 100,001 characters; the limit is 100,000"),
        (["é" * 100_000] * 101, "20.2 MB in all; the limit is 20 MB"),
    ],
    ids=["many", "long", "large"],
)
def test_texts_beyond_a_limit_are_refused_with_their_number(texts: list[str], said: str) -> None:
    with pytest.raises(InputError) as refused:
        corpus_of(texts, "name", "source")
    assert said in refused.value.what
    assert refused.value.advice


def test_texts_at_the_limits_are_taken() -> None:
    check_limits(["a"] * 20_000)
    check_limits(["b" * 100_000] * 200)
