"""A load that does not fit is refused with the numbers and with the nearest that does."""

from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest
import torch

from embfilter_core import load_backbone
from embfilter_core.backbones import devices, loading, room
from embfilter_core.backbones.catalogue import BUNDLED, CATALOGUE
from embfilter_core.backbones.preflight import fit
from embfilter_core.backbones.preflight.facts import ModelFacts, facts_of_config, facts_of_entry
from embfilter_core.backbones.preflight.fit import largest_that_fits, nearest_fit, require_memory
from embfilter_core.backbones.preflight.memory import memory_need
from embfilter_core.errors import BackboneError
from tests.core.backbones.refused import refused
from tests.tiny import FAMILY_CONFIGS

CPU, CUDA, MPS = (torch.device(name) for name in ("cpu", "cuda", "mps"))
LARGE, SMALL = facts_of_entry(CATALOGUE["qwen3-8b"]), facts_of_entry(BUNDLED)


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets what is free on the processor and on a card, and the dtypes that are native."""

    def machine(cpu: float, cuda: float = 0, native: tuple[str, ...] = ("float32", "bfloat16")) -> None:
        def there(device: torch.device) -> int:
            return round(cuda if device.type == "cuda" else cpu)

        for module in (fit, room):
            monkeypatch.setattr(module, "free_memory", there)
        monkeypatch.setattr(room, "total_memory", lambda device: 10**12)
        monkeypatch.setattr(devices, "_is_there", lambda name: name == "cpu" or (name == "cuda" and cuda > 0))
        monkeypatch.setattr(devices, "computes_in", lambda device, dtype: str(dtype).removeprefix("torch.") in native)
        monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "A Card")
        monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)

    return machine


def peak(facts: ModelFacts, dtype: str, device: str = "cpu") -> int:
    return memory_need(facts, dtype, device).peak


def refusal(dtype: torch.dtype, device: torch.device = CPU) -> BackboneError:
    return refused(require_memory, LARGE, dtype, "It", device)


def test_where_half_as_wide_numbers_fit_and_are_native_they_are_named(free: Callable[..., None]) -> None:
    free(cpu=peak(LARGE, "bfloat16"))
    error = refusal(torch.float32)
    assert error.what.startswith("It needs 3")
    assert "of memory in float32; 1" in error.what
    assert error.advice.startswith("In bfloat16 it fits: 1")


def test_what_was_asked_for_and_what_is_not_native_is_not_advised(free: Callable[..., None]) -> None:
    free(cpu=peak(LARGE, "bfloat16") - 1)
    assert "bfloat16" not in refusal(torch.bfloat16).advice
    free(cpu=peak(LARGE, "bfloat16"), native=("float32",))
    assert "bfloat16" not in refusal(torch.float32).advice


def test_the_other_device_is_named_where_it_fits_there(free: Callable[..., None]) -> None:
    free(cpu=peak(LARGE, "float32"), cuda=1e9)
    assert nearest_fit(LARGE, "float32", CUDA, 10**9).startswith("In float32 on the processor (device cpu) it fits")
    free(cpu=1e9, cuda=peak(LARGE, "float32", "cuda"))
    assert nearest_fit(LARGE, "float32", CPU, 10**9).startswith("In float32 on A Card (device cuda) it fits")


def test_else_the_largest_of_the_catalogue_that_fits_is_named(free: Callable[..., None]) -> None:
    entry = CATALOGUE["gemma-3-270m"]
    free(cpu=peak(facts_of_entry(entry), "float32"))
    assert f"The largest of the catalogue that fits is {entry.id};" in refusal(torch.float32).advice
    free(cpu=1e6)
    assert refusal(torch.float32).advice.startswith("Close other programs")


def test_others_leave_for_a_model_when_it_is_read_not_when_it_is_looked_at(
    free: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(fit.ROOM, "ask", lambda *given: asked.append(given) or 10)
    free(cpu=peak(LARGE, "float32"))
    found = require_memory(LARGE, torch.float32, "It", CPU)
    assert asked == []
    with pytest.raises(BackboneError, match="0 MB are free on the processor. Another backbone is still at work"):
        found.take_room()
    assert len(asked) == 1


def test_with_more_memory_a_backbone_as_large_or_larger_fits() -> None:
    sizes = [CATALOGUE[name].parameters for name in (largest_that_fits("float32", 2**i) for i in range(28, 38)) if name]
    assert sizes == sorted(sizes)
    assert sizes[0] <= BUNDLED.parameters
    assert sizes[-1] == max(entry.parameters for entry in CATALOGUE.values())
    here, there = (largest_that_fits("float32", peak(SMALL, "float32"), device) for device in ("cpu", "cuda"))
    assert CATALOGUE[there].parameters < CATALOGUE[here].parameters  # what kernels take there comes on top


def test_a_model_larger_than_a_gpu_is_spread_and_one_larger_than_everything_refused(
    free: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    need = memory_need(LARGE, "float32", "cuda")
    free(cpu=1e9, cuda=need.peak)
    assert require_memory(LARGE, torch.float32, "It", CUDA).places == {"device_map": {"": "cuda"}}
    each = 0.4 * need.peak + need.work
    free(cpu=0.4 * need.peak, cuda=each)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    room = round(each) - need.work  # what work needs is no place for weights
    spread = require_memory(LARGE, torch.float32, "It", CUDA).places
    assert spread == {"device_map": "auto", "max_memory": {0: room, 1: room, "cpu": round(0.4 * need.peak)}}
    free(cpu=0.3 * need.peak, cuda=0.3 * need.peak)
    for device in (CUDA, MPS, CPU):
        with pytest.raises(BackboneError, match="It needs"):
            require_memory(LARGE, torch.float32, "It", device)
    assert require_memory(SMALL, torch.float32, "It", CPU).places == {}


def test_of_two_large_loads_at_once_one_is_refused_and_fits_once_the_other_has_ended(
    saved: Callable[..., Path], free: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = peak(facts_of_config(FAMILY_CONFIGS["llama"]()), "float32")
    free(cpu=1.9 * needed)
    reads, goes_on, read = Event(), Event(), loading._read_model

    def slowly(*given: object) -> object:
        reads.set()
        assert goes_on.wait(60)
        return read(*given)

    folder = str(saved("llama"))
    monkeypatch.setattr(loading, "_read_model", slowly)
    first = Thread(target=load_backbone, args=(folder,))
    first.start()
    assert reads.wait(60)
    monkeypatch.setattr(loading, "_read_model", read)
    with pytest.raises(BackboneError, match="of memory in float32"):
        load_backbone(folder)
    goes_on.set()
    first.join(60)
    assert load_backbone(folder).d == 32
