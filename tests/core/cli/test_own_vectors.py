"""`choose --vectors`: vectors of any file score as the library scores them, and no text is embedded."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from embfilter_core import Backbone
from embfilter_core.cli import main
from embfilter_core.data import corpora
from embfilter_core.data.tables.read_table import read_table
from embfilter_core.data.vectors.vector_table import join_vectors
from embfilter_core.data.vectors.vector_task import vector_task
from embfilter_core.lens import frequent_tokens
from embfilter_core.quality.sweep import sweep_quality
from embfilter_core.tables.quality import sweep_table
from tests.core.cli.labelled_files import DOCUMENTS, LABELLED, PAIRS, QUERIES, RELEVANCE
from tests.core.data.vectors.files import parquet

RANDOM = np.random.default_rng(0)
FIRST, SECOND, ROWS = (RANDOM.normal(size=(n, 32)).astype(np.float32) for n in (12, 12, 24))


@pytest.fixture
def news(monkeypatch: pytest.MonkeyPatch, reference: None) -> None:
    """The small reference corpus in place of the news documents, wherever they are asked for."""
    monkeypatch.setattr(corpora, "lee_background", frequent_tokens.lee_background)


@pytest.fixture(autouse=True)
def no_text_is_embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Backbone, "embed", lambda *_, **__: pytest.fail("a text was embedded"))


@pytest.fixture
def choose(capsys: pytest.CaptureFixture, folder: str, news: None) -> Callable[..., str]:
    def run(*arguments: object, code: int = 0) -> str:
        capsys.readouterr()
        assert main(["choose", *map(str, arguments), "--backbone", folder]) == code
        printed = capsys.readouterr()
        return printed.err if code else printed.out

    return run


def test_vectors_of_a_parquet_column_are_scored_by_the_backbones_directions(
    choose: Callable[..., str], llama: Backbone, tmp_path: Path
) -> None:
    (tmp_path / "t.parquet").write_bytes(parquet(LABELLED, embedding=ROWS))
    told = json.loads(choose(tmp_path / "t.parquet", "--vectors", "embedding", "--json"))
    table = join_vectors("t.parquet", read_table("t.csv", LABELLED.to_csv(index=False).encode()), [ROWS])
    task = vector_task(table, "labelled", {"text": "text", "label": "label"})
    expected = sweep_table(sweep_quality(task, (llama.spectrum.coefficients(task.vectors[0]),), "accuracy"))
    assert told["curve"] == expected.to_dict(orient="records")
    assert (told["prompt"], told["layer"], told["measure"]) == (None, None, "accuracy")
    assert told["fit"]["fits"] in (True, False)
    assert told["fit"]["own"] is None  # nothing is embedded for it
    assert len(told["fit"]["sentences"]) == 4


def test_files_of_arrays_beside_a_table_say_the_same(choose: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_bytes(parquet(LABELLED, v=ROWS))
    LABELLED.to_csv(tmp_path / "t.csv", index=False)
    np.save(tmp_path / "v.npy", ROWS)
    np.savez(tmp_path / "v.npz", ROWS)
    curves = [
        json.loads(choose(tmp_path / file, "--vectors", vectors, "--json"))["curve"]
        for file, vectors in (
            ("t.parquet", "v"),
            ("t.csv", tmp_path / "v.npy"),
            ("t.csv", tmp_path / "v.npz"),
        )
    ]
    assert curves[0] == curves[1] == curves[2]


def test_pairs_have_two_vectors_a_row(choose: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "p.parquet").write_bytes(parquet(PAIRS, a=FIRST, b=SECOND))
    PAIRS[["score"]].to_csv(tmp_path / "p.csv", index=False)
    np.save(tmp_path / "both.npy", np.stack([FIRST, SECOND], axis=1))
    for name, rows in (("a", FIRST), ("b", SECOND)):
        np.save(tmp_path / f"{name}.npy", rows)
    columns = json.loads(choose(tmp_path / "p.parquet", "--vectors", "a,b", "--json"))
    one_file = json.loads(choose(tmp_path / "p.csv", "--vectors", tmp_path / "both.npy", "--json"))
    files = ",".join(str(tmp_path / f"{name}.npy") for name in "ab")
    two_files = json.loads(choose(tmp_path / "p.csv", "--vectors", files, "--json"))
    assert columns["measure"] == "spearman"
    assert columns["curve"] == one_file["curve"] == two_files["curve"]


def test_queries_and_documents_have_one_each(choose: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "q.parquet").write_bytes(parquet(QUERIES, embedding=FIRST[:10]))
    (tmp_path / "d.parquet").write_bytes(parquet(DOCUMENTS, embedding=ROWS[:14]))
    RELEVANCE.to_csv(tmp_path / "r.csv", index=False)
    options = [f"--queries={tmp_path / 'q.parquet'}", f"--documents={tmp_path / 'd.parquet'}"]
    told = json.loads(choose(*options, f"--relevance={tmp_path / 'r.csv'}", "--vectors", "embedding", "--json"))
    assert (told["measure"], told["n"]) == ("ndcg@10", 10)


def test_the_table_for_people_ends_with_how_well_w_u_fits(choose: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_bytes(parquet(LABELLED, embedding=ROWS))
    printed = choose(tmp_path / "t.parquet", "--vectors", "embedding")
    assert "own vectors" in printed.splitlines()[0]
    assert "Does this W_U fit these vectors?" in printed


def test_what_does_not_go_together_is_one_line(choose: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_bytes(parquet(LABELLED, embedding=ROWS, short=ROWS[:, :9]))
    LABELLED.to_csv(tmp_path / "t.csv", index=False)
    np.save(tmp_path / "v.npy", ROWS[:5])
    for arguments, said in (
        ([tmp_path / "t.parquet", "--vectors", "short"], "has 32 directions"),
        ([tmp_path / "t.parquet", "--vectors", "text"], "no column 'text' of vectors"),
        ([tmp_path / "t.csv", "--vectors", "embedding"], "no Parquet file, so it has no column of vectors"),
        ([tmp_path / "t.csv", "--vectors", tmp_path / "v.npy"], "t.csv has 24 rows, and there are 5 vectors"),
        ([tmp_path / "t.csv", "--vectors", tmp_path / "none.npy"], "Cannot read"),
        ([tmp_path / "t.parquet", "--vectors", "embedding", "--kind", "retrieval"], "--kind retrieval does not go"),
        (["--vectors", "embedding"], "no file that the vectors belong to"),
        ([tmp_path / "t.parquet", "--vectors", " , "], "--vectors names nothing"),
    ):
        (line,) = choose(*arguments, code=2).splitlines()
        assert said in line


def test_where_the_news_are_missing_the_fit_is_left_out_and_said(
    capsys: pytest.CaptureFixture, folder: str, tmp_path: Path
) -> None:
    (tmp_path / "t.parquet").write_bytes(parquet(LABELLED, embedding=ROWS))
    assert main(["choose", str(tmp_path / "t.parquet"), "--vectors", "embedding", "--backbone", folder, "--json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["fit"] is None
    assert "Note: How well W_U fits is not measured" in printed.err
