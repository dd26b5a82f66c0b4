"""What a process may use: a container's limit counts, wherever it stands among the groups around the process."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from embfilter_core.backbones import machine_memory as memory
from embfilter_core.backbones.machine_memory import MachineMemory, give_back_memory, machine_memory

GB = 10**9


@pytest.fixture(autouse=True)
def large_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    told = SimpleNamespace(total=256 * GB, available=200 * GB)
    monkeypatch.setattr(memory.psutil, "virtual_memory", lambda: told)


def group(folder: Path, **files: object) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name.replace("__", ".", 1)).write_text(f"{content}\n")
    return folder


def proc(folder: Path, groups: str, mount: str) -> Path:
    folder.mkdir()
    (folder / "cgroup").write_text(groups)
    (folder / "mountinfo").write_text(f"22 1 8:1 / / rw - ext4 /dev/root rw\n{mount}\n")
    return folder


def test_a_container_of_the_second_version_sees_its_own_limit_at_the_mount(tmp_path: Path) -> None:
    stat = f"anon 1\ninactive_file {2 * GB}\nactive_file {GB}"
    top = group(tmp_path / "top", memory__max=8 * GB, memory__current=6 * GB, memory__stat=stat)
    told = proc(tmp_path / "proc", "0::/\n", f"30 22 0:26 / {top} ro - cgroup2 cgroup rw")
    assert machine_memory(told) == MachineMemory(total=8 * GB, available=5 * GB)


def test_the_tightest_of_the_groups_around_a_process_counts(tmp_path: Path) -> None:
    top = group(tmp_path / "top", memory__max=64 * GB, memory__current=60 * GB)
    group(top / "users", memory__max="max", memory__current=60 * GB)
    group(top / "users" / "job", memory__max=32 * GB, memory__high=30 * GB, memory__current=20 * GB)
    told = proc(tmp_path / "proc", "0::/users/job\n", f"30 22 0:26 / {top} rw - cgroup2 cgroup rw")
    assert machine_memory(told) == MachineMemory(total=30 * GB, available=4 * GB)


@pytest.mark.parametrize("root", ["/", "/docker/0123"])
def test_the_first_version_is_read_whether_its_mount_shows_all_groups_or_the_own_alone(
    tmp_path: Path, root: str
) -> None:
    top = group(tmp_path / "memory", memory__limit_in_bytes=2**63 - 4096, memory__usage_in_bytes=100 * GB)
    own = top / "docker" / "0123" if root == "/" else top
    stat = f"cache 9\ntotal_inactive_file {GB}"
    group(own, memory__limit_in_bytes=4 * GB, memory__usage_in_bytes=2 * GB, memory__stat=stat)
    mount = f"31 22 0:27 {root} {top} rw - cgroup cgroup rw,memory"
    told = proc(tmp_path / "proc", "5:cpu:/x\n4:memory:/docker/0123\n0::/\n", mount)
    assert machine_memory(told) == MachineMemory(total=4 * GB, available=3 * GB)


def test_without_control_groups_the_machine_counts(tmp_path: Path) -> None:
    assert machine_memory(tmp_path / "none") == MachineMemory(256 * GB, 200 * GB)
    unlimited = group(tmp_path / "top", memory__max="max", memory__current=GB)
    told = proc(tmp_path / "proc", "0::/\n", f"30 22 0:26 / {unlimited} rw - cgroup2 cgroup rw")
    assert machine_memory(told) == MachineMemory(256 * GB, 200 * GB)


def test_a_group_that_is_over_its_limit_has_nothing_free(tmp_path: Path) -> None:
    top = group(tmp_path / "top", memory__max=GB, memory__current=2 * GB)
    told = proc(tmp_path / "proc", "0::/\n", f"30 22 0:26 / {top} rw - cgroup2 cgroup rw")
    assert machine_memory(told).available == 0


def test_giving_back_collects_circles() -> None:
    class Large:
        def __init__(self) -> None:
            self.itself = self

    gone: list[int] = []
    Large.__del__ = lambda self: gone.append(1)  # type: ignore[attr-defined]
    Large()
    give_back_memory()
    assert gone == [1]
