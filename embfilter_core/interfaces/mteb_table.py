"""Scores of mteb as a table, with means by category beside those that the paper published."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import pandas as pd

from embfilter_core.backbones.prompts import PROMPTS, as_prompt
from embfilter_core.data.published import DATA_SETS, published_results

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.backbones.prompts import Prompt
    from embfilter_core.interfaces.mteb_run import MtebScore

COLUMNS = (
    *("task", "category", "ratio", "kept", "metric", "score", "data_sets", "texts"),
    *("published", "published_data_sets"),
)
MEAN = "mean"
"""What the row of a category is called in the column `task`."""


def mteb_table(
    scores: Sequence[MtebScore],
    backbone: Backbone,
    prompt: str | Prompt | None = None,
    layer: int | None = None,
    centred: bool = False,
) -> pd.DataFrame:
    """A row a task and ratio, then one a category and ratio: the mean of those of its data sets that were scored.

    Scores are in points. `published` is the paper's mean over `published_data_sets` data sets of the category, for
    this backbone, prompt and ratio; it has none for others, nor for inner layers and centred embeddings.
    """
    rows = [_row_of_task(one) for one in scores]
    inner = backbone.layer_number(layer) < backbone.layer_number(None)
    published = {} if centred or inner else _published(backbone, prompt)
    for category, ratio in product(DATA_SETS, dict.fromkeys(one.ratio for one in scores)):
        group = [one for one in scores if (one.category, one.ratio) == (category, ratio)]
        if group:
            rows.append(_row_of_category(category, group, published.get((category, ratio))))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"texts": "Int64", "published_data_sets": "Int64"})


def _row_of_task(one: MtebScore) -> dict[str, Any]:
    return {
        "task": one.task,
        "category": one.category,
        "ratio": one.ratio,
        "kept": one.kept,
        "metric": one.metric,
        "score": one.score,
        "data_sets": 1,
        "texts": one.texts,
    }


def _row_of_category(category: str, group: Sequence[MtebScore], published: float | None) -> dict[str, Any]:
    return {
        "task": MEAN,
        "category": category,
        "ratio": group[0].ratio,
        "kept": group[0].kept,
        "score": sum(one.score for one in group) / len(group),
        "data_sets": len(group),
        "published": published,
        "published_data_sets": None if published is None else DATA_SETS[category],
    }


def _published(backbone: Backbone, prompt: str | Prompt | None) -> dict[tuple[str, int], float]:
    """The paper's means by category and tau; its `prompteol` is the template that its code takes for the backbone."""
    if backbone.entry is None:
        return {}
    used = as_prompt(prompt or backbone.default_prompt)
    names = {PROMPTS[backbone.default_prompt]: "prompteol", PROMPTS["echo"]: "echo"}
    table = published_results()
    found = table[(table["backbone"] == backbone.entry.id) & (table["prompt"] == names.get(used))]
    return {(name, int(row.tau)): float(getattr(row, name)) for row in found.itertuples() for name in DATA_SETS}
