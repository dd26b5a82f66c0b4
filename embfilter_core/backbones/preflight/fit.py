"""Whether a backbone fits here: refused with the numbers, and with the nearest that does, before a weight is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from embfilter_core.backbones import devices
from embfilter_core.backbones.catalogue import CATALOGUE
from embfilter_core.backbones.device_names import DTYPES
from embfilter_core.backbones.devices import free_memory
from embfilter_core.backbones.preflight.facts import ModelFacts, facts_of_entry
from embfilter_core.backbones.preflight.memory import memory_need
from embfilter_core.backbones.room import ROOM
from embfilter_core.errors import BackboneError
from embfilter_core.number_format import format_bytes


@dataclass(frozen=True)
class Fit:
    """How a model fits on a device.

    Attributes:
        facts: The model.
        dtype: The dtype that it is to be held in.
        name: What it is called.
        device: The device.
        alone: Whether it fits there without a part of it lying elsewhere.
    """

    facts: ModelFacts
    dtype: str
    name: str
    device: torch.device
    alone: bool

    @property
    def places(self) -> dict[str, Any]:
        """What transformers is told about where the weights go; where they are spread, work keeps its room."""
        if self.device.type == "cpu":
            return {}
        if self.alone:
            return {"device_map": {"": self.device.type}}
        work = memory_need(self.facts, self.dtype, self.device.type).work
        return {"device_map": "auto", "max_memory": _room_for_weights(work)}

    def take_room(self) -> None:
        """Let go of other backbones where their memory is needed, and keep what is free for this one.

        Raises:
            BackboneError: Memory was taken since it was found to fit.
        """
        need = memory_need(self.facts, self.dtype, self.device.type)
        free = ROOM.ask(self.device, need.peak, need.stays) if self.alone else None
        if free is not None:
            raise BackboneError(
                _numbers(self.name, need.peak, self.dtype, self.device, free),
                "Another backbone is still at work, or another program took it: wait until that ends, or cancel it.",
            )


def require_memory(facts: ModelFacts, dtype: torch.dtype, name: str, device: torch.device) -> Fit:
    """Return how a model fits on a device once other backbones have left; nothing is let go of yet.

    Raises:
        BackboneError: It does not fit, on a CUDA GPU not even with the other ones and the processor's memory.
    """
    need, free = memory_need(facts, _name(dtype), device.type), ROOM.attainable(device)
    needed, alone = need.peak, need.peak <= free
    if not alone and device.type == "cuda":
        free = need.work + sum(_room_for_weights(need.work).values())
    if needed > free:
        raise too_large(name, facts, _name(dtype), device, free)
    return Fit(facts, _name(dtype), name, device, alone)


def _room_for_weights(work: int) -> dict[int | str, int]:
    """Bytes of weights that each GPU, by its number, and the processor can hold beside the work of a GPU."""
    gpus = {i: free_memory(torch.device("cuda", i)) for i in range(torch.cuda.device_count())}
    room: dict[int | str, int] = {i: max(0, free - work) for i, free in gpus.items()}
    return {**room, "cpu": free_memory(torch.device("cpu"))}


def require_native(dtype: torch.dtype, device: torch.device) -> None:
    """Raise BackboneError where a dtype would be emulated, slower than float32 and less exact."""
    if not devices.computes_in(device, dtype):
        what = "This processor" if device.type == "cpu" else devices.device_name(device)
        raise BackboneError(f"{what} has no native {_name(dtype)}.", "Use float32.")


def too_large(name: str, facts: ModelFacts, dtype: str, device: torch.device, free: int) -> BackboneError:
    """Return the refusal of a model that does not fit where so many bytes are free."""
    needed = memory_need(facts, dtype, device.type).peak
    return BackboneError(_numbers(name, needed, dtype, device, free), nearest_fit(facts, dtype, device, free))


def _numbers(name: str, needed: int, dtype: str, device: torch.device, free: int) -> str:
    there = f"{format_bytes(free)} are free on {devices.device_name(device)}"
    return f"{name} needs {format_bytes(needed)} of memory in {dtype}; {there}."


def nearest_fit(facts: ModelFacts, dtype: str, device: torch.device, free: int) -> str:
    """Return what to do instead: another dtype or device that this machine has, else the largest known one that fits.

    Args:
        facts: The model.
        dtype: The dtype that it does not fit in.
        device: The device that it does not fit on.
        free: Bytes that are free there.
    """
    for place in (device, *(other for other in _devices() if other.type != device.type)):
        room = free if place == device else free_memory(place)
        for other in DTYPES:
            native = devices.computes_in(place, getattr(torch, other))
            needed = memory_need(facts, other, place.type).peak
            if (place, other) != (device, dtype) and native and needed <= room:
                where = "" if place == device else f" on {devices.device_name(place)} (device {place.type})"
                return f"In {other}{where} it fits: {format_bytes(needed)}."
    smaller = largest_that_fits(dtype, free, device.type)
    if smaller is None:
        return "Close other programs, or use a machine with more memory."
    return f"The largest of the catalogue that fits is {smaller}; or use a machine with more memory."


def largest_that_fits(dtype: str, free: int, device: str = "cpu") -> str | None:
    """Return the name of the catalogue's largest backbone that fits in so many bytes on a kind of device, or None."""
    needs = {entry.id: memory_need(facts_of_entry(entry), dtype, device).peak for entry in CATALOGUE.values()}
    fitting = [name for name, needed in needs.items() if needed <= free]
    return max(fitting, key=lambda name: CATALOGUE[name].parameters, default=None)


def _devices() -> list[torch.device]:
    """The devices that torch can use here."""
    return [devices.choose_device("auto"), torch.device("cpu")]


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
