"""How long a spectrum takes on this machine."""

from __future__ import annotations

from embfilter_core.storage.speeds import keep_speed, known_speed, note_speed

EIGEN_WORK = 12
"""Multiplications of the eigenvectors of a Gram matrix, over d cubed, as slow as they are beside those of a product."""
GUESSED = {"cpu": 2.4e10, "cuda": 1e12}
"""Multiplications in a second before a spectrum was computed here, in float64: of 2 cores, and of common cards."""
SHORTEST_S = 0.2


def spectrum_seconds(vocab_size: int, d: int, device: str) -> tuple[float, bool]:
    """Return how long the spectrum of a (|V|, d) matrix takes on a cpu or cuda device, and whether that was measured.

    The Gram matrix takes |V| d^2 multiplications or half of that, its eigenvectors a multiple of d^3.
    """
    speed = known_speed(_name(device))
    return _work(vocab_size, d) / (speed or GUESSED[device]), speed is not None


def note_spectrum(vocab_size: int, d: int, device: str, seconds: float) -> None:
    """Take over how long a spectrum took into later estimates."""
    note_speed(_name(device), _work(vocab_size, d), seconds, SHORTEST_S)
    keep_speed(_name(device))


def _work(vocab_size: int, d: int) -> float:
    return float(vocab_size) * d**2 + EIGEN_WORK * float(d) ** 3


def _name(device: str) -> str:
    return f"spectrum-{device}"
