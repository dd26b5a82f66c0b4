"""Tables of the logit lens, one row a token or a text; the page, the download and the command line use the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from embfilter_core.lens.comparison import logit_changes
from embfilter_core.tables.origin import origin_columns
from embfilter_core.vocabulary.logit_lens import ranks_of, top_tokens
from embfilter_core.vocabulary.token_frequency import token_zipf

if TYPE_CHECKING:
    from embfilter_core.data.folding import FoldedCorpus
    from embfilter_core.lens.comparison import ComparedTokens, LensComparison
    from embfilter_core.lens.token_rates import TokenRates
    from embfilter_core.ranking.cosines import NeighbourComparison
    from embfilter_core.vocabulary.logit_lens import LensTokens
    from embfilter_core.vocabulary.token_text import TokenTexts

LISTS = ("unfiltered", "filtered")
"""What the two lists of a filter are called, in tables and on screen."""
FREQUENCY_COLUMNS = ["per_million", "estimated", "frequent", "zipf"]
"""How frequent a token is: its rate in the reference corpus, whether that is an estimate because the token was not seen
there, whether it is among the most frequent, and the Zipf frequency of the word that it may be."""
LENS_COLUMNS = [
    "text",
    "list",
    "rank",
    "token",
    "token_id",
    "logit",
    "other_rank",
    "other_logit",
    "change",
    "status",
    *FREQUENCY_COLUMNS,
]


def lens_table(
    comparison: LensComparison, token_texts: TokenTexts, rates: TokenRates, lists: tuple[str, str] = LISTS
) -> pd.DataFrame:
    """Return both token lists of a comparison, one row a listed token.

    Columns: `text` (number of the text, from 1), `list` (unfiltered or filtered), `rank`, `token`, `token_id`,
    `logit`, `other_rank` and `other_logit` (in the other list), `change` (places gained from the first list to the
    second), `status` (entered, left or stayed), and those of `token_frequency_columns`.

    Args:
        comparison: The comparison.
        token_texts: How the tokens are written.
        rates: How frequent each token is.
        lists: What the two lists are called.
    """
    first = _listed(lists[0], comparison.first, "left", token_texts, rates)
    second = _listed(lists[1], comparison.second, "entered", token_texts, rates)
    first["change"] = first["rank"] - first["other_rank"]
    second["change"] = second["other_rank"] - second["rank"]
    return pd.concat([first, second])[LENS_COLUMNS].sort_values("text", kind="stable", ignore_index=True)


def token_frequency_columns(token_ids: np.ndarray, token_texts: TokenTexts, rates: TokenRates) -> dict[str, object]:
    """Return how frequent tokens are, ids (n,), as columns.

    Columns: `per_million` (rate in the reference corpus), `estimated` (whether it is an estimate, because the token was
    not seen there), `frequent` (whether it is among the most frequent ones) and `zipf` (of English words alone).
    """
    return {
        "per_million": rates.per_million[token_ids],
        "estimated": ~rates.seen[token_ids],
        "frequent": rates.frequent[token_ids],
        "zipf": [token_zipf(token_texts.text(int(token))) for token in token_ids],
    }


def _listed(name: str, tokens: ComparedTokens, moved: str, token_texts: TokenTexts, rates: TokenRates) -> pd.DataFrame:
    table = _token_columns(name, tokens, token_texts, rates)
    table["logit"] = tokens.logits.ravel()
    table["other_rank"] = tokens.other_ranks.ravel()
    table["other_logit"] = tokens.other_logits.ravel()
    table["status"] = np.where(tokens.only_here.ravel(), moved, "stayed")
    return table


def _token_columns(name: str, tokens: LensTokens, token_texts: TokenTexts, rates: TokenRates) -> pd.DataFrame:
    n, top = tokens.token_ids.shape
    ids = tokens.token_ids.ravel()
    return pd.DataFrame(
        {
            "text": np.repeat(np.arange(1, n + 1), top),
            "list": name,
            "rank": np.tile(np.arange(1, top + 1), n),
            "token": [token for row in tokens.texts for token in row],
            "token_id": ids,
            **token_frequency_columns(ids, token_texts, rates),
        }
    )


def difference_table(
    unfiltered: np.ndarray,
    filtered: np.ndarray,
    token_texts: TokenTexts,
    rates: TokenRates,
    top: int,
    allowed: np.ndarray | None = None,
) -> pd.DataFrame:
    """Return the tokens whose logit fell and rose most by a filter, (n, |V|) logits each.

    Columns: `text` (from 1), `list` (fallen or risen), `rank`, `token`, `token_id`, `difference` (as `logit_changes`
    defines it), `rank_unfiltered`, `rank_filtered`, and those of `token_frequency_columns`.
    """
    changes = logit_changes(unfiltered, filtered)
    parts = []
    for name, sign in (("fallen", -1), ("risen", 1)):
        tokens = top_tokens(sign * changes, token_texts, top, allowed)
        part = _token_columns(name, tokens, token_texts, rates)
        part["difference"] = sign * tokens.logits.ravel()
        part["rank_unfiltered"] = ranks_of(unfiltered, tokens.token_ids).ravel()
        part["rank_filtered"] = ranks_of(filtered, tokens.token_ids).ravel()
        parts.append(part)
    columns = ["text", "list", "rank", "token", "token_id", "difference", "rank_unfiltered", "rank_filtered"]
    return pd.concat(parts)[columns + FREQUENCY_COLUMNS].sort_values("text", kind="stable", ignore_index=True)


def neighbour_table(near: NeighbourComparison, folded: FoldedCorpus) -> pd.DataFrame:
    """Return one row a near text of a corpus whose equal texts are folded.

    Columns: `rank_unfiltered`, `rank_filtered`, `text`, `cosine_unfiltered`, `cosine_filtered`, `id` and `row` where
    the corpus has them, and `copies`, how often the text is there.
    """
    return pd.DataFrame(
        {
            "rank_unfiltered": near.ranks_unfiltered,
            "rank_filtered": near.ranks_filtered,
            "text": [folded.corpus.texts[i] for i in near.positions],
            "cosine_unfiltered": near.cosines_unfiltered,
            "cosine_filtered": near.cosines_filtered,
            **origin_columns(folded.corpus, near.positions),
            "copies": folded.copies[near.positions],
        }
    )
