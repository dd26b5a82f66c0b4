"""Every verb of the command line: a table, JSON, and one line with exit code 2 where the input is bad."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from embfilter_core import Backbone, EmbedFilter, KeptDirections, __version__, reference_token_rates
from embfilter_core.cli import main
from embfilter_core.spectral.presets import PRESETS
from embfilter_core.tables.lens import LENS_COLUMNS
from tests.core.cli.conftest import TEXTS

WITH_REFERENCE = pytest.mark.usefixtures("reference")
VERBS = ["assets", "embed", "lens", "rank", "spectrum"]


def test_the_spectrum_prints_both_ends(run: Callable[..., str], folder: str, llama: Backbone) -> None:
    lines = run("spectrum", "--backbone", folder, "--top", 3).splitlines()
    assert lines[0].split() == ["direction", "singular_value"]
    assert [int(line.split()[0]) for line in lines[1:]] == [0, 1, 2, 29, 30, 31]
    assert float(lines[1].split()[1]) == pytest.approx(llama.spectrum.singular_values[0], rel=1e-3)


def test_the_spectrum_as_json_is_whole(run: Callable[..., str], folder: str, llama: Backbone) -> None:
    rows = json.loads(run("spectrum", "--backbone", folder, "--top", 3, "--json"))
    assert [row["direction"] for row in rows] == list(range(32))
    assert np.allclose([row["singular_value"] for row in rows], llama.spectrum.singular_values, rtol=1e-12)


@WITH_REFERENCE
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


@WITH_REFERENCE
def test_the_lens_as_a_table_has_a_line_a_token(run: Callable[..., str], folder: str) -> None:
    lines = run("lens", TEXTS[0], "--backbone", folder, "--top", 5).splitlines()
    assert lines[0].split() == LENS_COLUMNS
    assert len(lines) == 1 + 2 * 5 + 2
    assert lines[-2] == ""


@WITH_REFERENCE
def test_the_lens_counts_frequent_tokens_among_the_top_20_however_many_are_listed(
    run: Callable[..., str], folder: str, llama: Backbone
) -> None:
    rates = reference_token_rates(llama)
    embeddings = llama.embed(TEXTS)
    filtered = EmbedFilter(llama.spectrum, KeptDirections.bulk(llama.d)).project(embeddings)
    counts = [rates.frequent[llama.lens(states, 20).token_ids].sum(axis=1) for states in (embeddings, filtered)]
    for top in (3, 30):
        said = run("lens", *TEXTS, "--backbone", folder, "--top", top).splitlines()[-3:]
        for line, first, second in zip((said[0], said[2]), *counts, strict=True):
            assert f"Unfiltered, {first} of the top 20 are among the {rates.most_frequent} most frequent" in line
            assert f"; filtered, {second} of the top 20. Chance: " in line


@WITH_REFERENCE
def test_json_has_null_where_a_number_is_missing(run: Callable[..., str], folder: str) -> None:
    rows = json.loads(run("lens", TEXTS[0], "--backbone", folder, "--top", 200, "--json"), parse_constant=pytest.fail)
    assert any(row["zipf"] is None for row in rows)


BAD = {
    "unknown backbone": (["spectrum", "--backbone", "nope"], "Unknown backbone 'nope'"),
    "markup as a backbone": (["spectrum", "--backbone", "<script>"], "<script>"),
    "no folder there": (["spectrum", "--backbone", "/nowhere/model"], "/nowhere/model"),
    "hub out of reach": (["lens", "x", "--backbone", "owner/name"], "cannot be reached"),
    "bundled one missing": (["lens", "x"], "not installed"),
    "unknown dtype": (["spectrum", "--backbone", "FOLDER", "--dtype", "int8"], "int8"),
    "unknown device": (["spectrum", "--backbone", "FOLDER", "--device", "gpu"], "'gpu'"),
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
