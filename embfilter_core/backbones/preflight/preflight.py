"""`preflight`: what a backbone is, what it costs to fetch and to hold, before a weight of it is fetched or read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch

from embfilter_core.backbones import devices
from embfilter_core.backbones.catalogue import CatalogueEntry, catalogue_entry
from embfilter_core.backbones.checked_config import checked_config
from embfilter_core.backbones.checkpoint import Checkpoint, find_checkpoint
from embfilter_core.backbones.device_names import DTYPES, Device, Dtype
from embfilter_core.backbones.gguf.header import read_header
from embfilter_core.backbones.gguf.remote import read_remote_header
from embfilter_core.backbones.preflight.facts import ModelFacts, facts_of_config, facts_of_entry, facts_of_header
from embfilter_core.backbones.preflight.files import fetched_by_a_load
from embfilter_core.backbones.preflight.fit import nearest_fit
from embfilter_core.backbones.preflight.memory import memory_need
from embfilter_core.backbones.preflight.places import Place
from embfilter_core.backbones.preflight.time_needed import TimeNeeded, time_needed
from embfilter_core.backbones.refusals.explained import explained
from embfilter_core.backbones.room import ROOM
from embfilter_core.errors import BackboneError
from embfilter_core.hub import MODELS, Repository, missing_bytes

Kind = Literal["bundled", "hub", "folder", "gguf"]


@dataclass(frozen=True)
class Preflight:
    """What is known of a backbone before it is loaded.

    Attributes:
        spec: What it was asked for by.
        name: Name for people.
        kind: Where it comes from.
        facts: Its sizes; None of a GGUF file of a gated repository, whose header is not on this machine yet.
        stored_bytes: Size of its files.
        fetch_bytes: Of these, what is not on this machine yet.
        places: Every device and dtype of this machine, and whether it fits there; none without facts.
        time: How long the first things take, in float32 on the device that `auto` stands for; None without facts.
        licence: Licence of the weights; empty where it is not told.
        gated: Whether the hub asks for an accepted licence and a token.
        revision: Commit on the hub, or None.
        quirk: What is unlike others, where the catalogue knows it; may be empty.
        obstacle: What keeps it from being loaded now, such as a hub that cannot be reached; empty where nothing does.
    """

    spec: str
    name: str
    kind: Kind
    facts: ModelFacts | None
    stored_bytes: int
    fetch_bytes: int
    places: tuple[Place, ...]
    time: TimeNeeded | None
    licence: str = ""
    gated: bool = False
    revision: str | None = None
    quirk: str = ""
    obstacle: str = ""

    def place(self, dtype: Dtype = "float32", device: Device = "auto") -> Place | None:
        """Return how it fits in a dtype on a device, or None where its sizes are not known.

        Raises:
            BackboneError: There is no such device here.
        """
        wanted = devices.choose_device(device).type
        return next((place for place in self.places if (place.device, place.dtype) == (wanted, dtype)), None)

    def advice(self, dtype: Dtype = "float32", device: Device = "auto") -> str:
        """Return the nearest that fits where this does not; empty where it does, or nobody knows."""
        place = self.place(dtype, device)
        if place is None or self.facts is None or place.fits:
            return ""
        return nearest_fit(self.facts, dtype, torch.device(place.device), place.free)


def preflight(spec: str) -> Preflight:
    """Tell what a backbone is and needs; of a hub's, only the list of files and the configuration are fetched.

    Args:
        spec: As for `load_backbone`.

    Raises:
        BackboneError: It cannot be found or understood. One of the catalogue that cannot be reached is described by
            the catalogue, with the `obstacle`.
    """
    entry = catalogue_entry(spec)
    try:
        checkpoint = find_checkpoint(spec)
    except BackboneError as error:
        if entry is None:
            raise
        return _described(spec, entry.name, "hub", facts_of_entry(entry), entry, obstacle=str(error))
    found = checkpoint.repository
    if found is None:
        gguf = checkpoint.gguf_file
        files = [Path(checkpoint.source, gguf)] if gguf else checkpoint.weight_files()
        stored = sum(path.stat().st_size for path in files)
        kind: Kind = "gguf" if checkpoint.gguf_file else "bundled" if entry else "folder"
        return _described(spec, checkpoint.name, kind, facts_of(checkpoint), entry, stored)
    names = [checkpoint.gguf_file] if checkpoint.gguf_file else fetched_by_a_load(found.files)
    stored, lacking = sum(found.files[name] for name in names), missing_bytes(MODELS, found, names)
    facts = None if checkpoint.gguf_file and lacking and found.gated else facts_of(checkpoint)
    return _described(spec, checkpoint.name, "hub", facts, entry, stored, lacking, found)


def facts_of(checkpoint: Checkpoint) -> ModelFacts:
    """Return the sizes of a checkpoint's model; of a GGUF file of the hub, the header is fetched.

    Raises:
        BackboneError: Its configuration cannot be used, or is not that of a language model.
    """
    if checkpoint.gguf_file and checkpoint.repository:
        return facts_of_header(read_remote_header(checkpoint.repository, checkpoint.gguf_file))
    if checkpoint.gguf_file:
        return facts_of_header(read_header(Path(checkpoint.source, checkpoint.gguf_file)))
    config, _ = checked_config(checkpoint)
    with explained(f"The configuration of {checkpoint.name} cannot be used", "It is damaged."):
        return facts_of_config(config)


def places_for(facts: ModelFacts) -> tuple[Place, ...]:
    """Return every device and dtype of this machine, and whether a model fits there."""
    here = [devices.choose_device("auto"), torch.device("cpu")]
    free = {device: ROOM.attainable(device) for device in here}
    return tuple(
        Place(device.type, dtype, native, memory_need(facts, dtype, device.type).peak, free[device])
        for device in free
        for dtype in DTYPES
        for native in [devices.computes_in(device, getattr(torch, dtype))]
    )


def _described(
    spec: str,
    name: str,
    kind: Kind,
    facts: ModelFacts | None,
    entry: CatalogueEntry | None,
    stored: int | None = None,
    lacking: int = 0,
    repository: Repository | None = None,
    obstacle: str = "",
) -> Preflight:
    known = entry.fetch_bytes if entry else 0
    return Preflight(
        spec=spec,
        name=name,
        kind=kind,
        facts=facts,
        stored_bytes=known if stored is None else stored,
        fetch_bytes=known if stored is None else lacking,
        places=() if facts is None else places_for(facts),
        time=None if facts is None else time_needed(facts, "float32", devices.choose_device("auto").type),
        licence=entry.licence if entry else repository.licence if repository else "",
        gated=entry.gated if entry else repository is not None and repository.gated,
        revision=repository.revision if repository else entry.revision if entry else None,
        quirk=entry.quirk if entry else "",
        obstacle=obstacle,
    )
