"""The backbones that a server keeps in memory: which are there, which are being loaded, which had to leave."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Condition
from traceback import clear_frames
from typing import TYPE_CHECKING, Literal
from weakref import ref

from embfilter_core.backbones.machine_memory import give_back_memory
from embfilter_core.backbones.places import is_path, remember_place
from embfilter_core.backbones.preflight.memory import TOKENIZER_BYTES_A_ROW
from embfilter_core.errors import Cancelled
from embfilter_core.progress import StagedProgress, within

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.backbones.device_names import Device, Dtype

DECOMPOSING = "finding its singular directions"
State = Literal["absent", "loading", "loaded", "gone"]
Asked = tuple[str, str, str]
"""What a backbone was asked for by: name or path, dtype, device."""


@dataclass(frozen=True, eq=False)
class _Held:
    backbone: Backbone
    size: int
    pool: str


class HeldBackbones:
    """Loaded backbones, each once for all who ask; it may be asked by many threads.

    One that is let go of leaves the memory as soon as nobody works with it; who wants it again loads it again.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._held: OrderedDict[Asked, _Held] = OrderedDict()  # used least recently first
        self._loading: set[Asked] = set()
        self._gone: dict[Asked, ref[Backbone]] = {}

    def state(self, spec: str, dtype: str, device: str) -> State:
        """How a backbone stands: `gone` is one that was loaded and had to leave for another."""
        asked = (spec, dtype, device)
        with self._changed:
            if asked in self._held:
                return "loaded"
            return "loading" if asked in self._loading else "gone" if asked in self._gone else "absent"

    def find(self, spec: str, dtype: str, device: str) -> Backbone | None:
        """Return a backbone that is in memory, which counts as a use of it, else None."""
        with self._changed:
            held = self._held.get((spec, dtype, device))
            if held is None:
                return None
            self._held.move_to_end((spec, dtype, device))
            return held.backbone

    def get(self, spec: str, dtype: Dtype, device: Device, progress: StagedProgress | None = None) -> Backbone:
        """Return a backbone with its spectrum, loaded here where it is not in memory; others wait for that.

        Args:
            spec: As for `load_backbone`.
            dtype: As for `load_backbone`.
            device: As for `load_backbone`.
            progress: Told what is done now, and how far that is; returning False cancels.

        Raises:
            BackboneError: As from `load_backbone`.
            Cancelled: `progress` returned False; nothing of it stays in memory.
        """
        asked = (spec, dtype, device)
        with self._changed:
            self._changed.wait_for(lambda: asked not in self._loading)
            found = self.find(*asked)
            if found is not None:
                return found
            left = self._gone[asked]() if asked in self._gone else None  # somebody may work with it still
            self._loading.add(asked)
        try:
            loaded = _weighed(left) if left is not None else _load(self, spec, dtype, device, progress)
            with self._changed:
                self._held[asked] = loaded
                self._gone.pop(asked, None)
            return loaded.backbone
        except Cancelled as stopped:
            clear_frames(stopped.__traceback__)  # which hold what was read of the model
            raise
        finally:
            give_back_memory()  # what reading took on top
            with self._changed:
                self._loading.discard(asked)
                self._changed.notify_all()

    def loaded(self) -> dict[Asked, Backbone]:
        """Return what is in memory, used least recently first."""
        with self._changed:
            return {asked: held.backbone for asked, held in self._held.items()}

    def let_go_of(self, backbone: Backbone) -> bool:
        """Whether this very backbone had to leave, so that whoever works with it holds memory that others need."""
        with self._changed:
            return any(left() is backbone for left in self._gone.values())

    def held_bytes(self, pool: str) -> int:
        """Bytes that the backbones take in a pool of memory; see `room.pool_of`."""
        with self._changed:
            return sum(held.size for held in self._held.values() if held.pool == pool)

    def give_up(self, pool: str) -> bool:
        """Let go of the backbone of a pool that was used least recently; returns whether there was one."""
        with self._changed:
            asked = next((asked for asked, held in self._held.items() if held.pool == pool), None)
            if asked is None:
                return False
            self._gone[asked] = ref(self._held.pop(asked).backbone)
        _return_memory(pool)
        return True

    def clear(self) -> None:
        """Let go of all, and forget what was there."""
        with self._changed:
            pools = {held.pool for held in self._held.values()}
            self._held.clear()
            self._gone.clear()
        for pool in pools:
            _return_memory(pool)


def _load(keeper: HeldBackbones, spec: str, dtype: Dtype, device: Device, progress: StagedProgress | None) -> _Held:
    from embfilter_core.backbones.loading import load_backbone  # imports torch, which a first visit does not wait for
    from embfilter_core.backbones.room import ROOM

    ROOM.keepers.add(keeper)
    backbone = load_backbone(spec, dtype, device, progress)
    backbone.decompose(within(progress, DECOMPOSING))
    if backbone.entry is None and is_path(spec):
        remember_place(backbone)
    return _weighed(backbone)


def _weighed(backbone: Backbone) -> _Held:
    from embfilter_core.backbones.room import pool_of

    directions = backbone.spectrum.directions
    weights = {id(weight): weight for weight in backbone.architecture.model.parameters()}
    size = sum(weight.numel() * weight.element_size() for weight in weights.values())
    size += directions.nbytes + TOKENIZER_BYTES_A_ROW * backbone.vocab_size
    return _Held(backbone, size, pool_of(backbone.architecture.device))


def _return_memory(pool: str) -> None:
    give_back_memory()
    if pool == "cuda":
        import torch

        torch.cuda.empty_cache()
