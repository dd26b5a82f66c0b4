"""The paper's own numbers, told apart from what is measured here."""

import streamlit as st

from embfilter_core.data.published import published_ablation, published_results
from pages.frame.explained import explained

NAMES = {
    "sts": "STS",
    "classification": "Classification",
    "clustering": "Clustering",
    "pair_classification": "Pair classif.",
    "reranking": "Reranking",
    "retrieval": "Retrieval",
    "summarisation": "Summarisation",
    "average": "Average",
}
COLUMNS = {
    "prompt": st.column_config.TextColumn("Prompt", width=90),
    "tau": st.column_config.NumberColumn("τ", width=40),
    "kept": st.column_config.TextColumn("Kept, or baseline", width=150),
    **{name: st.column_config.NumberColumn(label, format="%.2f") for name, label in NAMES.items()},
}


def draw() -> None:
    """Draw the published tables."""
    st.header("What did the paper report?", anchor=False)
    explained(
        "Published, not measured here: averages over the 49 English data sets of MTEB, and by category (arXiv "
        "2606.07502). τ = 1 is unfiltered. They were taken on other data than yours, and come without intervals.",
        "published",
        small=True,
    )
    table = published_results()
    backbones = list(table["backbone"].unique())
    chosen = st.segmented_control("Published backbone", backbones, default=backbones[0], required=True, key="published")
    shown = table[table["backbone"] == chosen].drop(columns="backbone")
    st.dataframe(shown, hide_index=True, column_config=COLUMNS, key="published_table")
    with st.expander("The paper's ablation (Qwen2.5-0.5B, PromptEOL, τ = 2)"):
        st.dataframe(published_ablation(), hide_index=True, column_config=COLUMNS, key="published_ablation")
