"""How fast backbones embed here: each by itself where it was measured, else as the last one did, else a guess."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from embfilter_core.storage.speeds import keep_speed, known_speed, note_speed

FEWEST_TOKENS = 512
"""A few tokens do not show a speed."""
Basis = Literal["measured", "another", "guess"]
GUESSED = {"cpu": 1.2e11, "cuda": 1e13, "mps": 1e12}
"""Weights times tokens in a second, before anything was measured: of 2 cores, and of common cards."""


@dataclass(frozen=True)
class Pace:
    """Speed of embedding.

    Attributes:
        work_per_second: Weights that a token is multiplied with, times tokens, in a second.
        basis: Measured here on this very backbone, on another one, or not at all.
    """

    work_per_second: float
    basis: Basis

    def seconds(self, active: int, tokens: float) -> float:
        """Return how long so many tokens take, by the weights that each is multiplied with."""
        return active * tokens / self.work_per_second


def pace_of(dtype: str, device: str, fingerprint: str = "") -> Pace:
    """Return the speed of a backbone in a dtype on a device; of one that is not loaded yet, without fingerprint."""
    own = known_speed(_name(dtype, device, fingerprint)) if fingerprint else None
    if own is not None:
        return Pace(own, "measured")
    last = known_speed(_name(dtype, device))
    return Pace(GUESSED[device], "guess") if last is None else Pace(last, "another")


def note_pace(dtype: str, device: str, fingerprint: str, active: int, tokens: int, seconds: float) -> None:
    """Take over what so many tokens took into later estimates, of this backbone and of others."""
    if tokens >= FEWEST_TOKENS:
        for name in _names(dtype, device, fingerprint):
            note_speed(name, active * tokens, seconds)


def keep_pace(dtype: str, device: str, fingerprint: str) -> None:
    """Keep the speed that was noted last for later processes."""
    for name in _names(dtype, device, fingerprint):
        keep_speed(name)


def _names(dtype: str, device: str, fingerprint: str) -> tuple[str, str]:
    return _name(dtype, device, fingerprint), _name(dtype, device)


def _name(dtype: str, device: str, fingerprint: str = "last") -> str:
    return f"embed-{fingerprint}-{dtype}-{device}"
