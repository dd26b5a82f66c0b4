"""What each task measures of one set of embeddings, or of one matrix of cosines.

Cosines are rounded to 9 decimals, so that what is equal on paper is a tie. Among equal
cosines the earlier text comes first, so that a score never depends on the machine.
"""

from dataclasses import dataclass

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.quality.nested_cosines import check_positions

NEIGHBOURS = 5
NDCG_AT = 10
RECALL_AT = 100


def unit_rows(embeddings: np.ndarray) -> np.ndarray:
    """Return the rows divided by their length, (n, d) float64; a row of zeros stays as it is."""
    embeddings = np.asarray(embeddings, dtype=np.float64)
    lengths = np.linalg.norm(embeddings, axis=1, keepdims=True)
    rows: np.ndarray = np.divide(embeddings, lengths, out=np.zeros_like(embeddings), where=lengths > 0)
    return rows


def spearman(x: np.ndarray, y: np.ndarray) -> float:
    """Return the correlation of ranks, ties sharing the mean of theirs; 0 where either is constant."""
    from scipy.stats import rankdata

    return pearson(rankdata(x), rankdata(y))


def pearson(x: np.ndarray, y: np.ndarray) -> float:
    """Return the correlation of two rows of numbers; 0 where either is constant."""
    x, y = (np.asarray(values, dtype=np.float64) - np.mean(values) for values in (x, y))
    scale = np.sqrt((x @ x) * (y @ y))
    return float(x @ y / scale) if scale > 0 else 0.0


def neighbours_agree(
    cosines: np.ndarray, own: np.ndarray, labels: np.ndarray, neighbours: int = NEIGHBOURS
) -> np.ndarray:
    """Return whether the most common label among the nearest other texts is a text's own, (q,) float64 of 0 and 1.

    Args:
        cosines: (q, n) of q of the texts to all n.
        own: (q,) positions of the q texts, which are not their own neighbours.
        labels: (n,) codes 0, 1, ...; of labels equally common the smallest code is taken.
        neighbours: How many vote; all others where there are fewer.
    """
    away = cosines.copy()
    away[np.arange(len(own)), own] = -np.inf
    voters = min(neighbours, away.shape[1] - 1)
    near = _nearest(away, voters)
    classes = int(labels.max()) + 1
    voted = labels[np.flatnonzero(near) % near.shape[1]] + np.repeat(classes * np.arange(len(own)), voters)
    votes = np.bincount(voted, minlength=classes * len(own)).reshape(len(own), classes)
    agree: np.ndarray = votes.argmax(axis=1) == labels[own]
    return agree.astype(np.float64)


def _nearest(cosines: np.ndarray, count: int) -> np.ndarray:
    """Which `count` texts of each row are nearest, (q, n) bool; of equal cosines the earlier text."""
    last = np.partition(cosines, cosines.shape[1] - count, axis=1)[:, -count, None]
    near: np.ndarray = cosines >= last
    tied = np.flatnonzero(near.sum(axis=1) > count)
    if len(tied):
        level = cosines[tied] == last[tied]
        nearer = near[tied] & ~level
        places = count - nearer.sum(axis=1, keepdims=True)
        near[tied] = nearer | (level & (np.cumsum(level, axis=1) <= places))
    return near


def check_labels(labels: np.ndarray, texts: int) -> np.ndarray:
    """Return label codes as int64.

    Raises:
        InputError: There is not one for each text, one is negative, or there are fewer than two texts or labels.
    """
    labels = np.asarray(labels, dtype=np.int64)
    if len(labels) != texts or texts < 2:
        raise InputError(f"{len(labels)} labels for {texts} texts.", "Give one for each of two texts or more.")
    if labels.min() < 0 or labels.min() == labels.max():
        raise InputError("Labels must be codes from 0, at least two different ones.", "Number the labels from 0.")
    return labels


@dataclass(frozen=True, eq=False)
class Judgements:
    """Which documents answer which queries, sorted by query; only queries with a document of grade above 0.

    Attributes:
        queries: (q,) positions of the judged queries.
        rows: (e,) place in `queries` of each judgement.
        documents: (e,) positions of the judged documents.
        grades: (e,) float64, above 0.
    """

    queries: np.ndarray
    rows: np.ndarray
    documents: np.ndarray
    grades: np.ndarray

    @classmethod
    def of(
        cls, query: np.ndarray, document: np.ndarray, grade: np.ndarray, queries: int, documents: int
    ) -> "Judgements":
        """Sort judgements (query, document, grade), (e,) each; those of grade 0 or below say nothing.

        Raises:
            InputError: A position is not there, a document is judged twice for one query, or none is relevant.
        """
        query, document = np.asarray(query, dtype=np.int64), np.asarray(document, dtype=np.int64)
        grade = np.asarray(grade, dtype=np.float64)
        check_positions(query, queries, "query")
        check_positions(document, documents, "document")
        if len(np.unique(query * documents + document)) < len(query):
            raise InputError("A document is judged twice for the same query.", "Keep one judgement.")
        query, document, grade = (values[grade > 0] for values in (query, document, grade))
        if len(query) == 0:
            raise InputError("No document is relevant to a query.", "Give at least one grade above 0.")
        judged, rows = np.unique(query, return_inverse=True)
        order = np.argsort(rows, kind="stable")
        return cls(judged, rows[order], document[order], grade[order])

    def part(self, start: int, stop: int) -> "Judgements":
        """Return the judged queries start .. stop - 1."""
        here = slice(*np.searchsorted(self.rows, [start, stop]))
        return Judgements(self.queries[start:stop], self.rows[here] - start, self.documents[here], self.grades[here])


@dataclass(frozen=True, eq=False)
class RelevantRanks:
    """Where the relevant documents of each judged query stand: all that a score of a ranking follows from.

    Attributes:
        queries: How many are judged, q.
        rows: (e,) which of them each relevant document answers, ascending.
        grades: (e,) float64, above 0.
        ranks: (e,) int64 from 1, among all documents.
    """

    queries: int
    rows: np.ndarray
    grades: np.ndarray
    ranks: np.ndarray

    def sum(self, values: np.ndarray) -> np.ndarray:
        """Return the sum of (e,) values of each query, (q,)."""
        return np.bincount(self.rows, values, self.queries)


def relevant_ranks(cosines: np.ndarray, relevance: Judgements) -> RelevantRanks:
    """Rank all documents for each judged query, (q, n) cosines in the order of `relevance.queries`, a row at a time."""
    ranks = np.empty(len(relevance.rows), dtype=np.int64)
    for row, entries in enumerate(np.split(np.arange(len(ranks)), np.flatnonzero(np.diff(relevance.rows)) + 1)):
        similarities, at = cosines[row], relevance.documents[entries]
        for entry, document in zip(entries, at, strict=True):
            level = similarities[document]
            above = np.count_nonzero(similarities > level)
            ranks[entry] = above + 1 + np.count_nonzero(similarities[:document] == level)
    return RelevantRanks(len(relevance.queries), relevance.rows, relevance.grades, ranks)


def ndcg(found: RelevantRanks) -> np.ndarray:
    """Return nDCG@10 of each query, (q,), gain = grade, as trec_eval has it."""
    gains = np.where(found.ranks <= NDCG_AT, found.grades / np.log2(found.ranks + 1), 0)
    by_grade = np.lexsort((-found.grades, found.rows))
    place = _places(found.rows)
    ideal = np.where(place <= NDCG_AT, found.grades[by_grade] / np.log2(place + 1), 0)
    share: np.ndarray = found.sum(gains) / found.sum(ideal)
    return share


def average_precision(found: RelevantRanks) -> np.ndarray:
    """Return the average precision of each query, (q,); its mean over the queries is MAP."""
    by_rank = np.lexsort((found.ranks, found.rows))
    return found.sum(_places(found.rows) / found.ranks[by_rank]) / np.bincount(found.rows, minlength=found.queries)


def recall(found: RelevantRanks) -> np.ndarray:
    """Return the share of the relevant documents among the first 100 of each query, (q,)."""
    return found.sum(found.ranks <= RECALL_AT) / np.bincount(found.rows, minlength=found.queries)


def _places(rows: np.ndarray) -> np.ndarray:
    """1, 2, ... within each stretch of equal rows."""
    places: np.ndarray = np.arange(len(rows)) - np.searchsorted(rows, rows) + 1
    return places
