"""Quality by layer and ratio: measured on demand, by one embedding pass for all layers, and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.data.built_in_tasks import BUILT_IN
from embfilter_core.embeddings.corpus_embeddings import embed_corpus_layers, missing_layers
from embfilter_core.embeddings.cost import embedding_cost
from embfilter_core.errors import EmbFilterError
from embfilter_core.figures.layer_quality import quality_map
from embfilter_core.jobs.job import MODEL, Task
from embfilter_core.lens.layers.grid import shown_layers
from embfilter_core.quality.by_layer import explain_layer_quality
from embfilter_core.quality.measuring import MEASURES
from embfilter_core.tables.layers import quality_table
from pages.frame import messages
from pages.frame.jobs.results import in_progress, start
from pages.frame.page_controls import LABELLED, LAYER_STEP
from pages.layers import cached
from pages.widgets.chart import PLOT
from pages.widgets.download import table_button

if TYPE_CHECKING:
    from embfilter_core.data.tasks import LabelledTask, PairTask
    from embfilter_core.jobs.job import Told
    from embfilter_core.quality.by_layer import LayerQuality
    from pages.cached.loaded import LoadedView

QUALITY_COLUMNS = {
    "layer": st.column_config.NumberColumn("Layer", format="%d"),
    "ratio": st.column_config.NumberColumn("Ratio", help="1: unfiltered"),
    "score": st.column_config.NumberColumn("Score", format="%.1f", help="Points: score x 100"),
    "low": st.column_config.NumberColumn("95 % from", format="%.1f"),
    "high": st.column_config.NumberColumn("to", format="%.1f"),
}


def draw(loaded: LoadedView) -> None:
    """Draw the choice of labelled data, and its scores or the offer to measure them."""
    with st.container(border=True):
        st.header("How good are the embeddings of each layer?", anchor=False)
        name, stride = _controls()
        depth = loaded.backbone.architecture.layers
        layers = tuple(shown_layers(depth, min(stride, depth)).tolist())
        try:
            task = _task(name)
            quality = cached.layer_quality(loaded.backbone, loaded.prompt, task, layers)
            if quality is None:
                _offer(loaded, task, layers)
            else:
                _show(quality, task)
        except EmbFilterError as problem:
            messages.error(problem)


def _controls() -> tuple[str, int]:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        return LABELLED.draw(), LAYER_STEP.draw()


def _task(name: str) -> PairTask | LabelledTask:
    return BUILT_IN[name].load()


def _offer(loaded: LoadedView, task: PairTask | LabelledTask, layers: tuple[int, ...]) -> None:
    backbone, prompt, corpus = loaded.backbone, loaded.prompt, task.corpus
    job = _job(loaded, task, layers)
    if in_progress(*job.id):
        return
    missing = missing_layers(backbone, corpus, prompt, layers)
    cost = embedding_cost(backbone, corpus, prompt, missing[-1])  # all are embedded together, so one tells for all
    found = len(layers) - len(missing)
    there = f" {found} {'is' if found == 1 else 'are'} there already." if found else ""
    st.write(
        f"To score {len(layers)} layers, the {len(corpus)} texts have to be embedded once at {len(missing)} of them, "
        f"in one pass: {cost.told}.{there} What is done is kept."
    )
    if st.button("Measure every layer", key="measure_layers", icon=":material/play_arrow:"):
        start(job)


def _job(loaded: LoadedView, task: PairTask | LabelledTask, layers: tuple[int, ...]) -> Task[None]:
    backbone, prompt = loaded.backbone, loaded.prompt

    def measure(told: Told) -> None:
        missing = missing_layers(backbone, task.corpus, prompt, layers)
        embed_corpus_layers(backbone, task.corpus, prompt, missing, told, told.weigh)
        if cached.layer_quality(backbone, prompt, task, layers) is None:
            raise EmbFilterError(
                "The embeddings could not be kept on disk.",
                "Free some space, or name another folder in EMBFILTER_HOME.",
            )

    key = (backbone.fingerprint, backbone.dtype, prompt, task.id, layers)
    return Task("layer quality", key, f"Embedding {task.name} at every layer", measure, MODEL, steps="texts")


def _show(quality: LayerQuality, task: PairTask | LabelledTask) -> None:
    table, measure = quality_table(quality), MEASURES[quality.measure].explanation
    st.plotly_chart(
        quality_map(table, measure), key="quality_map", config=PLOT, alt=f"{measure} by layer and kept directions"
    )
    for sentence in explain_layer_quality(quality, task):
        st.caption(messages.literal(sentence))
    with st.expander("All numbers"):
        st.dataframe(table, hide_index=True, column_config=QUALITY_COLUMNS)
        table_button("Download the scores as CSV", lambda: table, "quality-by-layer.csv")
