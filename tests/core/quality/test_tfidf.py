"""TF-IDF of a task's own texts: weights by the written-out formula, from the texts that are searched."""

from dataclasses import replace

import numpy as np
import pytest

from embfilter_core.data.tasks import LabelledTask, Relevance, RetrievalTask
from embfilter_core.errors import InputError
from embfilter_core.quality import tfidf
from embfilter_core.quality.measuring import measure
from embfilter_core.quality.tfidf import tfidf_vectors
from embfilter_core.spectral.selection import KeptDirections


def labelled(*texts: str) -> LabelledTask:
    return LabelledTask("t", "T", texts, tuple("ab"[i % 2] for i in range(len(texts))), "Made up")


def found_by_words(queries: tuple[str, ...], documents: tuple[str, ...]) -> RetrievalTask:
    judged = tuple(Relevance(np.array([i]), np.ones(1)) for i in range(len(queries)))
    return RetrievalTask("r", "R", queries, documents, judged, "Made up")


def test_rows_are_counts_times_smoothed_inverse_frequency_with_length_1() -> None:
    (rows,) = tfidf_vectors(labelled("red red boat", "blue boat", "Boat!"))
    terms = sorted({"red", "boat", "blue"})
    weight = {term: np.log((1 + 3) / (1 + texts)) + 1 for term, texts in {"red": 1, "boat": 3, "blue": 1}.items()}
    first = np.array([{"red": 2, "boat": 1}.get(term, 0) * weight[term] for term in terms])
    assert rows[0] == pytest.approx(first / np.linalg.norm(first))
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1, 1])


def test_queries_are_weighed_by_what_the_documents_teach_and_find_what_shares_their_words() -> None:
    task = found_by_words(("a rusty anchor", "unknown zebra"), ("an anchor of iron", "iron and wood", "wood and glue"))
    queries, documents = tfidf_vectors(task)
    assert queries.shape[1] == documents.shape[1]
    assert not queries[1].any()  # none of its words is in a document
    evidence = measure(task, (queries, documents), [KeptDirections.unfiltered(queries.shape[1])])
    assert evidence.values[0, 0] == 1


def test_too_many_numbers_leave_the_most_frequent_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tfidf, "NUMBERS_HELD", 6)
    (rows,) = tfidf_vectors(labelled("sea sea sea wind", "sea wind", "sea salt"))
    assert rows.shape == (3, 2)
    assert rows[2] == pytest.approx([1, 0])


def test_texts_without_any_word_are_refused() -> None:
    with pytest.raises(InputError, match="no word"):
        tfidf_vectors(labelled("?", "!", "a"))


def test_vectors_that_came_without_texts_are_not_counted_by_what_stands_for_the_texts() -> None:
    nameless = replace(labelled("row 1, text", "row 2, text"), vectors=(np.eye(2, dtype=np.float32),))
    with pytest.raises(InputError, match="without their texts"):
        tfidf_vectors(nameless)
    named = replace(labelled("a boat", "row 2, text"), vectors=(np.eye(2, dtype=np.float32),))
    assert tfidf_vectors(named)[0].any()
