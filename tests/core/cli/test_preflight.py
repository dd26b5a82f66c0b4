"""`preflight`: facts and a verdict on one backbone, or the catalogue with what fits here."""

import json
from collections.abc import Callable

import pytest

from embfilter_core import Backbone
from embfilter_core.backbones import devices
from embfilter_core.backbones.catalogue import CATALOGUE
from embfilter_core.backbones.machine_memory import MachineMemory
from embfilter_core.cli import main

Run = Callable[..., str]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Sets how many bytes are free."""

    def free(count: int) -> None:
        monkeypatch.setattr(devices, "machine_memory", lambda: MachineMemory(total=10**12, available=count))
        monkeypatch.setattr(devices, "_is_there", lambda name: name == "cpu")

    return free


def test_one_backbone_is_told_in_sentences(
    run: Run, folder: str, llama: Backbone, machine: Callable[[int], None]
) -> None:
    machine(2_000_000_000)
    told = run("preflight", folder)
    assert f"llama, {llama.weights.parameters:,} weights in 2 layers, d = 32, 360 tokens, tied." in told
    assert "In float32 on cpu: takes" in told
    assert "2.00 GB are free, fits." in told
    machine(0)
    lines = run("preflight", folder).splitlines()
    assert any(line.endswith("0 MB are free, does not fit.") for line in lines)
    assert lines[-1] == "Close other programs, or use a machine with more memory."


def test_as_json_it_has_every_number(run: Run, folder: str, llama: Backbone) -> None:
    told = json.loads(run("preflight", folder, "--json"))
    assert (told["facts"]["d"], told["facts"]["parameters"]) == (llama.d, llama.weights.parameters)
    assert {"needed", "free", "native", "dtype", "device"} <= set(told["places"][0])


def test_without_a_name_the_catalogue_is_listed_with_what_fits_here(run: Run, machine: Callable[[int], None]) -> None:
    machine(10**9)
    rows = json.loads(run("preflight", "--json"))
    assert [row["backbone"] for row in rows] == list(CATALOGUE)
    fits = {row["backbone"]: row["fits_here_in"] for row in rows}
    assert "float32" in fits["gpt2"]
    assert fits["phi-4"] == "no dtype"


def test_what_is_no_backbone_is_one_line(capsys: pytest.CaptureFixture) -> None:
    assert main(["preflight", "no-such"]) == 2
    assert capsys.readouterr().err.startswith("embfilter_core preflight: Unknown backbone 'no-such'.")
