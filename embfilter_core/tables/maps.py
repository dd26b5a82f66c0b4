"""Tables of a mapped corpus: all of it for the download, what is selected for the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from embfilter_core.maps.projection import SIDES
from embfilter_core.tables.origin import origin_columns

if TYPE_CHECKING:
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.lens.corpus_tokens import TopTokens
    from embfilter_core.maps.measures import NeighbourChange
    from embfilter_core.maps.projection import Picture


def map_table(
    corpus: Corpus, picture: Picture, change: NeighbourChange, tokens: tuple[TopTokens, TopTokens]
) -> pd.DataFrame:
    """Return a row a text, in the order of the corpus.

    Columns: `position` (from 1), `text`, `id`, `row` and `label` (where the corpus has them), `x` and `y`, then of its
    neighbours `surviving`, `jaccard`, `cosine_change`, `purity` (with labels; see `NeighbourChange`) and `neighbours`
    (positions, nearest first), and of its first lens token `token`, `per_million` (its rate), `estimated` (a rate that
    is an estimate: the token was not seen), `frequent` (among the most frequent) and `zipf`. Those of either side end
    in `_unfiltered` or `_filtered`: all but the first five, `surviving`, `jaccard` and `cosine_change`.

    Args:
        corpus: The n texts.
        picture: Where they lie.
        change: What happens to their neighbours.
        tokens: Unfiltered and filtered.
    """
    columns = {"position": np.arange(1, len(corpus) + 1), "text": corpus.texts, **origin_columns(corpus)}
    if corpus.labels is not None:
        columns["label"] = corpus.labels
    for side in SIDES:
        columns[f"x_{side}"], columns[f"y_{side}"] = getattr(picture, side).T
    for name in ("surviving", "jaccard", "cosine_change", "purity_unfiltered", "purity_filtered"):
        if getattr(change, name) is not None:
            columns[name] = getattr(change, name)
    for side in SIDES:
        columns[f"neighbours_{side}"] = [" ".join(map(str, row + 1)) for row in getattr(change, side)]
    for side, top in zip(SIDES, tokens, strict=True):
        columns[f"token_{side}"] = top.texts
        columns |= {f"{name}_{side}": getattr(top, name) for name in ("per_million", "estimated", "frequent", "zipf")}
    return pd.DataFrame(columns)


def selection_table(corpus: Corpus, positions: np.ndarray, change: NeighbourChange) -> pd.DataFrame:
    """Return a row a selected text: `position` (from 1), `text`, `id`, `row`, `label`, `surviving`, nearest neighbours.

    `id`, `row` and `label` are left out where the corpus has none; `nearest_unfiltered` and `nearest_filtered` are
    texts.

    Args:
        corpus: The n texts.
        positions: (m,) of the selected ones, from 0.
        change: What happens to the neighbours of all n.
    """
    texts = {"position": positions + 1, "text": [corpus.texts[i] for i in positions]}
    table = pd.DataFrame(texts | origin_columns(corpus, positions))
    if corpus.labels is not None:
        table["label"] = [corpus.labels[i] for i in positions]
    table["surviving"] = change.surviving[positions]
    table["nearest_unfiltered"] = [corpus.texts[i] for i in change.unfiltered[positions, 0]]
    table["nearest_filtered"] = [corpus.texts[i] for i in change.filtered[positions, 0]]
    return table


def neighbours_table(corpus: Corpus, position: int, change: NeighbourChange) -> pd.DataFrame:
    """Return the k neighbours of the text at a position (from 0), unfiltered and then filtered, nearest first.

    Columns: `list` (unfiltered or filtered), `rank`, `position` (from 1), `text`, `label` (where the corpus has labels)
    and `in_both`: whether it is a neighbour on either side.
    """
    parts = []
    for side, other in (("unfiltered", "filtered"), ("filtered", "unfiltered")):
        near = getattr(change, side)[position]
        part = pd.DataFrame(
            {
                "list": side,
                "rank": np.arange(1, len(near) + 1),
                "position": near + 1,
                "text": [corpus.texts[i] for i in near],
            }
        )
        if corpus.labels is not None:
            part["label"] = [corpus.labels[i] for i in near]
        part["in_both"] = np.isin(near, getattr(change, other)[position])
        parts.append(part)
    return pd.concat(parts, ignore_index=True)
