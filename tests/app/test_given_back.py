"""Memory is given back after the last of several runs of pages and once more later, not while they go on."""

import time

import pytest

from embfilter_core.backbones import machine_memory
from pages.frame.jobs import given_back

CALM_S, AGAIN_S = 0.3, 0.6


def test_memory_is_given_back_only_after_all_has_been_calm_and_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float] = []
    monkeypatch.setattr(machine_memory, "give_back_memory", lambda: given.append(time.monotonic()))
    monkeypatch.setattr(given_back, "CALM_S", CALM_S)
    monkeypatch.setattr(given_back, "AGAIN_S", AGAIN_S)
    giving = given_back.GivingBack()
    for _ in range(5):
        giving.put_off()
        last = time.monotonic()
        time.sleep(CALM_S / 10)
    time.sleep(2 * (CALM_S + AGAIN_S))
    first, again = given
    assert first - last >= CALM_S
    assert again - first >= AGAIN_S
