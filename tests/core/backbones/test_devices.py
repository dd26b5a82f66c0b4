"""What is there is offered; what is asked for and not there is one clear sentence."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from embfilter_core import load_backbone
from embfilter_core.backbones import device_names, devices
from embfilter_core.backbones.device_names import DEVICES, offered_devices
from embfilter_core.backbones.preflight.fit import require_native
from embfilter_core.errors import BackboneError, InputError

CPU, CUDA = torch.device("cpu"), torch.device("cuda")


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_is_there", lambda name: name == "cpu")


@pytest.mark.usefixtures("no_gpu")
@pytest.mark.parametrize(("name", "said"), [("cuda", "CUDA GPU"), ("mps", "Apple chip")])
def test_a_device_that_is_not_there_is_one_sentence(saved: Callable[..., Path], name: str, said: str) -> None:
    with pytest.raises(BackboneError, match=said) as caught:
        load_backbone(str(saved("llama")), device=name)
    assert caught.value.what.count(".") == 1
    assert "auto" in caught.value.advice


@pytest.mark.parametrize("name", ["", "gpu", "cuda:0", "CPU"])
def test_an_unknown_device_is_refused_and_the_known_ones_named(saved: Callable[..., Path], name: str) -> None:
    with pytest.raises(InputError, match="Unknown device") as caught:
        load_backbone(str(saved("llama")), device=name)
    assert all(known in caught.value.advice for known in DEVICES)


@pytest.mark.parametrize(("there", "chosen"), [({"cuda", "cpu"}, "cuda"), ({"mps", "cpu"}, "mps"), ({"cpu"}, "cpu")])
def test_auto_is_a_gpu_where_there_is_one(monkeypatch: pytest.MonkeyPatch, there: set[str], chosen: str) -> None:
    monkeypatch.setattr(devices, "_is_there", there.__contains__)
    assert devices.choose_device("auto").type == chosen


@pytest.mark.usefixtures("no_gpu")
def test_a_backbone_says_where_it_computes(saved: Callable[..., Path]) -> None:
    backbone = load_backbone(str(saved("llama")))
    assert (backbone.device, backbone.device_name) == ("cpu", "the processor")
    assert backbone.key == (backbone.fingerprint, "float32", "cpu")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """What a machine is offered, by whether torch has kernels for a GPU, a driver is there, and its kind."""

    def offered(kernels: bool = False, driver: bool = False, system: str = "linux", chip: str = "x86_64") -> list[str]:
        (tmp_path / "lib").mkdir(exist_ok=True)
        (tmp_path / "lib" / "libtorch_cuda.so").unlink(missing_ok=True)
        (tmp_path / "lib" / ("libtorch_cuda.so" if kernels else "libtorch_cpu.so")).touch()
        origin = str(tmp_path / "__init__.py")
        monkeypatch.setattr(device_names, "find_spec", lambda name: SimpleNamespace(origin=origin))
        monkeypatch.setattr(device_names, "_DRIVERS", (str(tmp_path) if driver else str(tmp_path / "none"),))
        monkeypatch.setattr(device_names.sys, "platform", system)
        monkeypatch.setattr(device_names.platform, "machine", lambda: chip)
        return offered_devices()

    return offered


def test_what_is_there_is_offered_and_nothing_else(machine: Callable[..., list[str]]) -> None:
    assert machine() == ["auto", "cpu"]
    assert machine(kernels=True) == machine(driver=True) == ["auto", "cpu"]
    assert machine(kernels=True, driver=True) == ["auto", "cpu", "cuda"]
    assert machine(system="darwin", chip="arm64") == ["auto", "cpu", "mps"]
    assert machine(system="darwin") == ["auto", "cpu"]


def test_no_torch_offers_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_names, "find_spec", lambda name: None)
    monkeypatch.setattr(device_names.sys, "platform", "linux")
    assert offered_devices() == ["auto", "cpu"]


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_a_dtype_that_the_device_emulates_is_refused(monkeypatch: pytest.MonkeyPatch, dtype: torch.dtype) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: False)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "An Old Card")
    assert devices.computes_in(CUDA, torch.float16)
    assert devices.computes_in(CUDA, torch.float32)
    monkeypatch.setattr(devices, "computes_in", lambda device, asked: asked == torch.float32)
    name = str(dtype).removeprefix("torch.")
    for device, what in ((CPU, "This processor"), (CUDA, "An Old Card")):
        with pytest.raises(BackboneError, match=f"{what} has no native {name}."):
            require_native(dtype, device)


def test_an_apple_chip_is_asked_what_it_computes_in(monkeypatch: pytest.MonkeyPatch) -> None:
    features = {"hw.optional.arm.FEAT_BF16": "1\n", "hw.optional.arm.FEAT_FP16": "0\n"}

    def sysctl(command: list[str], **_: object) -> SimpleNamespace:
        assert command[:2] == ["sysctl", "-n"]
        return SimpleNamespace(stdout=features.get(command[2], ""))

    monkeypatch.setattr(devices.sys, "platform", "darwin")
    monkeypatch.setattr(devices.subprocess, "run", sysctl)
    for feature in ("_is_avx512_bf16_supported", "_is_amx_tile_supported", "_is_amx_fp16_supported"):
        monkeypatch.setattr(torch.cpu, feature, lambda: False, raising=False)
    assert devices.computes_in(CPU, torch.bfloat16)
    assert not devices.computes_in(CPU, torch.float16)
    features.clear()  # a chip by Intel knows no such name
    assert not devices.computes_in(CPU, torch.bfloat16)
