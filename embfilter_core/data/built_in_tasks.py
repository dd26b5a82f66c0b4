"""The labelled data that comes with the app."""

from functools import lru_cache

import numpy as np

from embfilter_core.data.corpora import DEMO_SOURCE, LEE_SOURCE, BuiltIn, demo_rows, lee_50, lee_50_similarities, topics
from embfilter_core.data.tasks import LabelledTask, PairTask, pair_task


@lru_cache(maxsize=1)
def lee_50_pairs() -> PairTask:
    """Return the 1,225 pairs of `lee_50` with their human similarity from 0 to 1.

    Raises:
        AssetError: The offline assets are not installed.
    """
    left, right = np.triu_indices(50, k=1)
    scores = lee_50_similarities()[left, right]
    return pair_task(
        "lee-50", "Lee news, 1,225 judged pairs", lee_50().texts, left, right, scores, LEE_SOURCE, demo=False
    )


@lru_cache(maxsize=1)
def graded_pairs() -> PairTask:
    """Return sixty pairs of sentences, ten of each grade from 0 (unrelated) to 5 (paraphrase); a demo set."""
    rows = demo_rows("graded_pairs.tsv")
    texts = list(dict.fromkeys(text for row in rows for text in (row["text1"], row["text2"])))
    position = {text: i for i, text in enumerate(texts)}
    left, right = ([position[row[side]] for row in rows] for side in ("text1", "text2"))
    scores = [float(row["score"]) for row in rows]
    return pair_task("graded-pairs", "Sixty graded pairs (demo)", texts, left, right, scores, DEMO_SOURCE, demo=True)


@lru_cache(maxsize=1)
def topics_task() -> LabelledTask:
    """Return the twelve topics of `topics`, ten sentences each; a demo set."""
    corpus = topics()
    return LabelledTask(corpus.id, corpus.name, corpus.texts, corpus.labels or (), corpus.source, demo=True)


BUILT_IN: dict[str, BuiltIn[PairTask] | BuiltIn[LabelledTask]] = {
    entry.id: entry
    for entry in (
        BuiltIn(
            "lee-50",
            "1,225 pairs of 50 news documents with human similarity (Lee, Pincombe & Welsh 2005)",
            lee_50_pairs,
        ),
        BuiltIn(
            "graded-pairs",
            "60 pairs of sentences with a grade from 0 to 5, written for this app as a demo",
            graded_pairs,
        ),
        BuiltIn("topics", "120 sentences of 12 topics, written for this app as a demo", topics_task),
    )
}
"""All labelled data that comes with the app, by its id."""
