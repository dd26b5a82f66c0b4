"""Columns that say where a text of a table comes from: id and row in its file, and how often it is there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.data.folding import FoldedCorpus

BETWEEN = "; "
"""Between the ids of equal texts."""


def origin_columns(corpus: Corpus, positions: Iterable[int] | None = None) -> dict[str, list]:
    """Return `id` and `row` of texts, by their positions from 0 (all by default), each where the corpus has them."""
    at = list(range(len(corpus)) if positions is None else positions)
    written = {"id": corpus.ids, "row": corpus.rows}
    return {name: [values[i] for i in at] for name, values in written.items() if values is not None}


def copies_columns(folded: FoldedCorpus, positions: Iterable[int]) -> dict[str, list]:
    """Return how often different texts are there, by their positions from 0 among these.

    Columns: `copies`, and of the copies after the first `other_positions` (in the whole corpus, from 1) and, where the
    corpus has ids, `other_ids`.
    """
    places = [folded.places[i] for i in positions]
    columns: dict[str, list] = {
        "copies": [len(found) for found in places],
        "other_positions": [", ".join(str(place + 1) for place in found[1:]) for found in places],
    }
    if (ids := folded.whole.ids) is not None:
        columns["other_ids"] = [BETWEEN.join(ids[i] for i in found[1:]) for found in places]
    return columns
