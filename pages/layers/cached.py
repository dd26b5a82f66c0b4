"""What the Layers page keeps: states of a text, readings of them, followed tokens, and scores by layer.

The states of a text depend on backbone and prompt alone: the layer that the sidebar
chooses is another only in the centre, the mean of the reference corpus at that layer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.jobs.job import Task
from pages.cached.keys import KEYS, is_there
from pages.frame.jobs.results import wanted
from pages.layers.view import LayerTables

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.backbones.prompts import Prompt
    from embfilter_core.data.tasks import LabelledTask, PairTask
    from embfilter_core.jobs.job import Told
    from embfilter_core.lens.layers.states import LayerStates
    from embfilter_core.lens.token_rates import TokenRates
    from embfilter_core.quality.by_layer import LayerQuality
    from embfilter_core.spectral.selection import KeptDirections

PATIENCE_S = 2.0
"""Most texts are read sooner, and the blocks below would come and go."""


@st.cache_resource(hash_funcs=KEYS, max_entries=4, show_spinner=False)
def layer_states(backbone: Backbone, prompt: Prompt, text: str) -> LayerStates:
    """Return the hidden states of a text at every shown layer, unfiltered: the only forward pass of the page.

    Raises:
        InputError: The prompt makes no text of it.
        BackboneError: The final norm of the family is not known.
    """
    from embfilter_core.lens.layers.states import layer_states as compute

    return compute(backbone, text, prompt)


def layer_tables(
    backbone: Backbone,
    prompt: Prompt,
    text: str,
    kept: KeptDirections | None,
    centre: np.ndarray | None,
    rates: TokenRates,
) -> LayerTables:
    """Return a reading of a text at every shown layer and its tables, made once for all sessions.

    Args:
        backbone: The backbone.
        prompt: The prompt.
        text: The text.
        kept: Directions that the states are projected on, or None to read them unfiltered.
        centre: (d,) mean to take off at every layer, or None.
        rates: How frequent each token is.

    Raises:
        NotYet: They are being made, which takes a second or two.
    """

    def read(progress: Told) -> LayerTables:
        from embfilter_core.lens.layers.reading import read_layers
        from embfilter_core.lens.layers.summaries import layer_energy, layer_frequency
        from embfilter_core.tables.layers import depth_table, layers_table

        states, texts = layer_states(backbone, prompt, text), backbone.token_texts
        reading = read_layers(backbone, states, kept, centre=centre, progress=progress)
        energy, frequency = layer_energy(backbone.spectrum, states), layer_frequency(reading, texts, rates)
        return LayerTables(reading, frequency, layers_table(reading, texts), depth_table(energy, frequency))

    filtered = None if kept is None else kept.indices.tobytes()
    centred = None if centre is None else centre.tobytes()
    key = (*backbone.key, prompt, text, filtered, centred, rates.source)
    return wanted(Task("layers", key, "Reading every layer", read), PATIENCE_S)


@st.cache_resource(hash_funcs=KEYS, max_entries=64, show_spinner=False)
def tokens_to_follow(
    backbone: Backbone, prompt: Prompt, text: str, kept: KeptDirections, centre: np.ndarray | None, column: int
) -> list[int]:
    """Return up to four tokens that are worth following at a column; the first is its final token."""
    from embfilter_core.lens.layers.trajectories import tokens_to_follow as compute

    return compute(backbone, layer_states(backbone, prompt, text), kept, centre, column)


@st.cache_resource(hash_funcs=KEYS, max_entries=64, show_spinner=False)
def trajectory_table(
    backbone: Backbone,
    prompt: Prompt,
    text: str,
    kept: KeptDirections | None,
    centre: np.ndarray | None,
    column: int,
    token_ids: tuple[int, ...],
) -> pd.DataFrame:
    """Return logit, probability and rank of one to four tokens at every shown layer of a column."""
    from embfilter_core.lens.layers.trajectories import trajectories
    from embfilter_core.tables.layers import trajectory_table as make

    states = layer_states(backbone, prompt, text)
    return make(trajectories(backbone, states, token_ids, kept, centre, column), backbone.token_texts)


@st.cache_resource(hash_funcs=KEYS, max_entries=16, show_spinner=False, validate=is_there)
def layer_quality(
    backbone: Backbone, prompt: Prompt, task: PairTask | LabelledTask, layers: tuple[int, ...]
) -> LayerQuality | None:
    """Return the scores of a task by layer and ratio, where its texts were embedded at all layers, else None."""
    from embfilter_core.embeddings.corpus_embeddings import embed_corpus, missing_layers
    from embfilter_core.quality.by_layer import layer_quality as score

    def embeddings_of(layer: int) -> np.ndarray:
        return embed_corpus(backbone, task.corpus, prompt, layer=layer)  # from disk

    if missing_layers(backbone, task.corpus, prompt, layers):
        return None
    return score(task, embeddings_of, layers, backbone.spectrum, bulk_start=backbone.bulk_start)
