"""What the Layers page keeps: states of a text, readings of them, followed tokens, and scores by layer."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

import streamlit as st

from pages.layers.reading import LayerTables

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    import pandas as pd

    from embfilter_core.data.tasks import LabelledTask, PairTask
    from embfilter_core.lens.layers.states import LayerStates
    from embfilter_core.progress import Progress
    from embfilter_core.quality.by_layer import LayerQuality
    from embfilter_core.spectral.selection import KeptDirections
    from pages.cached.loaded import Embedder, LoadedView


@dataclass
class _Slot:
    """A place that the first visitor fills; a second one waits instead of filling it again."""

    lock: Lock = field(default_factory=Lock)
    value: LayerTables | None = None


def layer_states(loaded: LoadedView, text: str) -> LayerStates:
    """Hidden states of a text at every shown layer, unfiltered: the only forward pass of the page.

    Raises:
        InputError: The prompt makes no text of it.
        BackboneError: The final norm of the family is not known.
    """
    return _layer_states(_key(loaded), text, loaded)


@st.cache_resource(max_entries=4, show_spinner=False)
def _layer_states(key: tuple, text: str, _loaded: LoadedView) -> LayerStates:
    from embfilter_core.lens.layers.states import layer_states as compute

    return compute(_loaded.backbone, text, _loaded.prompt)


def layer_tables(
    loaded: LoadedView,
    text: str,
    kept: KeptDirections | None,
    with_bar: Callable[[Callable[[Progress], LayerTables]], LayerTables],
) -> LayerTables:
    """A reading of a text at every shown layer, filtered where directions to keep are given, and its tables.

    Args:
        loaded: Backbone, prompt and centre.
        text: The text.
        kept: Directions to keep, or None.
        with_bar: Runs the work with a bar, where it was not done before.
    """
    slot = _slot(_key(loaded), _read_key(loaded, kept), text)
    with slot.lock:
        if slot.value is None:
            slot.value = with_bar(lambda progress: _read(loaded, text, kept, progress))
        return slot.value


@st.cache_resource(max_entries=16, show_spinner=False)
def _slot(key: tuple, read_key: tuple, text: str) -> _Slot:
    return _Slot()


def _read(loaded: LoadedView, text: str, kept: KeptDirections | None, progress: Progress) -> LayerTables:
    from embfilter_core.lens.layers.reading import read_layers
    from embfilter_core.lens.layers.summaries import layer_energy, layer_frequency
    from embfilter_core.tables.layers import depth_table, layers_table

    states, texts = layer_states(loaded, text), loaded.backbone.token_texts
    reading = read_layers(loaded.backbone, states, kept, centre=loaded.centre, progress=progress)
    depth = depth_table(layer_energy(loaded.backbone.spectrum, states), layer_frequency(reading, texts))
    return LayerTables(reading, layers_table(reading, texts), depth)


def tokens_to_follow(loaded: LoadedView, text: str, column: int) -> list[int]:
    """Up to four tokens that are worth following at a column; the first is its final token."""
    return _tokens_to_follow(_key(loaded), _read_key(loaded, loaded.kept), text, column, loaded)


@st.cache_resource(max_entries=64, show_spinner=False)
def _tokens_to_follow(key: tuple, read_key: tuple, text: str, column: int, _loaded: LoadedView) -> list[int]:
    from embfilter_core.lens.layers.trajectories import tokens_to_follow as compute

    return compute(_loaded.backbone, layer_states(_loaded, text), _loaded.kept, _loaded.centre, column)


def trajectory_table(
    loaded: LoadedView, text: str, kept: KeptDirections | None, column: int, token_ids: tuple[int, ...]
) -> pd.DataFrame:
    """Logit, probability and rank of one to four tokens at every shown layer of a column."""
    return _trajectory_table(_key(loaded), _read_key(loaded, kept), text, column, token_ids, loaded, kept)


@st.cache_resource(max_entries=64, show_spinner=False)
def _trajectory_table(
    key: tuple,
    read_key: tuple,
    text: str,
    column: int,
    token_ids: tuple[int, ...],
    _loaded: LoadedView,
    _kept: KeptDirections | None,
) -> pd.DataFrame:
    from embfilter_core.lens.layers.trajectories import trajectories
    from embfilter_core.tables.layers import trajectory_table as make

    followed = trajectories(_loaded.backbone, layer_states(_loaded, text), token_ids, _kept, _loaded.centre, column)
    return make(followed, _loaded.backbone.token_texts)


def layer_quality(embedder: Embedder, task: PairTask | LabelledTask, layers: Sequence[int]) -> LayerQuality | None:
    """Scores of a task by layer and ratio, where its texts were embedded at all layers; absence is not remembered."""
    given = (_embedder_key(embedder), task.id, tuple(map(int, layers)), embedder, task)
    found = _layer_quality(*given)
    if found is None:
        _layer_quality.clear(*given)
    return found


@st.cache_resource(max_entries=16, show_spinner="Scoring every layer ...")
def _layer_quality(
    key: tuple, task_id: str, layers: tuple[int, ...], _embedder: Embedder, _task: PairTask | LabelledTask
) -> LayerQuality | None:
    from embfilter_core.embeddings.corpus_embeddings import missing_texts, stored_embeddings
    from embfilter_core.quality.by_layer import layer_quality as score

    backbone, prompt, corpus = _embedder.backbone, _embedder.prompt, _task.corpus
    # The last layer, which lacks its embeddings longest, is asked first.
    if any(missing_texts(backbone, corpus, prompt, layer) for layer in reversed(layers)):
        return None

    def embeddings_of(layer: int) -> np.ndarray:
        return stored_embeddings(backbone, corpus, prompt, layer)

    return score(_task, embeddings_of, layers, backbone.spectrum, bulk_start=backbone.bulk_start)


def _key(loaded: LoadedView) -> tuple:
    """What the states of a text depend on; the layer that the sidebar chooses is not part of it."""
    return _embedder_key(loaded.embedder)


def _embedder_key(embedder: Embedder) -> tuple:
    return embedder.backbone.fingerprint, embedder.backbone.dtype, embedder.prompt


def _read_key(loaded: LoadedView, kept: KeptDirections | None) -> tuple:
    """What a reading of states depends on besides them; the centre is the mean at the sidebar's layer."""
    centred = None if loaded.centre is None else (loaded.corpus.id, loaded.embedder.layer)
    return centred, None if kept is None else kept.indices.tobytes()
