"""`rank`: the ranks and cosines of the library, unfiltered and filtered."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from embfilter_core import Backbone, EmbedFilter, KeptDirections
from embfilter_core.cli import main
from embfilter_core.data.corpora import topics
from tests.core.cli.conftest import SHORT

COLUMNS = ["rank_unfiltered", "rank_filtered", "text", "cosine_unfiltered", "cosine_filtered", "row", "copies"]


def test_ranking_prints_both_ranks_and_both_cosines_of_every_text(
    run: Callable[..., str], folder: str, llama: Backbone, corpus_file: Path
) -> None:
    rows = json.loads(run("rank", corpus_file, "--query", "the cat", "--backbone", folder, "--json"))
    assert all(list(row) == COLUMNS for row in rows)
    assert [SHORT[row["row"] - 1] for row in rows] == [row["text"] for row in rows]
    assert [row["rank_filtered"] for row in rows] == [1, 2, 3, 4, 5]
    assert sorted(row["rank_unfiltered"] for row in rows) == [1, 2, 3, 4, 5]
    kept = EmbedFilter(llama.spectrum, KeptDirections.bulk(llama.d))
    for name, see in (("unfiltered", lambda states: states), ("filtered", kept.project)):
        query, texts = see(llama.embed(["the cat"])), see(llama.embed([row["text"] for row in rows]))
        expected = (texts @ query[0]) / np.linalg.norm(texts, axis=1) / np.linalg.norm(query)
        assert np.allclose([row[f"cosine_{name}"] for row in rows], expected, atol=1e-5)
        by_rank = sorted(rows, key=lambda row: row[f"rank_{name}"])
        cosines = [row[f"cosine_{name}"] for row in by_rank]
        assert cosines == sorted(cosines, reverse=True)


def test_ranking_everything_moves_nothing(run: Callable[..., str], folder: str, corpus_file: Path) -> None:
    options = ("--backbone", folder, "--preset", "unfiltered", "--json")
    rows = json.loads(run("rank", corpus_file, "--query", SHORT[1], *options))
    assert [row["rank_unfiltered"] for row in rows] == [row["rank_filtered"] for row in rows] == [1, 2, 3, 4, 5]
    assert rows[0]["text"] == SHORT[1]
    assert rows[0]["cosine_filtered"] == pytest.approx(1, abs=1e-6)


def test_ranking_as_a_table_has_the_nearest_of_either_ranking(
    run: Callable[..., str], folder: str, corpus_file: Path
) -> None:
    lines = run("rank", corpus_file, "--query", "the cat", "--top", 2, "--backbone", folder).splitlines()
    assert lines[0].split() == COLUMNS
    assert 3 <= len(lines) <= 5


def test_equal_texts_share_a_row_that_tells_their_number_and_the_id_and_row_of_the_first(
    capsys: pytest.CaptureFixture, folder: str, tmp_path: Path
) -> None:
    (tmp_path / "t.csv").write_text("_id,text\n007,the cat sat\n12e4,one word\nx,the cat sat\n3.10,on the dog\n")
    capsys.readouterr()
    assert main(["rank", str(tmp_path / "t.csv"), "--query", "the cat", "--backbone", folder, "--json"]) == 0
    printed = capsys.readouterr()
    rows = {row["id"]: row for row in json.loads(printed.out)}
    found = {name: (row["row"], row["copies"]) for name, row in rows.items()}
    assert found == {"007": (1, 2), "12e4": (2, 1), "3.10": (4, 1)}
    assert sorted(row["rank_filtered"] for row in rows.values()) == [1, 2, 3]
    assert printed.err.startswith("Note: 1 text occurs more than once: the 4 texts are 3 different ones")


def test_ranking_takes_a_built_in_corpus_by_its_id(run: Callable[..., str], folder: str) -> None:
    rows = json.loads(run("rank", "topics", "--query", "rain", "--backbone", folder, "--json"))
    assert {row["text"] for row in rows} <= set(topics().texts)


def test_ranking_again_embeds_the_query_only(
    run: Callable[..., str], folder: str, corpus_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("rank", corpus_file, "--query", "the cat", "--backbone", folder, "--json")
    first = run(*arguments)
    embedded = []
    embed = Backbone.embed
    monkeypatch.setattr(
        Backbone, "embed", lambda self, texts, *more, **how: embedded.extend(texts) or embed(self, texts, *more, **how)
    )
    assert run(*arguments) == first
    assert embedded == ["the cat"]
