"""The whole export: every form that holds the view exactly, its proof, and how it is used."""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors.numpy import save_file

from embfilter_core.errors import InputError
from embfilter_core.export.backbone_files import COPYING, copy_small_files, weight_files
from embfilter_core.export.conformance import conformance
from embfilter_core.export.manifest import manifest
from embfilter_core.export.notebook import notebook
from embfilter_core.export.readme import TAKEN, readme
from embfilter_core.export.taken.weights import place_weights
from embfilter_core.export.write_forms import IndexedCorpus, write_forms
from embfilter_core.progress import StagedProgress, report, within

if TYPE_CHECKING:
    from embfilter_core.export.chosen import ChosenFilter
    from embfilter_core.export.evidence import Evidence

PROGRAMS = ("check.py", "causes.py", "embed.py", "weights.py")
PROVING = "computing the vectors of the check"


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        place: The folder, or the .zip file.
        forms: Names of the forms in it.
        left_out: Why a form is not in it, by its name.
        limits: What is to be known of a form, sentences by its name.
        texts: How many texts its check compares.
    """

    place: Path
    forms: tuple[str, ...]
    left_out: dict[str, str] = field(default_factory=dict)
    limits: dict[str, list[str]] = field(default_factory=dict)
    texts: int = 0


def export_filter(
    chosen: ChosenFilter,
    place: Path,
    corpus: IndexedCorpus | None = None,
    evidence: Evidence | None = None,
    with_weights: bool = False,
    progress: StagedProgress | None = None,
) -> Exported:
    """Write a view for other programs into a new folder, or into a .zip file where `place` ends so.

    In a folder the weights of the backbone are linked, in a .zip file they are named, unless they are to be copied.

    Args:
        chosen: The view.
        place: What is written; it must not be there yet.
        corpus: What is indexed, or None for no index.
        evidence: What was decided, if anything was.
        with_weights: Copy the weights of the backbone.
        progress: Told the stage, steps done and in all; returning False cancels.

    Returns:
        What was written, with the reason for every form that would not have given the same vectors.

    Raises:
        InputError: `place` is there already or cannot be written.
        MissingExtra: FAISS is needed and not installed.
        BackboneError: The files of the backbone are not there any more.
        Cancelled: `progress` returned False; nothing is left.
    """
    if place.exists():
        raise InputError(f"{place} is there already.", "Name a folder or a .zip file that is not.")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=f".{place.name}.") as beside:
            folder = Path(beside, "export")
            folder.mkdir()
            written = _write(folder, chosen, corpus, evidence, with_weights, progress)
            if place.suffix == ".zip":
                _zip(folder, Path(beside, "zip"), place.stem)
                Path(beside, "zip").rename(place)
            else:
                _place_weights(folder, chosen, with_weights, written)
                folder.rename(place)
    except OSError as error:
        raise InputError(f"Cannot write {place}: {error.strerror or error}.", "Choose another place.") from error
    limits = {name: form["limits"] for name, form in written["forms"].items() if form["limits"]}
    return Exported(place, tuple(written["forms"]), written["left_out"], limits, written["texts"])


def _write(
    folder: Path,
    chosen: ChosenFilter,
    corpus: IndexedCorpus | None,
    evidence: Evidence | None,
    with_weights: bool,
    progress: StagedProgress | None,
) -> dict[str, Any]:
    """Write all but links to weights; returns the forms, what is left out, and the number of texts."""
    proof = conformance(chosen, within(progress, PROVING))
    facts = manifest(chosen, evidence, progress)
    copy_small_files(chosen.backbone, folder / "backbone")
    if with_weights:
        _copy_weights(folder, chosen, progress)
    asked: dict[str, Any] = {}
    forms, left_out = write_forms(folder, chosen, proof, corpus, asked)
    facts = {**facts, "forms": forms, "left_out": left_out}
    for name in PROGRAMS:
        (folder / name).write_text((TAKEN / name).read_text("utf-8"), "utf-8")
    _json(folder / "manifest.json", facts)
    _json(folder / "conformance.json", {**proof.facts(chosen), **asked}, indent=None)  # a number a line would be long
    save_file(proof.states, folder / "conformance.safetensors")
    chosen.filter.save(folder / "filter.safetensors", None if chosen.centre is None else chosen.centre.mean)
    rows = {"rows": asked["index"]["rows"]} if "index" in asked else {}
    text = readme(facts, len(proof.texts), rows, with_weights)
    (folder / "README.md").write_text(text, "utf-8")
    _json(folder / "notebook.ipynb", notebook(facts, text))
    if evidence is not None and evidence.page:
        (folder / "evidence.html").write_text(evidence.page, "utf-8")
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o644)  # a server may run as somebody else
    return {"forms": forms, "left_out": left_out, "texts": len(proof.texts)}


def _copy_weights(folder: Path, chosen: ChosenFilter, progress: StagedProgress | None) -> None:
    sources = weight_files(chosen.backbone)
    for done, path in enumerate(sources):
        report(within(progress, COPYING), done, len(sources), "files")
        shutil.copyfile(path, folder / "backbone" / path.name)


def _place_weights(folder: Path, chosen: ChosenFilter, with_weights: bool, written: dict[str, Any]) -> None:
    """Link what lies on this machine, so that a folder can be used at once."""
    source = None if with_weights else weight_files(chosen.backbone)[0].parent
    if source is not None:
        for path in weight_files(chosen.backbone):
            (folder / "backbone" / path.name).symlink_to(path.resolve())
    place_weights(folder)


def _zip(folder: Path, target: Path, top: str) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                stored = zipfile.ZIP_STORED if path.suffix == ".safetensors" else zipfile.ZIP_DEFLATED
                archive.write(path, Path(top, path.relative_to(folder)), stored)


def _json(path: Path, value: object, indent: int | None = 1) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=indent), "utf-8")
