"""Loaded backbones, and what is known of their vocabulary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.overview import Overview, read_stored_overview

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.backbones.prompts import Prompt
    from embfilter_core.spectral.spectroscopy import AverageToken

_loaded: set[tuple[str, str]] = set()


def is_loaded(spec: str, dtype: str) -> bool:
    """Whether a backbone was loaded by this process before, so that using it needs no long wait."""
    return (spec, dtype) in _loaded


@st.cache_resource(max_entries=1, show_spinner=False)
def stored_overview() -> Overview:
    """The stored example of Home."""
    return read_stored_overview()


@st.cache_resource(max_entries=2, show_spinner=False)
def backbone(spec: str, dtype: str) -> Backbone:
    """A loaded backbone with its spectrum; two at most stay in memory."""
    from embfilter_core import load_backbone

    backbone = load_backbone(spec, dtype)
    _ = backbone.spectrum
    _loaded.add((spec, dtype))
    return backbone


def head_error(backbone: Backbone, text: str, prompt: Prompt) -> float:
    """Largest absolute error of our head against the model's own logits on a text."""
    return _head_error(backbone.fingerprint, backbone.dtype, prompt, text, backbone)


@st.cache_resource(max_entries=512, show_spinner=False)
def _head_error(fingerprint: str, dtype: str, prompt: Prompt, text: str, _backbone: Backbone) -> float:
    return _backbone.head_error_on(text, prompt)


def vocabulary_zipf(backbone: Backbone) -> np.ndarray:
    """Zipf frequency of every token, (|V|,); more than 0 for known English words."""
    return _vocabulary_zipf(backbone.fingerprint, backbone)


@st.cache_resource(max_entries=4, show_spinner="Looking up the words of the vocabulary ...")
def _vocabulary_zipf(fingerprint: str, _backbone: Backbone) -> np.ndarray:
    from embfilter_core.vocabulary.token_frequency import vocabulary_zipf as look_up

    return look_up(_backbone.token_texts, _backbone.vocab_size)


def average_token(backbone: Backbone) -> AverageToken:
    """The average token of the reference corpus, with the paper's settings."""
    return _average_token(backbone.fingerprint, backbone)


@st.cache_resource(max_entries=4, show_spinner=False)
def _average_token(fingerprint: str, _backbone: Backbone) -> AverageToken:
    from embfilter_core.lens.frequent_tokens import reference_average_token

    return reference_average_token(_backbone)


def frequent_token_scores(backbone: Backbone) -> np.ndarray:
    """Spectroscopy scores behind the preset `quiet`, (d,)."""
    return _frequent_token_scores(backbone.fingerprint, backbone)


@st.cache_resource(max_entries=4, show_spinner=False)
def _frequent_token_scores(fingerprint: str, _backbone: Backbone) -> np.ndarray:
    from embfilter_core.lens.frequent_tokens import frequent_token_scores as compute

    return compute(_backbone)
