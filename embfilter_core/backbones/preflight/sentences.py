"""What a preflight says to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embfilter_core.jobs.words import duration
from embfilter_core.number_format import format_bytes, format_weights

if TYPE_CHECKING:
    from embfilter_core.backbones.preflight.facts import ModelFacts
    from embfilter_core.backbones.preflight.places import Place
    from embfilter_core.backbones.preflight.preflight import Preflight
    from embfilter_core.backbones.preflight.time_needed import TimeNeeded

SOURCES = {"bundled": "Comes with the app", "hub": "On the hub", "folder": "A folder here", "gguf": "A GGUF file here"}


def describe(told: Preflight) -> list[str]:
    """Return what is known of a backbone, a sentence a line."""
    lines = [f"{told.name}: {sizes(told.facts)}.", f"{_where(told)}.", told.quirk]
    lines += [f"{times(told.time)}."] if told.time else []
    lines += [f"{place_sentence(place)}." for place in told.places]
    lines += [told.obstacle or told.advice()]
    return [line for line in lines if line]


def sizes(facts: ModelFacts | None) -> str:
    """Return the sizes of a model, without a full stop."""
    if facts is None:
        return "its sizes stand in the file, and are told once that is fetched"
    tied = "tied" if facts.tied else "not tied"
    return (
        f"{facts.family}, {format_weights(facts.parameters)} weights in {facts.layers} layers, d = {facts.d:,}, "
        f"{facts.vocab_size:,} tokens, {tied}"
    )


def place_sentence(place: Place) -> str:
    """Return whether a backbone fits in a place, without a full stop."""
    if not place.native:
        return f"In {place.dtype} on {place.device}: not native here"
    verdict = "fits" if place.fits else "does not fit"
    numbers = f"takes {format_bytes(place.needed)} of memory, {format_bytes(place.free)} are free"
    return f"In {place.dtype} on {place.device}: {numbers}, {verdict}"


def times(needed: TimeNeeded) -> str:
    """Return how long the first things take, without a full stop."""
    guess = not needed.spectrum_measured or needed.texts_basis == "guess"
    return (
        f"Singular directions in about {duration(needed.spectrum)}, 1,000 texts in about {duration(needed.texts)} on "
        f"this machine{', a guess until both were done here' if guess else ''}"
    )


def _where(told: Preflight) -> str:
    size = f", {format_bytes(told.stored_bytes)}" if told.stored_bytes else ""
    fetch = f", {format_bytes(told.fetch_bytes)} of it to fetch" if told.fetch_bytes else ""
    licence = f", {told.licence}" if told.licence else ""
    gate = ", gated: its licence has to be accepted on the hub first" if told.gated else ""
    return f"{SOURCES[told.kind]}{size}{fetch}{licence}{gate}"
