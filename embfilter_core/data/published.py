"""Scores published in the EmbedFilter paper (arXiv 2606.07502), to be set beside what is measured here.

They are means over 49 English data sets of MTEB (arXiv 2210.07316), in points;
nothing in this project computes them.
"""

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

PAPER = "arXiv 2606.07502"
DATA_SETS: dict[str, int] = {
    "sts": 10,
    "classification": 12,
    "clustering": 11,
    "pair_classification": 3,
    "reranking": 4,
    "retrieval": 8,
    "summarisation": 1,
}
"""Categories in the order of the paper, with the numbers of data sets that its averages come out with."""
ABLATION = {"backbone": "qwen2.5-0.5b", "prompt": "prompteol", "tau": 2}
"""Where the paper compares what is kept: 448 of 896 directions, or as many numbers."""


def published_results() -> "pd.DataFrame":
    """Scores by backbone, prompt and tau, 24 rows: three backbones, two prompts, tau = 1 (no filter), 2, 4, 8.

    Columns: `backbone` (its id in the catalogue), `prompt` (`prompteol`, which for Mistral is the template
    with a mask, or `echo`), `tau`, the seven categories of `DATA_SETS`, and `average` over all data sets.
    """
    table = _published()
    return table[table["sts"].notna()].drop(columns="kept").reset_index(drop=True)


def published_ablation() -> "pd.DataFrame":
    """Average of each way to keep half the numbers, on `ABLATION`: nine rows, the filter second after no filter.

    Columns: `kept`, the id of a preset (`quiet` is the paper's "optimal") or of a baseline, and `average`. The
    paper describes its `random` as a choice of coordinates; its code chooses singular directions.
    """
    table = _published()
    here = (table["backbone"] == ABLATION["backbone"]) & (table["prompt"] == ABLATION["prompt"])
    here &= table["tau"].isin([1, ABLATION["tau"]])
    return table.loc[here, ["kept", "average"]].reset_index(drop=True)


def _published() -> "pd.DataFrame":
    import pandas as pd

    with (files(__package__) / "published.tsv").open(encoding="utf-8") as file:
        return pd.read_csv(file, sep="\t", comment="#")
