"""Memory of the machine as this process may use it: the limits of its control groups count, not the hardware alone."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

PROC = Path("/proc/self")


@dataclass(frozen=True)
class MachineMemory:
    """Bytes that this process may use.

    Attributes:
        total: In all, free or not.
        available: Of these, what is free now or only holds files that are read again when needed.
    """

    total: int
    available: int


@dataclass(frozen=True)
class _Kind:
    """Where one version of Linux's control groups keeps its numbers."""

    file_system: str
    limits: tuple[str, ...]
    used: str
    reclaimable: tuple[str, ...]


_VERSIONS = {
    1: _Kind(
        "cgroup",
        ("memory.limit_in_bytes",),
        "memory.usage_in_bytes",
        ("total_inactive_file", "total_active_file"),
    ),
    2: _Kind("cgroup2", ("memory.max", "memory.high"), "memory.current", ("inactive_file", "active_file")),
}


def machine_memory(proc: Path = PROC) -> MachineMemory:
    """Return the memory of the machine, or of the tightest control group around this process (a container, a job).

    Args:
        proc: What Linux tells of the process; there is none elsewhere, and no control group.
    """
    told = psutil.virtual_memory()
    total, available = int(told.total), int(told.available)
    for limit, used in _limits(proc):
        total, available = min(total, limit), min(available, max(0, limit - used))
    return MachineMemory(total, available)


def give_back_memory() -> None:
    """Return to the system what was freed: Python's circles are collected, and glibc keeps no empty pages."""
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's; others give back by themselves
        if trim is not None:
            trim(0)


def _limits(proc: Path) -> Iterator[tuple[int, int]]:
    """Yield limit and use, in bytes, of every control group that this process is in and that has a limit."""
    for version, folder, top in _groups(proc):
        kind = _VERSIONS[version]
        for group in (folder, *folder.parents):
            limits = [number for name in kind.limits if (number := _number(group / name)) is not None]
            used = _number(group / kind.used)
            if limits and used is not None:
                yield min(limits), used - _reclaimable(group / "memory.stat", kind.reclaimable)
            if group == top:
                break


def _groups(proc: Path) -> Iterator[tuple[int, Path, Path]]:
    """Yield version, folder of this process's own group, and the topmost one that is seen from here."""
    own = {}
    for line in _lines(proc / "cgroup"):
        _, controllers, path = line.split(":", 2)
        if not controllers or "memory" in controllers.split(","):
            own[1 if controllers else 2] = path
    for line in _lines(proc / "mountinfo"):
        before, _, after = line.partition(" - ")
        root, mounted = before.split()[3:5]
        system, _, options = after.split(maxsplit=2)
        version = next((number for number, kind in _VERSIONS.items() if kind.file_system == system), 0)
        if version in own and (version == 2 or "memory" in options.split(",")):
            yield version, _inside(Path(mounted), root, own[version]), Path(mounted)


def _inside(mounted: Path, root: str, path: str) -> Path:
    """Where a group lies below a mount that shows the groups from `root` on; the mount itself if it is not below it."""
    if not Path(path).is_relative_to(root):
        return mounted
    folder = mounted / Path(path).relative_to(root)
    return folder if folder.is_dir() else mounted


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8").splitlines()
    except OSError:  # not Linux, or not shown in here
        return []


def _number(path: Path) -> int | None:
    """The number in a file, or None where there is none: no such file, or `max`."""
    text = "".join(_lines(path)[:1]).strip()
    return int(text) if text.isdecimal() else None


def _reclaimable(stat: Path, names: tuple[str, ...]) -> int:
    facts = dict(line.split(maxsplit=1) for line in _lines(stat) if " " in line)
    return sum(int(facts.get(name, 0)) for name in names)
