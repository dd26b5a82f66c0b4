"""`embed`: Parquet with the text and the embedding that the library gives, and what it was made with."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from embfilter_core import Backbone, KeptDirections, __version__
from embfilter_core.cli import main
from tests.core.cli.conftest import TEXTS


def test_embedding_writes_texts_and_embeddings_to_parquet(
    run: Callable[..., str], folder: str, llama: Backbone, texts_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.parquet"
    (row,) = json.loads(run("embed", texts_file, out, "--backbone", folder, "--json"))
    table = pd.read_parquet(out)
    assert list(table.columns) == ["row", "text", "embedding"]
    assert table["text"].tolist() == TEXTS
    assert np.array_equal(np.stack(table["embedding"]), llama.embed(TEXTS))
    assert np.stack(table["embedding"]).dtype == np.float32
    assert row == {"file": str(out), "texts": 2, "dimensions": 32, "kept": "32 of 32, start 0, stop 32"}


def test_the_parquet_file_says_how_it_was_made(
    run: Callable[..., str], folder: str, llama: Backbone, texts_file: Path, tmp_path: Path
) -> None:
    run("embed", texts_file, tmp_path / "out.parquet", "--backbone", folder, "--preset", "bulk", "--ratio", 4)
    facts = pd.read_parquet(tmp_path / "out.parquet").attrs
    assert facts["backbone"] == llama.fingerprint
    assert facts["prompt"] == llama.default_prompt
    assert facts["kept"] == "8 of 32, start 12, stop 20"
    assert facts["version"] == __version__


def test_a_byte_order_mark_is_no_part_of_the_first_text(run: Callable[..., str], folder: str, tmp_path: Path) -> None:
    (tmp_path / "texts.txt").write_text(TEXTS[0], "utf-8-sig")
    run("embed", tmp_path / "texts.txt", tmp_path / "out.parquet", "--backbone", folder)
    assert pd.read_parquet(tmp_path / "out.parquet")["text"].tolist() == TEXTS[:1]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--preset", "bulk"], range(8, 24)),
        (["--preset", "dominant", "--ratio", "4"], range(8)),
        (["--preset", "secondary", "--keep", "3"], range(29, 32)),
        (["--band", "5", "7"], range(5, 7)),
        (["--preset", "random", "--seed", "7"], KeptDirections.random(32, seed=7).indices),
    ],
    ids=lambda value: "-".join(value).strip("-") if isinstance(value, list) else "",
)
def test_the_filter_options_choose_the_directions(
    run: Callable[..., str],
    folder: str,
    llama: Backbone,
    texts_file: Path,
    tmp_path: Path,
    options: list[str],
    expected: range,
) -> None:
    run("embed", texts_file, tmp_path / "out.parquet", "--backbone", folder, *options)
    written = np.stack(pd.read_parquet(tmp_path / "out.parquet")["embedding"])
    reduced = llama.embed(TEXTS) @ llama.spectrum.directions[list(expected)].T
    assert np.abs(written - reduced).max() <= 1e-5


@pytest.mark.parametrize("prompt", ["plain-mean", "say {text} once"])
def test_a_prompt_is_an_id_or_a_template(
    run: Callable[..., str], folder: str, llama: Backbone, texts_file: Path, tmp_path: Path, prompt: str
) -> None:
    run("embed", texts_file, tmp_path / "out.parquet", "--backbone", folder, "--prompt", prompt)
    assert np.array_equal(np.stack(pd.read_parquet(tmp_path / "out.parquet")["embedding"]), llama.embed(TEXTS, prompt))


def test_empty_lines_of_a_file_are_counted_on_standard_error(
    capsys: pytest.CaptureFixture, folder: str, texts_file: Path, tmp_path: Path
) -> None:
    capsys.readouterr()
    assert main(["embed", str(texts_file), str(tmp_path / "out.parquet"), "--backbone", folder]) == 0
    assert capsys.readouterr().err == "Note: 1 empty line left out.\n"


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.jsonl", "t.parquet"])
def test_embedding_takes_the_column_of_texts_of_a_table(
    run: Callable[..., str], folder: str, llama: Backbone, tmp_path: Path, name: str
) -> None:
    table = pd.DataFrame({"n": [1, 2], "kind": ["x", "y"], "body": TEXTS})
    if name == "t.parquet":
        table.to_parquet(tmp_path / name)
    elif name == "t.jsonl":
        table.to_json(tmp_path / name, orient="records", lines=True)
    else:
        table.to_csv(tmp_path / name, sep="\t" if name == "t.tsv" else ",", index=False)
    run("embed", tmp_path / name, tmp_path / "out.parquet", "--backbone", folder)
    assert pd.read_parquet(tmp_path / "out.parquet")["text"].tolist() == TEXTS
    run("embed", tmp_path / name, tmp_path / "out.parquet", "--backbone", folder, "--column", "kind")
    assert pd.read_parquet(tmp_path / "out.parquet")["text"].tolist() == ["x", "y"]


def test_ids_and_row_numbers_stand_beside_the_embeddings(run: Callable[..., str], folder: str, tmp_path: Path) -> None:
    table = pd.DataFrame({"doc_id": ["007", "b", "c"], "code": ["x", "y", "x"], "body": [TEXTS[0], " ", TEXTS[1]]})
    table.to_csv(tmp_path / "t.csv", index=False)
    run("embed", tmp_path / "t.csv", tmp_path / "out.parquet", "--backbone", folder)
    written = pd.read_parquet(tmp_path / "out.parquet")
    assert written[["id", "row", "text"]].values.tolist() == [["007", 1, TEXTS[0]], ["c", 3, TEXTS[1]]]
    run("embed", tmp_path / "t.csv", tmp_path / "out.parquet", "--backbone", folder, "--id-column", "code")
    assert pd.read_parquet(tmp_path / "out.parquet")["id"].tolist() == ["x", "x"]
