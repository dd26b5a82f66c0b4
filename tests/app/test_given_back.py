"""Memory is given back once after the last of several runs of pages, not while they go on."""

import time

import pytest

from embfilter_core.backbones import machine_memory
from pages.frame.jobs import given_back

CALM_S = 0.3


def test_memory_is_given_back_once_and_only_after_all_has_been_calm(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float] = []
    monkeypatch.setattr(machine_memory, "give_back_memory", lambda: given.append(time.monotonic()))
    monkeypatch.setattr(given_back, "CALM_S", CALM_S)
    giving = given_back.GivingBack()
    for _ in range(5):
        giving.put_off()
        last = time.monotonic()
        time.sleep(CALM_S / 10)
    time.sleep(3 * CALM_S)
    assert len(given) == 1
    assert given[0] - last >= CALM_S
