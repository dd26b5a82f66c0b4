"""Quality by layer and ratio: measured on demand, one embedding pass a layer, and kept.

The block is no fragment: a click in a fragment would not stop a run of the page, and so could not cancel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.errors import EmbFilterError
from embfilter_core.figures.layer_quality import quality_map
from embfilter_core.quality.measuring import MEASURES
from embfilter_core.tables.layers import quality_table
from pages.frame import messages
from pages.frame.page_controls import LABELLED, LAYER_STEP
from pages.layers import cached
from pages.widgets import progress_bar
from pages.widgets.chart import PLOT
from pages.widgets.download import table_button

if TYPE_CHECKING:
    from embfilter_core.data.tasks import LabelledTask, PairTask
    from embfilter_core.progress import Progress
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
    from embfilter_core.lens.layers.grid import shown_layers

    with st.container(border=True):
        st.subheader("How good are the embeddings of each layer?", anchor=False)
        name, stride = _controls()
        depth = loaded.backbone.architecture.layers
        layers = shown_layers(depth, min(stride, depth)).tolist()
        try:
            task = _task(name)
            quality = cached.layer_quality(loaded.embedder, task, layers)
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
    from embfilter_core.data.built_in_tasks import BUILT_IN

    return BUILT_IN[name].load()


def _offer(loaded: LoadedView, task: PairTask | LabelledTask, layers: list[int]) -> None:
    from embfilter_core.embeddings.corpus_embeddings import missing_texts
    from embfilter_core.embeddings.cost import embedding_cost

    backbone, prompt, corpus = loaded.backbone, loaded.prompt, task.corpus
    missing = [layer for layer in layers if missing_texts(backbone, corpus, prompt, layer)]
    seconds = len(missing) * embedding_cost(backbone, corpus, prompt, missing[-1]).seconds
    there = f" {len(layers) - len(missing)} are there already." if len(missing) < len(layers) else ""
    st.write(
        f"To score {len(layers)} layers, the {len(corpus)} texts have to be embedded once at {len(missing)} of them: "
        f"about {progress_bar.duration(seconds)} on this machine.{there} Every finished layer is kept."
    )
    if not st.button("Measure every layer", key="measure_layers", icon=":material/play_arrow:"):
        return
    st.button("Cancel", key="cancel_layers", help="Stops after the batch that is running; what is done is kept.")
    progress_bar.with_bar(f"Embedding at {len(missing)} layers", lambda show: _embed(loaded, task, missing, show))
    if cached.layer_quality(loaded.embedder, task, layers) is None:
        raise EmbFilterError(
            "The embeddings could not be kept on disk.", "Free some space, or name another folder in EMBFILTER_HOME."
        )
    st.rerun()


def _embed(loaded: LoadedView, task: PairTask | LabelledTask, layers: list[int], show: Progress) -> None:
    from embfilter_core.embeddings.corpus_embeddings import embed_corpus

    texts = len(task.corpus)
    for number, layer in enumerate(layers):
        before = number * texts
        embed_corpus(
            loaded.backbone,
            task.corpus,
            loaded.prompt,
            lambda done, _, before=before: show(before + done, len(layers) * texts),
            layer,
        )


def _show(quality: LayerQuality, task: PairTask | LabelledTask) -> None:
    table, measure = quality_table(quality), MEASURES[quality.measure].explanation
    st.plotly_chart(
        quality_map(table, measure), key="quality_map", config=PLOT, alt=f"{measure} by layer and kept directions"
    )
    demo = "These texts were written for this app: a demo, not a benchmark. " if task.demo else ""
    st.caption(
        f"{measure[0].upper()}{measure[1:]}, in points (x 100), of {messages.literal(task.name)}, n = {quality.units} "
        f"{quality.unit}. After ±: half of the 95 % interval of the cell (bootstrap), typically "
        f"{quality.half_width:.1f} points. Differences between cells within that are not to be called an improvement, "
        f"and the best of {quality.scores.size} cells is always a little lucky. {demo}The filter keeps the bulk."
    )
    if len(quality.alike):
        st.caption(
            f"0.0 ± 0.0 at layer {', '.join(map(str, quality.alike))}: what is pooled there is the same for every "
            "text, so no pair is nearer than another. With the prompt's last token it is so at layer 0, as every text "
            "ends with the same token."
        )
    with st.expander("All numbers"):
        st.dataframe(table, hide_index=True, column_config=QUALITY_COLUMNS)
        table_button("Download the scores as CSV", lambda: table, "quality-by-layer.csv")
