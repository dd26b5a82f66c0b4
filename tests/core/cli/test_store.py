"""`store`: a backbone in a file, what is stored in tables, a file handed on, one removed."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from embfilter_core.cli import main
from embfilter_core.stored_backbones import source
from embfilter_core.stored_backbones.manifest import read_stored
from embfilter_core.stored_backbones.reading import read_parts
from embfilter_core.stored_backbones.shelf import stored_backbones
from tests.core.stored_backbones.conftest import TEXTS


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "mine.txt"
    path.write_text("\n".join(TEXTS), "utf-8")
    return path


@pytest.fixture
def lenient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tiny vocabulary has no 500 tokens to call frequent."""
    monkeypatch.setattr(source, "check_reference", lambda rates: None)


def refused(capsys: pytest.CaptureFixture, *arguments: object) -> str:
    assert main(["store", *map(str, arguments)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_a_backbone_is_stored_listed_handed_on_and_removed(
    run: Callable[..., str], lenient: None, folder: str, texts: Path, tmp_path: Path
) -> None:
    out = tmp_path / "mine.embfilter.zip"
    row = json.loads(
        run("store", folder, "--texts", texts, "--name", "Mine", "--licence", "MIT", "--out", out, "--json")
    )
    assert row[0]["file"] == str(out) and row[0]["texts"] == len(TEXTS)
    assert (read_stored(out).name, read_stored(out).licence) == ("Mine", "MIT")
    before = {one.id for one in stored_backbones()}

    (added,) = json.loads(run("store", "--add", out, "--json"))
    assert added["id"].startswith("own-mine-") and {one.id for one in stored_backbones()} == before | {added["id"]}
    assert added["id"] in run("store", "--list")
    assert f"stored/{added['id']}.embfilter.zip" in run("cache", "stored")

    table = {row["id"]: row for row in json.loads(run("store", "--table", "--json"))}
    assert table[added["id"]]["d"] == 32 and "directions" in table[added["id"]]["shows"]
    assert added["id"] in run("store", "--table")
    spectra = [
        row for row in csv.DictReader(io.StringIO(run("store", "--spectra", "--csv"))) if row["id"] == added["id"]
    ]
    assert [spectra[0]["of_the_largest"], spectra[0]["relative_index"]] == ["1.0", "0.0"]
    assert len(spectra) == 32 and float(spectra[-1]["relative_index"]) == 1

    run("store", "--remove", added["id"])
    assert {one.id for one in stored_backbones()} == before


def test_without_a_place_it_is_kept_among_the_visitors_own_and_made_again_it_takes_its_own_place(
    run: Callable[..., str], lenient: None, folder: str, texts: Path
) -> None:
    places = {json.loads(run("store", folder, "--texts", texts, "--json"))[0]["file"] for _ in range(2)}
    assert [Path(place).parent.name for place in places] == ["stored"]
    chosen = json.loads(run("store", folder, "--texts", texts, "--prompt", "{text} means", "--show", 1, 2, "--json"))
    assert chosen[0]["file"] not in places and chosen[0]["texts"] == 2
    assert read_stored(Path(chosen[0]["file"])).prompt == "{text} means"


def test_its_quality_is_measured_on_labelled_data_that_is_named(
    run: Callable[..., str], lenient: None, folder: str, texts: Path, tmp_path: Path
) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text(
        "text1,text2,score\n" + "\n".join(f"the cat {i},a dog {i % 3},{i % 5}" for i in range(12)), "utf-8"
    )
    out = tmp_path / "judged.embfilter.zip"
    run("store", folder, "--texts", texts, "--judge-by", pairs, "--out", out, "--json")
    (curve,) = read_parts(read_stored(out)).measured
    assert (curve.name, curve.unit, curve.units) == ("pairs.csv", "pairs", 12)


def test_what_cannot_be_stored_is_refused_in_one_line(
    capsys: pytest.CaptureFixture, folder: str, texts: Path, tmp_path: Path
) -> None:
    assert "Name a backbone to store" in refused(capsys)
    assert "Name a backbone to store" in refused(capsys, folder, "--list")
    assert "too few to say which 500 are the most frequent" in refused(capsys, folder, "--texts", texts)
    few = tmp_path / "few.txt"
    few.write_text("one text\nanother text", "utf-8")
    assert "has 2 texts; a backbone is stored with 8 to 2,000" in refused(capsys, folder, "--texts", few)
    assert "is not a stored backbone: it is not a whole archive" in refused(capsys, "--add", texts)
    assert "Cannot read" in refused(capsys, "--add", tmp_path / "none.zip")
    assert "No backbone is stored as 'none'" in refused(capsys, "--remove", "none")


def test_texts_that_are_not_there_and_places_that_cannot_be_written_are_refused(
    capsys: pytest.CaptureFixture, lenient: None, folder: str, texts: Path, tmp_path: Path
) -> None:
    assert "cannot be shown" in refused(capsys, folder, "--texts", texts, "--show", 10)
    strange = ("--hub-id", "not a repository")
    assert "cannot be stored: manifest.hub_id is not what it" in refused(capsys, folder, "--texts", texts, *strange)
    (tmp_path / "file").write_text("")
    assert "Cannot write" in refused(capsys, folder, "--texts", texts, "--out", tmp_path / "file" / "x.zip")
