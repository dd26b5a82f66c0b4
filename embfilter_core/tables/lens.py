"""Tables of what is shown, one row a token or a text; the page, the download and the command line use the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from embfilter_core.lens.comparison import LensComparison, logit_changes
from embfilter_core.ranking.cosines import NeighbourComparison
from embfilter_core.vocabulary.logit_lens import LensTokens, ranks_of, top_tokens
from embfilter_core.vocabulary.token_frequency import summarise_zipf, token_zipf
from embfilter_core.vocabulary.token_text import TokenTexts

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone

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
    "zipf",
]


def lens_table(comparison: LensComparison, token_texts: TokenTexts) -> pd.DataFrame:
    """Both token lists of a comparison, one row a listed token.

    Columns: `text` (number of the text, from 1), `list` (before or after), `rank`, `token`, `token_id`, `logit`,
    `other_rank` and `other_logit` (in the other reading), `change` (places gained from before to after),
    `status` (entered, left or stayed) and `zipf`.
    """
    c = comparison
    before = _listed("before", c.before, c.before_new_ranks, c.before_new_logits, c.left, token_texts)
    after = _listed("after", c.after, c.after_old_ranks, c.after_old_logits, c.entered, token_texts)
    after["change"] = after["other_rank"] - after["rank"]
    before["change"] = before["rank"] - before["other_rank"]
    return pd.concat([before, after])[LENS_COLUMNS].sort_values(
        ["text", "list", "rank"], ascending=[True, False, True], ignore_index=True
    )


def _listed(
    name: str, tokens: LensTokens, ranks: np.ndarray, logits: np.ndarray, moved: np.ndarray, token_texts: TokenTexts
) -> pd.DataFrame:
    table = _token_columns(name, tokens, token_texts)
    table["logit"] = tokens.logits.ravel()
    table["other_rank"] = ranks.ravel()
    table["other_logit"] = logits.ravel()
    table["status"] = np.where(moved.ravel(), "left" if name == "before" else "entered", "stayed")
    return table


def _token_columns(name: str, tokens: LensTokens, token_texts: TokenTexts) -> pd.DataFrame:
    n, top = tokens.token_ids.shape
    ids = tokens.token_ids.ravel()
    return pd.DataFrame(
        {
            "text": np.repeat(np.arange(1, n + 1), top),
            "list": name,
            "rank": np.tile(np.arange(1, top + 1), n),
            "token": [token for row in tokens.texts for token in row],
            "token_id": ids,
            "zipf": [token_zipf(token_texts.text(int(i))) for i in ids],
        }
    )


def difference_table(
    backbone: Backbone, before: np.ndarray, after: np.ndarray, top: int, allowed: np.ndarray | None = None
) -> pd.DataFrame:
    """The tokens whose logit rose and fell most between two readings, (n, |V|) logits each.

    Columns: `text` (from 1), `list` (risen or fallen), `rank`, `token`, `token_id`, `difference` (as `logit_changes`
    defines it), `rank_before`, `rank_after` and `zipf`.
    """
    changes = logit_changes(before, after)
    parts = []
    for name, sign in (("risen", 1), ("fallen", -1)):
        tokens = top_tokens(backbone, sign * changes, top, allowed)
        part = _token_columns(name, tokens, backbone.token_texts)
        part["difference"] = sign * tokens.logits.ravel()
        part["rank_before"] = ranks_of(before, tokens.token_ids).ravel()
        part["rank_after"] = ranks_of(after, tokens.token_ids).ravel()
        parts.append(part)
    columns = ["text", "list", "rank", "token", "token_id", "difference", "rank_before", "rank_after", "zipf"]
    return pd.concat(parts)[columns].sort_values(
        ["text", "list", "rank"], ascending=[True, False, True], ignore_index=True
    )


def summary_table(tokens: pd.DataFrame, texts: Sequence[str]) -> pd.DataFrame:
    """One row a text of a `lens_table`: how common its tokens are before and after, and how many entered."""
    rows = []
    for number, text in enumerate(texts, start=1):
        mine = tokens[tokens["text"] == number]
        before, after = (summarise_zipf(mine.loc[mine["list"] == name, "zipf"]) for name in ("before", "after"))
        rows.append(
            {
                "number": number,
                "text": text,
                "zipf_before": before.mean_zipf,
                "zipf_after": after.mean_zipf,
                "frequent_before": before.frequent_share,
                "frequent_after": after.frequent_share,
                "entered": int((mine["status"] == "entered").sum()),
            }
        )
    return pd.DataFrame(rows)


def neighbour_table(near: NeighbourComparison, texts: Sequence[str]) -> pd.DataFrame:
    """Nearest texts: `rank_before`, `rank_after`, `text`, `cosine_before`, `cosine_after`."""
    return pd.DataFrame(
        {
            "rank_before": near.ranks_before,
            "rank_after": near.ranks_after,
            "text": [texts[i] for i in near.positions],
            "cosine_before": near.cosines_before,
            "cosine_after": near.cosines_after,
        }
    )
