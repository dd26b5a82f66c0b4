"""How far `from_pretrained` is: before every tensor of a model that it reads, the bytes that are read are told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from torch.nn import ModuleList

from embfilter_core.backbones.hugging_face import PreTrainedModel, transformers_logging
from embfilter_core.progress import Progress, report

_reading: ContextVar[_Reading | None] = ContextVar("reading", default=None)


@dataclass(frozen=True)
class _Reading:
    """What is read in a thread: bytes of every tensor by its name in the files, and who is told."""

    sizes: dict[str, int]
    progress: Progress | None

    def costs(self, names: list[str]) -> list[int]:
        """Bytes of tensors; one that the files have in parts, under other names, is as large as those on average."""
        known = [self.sizes.get(name) for name in names]
        others = sum(size is None for size in known)
        rest = sum(self.sizes.values()) - sum(size or 0 for size in known)
        return [rest // others if size is None else size for size in known]


@contextmanager
def told_by_tensor(files: Iterable[Path], progress: Progress | None) -> Iterator[None]:
    """Tell the bytes of weights that `from_pretrained` reads in this thread, inside the block.

    Args:
        files: The safetensors files that are read.
        progress: Called with (bytes read, bytes in all) before every tensor; returning False cancels.

    Raises:
        Cancelled: `progress` returned False.
    """
    weights = [file for file in files if file.suffix == ".safetensors"]
    sizes = {name: size for file in weights for name, size in tensor_bytes(file).items()}
    transformers_logging.set_tqdm_hook(_hook)  # stays: another thread may be reading when this one is done
    token = _reading.set(_Reading(sizes, progress))
    try:
        yield
    finally:
        _reading.reset(token)


@contextmanager
def told_by_layer(model: PreTrainedModel, progress: Progress | None, most: int) -> Iterator[None]:
    """Tell how many layers texts have gone through, inside the block, so that passes can be stopped between layers.

    Args:
        model: The model; nothing of it is changed afterwards.
        progress: Called with (layers gone through, `most`) before every layer; returning False cancels.
        most: How many there will be at most; further ones are not counted.

    Raises:
        Cancelled: `progress` returned False.
    """
    gone_through = count()

    def tell(*_: object) -> None:
        report(progress, min(next(gone_through), most), most, "layers")

    lists = [module for module in model.modules() if isinstance(module, ModuleList)]
    hooks = [layer.register_forward_pre_hook(tell) for layers in lists for layer in layers]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def tensor_bytes(file: Path) -> dict[str, int]:
    """Return the bytes of every tensor of a safetensors file by its name, from its header; none of a damaged one."""
    try:
        with file.open("rb") as content:
            length = int.from_bytes(content.read(8), "little")
            header = json.loads(content.read(min(length, file.stat().st_size)))
        facts = {name: fact["data_offsets"] for name, fact in header.items() if name != "__metadata__"}
        return {name: stop - start for name, (start, stop) in facts.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # its reader will say what is wrong
        return {}


def _hook(factory: Callable[..., Any], given: tuple[Any, ...], options: dict[str, Any]) -> Any:  # noqa: ANN401 - a bar
    """Stand for a progress bar of transformers, which it makes in the thread that reads."""
    reading = _reading.get()
    return factory(*given, **options) if reading is None or not given else _told(list(given[0]), reading)


def _told(steps: list[Any], reading: _Reading) -> Iterator[Any]:
    """Go through pairs of a tensor's name and anything, and tell before each."""
    costs = reading.costs([str(step[0]) for step in steps])
    total, done = sum(costs), 0
    for step, cost in zip(steps, costs, strict=True):
        report(reading.progress, done, total, "bytes")
        yield step
        done += cost
    report(reading.progress, done, total, "bytes")
