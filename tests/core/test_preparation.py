"""An installation counts as prepared only when everything that this version makes is still there."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from embfilter_core import preparation
from embfilter_core.assets.places import assets_folder
from embfilter_core.preparation import RECORD, is_prepared
from embfilter_core.storage.arrays import embfilter_home
from embfilter_core.storage.embedding_store import store_path


@pytest.fixture
def record(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The record of a finished preparation, its files and (as far as is asked here) its assets in place."""
    monkeypatch.setattr(preparation, "assets_ready", lambda: True)
    files = [embfilter_home() / "spectra" / "some.safetensors", store_path()]
    for file in files:
        file.parent.mkdir(parents=True)
        file.touch()
    assets_folder().mkdir(parents=True)
    preparation._record(files)
    return assets_folder() / RECORD


@pytest.mark.usefixtures("record")
def test_a_finished_preparation_is_recognised() -> None:
    assert is_prepared()


def test_without_a_record_nothing_is_prepared(record: Path) -> None:
    record.unlink()
    assert not is_prepared()


@pytest.mark.parametrize("change", [{"version": "0.0.1"}, {"recipe": None}, {"recipe": preparation.RECIPE - 1}])
def test_what_another_version_or_recipe_made_is_prepared_again(record: Path, change: dict) -> None:
    facts = {**json.loads(record.read_text()), **change}
    record.write_text(json.dumps({name: value for name, value in facts.items() if value is not None}))
    assert not is_prepared()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}"])
def test_a_record_that_is_no_record_is_not_believed(record: Path, text: str) -> None:
    record.write_text(text)
    assert not is_prepared()


@pytest.mark.usefixtures("record")
@pytest.mark.parametrize("which", ["spectra/some.safetensors", "embeddings/embeddings.sqlite3"])
def test_a_file_that_is_gone_is_made_again(which: str) -> None:
    (embfilter_home() / which).unlink()
    assert not is_prepared()


def test_assets_that_are_gone_are_fetched_again(record: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparation, "assets_ready", lambda: False)
    assert not is_prepared()


def test_asking_loads_neither_torch_nor_transformers() -> None:
    code = (
        "import sys; from embfilter_core.preparation import is_prepared; is_prepared(); "
        "sys.exit(any(name in sys.modules for name in ('torch', 'transformers')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
