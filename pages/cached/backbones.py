"""Loaded backbones, and what is known of their vocabulary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.cached.keys import KEYS, read_only

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.backbones.device_names import Device, Dtype
    from embfilter_core.backbones.prompts import Prompt
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.lens.token_rates import TokenRates
    from embfilter_core.spectral.spectroscopy import AverageToken

MOST_BACKBONES = 2
_in_memory: dict[tuple[str, str, str], Backbone] = {}  # the very backbones that the cache below holds, by its arguments


def is_loaded(spec: str, dtype: str, device: str) -> bool:
    """Whether a backbone is in memory, so that using it needs no long wait."""
    return (spec, dtype, device) in _in_memory


def device_in_memory(spec: str, device: str) -> str | None:
    """Return what the device is called that a backbone in memory computes on, or None where it is not in memory."""
    loaded = next((loaded for (name, _, asked), loaded in _in_memory.items() if (name, asked) == (spec, device)), None)
    return None if loaded is None else loaded.device_name


def in_memory(spec: str) -> Backbone | None:
    """Return a backbone that is in memory, of whatever dtype, else None."""
    return next((loaded for (name, *_), loaded in _in_memory.items() if name == spec), None)


def path_in_memory(reference: str) -> str | None:
    """Return what a backbone of one's own in memory was loaded by, from the reference that links have, else None."""
    from embfilter_core.backbones.places import is_path, reference_of

    paths = {reference_of(loaded): spec for (spec, *_), loaded in _in_memory.items() if is_path(spec)}
    return paths.get(reference)


def _forget(released: Backbone) -> None:
    for key, kept in list(_in_memory.items()):
        if kept is released:
            del _in_memory[key]


@st.cache_resource(max_entries=MOST_BACKBONES, show_spinner=False, on_release=_forget)
def backbone(spec: str, dtype: Dtype, device: Device) -> Backbone:
    """Return a loaded backbone with its spectrum; two at most stay in memory."""
    from embfilter_core import load_backbone
    from embfilter_core.backbones.places import is_path, remember_place

    loaded = load_backbone(spec, dtype, device)
    _ = loaded.spectrum
    if loaded.entry is None and is_path(spec):
        remember_place(loaded)
    _in_memory[spec, dtype, device] = loaded
    return loaded


@st.cache_resource(hash_funcs=KEYS, max_entries=512, show_spinner=False)
def head_error(backbone: Backbone, text: str, prompt: Prompt) -> float:
    """Return the largest absolute error of our head against the model's own logits on a text."""
    return backbone.head_error_on(text, prompt)


@st.cache_resource(hash_funcs=KEYS, max_entries=4, show_spinner="Looking up the words of the vocabulary ...")
def vocabulary_zipf(backbone: Backbone) -> np.ndarray:
    """Return the Zipf frequency of every token, (|V|,); more than 0 for known English words."""
    from embfilter_core.vocabulary.token_frequency import vocabulary_zipf as look_up

    return read_only(look_up(backbone.token_texts, backbone.vocab_size))


@st.cache_resource(hash_funcs=KEYS, max_entries=4, show_spinner=False)
def average_token(backbone: Backbone) -> AverageToken:
    """Return the average token of the reference corpus, with the paper's settings."""
    from embfilter_core.lens.frequent_tokens import reference_average_token

    return reference_average_token(backbone)


@st.cache_resource(hash_funcs=KEYS, max_entries=4, show_spinner=False)
def frequent_token_scores(backbone: Backbone) -> np.ndarray:
    """Return the spectroscopy scores behind the preset `quiet`, (d,)."""
    from embfilter_core.lens.frequent_tokens import frequent_token_scores as compute

    return read_only(compute(backbone))


@st.cache_resource(hash_funcs=KEYS, max_entries=8, show_spinner=False)
def token_rates(backbone: Backbone, corpus: Corpus) -> TokenRates:
    """Return how frequent each token of the vocabulary is in a corpus.

    Raises:
        InputError: It has no token.
    """
    from embfilter_core.lens.token_counts import count_tokens
    from embfilter_core.lens.token_rates import token_rates as compute

    return compute(count_tokens(backbone, corpus.texts, corpus.name))
