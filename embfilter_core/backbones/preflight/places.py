"""Devices and dtypes in which a backbone may be held, and whether it fits there."""

from __future__ import annotations

from dataclasses import dataclass

from embfilter_core.backbones.machine_memory import machine_memory
from embfilter_core.backbones.preflight.facts import ModelFacts
from embfilter_core.backbones.preflight.memory import memory_need


@dataclass(frozen=True)
class Place:
    """A device and a dtype.

    Attributes:
        device: cpu, cuda or mps.
        dtype: float32, bfloat16 or float16.
        native: Whether the device computes in it, as is asked of a backbone.
        needed: Bytes that the backbone takes there while it is loaded and used.
        free: Bytes that are free there, once other backbones have left.
    """

    device: str
    dtype: str
    native: bool
    needed: int
    free: int

    @property
    def fits(self) -> bool:
        """Whether the backbone can be loaded there."""
        return self.native and self.needed <= self.free


def processor_place(facts: ModelFacts, held_bytes: int = 0, dtype: str = "float32") -> Place:
    """Return how a model fits in the machine's own memory, without importing torch: a dtype is taken as native.

    Args:
        facts: The model.
        held_bytes: Bytes of backbones that leave for it.
        dtype: The dtype.
    """
    return Place("cpu", dtype, True, memory_need(facts, dtype).peak, machine_memory().available + held_bytes)
