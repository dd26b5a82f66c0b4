"""Where a checkpoint's files are, and whether they can be used, before anything large is read.

Every way a checkpoint can be wrong gets its own one-line error here, within
seconds and before a download.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embfilter_core.assets.places import bundled_model_folder, bundled_model_ready
from embfilter_core.backbones.catalogue import catalogue_entry, nearest_names
from embfilter_core.backbones.gguf.choosing import ENDING, choose_gguf, gguf_names
from embfilter_core.backbones.gguf.header import is_gguf
from embfilter_core.backbones.places import is_reference, place_of
from embfilter_core.backbones.read_files import ReadFiles
from embfilter_core.backbones.refusals.by_files import refuse_files
from embfilter_core.backbones.spellings import plain_spelling
from embfilter_core.errors import BackboneError
from embfilter_core.hub import MODELS, Repository, fetch_file, fetched_files, find_repository

ONE_FILE = "model.safetensors"
WEIGHTS = (".safetensors", ".safetensors.index.json")


@dataclass(frozen=True)
class Checkpoint:
    """What `from_pretrained` is given, once a GGUF file has been converted.

    Attributes:
        name: Name for people and messages.
        source: Local folder or hub id.
        gguf_file: Path of the GGUF file inside `source`, or None.
        revision: Commit of the hub repository, or None.
        local: No network is to be used.
        repository: What the hub lists of it, or None where it is not from there.
        converted: It was made of a GGUF file: its tokenizer is taken as it is written, where the class that its family
            has on the hub would build its own way of splitting text again.
        notices: What is to be said of it, a sentence each.
    """

    name: str
    source: str
    gguf_file: str | None = None
    revision: str | None = None
    local: bool = True
    repository: Repository | None = None
    converted: bool = False
    notices: tuple[str, ...] = ()

    def arguments(self) -> dict[str, Any]:
        """Return what `from_pretrained` is told of where to read from: the same for all parts."""
        return {
            "pretrained_model_name_or_path": self.source,
            "local_files_only": self.local,
            "trust_remote_code": False,
            **({} if self.revision is None else {"revision": self.revision}),
        }

    def weight_files(self) -> list[Path]:
        """Return the files that the weights are read from, as far as they are on this machine."""
        paths = fetched_files(MODELS, self.source, self.revision) if self.revision else Path(self.source).iterdir()
        return [path for path in paths if path.name.endswith(WEIGHTS)]

    def read_files(self) -> ReadFiles:
        """Return where its files lie, once it was read."""
        hub_id = self.source if self.revision is not None else None
        return ReadFiles(tuple(_those_read(sorted(self.weight_files()))), hub_id, self.revision, self.converted)


def _those_read(paths: list[Path]) -> list[Path]:
    """Of the weights that lie in a folder, those that `from_pretrained` reads: one file, or an index and its parts."""
    beside = [path for path in paths if (path.parent / "config.json").exists()]
    whole = [path for path in beside if path.name == ONE_FILE]
    for index in [] if whole else [path for path in beside if path.name == f"{ONE_FILE}.index.json"]:
        parts = set(json.loads(index.read_text("utf-8"))["weight_map"].values())
        return [path for path in beside if path.name in parts or path == index]
    return whole or beside


def find_checkpoint(spec: str) -> Checkpoint:
    """Resolve a name: a catalogue id, a hub id, a local folder, a GGUF file, or the reference of one of these two.

    A GGUF file of the hub is `owner/name/file.gguf` or, by its quantisation, `owner/name:Q4_K_M`.

    Raises:
        BackboneError: It does not exist, cannot be reached, or holds nothing that may be loaded.
    """
    spec = place_of(plain_spelling(spec))
    entry = catalogue_entry(spec)
    if entry is not None and entry.bundled:
        if not bundled_model_ready():
            raise BackboneError(
                f"The bundled backbone {entry.id} is not installed.", "Run `python -m embfilter_core assets` once."
            )
        return Checkpoint(entry.name, str(bundled_model_folder()))
    if entry is not None:
        return _on_hub(entry.hub_id, revision=entry.revision)
    path = path_of(spec)
    if path is not None and path.exists():
        return _in_folder(path) if path.is_dir() else _file(path)
    return _elsewhere(spec)


def _elsewhere(spec: str) -> Checkpoint:
    """What is not on this machine: of the hub, or a mistake."""
    slashes, is_file = spec.count("/"), spec.lower().endswith(ENDING)
    if spec.startswith((".", "/", "~", os.sep)) or (is_file if slashes == 0 else slashes > 1 and not is_file):
        if is_file:
            raise BackboneError(f"There is no file {spec[:80]}.", "Check the path of the .gguf file.")
        raise BackboneError(f"There is no folder {spec[:80]}.", "Give one written by save_pretrained, or a hub id.")
    if is_reference(spec):
        raise BackboneError(
            f"The backbone {spec} is somebody's own, and not known on this machine.",
            "Name its folder or .gguf file once; such links find it from then on.",
        )
    if "/" not in spec:
        raise BackboneError(
            f"Unknown backbone {spec[:80]!r}.",
            f"Use a name of the catalogue ({', '.join(nearest_names(spec))}, ...; `python -m embfilter_core preflight` "
            "lists all), a hub id such as Qwen/Qwen2.5-0.5B, a folder or a .gguf file.",
        )
    owner, name, file = (*spec.split("/", 2), "")[:3]
    name, _, quantisation = name.partition(":")
    return _on_hub(f"{owner}/{name}", file, quantisation)


def path_of(spec: str) -> Path | None:
    """`spec` as a path, or None where the file system cannot take it: empty, too long, of an unknown user."""
    try:
        path = Path(spec.strip()).expanduser()
        path.exists()
    except (OSError, RuntimeError):
        return None
    return path if spec.strip() else None


def _file(path: Path) -> Checkpoint:
    """A file by its first bytes: the hub's cache has names without an ending."""
    if is_gguf(path):
        name = path.stem if path.suffix.lower() == ENDING else path.name[:40]
        return Checkpoint(name, str(path.parent), gguf_file=path.name)
    if path.suffix.lower() == ENDING:
        raise BackboneError(f"{path.name} is not a GGUF file, or it is damaged.", "Fetch it again.")
    raise BackboneError(f"{path.name} is a file, and not a GGUF file.", "Name the folder of the checkpoint.")


def _in_folder(path: Path) -> Checkpoint:
    names = [entry.relative_to(path).as_posix() for depth in ("*", "*/*") for entry in path.glob(depth)]
    here = gguf_names(name for name in names if "/" not in name)
    if here and not _has_model(names):
        file = choose_gguf(here, str(path), f"{path}{os.sep}{{file}}")
        return Checkpoint(Path(file).stem, str(path), gguf_file=file)
    notices = refuse_files(names, str(path), lambda name: (path / name).read_bytes())
    return Checkpoint(path.name, str(path), notices=notices)


def _on_hub(hub_id: str, file: str = "", quantisation: str = "", revision: str | None = None) -> Checkpoint:
    found = find_repository(MODELS, hub_id, lambda names: _has_model(names) or bool(gguf_names(names)), revision)
    file = _file_of(found, file, quantisation)
    if file:
        return Checkpoint(f"{hub_id}/{file}", hub_id, file, found.revision, found.local, found)
    notices = refuse_files(found.files, hub_id, lambda name: fetch_file(MODELS, found, name).read_bytes())
    if found.gated:
        fetch_file(MODELS, found, "config.json")  # fails at once without permission
    return Checkpoint(hub_id, hub_id, None, found.revision, found.local, found, notices=notices)


def _file_of(found: Repository, file: str, quantisation: str) -> str:
    """The GGUF file of a repository that is meant, empty where its safetensors are."""
    known, where = gguf_names(found.files), f"{found.repo} on this machine" if found.local else found.repo
    if file and file not in found.files:
        listed = ", ".join(known)[:200] or "none"
        raise BackboneError(
            f"{where} has no file {file[:80]}; its GGUF files: {listed}.", "Check the name of the file."
        )
    if quantisation and not known:
        raise BackboneError(f"{where} has no GGUF file.", f"Name {found.repo} alone.")
    if file or not known or (_has_model(found.files) and not quantisation):
        return file
    return choose_gguf(found.files, where, f"{found.repo}:{{quantisation}} or {found.repo}/{{file}}", quantisation)


def _has_model(names: Iterable[str]) -> bool:
    return "config.json" in names and any("/" not in name and name.endswith(".safetensors") for name in names)
