"""Loaded backbones, and what is known of their vocabulary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.backbones.held import HeldBackbones
from embfilter_core.backbones.places import is_path, reference_of
from pages.cached.keys import KEYS, read_only

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.backbones.device_names import Device, Dtype
    from embfilter_core.backbones.prompts import Prompt
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.lens.token_rates import TokenRates
    from embfilter_core.progress import StagedProgress
    from embfilter_core.spectral.spectroscopy import AverageToken


@st.cache_resource(max_entries=1, show_spinner=False, on_release=lambda released: released.clear())
def held() -> HeldBackbones:
    """Return the backbones that this server keeps in memory."""
    return HeldBackbones()


def is_loaded(spec: str, dtype: str, device: str) -> bool:
    """Whether a backbone is in memory, so that using it needs no long wait."""
    return held().state(spec, dtype, device) == "loaded"


def device_in_memory(spec: str, device: str) -> str | None:
    """Return what the device is called that a backbone in memory computes on, or None where it is not in memory."""
    there = held().loaded().items()
    return next((loaded.device_name for (name, _, asked), loaded in there if (name, asked) == (spec, device)), None)


def in_memory(spec: str) -> Backbone | None:
    """Return a backbone that is in memory, of whatever dtype, else None."""
    return next((loaded for (name, *_), loaded in held().loaded().items() if name == spec), None)


def path_in_memory(reference: str) -> str | None:
    """Return what a backbone of one's own in memory was loaded by, from the reference that links have, else None."""
    paths = {reference_of(loaded): spec for (spec, *_), loaded in held().loaded().items() if is_path(spec)}
    return paths.get(reference)


def find(spec: str, dtype: str, device: str) -> Backbone | None:
    """Return a backbone that is in memory, which counts as a use of it, else None."""
    return held().find(spec, dtype, device)


def has_left(spec: str, dtype: str, device: str) -> bool:
    """Whether a backbone was in memory and had to leave for another."""
    return held().state(spec, dtype, device) == "gone"


def backbone(spec: str, dtype: Dtype, device: Device, progress: StagedProgress | None = None) -> Backbone:
    """Return a backbone with its spectrum, loaded here and now where it is not in memory; `progress` may stop that."""
    return held().get(spec, dtype, device, progress)


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
