"""The table of a ranking: its numbers are the ranking's, and texts leave it to the letter, yet never as a formula."""

import io
import json

import numpy as np
import pandas as pd
import pytest

from embfilter_core import KeptDirections
from embfilter_core.data.corpora import Corpus
from embfilter_core.data.folding import fold_corpus
from embfilter_core.ranking.corpus_energies import CorpusEnergies
from embfilter_core.ranking.search import Ranking, rank_corpus, sweep_family
from embfilter_core.tables.files import to_csv, to_jsonl
from embfilter_core.tables.rankings import format_flips, ranking_table

D = 16
FORMULAS = ["=1+1", "+cmd", "-2", "@SUM(A1)", "\t=tab", "\r=return"]
TEXTS = [
    *FORMULAS,
    "<script>alert(1)</script>",
    'a "quoted", text',
    "two\nlines\r\nand more",
    "🐈‍⬛ \u202e שלום",
    "NUL \x00 and \u2028 separator",
    "",
    "**bold** $x$",
]
N = len(TEXTS)
COLUMNS = [
    "rank_unfiltered",
    "rank_filtered",
    "change",
    "text",
    "cosine_unfiltered",
    "cosine_filtered",
    "near_tie",
    "flips",
    "position",
    "copies",
    "other_positions",
]
WRITTEN = ["text", "flips", "other_positions"]
FOLDED = fold_corpus(Corpus("odd", "Odd texts", tuple(TEXTS), "here"))


@pytest.fixture
def found() -> tuple[Ranking, list[np.ndarray]]:
    random = np.random.default_rng(0)
    query, corpus = random.normal(size=D), random.normal(size=(N, D))
    corpus[7] = corpus[2]
    energies = CorpusEnergies(corpus)
    ranking = rank_corpus(energies, query, KeptDirections.bulk(D))
    return ranking, sweep_family(energies, query, "bulk", 5).flips


def test_every_text_has_one_row_with_its_own_numbers(found: tuple) -> None:
    ranking, flips = found
    table = ranking_table(ranking, FOLDED, flips)
    assert list(table.columns) == COLUMNS
    assert table["rank_filtered"].tolist() == list(range(1, N + 1))
    at = table["position"].to_numpy() - 1
    assert sorted(at) == list(range(N))
    assert table["text"].tolist() == [TEXTS[i] for i in at]
    for column in ("rank_unfiltered", "cosine_unfiltered", "rank_filtered", "cosine_filtered", "near_tie"):
        source = {"near_tie": "near_ties"}.get(column, column.replace("rank_", "ranks_").replace("cosine_", "cosines_"))
        assert table[column].tolist() == getattr(ranking, source)[at].tolist()
    assert table["near_tie"].sum() >= 2
    assert table["flips"].tolist() == [", ".join(str(k) for k in flips[i]) for i in at]
    assert any(len(ks) > 1 for ks in flips)


def test_change_is_the_number_of_places_gained(found: tuple) -> None:
    table = ranking_table(found[0], FOLDED, found[1])
    assert table["change"].tolist() == (table["rank_unfiltered"] - table["rank_filtered"]).tolist()
    assert table["change"].min() < 0 < table["change"].max()


def test_baselines_stand_beside_each_text_in_the_order_given(found: tuple) -> None:
    random = np.random.default_rng(1)
    baselines = {name: (random.permutation(N) + 1, random.normal(size=N)) for name in ("whitening", "centring")}
    table = ranking_table(*found[:1], FOLDED, found[1], baselines)
    assert list(table.columns) == [
        *COLUMNS,
        "whitening_rank",
        "whitening_cosine",
        "centring_rank",
        "centring_cosine",
    ]
    at = table["position"].to_numpy() - 1
    for name, (ranks, cosines) in baselines.items():
        assert table[f"{name}_rank"].tolist() == ranks[at].tolist()
        assert table[f"{name}_cosine"].tolist() == cosines[at].tolist()


def test_a_formula_is_neutralised_in_csv_and_all_else_comes_back_to_the_letter(found: tuple) -> None:
    table = ranking_table(found[0], FOLDED, found[1])
    read = pd.read_csv(io.BytesIO(to_csv(table)), dtype=dict.fromkeys(WRITTEN, str), keep_default_na=False)
    assert list(read.columns) == COLUMNS
    for written, text in zip(read["text"], table["text"], strict=True):
        assert written == ("'" + text if text in FORMULAS else text)
    for column in set(COLUMNS) - {"text", "flips"}:
        assert read[column].tolist() == table[column].tolist(), column


def test_json_lines_hold_every_text_to_the_letter_and_every_number(found: tuple) -> None:
    table = ranking_table(found[0], FOLDED, found[1], {"centring": (np.arange(N) + 1, found[0].cosines_unfiltered / 3)})
    lines = to_jsonl(table).decode("utf-8").split("\n")
    assert lines.pop() == ""
    rows = [json.loads(line) for line in lines]
    assert len(rows) == N
    for row, (_, expected) in zip(rows, table.iterrows(), strict=True):
        assert list(row) == list(table.columns)
        for column in ("text", "flips", "rank_unfiltered", "rank_filtered", "change", "near_tie", "position"):
            assert row[column] == expected[column], column
        for column in ("cosine_unfiltered", "cosine_filtered", "centring_cosine"):
            assert row[column] == pytest.approx(expected[column], abs=1e-14)


def test_json_lines_show_other_scripts_as_they_are(found: tuple) -> None:
    assert "שלום" in to_jsonl(ranking_table(found[0], FOLDED, found[1])).decode("utf-8")


@pytest.mark.parametrize(
    ("ks", "written"),
    [
        ([], ""),
        ([12], "12"),
        ([431, 212], "431, 212"),
        ([540, 431, 400], "540, 431, 400"),
        ([540, 431, 400, 3], "540, 431, 400 … (4)"),
        (range(9, 0, -1), "9, 8, 7 … (9)"),
    ],
)
def test_many_flips_are_written_as_the_first_and_their_number(ks: list[int], written: str) -> None:
    assert format_flips(np.array(list(ks), dtype=np.int64)) == written
