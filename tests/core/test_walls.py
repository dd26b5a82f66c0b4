"""The walls of the house: what may import what, and who may know model families."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import embfilter_core
from embfilter_core.backbones.families import FAMILIES

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "embfilter_core"
CORE_FILES = sorted(CORE.rglob("*.py"))
OUTSIDE = [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]


def imported(file: Path) -> Iterator[str]:
    """Names of the modules that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def modules_after(statement: str) -> set[str]:
    """Top-level modules that a fresh Python holds after a statement."""
    code = f"{statement}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    return set(ran.stdout.split())


def test_there_are_files_to_check() -> None:
    assert {"errors.py", "families.py", "spectrum.py"} <= {file.name for file in CORE_FILES}


@pytest.mark.parametrize("file", CORE_FILES, ids=lambda file: str(file.relative_to(CORE)))
def test_the_library_never_imports_streamlit_or_the_app(file: Path) -> None:
    roots = {name.partition(".")[0] for name in imported(file)}
    assert not roots & {"streamlit", "pages", "app", "tests"}


def test_only_the_cache_modules_make_streamlit_caches() -> None:
    makers = {file for file in OUTSIDE if "@st.cache" in file.read_text()}
    assert makers == {file for file in makers if file.stem == "cached" or file.parent.name == "cached"}


@pytest.mark.parametrize(
    "module",
    [
        "embfilter_core",
        "embfilter_core.errors",
        "embfilter_core.storage.arrays",
        "embfilter_core.backbones.catalogue",
        "embfilter_core.spectral.selection",
    ],
)
def test_light_modules_import_neither_torch_nor_transformers(module: str) -> None:
    assert not modules_after(f"import {module}") & {"torch", "transformers", "streamlit"}


def test_the_check_of_imports_sees_torch_where_it_is() -> None:
    assert "torch" in modules_after("import embfilter_core.spectral.decomposition")


def test_every_public_name_can_be_imported_and_others_cannot() -> None:
    assert all(getattr(embfilter_core, name) is not None for name in embfilter_core.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = embfilter_core.nonsense


@pytest.mark.parametrize("name", FAMILIES)
def test_no_other_module_knows_a_model_family(name: str) -> None:
    knowing = set()
    for file in [*CORE_FILES, *(file for file in OUTSIDE if file.exists())]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and node.value == name:
                knowing.add(file.name)
    assert knowing == {"families.py"}


def test_no_other_module_asks_for_the_model_type() -> None:
    asking = {file.name for file in CORE_FILES if ".model_type" in file.read_text()}
    assert asking == {"architecture.py"}
