"""Facts of the Lee news corpus as it is distributed."""

import numpy as np
import pytest

from embfilter_core.data import datasets
from embfilter_core.data.datasets import lee_50, lee_50_similarities, lee_background
from embfilter_core.errors import AssetError


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
    monkeypatch.setattr(datasets, "lee_file", lambda name: tmp_path / name)
    with pytest.raises(AssetError, match="lee.cor has 2 documents, not 50"):
        lee_50()
