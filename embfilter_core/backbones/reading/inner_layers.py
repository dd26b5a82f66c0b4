"""Where the inner layers of a language model are, and what brings them to the space of its head.

Nothing is taken from a list of families: on a few tokens, what enters and leaves every module is watched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from embfilter_core.backbones.reading.probe import call


@dataclass(frozen=True, eq=False)
class InnerLayers:
    """The blocks of a language model and what follows them.

    Attributes:
        count: Number of blocks L.
        blocks: The blocks, each run once, in their order; none where they cannot be read.
        after_blocks: What makes the last hidden state of what leaves the last block: a final norm as a rule, then a
            projection where the embedding is narrower than the layers; nothing where it is that already.
        unreadable: Why hidden states of inner layers cannot be brought to the space of the head, or None.
    """

    count: int
    blocks: Sequence[nn.Module] = ()
    after_blocks: tuple[nn.Module, ...] = ()
    unreadable: str | None = None


@dataclass(frozen=True, eq=False)
class _Call:
    """One call of a module: the tensor that entered it, if it was given nothing else, and the first that left."""

    part: nn.Module
    entered: Tensor
    alone: bool
    left: Tensor


@torch.inference_mode()
def read_inner_layers(base_model: nn.Module, ids: Tensor, expected: int) -> tuple[InnerLayers, Tensor]:
    """Find the blocks of a language model and what follows them, and check both on a few tokens.

    Args:
        base_model: The part of a model that returns the final hidden states.
        ids: Token ids to try it on, (n, positions).
        expected: Number of layers that its configuration names.

    Returns:
        The layers, and the final hidden states of the tokens, (n, positions, d).
    """
    blocks = list(_blocks(base_model, expected))
    beside = list(_beside(base_model, blocks))
    with _watching([*blocks, *beside]) as calls:
        last: Tensor = call(base_model, ids).last_hidden_state
    through = [made for made in calls if made.part not in beside]
    if not blocks:
        return InnerLayers(expected, unreadable="its layers are not found in a list of modules"), last
    if [made.part for made in through] != blocks:
        return InnerLayers(len(blocks), unreadable="its layers do not run once each, one after another"), last
    parts = _chain(calls[calls.index(through[-1]) :], last)
    if parts is None or len({made.entered.shape for made in through}) > 1:
        why = "what follows its last layer is more than a norm or a projection"
        return InnerLayers(len(blocks), unreadable=why), last
    return InnerLayers(len(blocks), blocks, parts), last


@contextmanager
def kept_states(blocks: Sequence[nn.Module]) -> Iterator[list[Tensor]]:
    """Keep what enters blocks while a model is run, in the order of the blocks."""
    kept: list[Tensor] = []

    def keep(part: nn.Module, args: tuple[Any, ...], named: dict[str, Any]) -> None:
        first = _first([*args, *named.values()])
        if first is not None:
            kept.append(first.clone())  # a block may add to what it was given

    hooks = [block.register_forward_pre_hook(keep, with_kwargs=True) for block in blocks]
    try:
        yield kept
    finally:
        for hook in hooks:
            hook.remove()


def _blocks(base_model: nn.Module, expected: int) -> Iterable[nn.Module]:
    """The outermost list of as many modules as there are layers, or else the longest of all."""
    lists = [part for part in base_model.modules() if isinstance(part, nn.ModuleList)]
    return max(lists, key=lambda part: (len(part) == expected, len(part)), default=())


def _beside(part: nn.Module, blocks: list[nn.Module]) -> Iterator[nn.Module]:
    """Yield the outermost modules that neither hold the blocks nor belong to one."""
    for child in part.children():
        if child in blocks:
            continue
        if isinstance(child, nn.ModuleList | nn.ModuleDict) or any(block in blocks for block in child.modules()):
            yield from _beside(child, blocks)
        else:
            yield child


def _chain(calls: list[_Call], last: Tensor) -> tuple[nn.Module, ...] | None:
    """Modules that make the last state of what left the first call, each given what the one before it gave, or None."""
    parts, state = [], calls[0].left
    for made in calls[1:]:
        if made.alone and _same(made.entered, state):
            parts.append(made.part)
            state = made.left
    return tuple(parts) if _same(state, last) else None


@contextmanager
def _watching(parts: list[nn.Module]) -> Iterator[list[_Call]]:
    """Note the calls of modules, of which none calls another, as they end."""
    calls: list[_Call] = []
    given: list[tuple[Tensor | None, bool]] = []

    def enter(part: nn.Module, args: tuple[Any, ...], named: dict[str, Any]) -> None:
        values = [*args, *named.values()]
        first = _first(values)
        given.append((None if first is None else first.clone(), len(values) == 1))

    def leave(part: nn.Module, args: tuple[Any, ...], result: Any) -> None:  # noqa: ANN401 (a tensor, or several)
        entered, alone = given.pop()
        left = result[0] if isinstance(result, tuple | list) else result
        if entered is not None and isinstance(left, Tensor):
            calls.append(_Call(part, entered, alone, left.clone()))

    hooks = [part.register_forward_pre_hook(enter, with_kwargs=True) for part in parts]
    hooks += [part.register_forward_hook(leave) for part in parts]
    try:
        yield calls
    finally:
        for hook in hooks:
            hook.remove()


def _first(values: list[Any]) -> Tensor | None:
    return next((value for value in values if isinstance(value, Tensor)), None)


def _same(one: Tensor, other: Tensor) -> bool:
    return one.shape == other.shape and bool((one == other.to(one.device)).all())
