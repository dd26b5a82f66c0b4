"""The table of scores, and where the paper's numbers stand beside it."""

from dataclasses import replace

import pytest

from embfilter_core import Backbone, mteb_table
from embfilter_core.backbones.catalogue import CATALOGUE
from embfilter_core.interfaces.mteb_run import MtebScore

SCORES = [
    MtebScore(task, category, ratio, 64 // ratio, "cosine_spearman", score, 100)
    for task, category, score in (("STS12", "sts", 50.0), ("mine", None, 10.0), ("STS13", "sts", 60.0))
    for ratio in (1, 2, 3)
]


def means(backbone: Backbone, **settings: object) -> dict[int, tuple]:
    table = mteb_table(SCORES, backbone, **settings)
    rows = table[table["task"] == "mean"].astype(object).where(lambda cells: cells.notna(), None)
    columns = ["score", "data_sets", "published", "published_data_sets"]
    return {row["ratio"]: tuple(row[columns]) for _, row in rows.iterrows()}


@pytest.fixture
def of_paper(llama: Backbone) -> Backbone:
    return replace(llama, entry=CATALOGUE["qwen2.5-0.5b"])


def test_every_score_has_a_row_and_so_has_every_mean_of_a_category(llama: Backbone) -> None:
    table = mteb_table(SCORES, llama)
    assert len(table) == len(SCORES) + 3
    assert table["score"].tolist() == [one.score for one in SCORES] + [55.0] * 3
    assert table["data_sets"].tolist() == [1] * len(SCORES) + [2] * 3
    assert table["texts"].tolist()[: len(SCORES)] == [100] * len(SCORES)
    assert table["published"].isna().all()


def test_the_paper_s_mean_stands_beside_ours_where_there_is_one(of_paper: Backbone) -> None:
    assert means(of_paper) == {1: (55, 2, 63.04, 10), 2: (55, 2, 69.48, 10), 3: (55, 2, None, None)}
    assert means(of_paper, layer=of_paper.layer_number(None)) == means(of_paper)
    assert means(of_paper, prompt="echo")[2] == (55, 2, 70.77, 10)
    mistral = replace(of_paper, entry=CATALOGUE["mistral-7b-instruct-v0.3"])
    assert means(mistral, prompt="prompteol-mask")[2][2] == 66.59
    assert means(mistral, prompt="prompteol")[2][2] is None


@pytest.mark.parametrize("settings", [{"prompt": "plain-mean"}, {"layer": 1}, {"centred": True}], ids=str)
def test_the_paper_has_no_number_for_other_settings(of_paper: Backbone, settings: dict[str, object]) -> None:
    assert {row[2:] for row in means(of_paper, **settings).values()} == {(None, None)}
