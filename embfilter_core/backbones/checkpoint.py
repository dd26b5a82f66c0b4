"""Where a checkpoint's files are, and whether they can be used, before anything large is read.

Every way a checkpoint can be wrong gets its own one-line error here, within
seconds and before a download.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from embfilter_core.assets.places import bundled_model_folder, bundled_model_ready
from embfilter_core.backbones.catalogue import CATALOGUE, catalogue_entry
from embfilter_core.backbones.places import is_reference, place_of
from embfilter_core.backbones.refusals.by_files import refuse_files
from embfilter_core.errors import BackboneError
from embfilter_core.hub import MODELS, fetch_file, fetched_files, find_repository


@dataclass(frozen=True)
class Checkpoint:
    """What `from_pretrained` is given.

    Attributes:
        name: Name for people and messages.
        source: Local folder or hub id.
        gguf_file: Name of the GGUF file inside `source`, or None.
        revision: Commit of the hub repository, or None.
        local: No network is to be used.
        notices: What is to be said of it, a sentence each.
    """

    name: str
    source: str
    gguf_file: str | None = None
    revision: str | None = None
    local: bool = True
    notices: tuple[str, ...] = ()

    def weight_files(self) -> list[Path]:
        """Return the files that the weights are read from, as far as they are on this machine."""
        if self.gguf_file:
            return [Path(self.source, self.gguf_file)]
        paths = fetched_files(MODELS, self.source, self.revision) if self.revision else Path(self.source).iterdir()
        return [path for path in paths if path.name.endswith((".safetensors", ".safetensors.index.json"))]


def find_checkpoint(spec: str) -> Checkpoint:
    """Resolve a catalogue id, a hub id, a local folder, a path of a .gguf file, or the reference of one of these two.

    Raises:
        BackboneError: It does not exist, cannot be reached, or holds nothing that may be loaded.
    """
    spec = place_of(spec.strip())
    entry = catalogue_entry(spec)
    if entry is not None and entry.bundled:
        if not bundled_model_ready():
            raise BackboneError(
                f"The bundled backbone {entry.id} is not installed.", "Run `python -m embfilter_core assets` once."
            )
        return Checkpoint(entry.name, str(bundled_model_folder()))
    if entry is not None:
        return _on_hub(entry.hub_id)
    path = path_of(spec)
    if path is not None and path.suffix == ".gguf":
        return _gguf(path)
    if path is not None and path.is_dir():
        return _in_folder(path)
    if spec.startswith((".", "/", "~", os.sep)) or spec.count("/") > 1:
        raise BackboneError(f"There is no folder {spec[:80]}.", "Give one written by save_pretrained, or a hub id.")
    if is_reference(spec):
        raise BackboneError(
            f"The backbone {spec} is somebody's own, and not known on this machine.",
            "Name its folder or .gguf file once; such links find it from then on.",
        )
    if "/" not in spec:
        raise BackboneError(
            f"Unknown backbone {spec[:80]!r}.",
            f"Use one of {', '.join(CATALOGUE)}, a hub id such as Qwen/Qwen2.5-0.5B, a folder or a .gguf file.",
        )
    return _on_hub(spec)


def path_of(spec: str) -> Path | None:
    """`spec` as a path, or None where the file system cannot take it: empty, too long, of an unknown user."""
    try:
        path = Path(spec.strip()).expanduser()
        path.exists()
    except (OSError, RuntimeError):
        return None
    return path if spec.strip() else None


def _gguf(path: Path) -> Checkpoint:
    if not path.is_file():
        raise BackboneError(f"There is no file {path}.", "Check the path of the .gguf file.")
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise BackboneError(f"{path.name} is not a GGUF file, or it is damaged.", "Fetch it again.")
    return Checkpoint(path.stem, str(path.parent), gguf_file=path.name)


def _in_folder(path: Path) -> Checkpoint:
    names = [entry.relative_to(path).as_posix() for depth in ("*", "*/*") for entry in path.glob(depth)]
    return Checkpoint(
        path.name, str(path), notices=refuse_files(names, str(path), lambda name: (path / name).read_bytes())
    )


def _on_hub(hub_id: str) -> Checkpoint:
    found = find_repository(MODELS, hub_id, _has_model)
    notices = refuse_files(found.files, hub_id, lambda name: fetch_file(MODELS, found, name).read_bytes())
    if found.gated:
        fetch_file(MODELS, found, "config.json")  # fails at once without permission
    return Checkpoint(hub_id, hub_id, revision=found.revision, local=found.local, notices=notices)


def _has_model(names: Iterable[str]) -> bool:
    return "config.json" in names and any("/" not in name and name.endswith(".safetensors") for name in names)
