"""TF-IDF of a task's own texts: what a search does without any language model, to be measured as embeddings are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.data.tasks import RetrievalTask, Task
from embfilter_core.data.vectors.vector_task import has_texts
from embfilter_core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embfilter_core.quality.measuring import Vectors

NUMBERS_HELD = 30_000_000
"""Of float64 at once, as measuring takes dense vectors: 240 MB."""


def tfidf_vectors(task: Task) -> Vectors:
    """Return TF-IDF of the texts of a task, rows of length 1 or 0, one float64 array (n, terms) a corpus.

    Terms are words of two letters or digits and more, in small letters, with scikit-learn's smoothed weights. The
    weights are learnt from the texts that are measured (of queries and documents, from the documents), never from
    judgements. Where the array would be too large, the most frequent terms stay.

    Raises:
        InputError: There are vectors without texts, or the texts hold no term.
    """
    corpora = (task.queries, task.documents) if isinstance(task, RetrievalTask) else (task.texts,)
    if task.vectors is not None and not all(map(has_texts, corpora)):
        raise InputError("The vectors came without their texts.", "TF-IDF needs texts.")
    return _fitted(corpora[-1], corpora)


def _fitted(learnt_from: Sequence[str], corpora: tuple[Sequence[str], ...]) -> Vectors:
    from sklearn.feature_extraction.text import TfidfVectorizer

    most = max(1, NUMBERS_HELD // sum(map(len, corpora)))
    vectorizer = TfidfVectorizer(max_features=most, dtype=np.float64)
    try:
        vectorizer.fit(learnt_from)
    except ValueError as problem:  # its only reason here: an empty vocabulary
        raise InputError("The texts hold no word of two letters or more.", "TF-IDF needs words.") from problem
    return tuple(vectorizer.transform(texts).toarray() for texts in corpora)
