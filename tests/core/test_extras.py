"""Packages that only part of the library needs are not imported before, and missed by the name of their extra."""

import ast
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from embfilter_core import EmbedFilter, Encoder, KeptDirections, MtebEncoder
from embfilter_core.backbones.backbone import Backbone
from embfilter_core.cli import main
from embfilter_core.errors import MissingExtra
from embfilter_core.extras import import_extra
from tests.core.test_walls import APP, CORE, ROOT

EXTRAS: dict[str, list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
    "optional-dependencies"
]


def imported_at_the_top(file: Path, whole: bool = False) -> set[str]:
    """First parts of the names that a module imports when it is imported itself, or all their parts."""
    names = []
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names += [f"{getattr(node, 'module', None) or ''}.{alias.name}".strip(".") for alias in node.names]
    return {part for name in names for part in (name.split(".") if whole else name.split(".")[:1])}


@pytest.fixture
def without_mteb(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name == "mteb" or name.startswith("mteb.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setattr(sys, "path_importer_cache", {})


def test_a_package_that_is_not_there_is_missed_by_the_name_of_its_extra() -> None:
    with pytest.raises(MissingExtra, match=r"^absent is not installed\. .*pip install -e \"\.\[st\]\"\.$"):
        import_extra("absent.part", "st")


def test_what_is_broken_inside_a_package_is_not_called_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken_inside.py").write_text("import absent_within")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="absent_within"):
        import_extra("broken_inside", "st")


@pytest.mark.usefixtures("without_mteb")
def test_without_mteb_its_encoder_and_its_verb_name_the_extra(llama: Backbone, capsys: pytest.CaptureFixture) -> None:
    encoder = Encoder(llama, EmbedFilter(llama.spectrum, KeptDirections.bulk(llama.d)))
    with pytest.raises(MissingExtra, match=r"\[mteb\]"):
        MtebEncoder(encoder)
    assert main(["mteb", "--tasks", "graded-pairs"]) == 2
    assert capsys.readouterr().err == (
        'embfilter_core mteb: mteb is not installed. In the folder of this project: pip install -e ".[mteb]".\n'
    )


def test_no_module_imports_an_extra_before_it_is_needed() -> None:
    packages = {"faiss", "mteb", "sentence_transformers"}
    needs = {file for file in [*CORE, *APP] if packages & imported_at_the_top(file)}
    assert {file.stem for file in needs} == {"mteb_pairs"}
    assert not [file for file in [*CORE, *APP] if "mteb_pairs" in imported_at_the_top(file, whole=True)]


@pytest.mark.parametrize("extra", EXTRAS)
def test_an_extra_allows_the_version_that_the_tests_run_with(extra: str) -> None:
    lines = (ROOT / "tests" / "requirements.txt").read_text("utf-8").splitlines()
    pinned = {one.name: one for one in (Requirement(line.partition("#")[0]) for line in lines if line[0] != "#")}
    for wanted in map(Requirement, EXTRAS[extra]):
        (version,) = (one.version for one in pinned[wanted.name].specifier)
        assert wanted.specifier.contains(version)
