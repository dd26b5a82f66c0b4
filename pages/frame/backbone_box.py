"""The choice of a backbone: a list of those that are known, and a field for any other."""

import streamlit as st

from embfilter_core.backbones.catalogue import CATALOGUE, CatalogueEntry, catalogue_entry
from embfilter_core.number_format import format_bytes
from pages.cached.backbones import in_memory
from pages.frame.address import LONGEST_NAME
from pages.frame.address_bar import choose
from pages.frame.hosting import is_hosted
from pages.frame.messages import literal
from pages.frame.sidebar_controls import BACKBONE
from pages.frame.values import face, value_of

OTHER = "another one"
_ASKED, _WRITTEN = "asks_for_another", "backbone_written"


def choose_backbone() -> str:
    """Draw the choice; returns what is chosen: a catalogue id, or what was written in the field."""
    spec = value_of(BACKBONE)
    entry = catalogue_entry(spec)
    asked = entry is None or st.session_state.get(_ASKED, False)
    names = [*CATALOGUE] if is_hosted() else [*CATALOGUE, OTHER]
    if asked and OTHER not in names:
        names.append(OTHER)  # a link named it: the page says why it is refused
    shown = OTHER if asked else spec
    first = 0 if face(BACKBONE, shown) else names.index(shown)
    about = BACKBONE.about
    st.selectbox(BACKBONE.label, names, first, _described, key=BACKBONE.key, on_change=_take_listed, help=about)
    if asked:
        _field("" if entry else spec)
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
        help="A hub id such as Qwen/Qwen2.5-0.5B, a folder written by save_pretrained, or the path of a .gguf file.",
    )


def _take_listed() -> None:
    listed = st.session_state[BACKBONE.key]
    st.session_state[_ASKED] = listed == OTHER
    if listed != OTHER:
        choose({BACKBONE: listed})


def _take_written() -> None:
    written = st.session_state[_WRITTEN].strip().strip("\"'")
    if written:
        st.session_state[_ASKED] = False
        choose({BACKBONE: written})


def _described(name: str) -> str:
    """What one sees of an entry before it is chosen: its size, whether it needs a network, and its licence."""
    entry = CATALOGUE.get(name)
    return f"{name}: hub id, folder or file" if entry is None else f"{entry.id} · {_cost(entry)}"


def _cost(entry: CatalogueEntry) -> str:
    if entry.bundled:
        return f"offline · {entry.licence}"
    fetched = format_bytes(2 * entry.parameters)  # hubs keep two bytes a weight
    return f"fetches {fetched} · {entry.licence}{', gated' if entry.gated else ''}"


def _facts(spec: str) -> str:
    """What is known of a backbone: of the catalogue at once, of any other once it is loaded."""
    entry, loaded = catalogue_entry(spec), in_memory(spec)
    if entry is not None:
        return f"d = {entry.d:,}, {entry.vocab_size:,} tokens, {_cost(entry)}"
    if loaded is None:
        return "Its name, family and size are told once it is loaded."
    family = loaded.architecture.model.config.model_type
    return f"{literal(loaded.name)}: {literal(family)}, d = {loaded.d:,}, {loaded.vocab_size:,} tokens"
