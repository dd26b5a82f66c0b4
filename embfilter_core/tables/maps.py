"""Tables of a mapped corpus: all of it for the download, what is selected for the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embfilter_core.data.corpora import Corpus
    from embfilter_core.maps.measures import NeighbourChange
    from embfilter_core.maps.projection import Picture


@dataclass(frozen=True, eq=False)
class TopTokens:
    """The first token of the lens for each text.

    Attributes:
        texts: n tokens as people can read them.
        zipf: (n,), NaN for what is not alphabetic.
    """

    texts: Sequence[str]
    zipf: np.ndarray


def map_table(
    corpus: Corpus, picture: Picture, change: NeighbourChange, tokens: tuple[TopTokens, TopTokens]
) -> pd.DataFrame:
    """One row a text, in the order of the corpus.

    Columns: `position` (from 1), `text`, `label` (where the corpus has labels), `x_before`, `y_before`, `x_after`,
    `y_after`, then of its neighbours `surviving`, `jaccard`, `cosine_change`, `purity_before` and `purity_after`
    (with labels; see `NeighbourChange`), `neighbours_before` and `neighbours_after` (positions, nearest first), and
    of its first lens token `token_before`, `zipf_before`, `token_after` and `zipf_after`.

    Args:
        corpus: The n texts.
        picture: Where they lie.
        change: What happens to their neighbours.
        tokens: Before and after.
    """
    columns = {"position": np.arange(1, len(corpus) + 1), "text": corpus.texts}
    if corpus.labels is not None:
        columns["label"] = corpus.labels
    for side in ("before", "after"):
        columns[f"x_{side}"], columns[f"y_{side}"] = getattr(picture, side).T
    for name in ("surviving", "jaccard", "cosine_change", "purity_before", "purity_after"):
        if getattr(change, name) is not None:
            columns[name] = getattr(change, name)
    for side in ("before", "after"):
        columns[f"neighbours_{side}"] = [" ".join(map(str, row + 1)) for row in getattr(change, side)]
    for side, top in zip(("before", "after"), tokens, strict=True):
        columns[f"token_{side}"], columns[f"zipf_{side}"] = top.texts, top.zipf
    return pd.DataFrame(columns)


def selection_table(corpus: Corpus, positions: np.ndarray, change: NeighbourChange) -> pd.DataFrame:
    """One row a selected text: `position` (from 1), `text`, `label`, `surviving`, `nearest_before`, `nearest_after`.

    `label` is left out where the corpus has none; the last two are the texts of the nearest neighbours.

    Args:
        corpus: The n texts.
        positions: (m,) of the selected ones, from 0.
        change: What happens to the neighbours of all n.
    """
    table = pd.DataFrame({"position": positions + 1, "text": [corpus.texts[i] for i in positions]})
    if corpus.labels is not None:
        table["label"] = [corpus.labels[i] for i in positions]
    table["surviving"] = change.surviving[positions]
    table["nearest_before"] = [corpus.texts[i] for i in change.before[positions, 0]]
    table["nearest_after"] = [corpus.texts[i] for i in change.after[positions, 0]]
    return table


def neighbours_table(corpus: Corpus, position: int, change: NeighbourChange) -> pd.DataFrame:
    """The k neighbours of the text at a position (from 0), before and then after, nearest first.

    Columns: `list` (before or after), `rank`, `position` (from 1), `text`, `label` (where the corpus has labels)
    and `in_both`: whether it is a neighbour on either side.
    """
    parts = []
    for side, other in (("before", "after"), ("after", "before")):
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
