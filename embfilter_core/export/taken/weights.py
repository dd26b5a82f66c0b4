"""Puts the weights of the backbone into the exported folder: they are named there by their SHA-256, not copied.

python weights.py                  # from the Hugging Face hub, where the backbone is from there
python weights.py --from FOLDER    # from a folder that holds them
python weights.py --copy           # copies instead of links

Every form of the folder is then whole. Other files than those that the filter was made with are refused.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PLACE = "backbone"
BLOCK = 1 << 22


def place_weights(folder: Path = HERE, source: Path | None = None, copy: bool = False) -> list[str]:
    """Put the weights into `backbone/` and beside every form that is read from a folder; return their names.

    Args:
        folder: The exported folder.
        source: Folder that holds the weights; where it is None, they are in place already or come from the hub.
        copy: Copy them, so that the folder can leave this machine.

    Raises:
        SystemExit: They are not to be found, or are others.
    """
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    files = manifest["backbone"]["weights"]
    if source is not None or not all((folder / PLACE / one["file"]).exists() for one in files):
        source = source or _from_hub(manifest["backbone"])
        for one in files:
            _check(source / one["file"], one)
            _put((source / one["file"]).resolve(), folder / PLACE / one["file"], copy)
    for form in manifest["forms"].values():
        if form.get("needs_weights"):
            for one in files:
                _put(folder / PLACE / one["file"], folder / form["path"] / one["file"], copy)
    return [one["file"] for one in files]


def _from_hub(backbone: dict[str, Any]) -> Path:
    if not backbone["hub_id"]:
        sys.exit(f"The weights of {backbone['name']} are not on the hub: use --from FOLDER. {backbone['where']}")
    try:
        from huggingface_hub import snapshot_download
    except ImportError:
        sys.exit("To fetch the weights, `pip install huggingface_hub`, or use --from FOLDER.")
    names = [one["file"] for one in backbone["weights"]]
    return Path(snapshot_download(backbone["hub_id"], revision=backbone["revision"], allow_patterns=names))


def _check(path: Path, expected: dict[str, Any]) -> None:
    if not path.is_file():
        sys.exit(f"There is no {path.name} in {path.parent}.")
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    if digest.hexdigest() != expected["sha256"]:
        sys.exit(f"{path} is another file than the filter was made with: its SHA-256 is not {expected['sha256']}.")


def _put(source: Path, target: Path, copy: bool) -> None:
    """Link a file, relative inside the folder; copied where that is asked for or links are not possible."""
    is_there = target.exists() and target.resolve() == source.resolve()
    if is_there and not (copy and target.is_symlink()):
        return
    source = source if not copy else source.resolve()
    target.unlink(missing_ok=True)
    if not copy:
        inside = source.parent.name == PLACE and source.parent.parent == target.parent.parent
        try:
            target.symlink_to(os.path.relpath(source, target.parent) if inside else source)
        except OSError:
            copy = True
    if copy:
        shutil.copyfile(source, target)


def main() -> None:
    """Place the weights and say so."""
    parser = argparse.ArgumentParser(description="Put the weights of the backbone into this folder.")
    parser.add_argument("--from", dest="source", type=Path, metavar="FOLDER", help="folder that holds the weights")
    parser.add_argument("--copy", action="store_true", help="copy them instead of linking")
    given = parser.parse_args()
    print("In place: " + ", ".join(place_weights(HERE, given.source, given.copy)))


if __name__ == "__main__":
    main()
