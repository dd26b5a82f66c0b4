"""The walls of the house: what may import what, and who may know model families. Contracts stand in pyproject.toml."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import embfilter_core
from embfilter_core.backbones.families import FAMILIES

ROOT = Path(__file__).resolve().parents[2]
CORE = sorted((ROOT / "embfilter_core").rglob("*.py"))
APP = [ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py"))]
BREACHES: dict[str, tuple[str, str, str]] = {
    "the library knows the app": (
        "embfilter_core/errors.py",
        "import streamlit",
        "neither Streamlit nor the app BROKEN",
    ),
    "a figure knows a model": (
        "embfilter_core/figures/style.py",
        "from embfilter_core.backbones import loading",
        "Figures draw arrays and know no model BROKEN",
    ),
    "a lower floor knows a higher one": (
        "embfilter_core/storage/arrays.py",
        "from embfilter_core.data import corpora",
        "Floors of the library BROKEN",
    ),
    "a room knows another page's": (
        "pages/map/view.py",
        "from pages.layers import cell",
        "a page's room knows no other page's BROKEN",
    ),
    "two files know each other": (
        "embfilter_core/spectral/selection.py",
        "from embfilter_core.spectral import presets",
        "No circle of files BROKEN",
    ),
}


def check_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def modules_after(statement: str) -> set[str]:
    """Top-level modules that a fresh Python holds after a statement."""
    code = f"{statement}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    return set(ran.stdout.split())


def those(files: list[Path], holds: Callable[[str], bool]) -> set[str]:
    return {str(file.relative_to(ROOT)) for file in files if holds(file.read_text("utf-8"))}


def test_imports_keep_to_the_floors_and_no_files_make_a_circle() -> None:
    checked = check_imports(ROOT)
    assert checked.returncode == 0, checked.stdout


@pytest.fixture(scope="module")
def copy_of_the_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    for room in ("embfilter_core", "pages"):
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.mark.parametrize(("file", "line", "said"), BREACHES.values(), ids=BREACHES)
def test_a_breach_of_a_wall_is_seen(copy_of_the_house: Path, file: str, line: str, said: str) -> None:
    path = copy_of_the_house / file
    kept = path.read_text("utf-8")
    path.write_text(f"{kept}\n{line}\n", "utf-8")
    checked = check_imports(copy_of_the_house)
    path.write_text(kept, "utf-8")
    assert checked.returncode == 1
    assert said in " ".join(checked.stdout.split())


def test_every_folder_says_what_it_is_for() -> None:
    rooms = [file for file in [*CORE, *APP] if file.name == "__init__.py"]
    assert those(rooms, lambda text: not ast.get_docstring(ast.parse(text))) == set()


def test_only_cache_modules_and_the_queue_of_jobs_make_streamlit_caches() -> None:
    makers = those(APP, lambda text: "@st.cache" in text)
    assert makers
    caches = {file for file in makers if file.endswith("/cached.py") or "/cached/" in file}
    assert makers - caches == {"pages/frame/jobs/queue.py", "pages/frame/jobs/prepared.py"}  # one of a process


def test_light_modules_import_neither_torch_nor_transformers() -> None:
    light = (
        "errors",
        "storage.arrays",
        "backbones.catalogue",
        "spectral.selection",
        "spectral.presets",
        "data.corpora",
    )
    imports = ", ".join(["embfilter_core", *(f"embfilter_core.{module}" for module in light)])
    assert not modules_after(f"import {imports}") & {"torch", "transformers", "streamlit"}


def test_the_check_of_imports_sees_torch_where_it_is() -> None:
    assert "torch" in modules_after("import embfilter_core.spectral.decomposition")


def test_every_public_name_can_be_imported_and_others_cannot() -> None:
    assert {"load_backbone", "sweep_quality", "rank_corpus", "__version__"} <= set(embfilter_core.__all__)
    assert [name for name in embfilter_core.__all__ if getattr(embfilter_core, name) is None] == []
    with pytest.raises(AttributeError, match="nonsense"):
        _ = embfilter_core.nonsense


def test_only_one_module_knows_model_families() -> None:
    def names_a_family(text: str) -> bool:
        return any(isinstance(node, ast.Constant) and node.value in FAMILIES for node in ast.walk(ast.parse(text)))

    assert those([*CORE, *APP], names_a_family) == {"embfilter_core/backbones/families.py"}


def test_only_what_reads_a_model_asks_for_its_type() -> None:
    asking = {
        f"embfilter_core/backbones/{name}.py"
        for name in (
            *("architecture", "preflight/facts", "proofs/proven", "reading/language_model"),
            "refusals/by_config",
        )
    }
    assert those(CORE, lambda text: ".model_type" in text) == asking
