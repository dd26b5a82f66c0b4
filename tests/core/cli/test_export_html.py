"""`export --html` writes texts as a page, by one or several backbones, and refuses what makes none."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from embfilter_core.cli import main
from tests.core.cli.conftest import SHORT, TEXTS
from tests.core.handout.pages import data_of

pytestmark = pytest.mark.usefixtures("reference")


def test_a_page_of_a_file_of_texts_by_two_backbones(
    run: Callable[..., str],
    folder: str,
    saved: Callable[..., Path],
    texts_file: Path,
    corpus_file: Path,
    tmp_path: Path,
) -> None:
    page, other = tmp_path / "page.html", str(saved("gpt2"))
    named = ("--backbone", folder, "--backbone", other, "--backbone", folder)
    chosen = ("--texts", texts_file, "--text", "a third", "--corpus", corpus_file, "--preset", "edges", "--ratio", 4)
    words = ("--title", "Mine", "--note", "One.", "--note", "Two.")
    (row,) = json.loads(run("export", "--html", page, *named, *chosen, *words, "--layer", 1, "--json"))
    assert row == {"file": str(page), "texts": 3, "backbones": 2, "bytes": len(page.read_bytes())}
    written = page.read_text("utf-8")
    assert "<h1>Mine</h1>" in written
    assert "<p>One.</p><p>Two.</p>" in written
    assert written.count("1 of 2, behind the final norm") == 2
    found = data_of(written)
    assert found["texts"] == ["a third", *TEXTS]
    for part in found["parts"]:
        assert part["first"] == {"preset": "edges", "ratio": 4}
        assert {text for view in part["views"] for text in view["near"]["texts"]} <= set(SHORT)


def test_a_band_and_a_number_of_directions_are_the_choice_of_ones_own(
    run: Callable[..., str], folder: str, tmp_path: Path
) -> None:
    for number, (options, runs) in enumerate(
        ((("--band", 3, 9), [[3, 9]]), (("--keep", 6, "--preset", "dominant"), [[0, 6]]), (("--ratio", 3), [[11, 21]]))
    ):
        page = tmp_path / f"{number}.html"
        run("export", "--html", page, "--backbone", folder, "--text", "the cat", "--corpus", "none", *options)
        (part,) = data_of(page.read_text("utf-8"))["parts"]
        assert part["first"]["preset"] == "custom"
        assert part["views"][0]["chosen"]["custom"]["runs"] == runs


REFUSED = {
    "a folder that is not there": (("--text", "a", "--html", "/nowhere/page.html"), "There is no folder /nowhere."),
    "too many texts": (("--text", "a") * 25, "25 texts with 1 backbones are 25 views"),
    "no such texts": (("--texts", "/nowhere.txt"), "Cannot read /nowhere.txt"),
    "an empty text": (("--text", " "), "is empty"),
    "a pooling of a prompt that has one": (("--text", "a", "--prompt", "echo", "--pooling", "mean"), "of its own"),
    "a layer that is not there": (("--text", "a", "--layer", "9"), "has no layer 9"),
}


@pytest.mark.parametrize(("options", "why"), REFUSED.values(), ids=REFUSED)
def test_what_makes_no_page_is_refused_in_one_line(
    capsys: pytest.CaptureFixture, folder: str, tmp_path: Path, options: tuple[str, ...], why: str
) -> None:
    page = ["--html", str(tmp_path / "page.html")] if "--html" not in options else []
    assert main(["export", "--backbone", folder, "--corpus", "none", *page, *options]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert why in line
    assert not list(tmp_path.iterdir())
