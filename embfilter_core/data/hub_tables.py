"""Tables of a data set on the Hugging Face hub: only Parquet is read, so nothing of it is run.

The hub keeps every public data set as Parquet in a branch of its own, laid out as
configuration/split/number.parquet; where there is none, Parquet in the main branch
is taken. The hub is asked once, with a time limit, before anything is fetched.
"""

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import huggingface_hub
import pandas as pd
import pyarrow.parquet as pq
from huggingface_hub import DatasetInfo, HfApi, hf_hub_download
from huggingface_hub.constants import HF_HUB_CACHE
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.file_download import repo_folder_name

from embfilter_core.data.tables.parquet import first_line, is_plain
from embfilter_core.errors import InputError
from embfilter_core.hub import HUB_TIMEOUT, NO_NETWORK

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
        repo: Its repository, owner/name.
        revision: The commit they are read from.
        files: Paths in the repository and their bytes, by configuration and split.
        local: They were fetched before; no network is used.
    """

    repo: str
    revision: str
    files: dict[tuple[str, str], tuple[tuple[str, int], ...]]
    local: bool = False

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
                f"{config}/{split} of {self.repo} has {size / 1e6:,.0f} MB; the limit is "
                f"{MAX_DOWNLOAD_BYTES / 1e6:,.0f} MB.",
                "Choose a smaller split.",
            )
        return _read(f"{config}/{split} of {self.repo}", [self._fetch(file) for file, _ in files], max_rows)

    def _fetch(self, file: str) -> Path:
        huggingface_hub.utils.disable_progress_bars()
        try:
            where = {"repo_type": "dataset", "revision": self.revision, "local_files_only": self.local}
            return Path(hf_hub_download(self.repo, file, **where, etag_timeout=HUB_TIMEOUT))
        except GatedRepoError as error:
            raise _gated(self.repo) from error
        except (HfHubHTTPError, *NO_NETWORK) as error:
            raise InputError(
                f"{file} of {self.repo} could not be fetched: {first_line(error)}", "Try again."
            ) from error


def find_hub_tables(repo: str) -> HubTables:
    """The Parquet tables of a data set, by one or two questions to the hub, or from what was fetched before.

    Raises:
        InputError: The hub cannot be reached, has no such data set, or has no Parquet of it.
    """
    repo = repo.strip()
    try:
        info = _ask(repo)
    except HFValidationError as error:
        raise InputError(f"{repo[:80]!r} is not a possible hub id.", "A hub id looks like owner/name.") from error
    except GatedRepoError as error:
        raise _gated(repo) from error
    except RepositoryNotFoundError as error:
        raise InputError(
            f"The hub has no data set {repo} that you may see.", "Check the spelling; log in for a private one."
        ) from error
    except HfHubHTTPError as error:
        return _from_cache(repo, f"answered {error.response.status_code}", error)
    except NO_NETWORK as error:
        return _from_cache(repo, "cannot be reached", error)
    return _tables(repo, info.sha, {file.rfilename: file.size or 0 for file in info.siblings or []})


def _ask(repo: str) -> DatasetInfo:
    api = HfApi()
    try:
        return api.dataset_info(repo, revision=PARQUET_BRANCH, files_metadata=True, timeout=HUB_TIMEOUT)
    except RevisionNotFoundError:
        return api.dataset_info(repo, files_metadata=True, timeout=HUB_TIMEOUT)


def _gated(repo: str) -> InputError:
    return InputError(
        f"{repo} is gated: its terms must be accepted first.",
        f"Accept them on huggingface.co/datasets/{repo}, then set HF_TOKEN or run `hf auth login`.",
    )


def _from_cache(repo: str, trouble: str, error: Exception) -> HubTables:
    """Fall back to tables fetched before, where there are any."""
    snapshots = Path(HF_HUB_CACHE, repo_folder_name(repo_id=repo, repo_type="dataset"), "snapshots")
    fetched = [folder for folder in snapshots.glob("*") if any(folder.rglob("*.parquet"))]
    if not fetched:
        raise InputError(
            f"The Hugging Face hub {trouble}, and {repo} is not on this machine.",
            "Check the network, or choose a built-in data set or a file.",
        ) from error
    newest = max(fetched, key=lambda folder: folder.stat().st_mtime)
    sizes = {str(path.relative_to(newest).as_posix()): path.stat().st_size for path in newest.rglob("*.parquet")}
    return _tables(repo, newest.name, sizes, local=True)


def _tables(repo: str, revision: str, sizes: dict[str, int], local: bool = False) -> HubTables:
    files: dict[tuple[str, str], tuple[tuple[str, int], ...]] = {}
    for file in sorted(sizes):
        if file.endswith(".parquet"):
            key = _config_and_split(PurePosixPath(file))
            files[key] = (*files.get(key, ()), (file, sizes[file]))
    if not files:
        raise InputError(
            f"{repo} is not kept as Parquet on the hub.", "Choose another data set, or upload it as a file."
        )
    return HubTables(repo, revision, files, local)


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
            f"{what} unpacks to {unpacked / 1e6:,.0f} MB; the limit is {MAX_UNPACKED_BYTES / 1e6:,.0f} MB.",
            "Choose a smaller split.",
        )
    return [field.name for field in pq.read_schema(paths[0]) if is_plain(field.type)]
