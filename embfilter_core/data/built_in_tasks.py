"""Labelled data that a filter can be judged on: what comes with the app, and readers for tables of your own."""

from functools import lru_cache

import numpy as np

from embfilter_core.data.corpora import DEMO_SOURCE, LEE_SOURCE, demo_rows, lee_50, lee_50_similarities, topics
from embfilter_core.data.tables.columns import guess_columns
from embfilter_core.data.tables.retrieval_tables import RetrievalColumns, retrieval_from_tables
from embfilter_core.data.tables.task_tables import labelled_from_table, pairs_from_table
from embfilter_core.data.tasks import LabelledTask, PairTask, Relevance, RetrievalTask, pair_task

__all__ = [
    "LabelledTask",
    "PairTask",
    "Relevance",
    "RetrievalColumns",
    "RetrievalTask",
    "graded_pairs",
    "guess_columns",
    "labelled_from_table",
    "lee_50_pairs",
    "pairs_from_table",
    "retrieval_from_tables",
    "topics_task",
]


@lru_cache(maxsize=1)
def lee_50_pairs() -> PairTask:
    """The 1,225 pairs of `lee_50` with their human similarity from 0 to 1.

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
    """Sixty pairs of sentences, ten of each grade from 0 (unrelated) to 5 (paraphrase); a demo set."""
    rows = demo_rows("graded_pairs.tsv")
    texts = list(dict.fromkeys(text for row in rows for text in (row["text1"], row["text2"])))
    position = {text: i for i, text in enumerate(texts)}
    left, right = ([position[row[side]] for row in rows] for side in ("text1", "text2"))
    scores = [float(row["score"]) for row in rows]
    return pair_task("graded-pairs", "Sixty graded pairs (demo)", texts, left, right, scores, DEMO_SOURCE, demo=True)


@lru_cache(maxsize=1)
def topics_task() -> LabelledTask:
    """The twelve topics of `topics`, ten sentences each; a demo set."""
    corpus = topics()
    return LabelledTask(corpus.id, corpus.name, corpus.texts, corpus.labels, corpus.source, demo=True)
