"""The choice of a backbone: a list of those that are known, and a field for any other."""

from contextlib import suppress

import streamlit as st

from embfilter_core.backbones.catalogue import CATALOGUE, CatalogueEntry, catalogue_entry
from embfilter_core.backbones.device_names import offered_devices
from embfilter_core.backbones.preflight.facts import facts_of_entry
from embfilter_core.backbones.preflight.places import processor_place
from embfilter_core.backbones.spellings import plain_spelling
from embfilter_core.errors import BackboneError
from embfilter_core.number_format import format_bytes, format_weights
from pages.cached.backbones import held, in_memory
from pages.frame.address import LONGEST_NAME
from pages.frame.address_bar import choose
from pages.frame.hosting import is_hosted, offers
from pages.frame.messages import literal
from pages.frame.sidebar_controls import BACKBONE, DEVICE, DTYPE
from pages.frame.values import face, is_stale, value_of

OTHER = "another one"
_ASKED, _WRITTEN = "asks_for_another", "backbone_written"


def choose_backbone() -> str:
    """Draw the choice; returns what is chosen: a catalogue id, or what was written in the field."""
    spec = value_of(BACKBONE)
    chosen = catalogue_entry(spec)
    asked = chosen is None or st.session_state.get(_ASKED, False)
    names = [name for name, entry in CATALOGUE.items() if offers(entry)] + ([] if is_hosted() else [OTHER])
    shown = OTHER if asked else spec
    if shown not in names:
        names.append(shown)  # a link named it: the page says why it is refused
    first = 0 if face(BACKBONE, shown) else names.index(shown)
    about = BACKBONE.about
    st.selectbox(BACKBONE.label, names, first, _described, key=BACKBONE.key, on_change=_take_listed, help=about)
    if asked:
        _field("" if chosen else spec)
    st.caption(_facts(spec))
    return spec


def _field(written: str) -> None:
    if _WRITTEN not in st.session_state or st.session_state[_WRITTEN] != written:
        st.session_state[_WRITTEN] = written
    st.text_input(
        "Hub id, folder or file",
        key=_WRITTEN,
        max_chars=LONGEST_NAME,
        placeholder="Qwen/Qwen2.5-0.5B",
        on_change=_take_written,
        help="A hub id such as Qwen/Qwen2.5-0.5B, a folder written by save_pretrained, or a GGUF file: its path, or "
        "one of the hub as owner/name:Q4_K_M.",
    )


def _take_listed() -> None:
    if is_stale(BACKBONE.key):
        return
    listed = st.session_state[BACKBONE.key]
    st.session_state[_ASKED] = listed == OTHER
    if listed != OTHER:
        choose({BACKBONE: listed})


def _take_written() -> None:
    written = st.session_state[_WRITTEN].strip()
    with suppress(BackboneError):  # of what is no address of a model, the page says so
        written = plain_spelling(written)
    if written:
        st.session_state[_ASKED] = False
        choose({BACKBONE: written})


def _described(name: str) -> str:
    """What one sees of an entry before it is chosen, and finds it by: what it costs first, as a sidebar is narrow."""
    entry = CATALOGUE.get(name)
    if entry is None:
        return f"{name}: hub id, folder or file"
    fetched = "offline" if entry.bundled else format_bytes(entry.fetch_bytes)
    gated = ", gated" if entry.gated else ""
    size = format_weights(entry.parameters)
    return f"{entry.id} · {fetched}{gated} · {entry.licence} · {entry.family} · {size} weights"


def _cost(entry: CatalogueEntry) -> str:
    if entry.bundled:
        return f"offline · {entry.licence}"
    return f"fetches {format_bytes(entry.fetch_bytes)} · {entry.licence}{', gated' if entry.gated else ''}"


def _facts(spec: str) -> str:
    """What is known of a backbone: of the catalogue at once, of any other once it is loaded or looked up."""
    entry, loaded = catalogue_entry(spec), in_memory(spec)
    if entry is not None:
        size = f"{entry.family}, {format_weights(entry.parameters)} weights in {entry.layers} layers"
        told = f"{size}, d = {entry.d:,}, {entry.vocab_size:,} tokens, {_cost(entry)}."
        return " ".join(filter(None, (told, literal(entry.quirk), "" if loaded or entry.bundled else _verdict(entry))))
    if loaded is None:
        return "Its family and size, and whether it fits here, are told before it is fetched."
    family = loaded.architecture.model.config.model_type
    return f"{literal(loaded.name)}: {literal(family)}, d = {loaded.d:,}, {loaded.vocab_size:,} tokens"


def _verdict(entry: CatalogueEntry) -> str:
    """Whether a backbone fits in the machine's memory; empty where a GPU is asked, which only torch knows."""
    if value_of(DEVICE) not in ("auto", "cpu") or (value_of(DEVICE) == "auto" and len(offered_devices()) > 2):
        return ""
    place = processor_place(facts_of_entry(entry), held().held_bytes("machine"), value_of(DTYPE))
    numbers = f"{format_bytes(place.needed)} of memory in {place.dtype}, {format_bytes(place.free)} are free"
    return f"Fits here: takes {numbers}." if place.fits else f"Does not fit here: takes {numbers}."
