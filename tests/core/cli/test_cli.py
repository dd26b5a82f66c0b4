"""Every verb of the command line: a table, JSON, and one line with exit code 2 where the input is bad."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from embfilter_core import Backbone, EmbedFilter, KeptDirections, __version__
from embfilter_core.cli import main
from embfilter_core.data.corpora import topics
from embfilter_core.spectral.presets import PRESETS
from embfilter_core.tables.lens import LENS_COLUMNS

TEXTS = ["the cat sat", "one word in a sentence"]
VERBS = ["assets", "embed", "lens", "rank", "spectrum"]
Saved = Callable[..., Path]


@pytest.fixture
def folder(saved: Saved) -> str:
    return str(saved("llama"))


@pytest.fixture
def run(capsys: pytest.CaptureFixture) -> Callable[..., str]:
    """Runs a verb that must succeed; returns what it printed."""

    def verb(*arguments: object) -> str:
        capsys.readouterr()  # what the fixtures printed
        assert main([str(argument) for argument in arguments]) == 0
        printed = capsys.readouterr()
        assert all(line.startswith("Note: ") for line in printed.err.splitlines())
        return printed.out

    return verb


@pytest.fixture
def texts_file(tmp_path: Path) -> Path:
    path = tmp_path / "texts.txt"
    path.write_text(f"{TEXTS[0]}\n\n  {TEXTS[1]}  \n", "utf-8")
    return path


def test_the_spectrum_prints_both_ends(run: Callable[..., str], folder: str, llama: Backbone) -> None:
    lines = run("spectrum", "--backbone", folder, "--top", 3).splitlines()
    assert lines[0].split() == ["direction", "singular_value"]
    assert [int(line.split()[0]) for line in lines[1:]] == [0, 1, 2, 29, 30, 31]
    assert float(lines[1].split()[1]) == pytest.approx(llama.spectrum.singular_values[0], rel=1e-3)


def test_the_spectrum_as_json_is_whole(run: Callable[..., str], folder: str, llama: Backbone) -> None:
    rows = json.loads(run("spectrum", "--backbone", folder, "--top", 3, "--json"))
    assert [row["direction"] for row in rows] == list(range(32))
    assert np.allclose([row["singular_value"] for row in rows], llama.spectrum.singular_values, rtol=1e-12)


def test_the_lens_prints_both_lists_of_every_text(run: Callable[..., str], folder: str, llama: Backbone) -> None:
    rows = json.loads(run("lens", *TEXTS, "--backbone", folder, "--top", 4, "--json"))
    assert all(list(row) == LENS_COLUMNS for row in rows)
    assert [(row["text"], row["list"], row["rank"]) for row in rows] == [
        (text, name, rank) for text in (1, 2) for name in ("unfiltered", "filtered") for rank in range(1, 5)
    ]
    embeddings = llama.embed(TEXTS)
    kept = KeptDirections.bulk(llama.d)
    for name, states in (
        ("unfiltered", embeddings),
        ("filtered", EmbedFilter(llama.spectrum, kept).project(embeddings)),
    ):
        lens = llama.lens(states, top=4)
        assert [row["token_id"] for row in rows if row["list"] == name] == lens.token_ids.ravel().tolist()
        assert np.allclose([row["logit"] for row in rows if row["list"] == name], lens.logits.ravel())


def test_the_lens_as_a_table_has_a_line_a_token(run: Callable[..., str], folder: str) -> None:
    lines = run("lens", TEXTS[0], "--backbone", folder, "--top", 5).splitlines()
    assert lines[0].split() == LENS_COLUMNS
    assert len(lines) == 1 + 2 * 5


def test_json_has_null_where_a_number_is_missing(run: Callable[..., str], folder: str) -> None:
    rows = json.loads(run("lens", TEXTS[0], "--backbone", folder, "--top", 200, "--json"), parse_constant=pytest.fail)
    assert any(row["zipf"] is None for row in rows)


def test_embedding_writes_texts_and_embeddings_to_parquet(
    run: Callable[..., str], folder: str, llama: Backbone, texts_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.parquet"
    (row,) = json.loads(run("embed", texts_file, out, "--backbone", folder, "--json"))
    table = pd.read_parquet(out)
    assert table["text"].tolist() == TEXTS
    assert np.array_equal(np.stack(table["embedding"]), llama.embed(TEXTS))
    assert np.stack(table["embedding"]).dtype == np.float32
    assert row == {"file": str(out), "texts": 2, "dimensions": 32, "kept": "32 of 32, directions 0 to 31"}


def test_the_parquet_file_says_how_it_was_made(
    run: Callable[..., str], folder: str, llama: Backbone, texts_file: Path, tmp_path: Path
) -> None:
    run("embed", texts_file, tmp_path / "out.parquet", "--backbone", folder, "--preset", "bulk", "--ratio", 4)
    facts = pd.read_parquet(tmp_path / "out.parquet").attrs
    assert facts["backbone"] == llama.fingerprint
    assert facts["prompt"] == llama.default_prompt
    assert facts["kept"] == "8 of 32, directions 12 to 19"
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


SHORT = ["the cat sat", "the dog sleeps", "one word", "in a sentence", "on the dog"]


@pytest.fixture
def corpus_file(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.txt"
    path.write_text("\n".join(SHORT))
    return path


def test_ranking_prints_both_ranks_and_both_cosines_of_every_text(
    run: Callable[..., str], folder: str, llama: Backbone, corpus_file: Path
) -> None:
    rows = json.loads(run("rank", corpus_file, "--query", "the cat", "--backbone", folder, "--json"))
    assert all(
        list(row) == ["rank_unfiltered", "rank_filtered", "text", "cosine_unfiltered", "cosine_filtered"]
        for row in rows
    )
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
    assert lines[0].split() == ["rank_unfiltered", "rank_filtered", "text", "cosine_unfiltered", "cosine_filtered"]
    assert 3 <= len(lines) <= 5


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
        Backbone, "embed", lambda self, texts, *more: embedded.extend(texts) or embed(self, texts, *more)
    )
    assert run(*arguments) == first
    assert embedded == ["the cat"]


BAD = {
    "unknown backbone": (["spectrum", "--backbone", "nope"], "Unknown backbone 'nope'"),
    "markup as a backbone": (["spectrum", "--backbone", "<script>"], "<script>"),
    "no folder there": (["spectrum", "--backbone", "/nowhere/model"], "/nowhere/model"),
    "hub out of reach": (["lens", "x", "--backbone", "owner/name"], "cannot be reached"),
    "bundled one missing": (["lens", "x"], "not installed"),
    "unknown dtype": (["spectrum", "--backbone", "FOLDER", "--dtype", "int8"], "int8"),
    "nothing to print": (["spectrum", "--backbone", "FOLDER", "--top", "0"], "0 values"),
    "unknown preset": (["lens", "x", "--backbone", "FOLDER", "--preset", "best"], "'best'"),
    "ratio of nothing": (["lens", "x", "--backbone", "FOLDER", "--ratio", "0"], "ratio 0"),
    "ratio too large": (["lens", "x", "--backbone", "FOLDER", "--ratio", "33"], "1 to 32"),
    "keep too many": (["lens", "x", "--backbone", "FOLDER", "--keep", "33"], "33 of 32"),
    "band turned round": (["lens", "x", "--backbone", "FOLDER", "--band", "9", "4"], "9 to 4"),
    "band too wide": (["lens", "x", "--backbone", "FOLDER", "--band", "0", "33"], "0 to 33"),
    "negative seed": (["lens", "x", "--backbone", "FOLDER", "--preset", "random", "--seed", "-1"], "seed -1"),
    "too many tokens": (["lens", "x", "--backbone", "FOLDER", "--top", "361"], "1 to 360"),
    "no tokens": (["lens", "x", "--backbone", "FOLDER", "--top", "0"], "top 0"),
    "empty text": (["lens", "", "--backbone", "FOLDER"], "empty"),
    "one empty text of two": (["lens", "x", "  ", "--backbone", "FOLDER"], "Text 2 of 2"),
    "unknown prompt": (["lens", "x", "--backbone", "FOLDER", "--prompt", "nonsense"], "'nonsense'"),
    "no such file": (["embed", "/nowhere/texts.txt", "OUT", "--backbone", "FOLDER"], "No such file"),
    "a folder as file": (["embed", "FOLDER", "OUT", "--backbone", "FOLDER"], "directory"),
    "file without text": (["embed", "EMPTY", "OUT", "--backbone", "FOLDER"], "has no text"),
    "file of bytes": (["embed", "BYTES", "OUT", "--backbone", "FOLDER"], "binary data"),
    "file of another kind": (["rank", "IMAGE", "--query", "x", "--backbone", "FOLDER"], "not read here"),
    "no such column": (["rank", "TEXTS", "--column", "b", "--query", "x", "--backbone", "FOLDER"], "'b'"),
    "column of numbers": (["rank", "NUMBERS", "--query", "x", "--backbone", "FOLDER"], "only numbers"),
    "not that delimiter": (["rank", "TABLE", "--delimiter", ";", "--query", "x", "--backbone", "FOLDER"], "comma"),
    "empty query": (["rank", "TEXTS", "--query", " ", "--backbone", "FOLDER"], "query is empty"),
    "nothing to rank": (["rank", "TEXTS", "--query", "x", "--top", "0", "--backbone", "FOLDER"], "0 texts"),
    "corpus not installed": (["rank", "lee-50", "--query", "x", "--backbone", "FOLDER"], "not in place"),
    "nowhere to write": (["embed", "TEXTS", "/nowhere/out.parquet", "--backbone", "FOLDER"], "Cannot write"),
}


@pytest.mark.parametrize(("arguments", "said"), BAD.values(), ids=BAD)
def test_bad_input_is_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture, folder: str, texts_file: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    (tmp_path / "empty.txt").write_text("\n  \n")
    (tmp_path / "bytes.txt").write_bytes(bytes(range(1, 256)))
    (tmp_path / "numbers.csv").write_text("a,b\n1,2\n")
    (tmp_path / "cat.png").write_bytes(b"")
    (tmp_path / "table.csv").write_text("text,label\none,x\n")
    capsys.readouterr()  # what the fixtures printed
    places = {
        "FOLDER": folder,
        "TEXTS": str(texts_file),
        "EMPTY": str(tmp_path / "empty.txt"),
        "BYTES": str(tmp_path / "bytes.txt"),
        "NUMBERS": str(tmp_path / "numbers.csv"),
        "TABLE": str(tmp_path / "table.csv"),
        "IMAGE": str(tmp_path / "cat.png"),
        "OUT": str(tmp_path / "out.parquet"),
    }
    assert main([places.get(argument, argument) for argument in arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    assert line.startswith(f"embfilter_core {arguments[0]}: ")
    assert said in line
    assert not (tmp_path / "out.parquet").exists()


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["lens"], ["spectrum", "--top", "many"]])
def test_a_command_that_cannot_be_read_shows_the_usage_and_exit_code_2(
    capsys: pytest.CaptureFixture, arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert capsys.readouterr().err.startswith("usage: python -m embfilter_core")


def test_help_comes_without_torch() -> None:
    code = (
        "import sys\nfrom embfilter_core.cli import main\n"
        f"for words in ['--help'], *([verb, '--help'] for verb in {[*VERBS]}):\n"
        "    try:\n        main(words)\n    except SystemExit as stop:\n        assert stop.code == 0, words\n"
        "    print(words, {'torch', 'transformers', 'pandas'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.count("usage: python -m embfilter_core") == 1 + len(VERBS)
    for words in (["--help"], *([verb, "--help"] for verb in VERBS)):
        assert f"{words} set()" in ran.stdout, words


def test_help_names_every_verb_and_every_preset(capsys: pytest.CaptureFixture) -> None:
    for arguments, names in ((["--help"], VERBS), (["lens", "--help"], PRESETS)):
        with pytest.raises(SystemExit):
            main(arguments)
        printed = capsys.readouterr().out
        assert all(name in printed for name in names)


def test_it_runs_as_a_module() -> None:
    words = [sys.executable, "-m", "embfilter_core", "embed", "nowhere.txt", "out.parquet"]  # refused without torch
    ran = subprocess.run(words, capture_output=True, text=True)
    assert ran.returncode == 2
    assert len(ran.stderr.splitlines()) == 1
    version = subprocess.run([sys.executable, "-m", "embfilter_core", "--version"], capture_output=True, text=True)
    assert version.stdout.strip() == __version__
