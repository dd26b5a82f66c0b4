"""How long the first things take on this machine, by what was measured on it."""

from __future__ import annotations

from dataclasses import dataclass

from embfilter_core.backbones.pace import Basis, pace_of
from embfilter_core.backbones.preflight.facts import ModelFacts
from embfilter_core.spectral.spectrum_cost import spectrum_seconds

TEXTS, TOKENS_A_TEXT = 1000, 40
"""Sentences of 25 words in a prompt of a dozen tokens."""


@dataclass(frozen=True)
class TimeNeeded:
    """Seconds on this machine.

    Attributes:
        spectrum: To find the singular directions, once per backbone.
        texts: To embed 1,000 texts of 40 tokens, prompt included.
        spectrum_measured: Whether the first rests on a spectrum that was computed here.
        texts_basis: What the second rests on.
    """

    spectrum: float
    texts: float
    spectrum_measured: bool
    texts_basis: Basis


def time_needed(facts: ModelFacts, dtype: str, device: str) -> TimeNeeded:
    """Estimate how long a backbone that is not loaded yet takes, in a dtype on a device (cpu, cuda or mps)."""
    spectrum, measured = spectrum_seconds(facts.vocab_size, facts.d, "cuda" if device == "cuda" else "cpu")
    pace = pace_of(dtype, device)
    return TimeNeeded(spectrum, pace.seconds(facts.active, TEXTS * TOKENS_A_TEXT), measured, pace.basis)
