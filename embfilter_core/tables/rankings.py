"""The table of a ranked corpus: the page shows its first rows, the downloads hold all of them."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from embfilter_core.data.folding import FoldedCorpus
from embfilter_core.ranking.search import Ranking
from embfilter_core.tables.origin import copies_columns, origin_columns

MOST_WRITTEN_FLIPS = 3


def ranking_table(
    ranking: Ranking,
    folded: FoldedCorpus,
    flips: Sequence[np.ndarray],
    baselines: Mapping[str, tuple[np.ndarray, np.ndarray]] | None = None,
    order: np.ndarray | None = None,
) -> pd.DataFrame:
    """One row a different text, nearest by the kept directions first.

    Columns: `rank_unfiltered`, `rank_filtered`, `change` (places gained), `text`, `cosine_unfiltered`,
    `cosine_filtered`, `near_tie` (closer than 1e-4 to a neighbour in the ranking), `flips` (every k at which it changes
    places with the text that is nearest unfiltered, from the largest down), `position` (in the whole corpus, from 1; of
    equal texts the first), `id` and `row` where the corpus has them, those of `copies_columns`, then rank and cosine of
    each baseline.

    Args:
        ranking: Of the n different texts.
        folded: The corpus.
        flips: n arrays of k.
        baselines: Ranks and cosines, (n,) each, by name.
        order: Positions of the texts that get a row, in order; all by default.
    """
    r, order = ranking, ranking.order if order is None else order
    table = pd.DataFrame(
        {
            "rank_unfiltered": r.ranks_unfiltered[order],
            "rank_filtered": r.ranks_filtered[order],
            "change": (r.ranks_unfiltered - r.ranks_filtered)[order],
            "text": [folded.corpus.texts[i] for i in order],
            "cosine_unfiltered": r.cosines_unfiltered[order],
            "cosine_filtered": r.cosines_filtered[order],
            "near_tie": r.near_ties[order],
            "flips": [", ".join(map(str, flips[i].tolist())) for i in order],
            "position": folded.first[order] + 1,
            **origin_columns(folded.corpus, order),
            **copies_columns(folded, order),
        }
    )
    for name, (ranks, cosines) in (baselines or {}).items():
        table[f"{name}_rank"] = ranks[order]
        table[f"{name}_cosine"] = cosines[order]
    return table


def format_flips(ks: np.ndarray) -> str:
    """The k at which two texts change places, short enough for a column: `431, 212` or `540, 431, 400 … (9)`."""
    shown = ", ".join(map(str, ks[:MOST_WRITTEN_FLIPS].tolist()))
    return shown if len(ks) <= MOST_WRITTEN_FLIPS else f"{shown} … ({len(ks)})"
