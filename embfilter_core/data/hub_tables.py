"""Tables of a data set on the Hugging Face hub: only Parquet is read, so nothing of it is run.

The hub keeps every public data set as Parquet in a branch of its own, laid out as
configuration/split/number.parquet; where there is none, Parquet in the main branch
is taken. The hub is asked once, with a time limit, before anything is fetched.
"""

import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pandas as pd
import pyarrow.parquet as pq

from embfilter_core.data.tables.parquet import is_plain
from embfilter_core.errors import InputError, first_line
from embfilter_core.hub import DATASETS, Repository, fetch_file, find_repository
from embfilter_core.number_format import format_megabytes

PARQUET_BRANCH = "refs/convert/parquet"
MAX_DOWNLOAD_BYTES = 100_000_000
MAX_UNPACKED_BYTES = 400_000_000


@dataclass(frozen=True, eq=False)
class HubTable:
    """A table of the hub: `frame`, and `notes` on what was left out."""

    frame: pd.DataFrame
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class HubTables:
    """The Parquet tables of a data set.

    Attributes:
        repository: Where they are read from.
        files: Paths in the repository and their bytes, by configuration and split.
    """

    repository: Repository
    files: dict[tuple[str, str], tuple[tuple[str, int], ...]]

    @property
    def repo(self) -> str:
        """Name of the repository, owner/name."""
        return self.repository.repo

    @property
    def revision(self) -> str:
        """The commit they are read from."""
        return self.repository.revision

    def read(self, config: str, split: str, max_rows: int | None) -> HubTable:
        """Fetch a table, once, and read its columns of texts and numbers; classes are read by their names.

        Args:
            config: Configuration.
            split: Split of it.
            max_rows: Rows beyond are left out, with a note; None reads all.

        Raises:
            InputError: There is no such table, it is too large, or it cannot be fetched or read.
        """
        files = self.files.get((config, split))
        if files is None:
            there = ", ".join("/".join(key) for key in sorted(self.files)[:20])
            raise InputError(f"{self.repo} has no table {config}/{split}.", f"It has {there}.")
        size = sum(size for _, size in files)
        if size > MAX_DOWNLOAD_BYTES:
            raise InputError(
                f"{config}/{split} of {self.repo} has {format_megabytes(size)}; the limit is "
                f"{format_megabytes(MAX_DOWNLOAD_BYTES)}.",
                "Choose a smaller split.",
            )
        paths = [fetch_file(DATASETS, self.repository, file) for file, _ in files]
        return _read(f"{config}/{split} of {self.repo}", paths, max_rows)


def find_hub_tables(repo: str) -> HubTables:
    """Return the Parquet tables of a data set, by one or two questions to the hub, or from what was fetched before.

    Raises:
        InputError: The hub cannot be reached, has no such data set, or has no Parquet of it.
    """
    return parquet_tables(find_repository(DATASETS, repo.strip(), _has_parquet, PARQUET_BRANCH))


def parquet_tables(repository: Repository) -> HubTables:
    """Return the Parquet tables of a repository that was found.

    Raises:
        InputError: It has none.
    """
    files: dict[tuple[str, str], tuple[tuple[str, int], ...]] = {}
    for file, size in sorted(repository.files.items()):
        if file.endswith(".parquet"):
            key = _config_and_split(PurePosixPath(file))
            files[key] = (*files.get(key, ()), (file, size))
    if not files:
        raise InputError(
            f"{repository.repo} is not kept as Parquet on the hub.",
            "Choose another data set, or upload it as a file.",
        )
    return HubTables(repository, files)


def _has_parquet(names: Iterable[str]) -> bool:
    return any(name.endswith(".parquet") for name in names)


def _config_and_split(file: PurePosixPath) -> tuple[str, str]:
    """From config/split/0000.parquet, config/split-00000-of-00001.parquet, or either without a configuration."""
    folders = list(file.parts[:-1])
    split = re.sub(r"-\d{5}-of-\d{5}(-[0-9a-f]+)?$", "", file.stem)
    if split.isdigit() and folders:
        split = folders.pop()
    config = "/".join(folders)
    return ("default" if config in ("", "data") else config), split


def _read(what: str, paths: list[Path], max_rows: int | None) -> HubTable:
    import datasets

    datasets.disable_progress_bars()
    try:
        plain = _plain_columns(what, paths)
        # The library keeps a copy of what it reads; the files themselves are kept already.
        with tempfile.TemporaryDirectory() as copy:
            read = datasets.Dataset.from_parquet(
                [str(path) for path in paths], columns=plain, cache_dir=copy, keep_in_memory=True
            )
        total = len(read)
        frame = (read if max_rows is None else read.select(range(min(total, max_rows)))).to_pandas()
    except InputError:
        raise
    except Exception as error:  # a damaged file makes its readers raise nearly anything
        raise InputError(f"{what} cannot be read: {first_line(error)}", "Choose another data set.") from error
    for column, feature in read.features.items():
        if isinstance(feature, datasets.ClassLabel):
            frame[column] = [None if value < 0 else feature.int2str(int(value)) for value in frame[column].fillna(-1)]
    notes = (f"The first {len(frame):,} of {total:,} rows.",) if len(frame) < total else ()
    return HubTable(frame, notes)


def _plain_columns(what: str, paths: list[Path]) -> list[str]:
    """The columns of texts and numbers; refuses files that unpack to more than fits."""
    facts = [pq.read_metadata(path) for path in paths]
    unpacked = sum(fact.row_group(i).total_byte_size for fact in facts for i in range(fact.num_row_groups))
    if unpacked > MAX_UNPACKED_BYTES:
        raise InputError(
            f"{what} unpacks to {format_megabytes(unpacked)}; the limit is {format_megabytes(MAX_UNPACKED_BYTES)}.",
            "Choose a smaller split.",
        )
    return [field.name for field in pq.read_schema(paths[0]) if is_plain(field.type)]
