"""`export FOLDER` writes what the library does, says what is left out, and refuses a decision about something else."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from embfilter_core import Backbone, EmbedFilter, KeptDirections
from embfilter_core.cli import main
from embfilter_core.export.evidence import NOTHING
from tests.core.cli.conftest import SHORT


def test_a_folder_holds_the_vectors_of_the_library_and_an_index_of_the_corpus(
    run: Callable[..., str], folder: str, llama: Backbone, corpus_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    printed = json.loads(
        run(
            "export",
            out,
            "--backbone",
            folder,
            "--keep",
            8,
            "--corpus",
            corpus_file,
            "--prompt",
            "plain-last",
            "--json",
        )
    )
    assert {row["form"]: row["written"] for row in printed} == dict.fromkeys(
        ("script", "plain", "chat", "index"), "yes"
    )
    conformance = json.loads((out / "conformance.json").read_text())
    texts = [one["text"] for one in conformance["texts"]]
    expected = EmbedFilter(llama.spectrum, KeptDirections.bulk(32, keep=8)).reduce(llama.embed(texts, "plain-last"))
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    assert np.abs(np.array(conformance["expected"]) - expected).max() < 1e-6
    assert pd.read_parquet(out / "index/texts.parquet")["text"].tolist() == SHORT
    assert (out / "backbone/model.safetensors").is_symlink()
    assert NOTHING in (out / "README.md").read_text()


def test_a_zip_names_the_weights_by_their_digest_and_says_no_path_of_this_machine(
    run: Callable[..., str], folder: str, tmp_path: Path
) -> None:
    out = tmp_path / "out.zip"
    run("export", out, "--backbone", folder, "--layer", 1)
    with zipfile.ZipFile(out) as archive:
        names = archive.namelist()
        everything = b"".join(archive.read(name) for name in names)
    assert all(name.startswith("out/") for name in names)
    assert not [name for name in names if name.startswith("out/backbone/") and name.endswith(".safetensors")]
    assert str(Path(folder).parent).encode() not in everything
    assert str(Path.home()).encode() + b"/" not in everything


def test_weights_are_copied_where_that_is_asked_for(run: Callable[..., str], folder: str, tmp_path: Path) -> None:
    run("export", tmp_path / "out.zip", "--backbone", folder, "--with-weights")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        copied = archive.read("out/backbone/model.safetensors")
    assert copied == (Path(folder) / "model.safetensors").read_bytes()


def test_a_decision_goes_along_and_one_about_another_prompt_is_refused(
    choose: Callable[..., str], run: Callable[..., str], folder: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    decision, report = tmp_path / "decision.json", tmp_path / "report.html"
    decision.write_text(choose("topics", "--reference", "none", "--json"))
    report.write_text("<!doctype html><title>Figures</title>")
    given = ["--backbone", folder, "--decision", decision, "--evidence", report]
    run("export", tmp_path / "out", *given)
    sentences = json.loads(decision.read_text())["sentences"]
    assert sentences[0] in (tmp_path / "out/README.md").read_text()
    assert json.loads((tmp_path / "out/manifest.json").read_text())["decision"]["sentences"] == sentences
    assert (tmp_path / "out/evidence.html").read_text() == report.read_text()
    assert main(["export", str(tmp_path / "other"), *map(str, given), "--prompt", "plain-last"]) == 2
    assert "The decision is about the prompt prompteol, and plain-last is exported." in capsys.readouterr().err
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Name a folder or a .zip file, or a page with --html."),
        (["{there}"], "is there already."),
        (["{new}", "--precision", "3bit"], "Unknown precision '3bit'."),
        (["{new}", "--evidence", "x.html"], "--evidence is the page of a decision."),
        (["{new}", "--decision", "{there}/nothing.json"], "Cannot read"),
        (["{new}", "--texts", "x.txt"], "are for a page."),
        (["{new}", "--backbone", "a", "--backbone", "b"], "A folder holds one backbone."),
    ],
    ids=["nothing", "there", "precision", "evidence", "decision", "texts", "backbones"],
)
def test_what_cannot_be_written_ends_with_one_line(
    arguments: list[str], said: str, folder: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    (tmp_path / "there").mkdir()
    places = {"there": tmp_path / "there", "new": tmp_path / "new"}
    backbone = [] if "--backbone" in arguments else ["--backbone", folder]
    assert main(["export", *(one.format(**places) for one in arguments), *backbone]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line
    assert not places["new"].exists()
