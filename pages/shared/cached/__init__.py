"""Every Streamlit cache of the app, bounded; arrays handed to sessions are read-only.

What depends on a backbone is keyed by its fingerprint and dtype; arguments with a
leading underscore are not part of a key. Torch is imported by the first backbone
that is loaded, not by these modules.
"""

from pages.shared.cached.backbones import (
    backbone,
    head_error,
    is_loaded,
    paper_scores,
    stored_overview,
    vocabulary_zipf,
)
from pages.shared.cached.corpora import (
    brush_data,
    corpus_coefficients,
    corpus_embeddings,
    corpus_mean,
    corpus_shape,
    embeddings,
)
from pages.shared.cached.directions import MOST_TOKENS, spectroscopy, token_counts, zipf_by_block
from pages.shared.cached.layers import layer_quality, layer_states, layer_tables, tokens_to_follow, trajectory_table
from pages.shared.cached.maps import make_umap, neighbour_change, pca_steps, top_tokens, trustworthiness, umap_picture
from pages.shared.cached.quality import (
    baseline_scores,
    clustering,
    control_scores,
    preset_scores,
    quality_sweep,
    recommendation,
    shares_reference,
    window_scores,
)
from pages.shared.cached.rankings import (
    baseline_ranking,
    bump_figure,
    corpus_energies,
    pair_flips,
    ranking_brush_data,
    sweep,
)
from pages.shared.cached.uploads import hub_table, hub_tables, hub_task, uploaded_table

__all__ = [
    "MOST_TOKENS",
    "backbone",
    "baseline_ranking",
    "baseline_scores",
    "brush_data",
    "bump_figure",
    "clustering",
    "control_scores",
    "corpus_coefficients",
    "corpus_embeddings",
    "corpus_energies",
    "corpus_mean",
    "corpus_shape",
    "embeddings",
    "head_error",
    "hub_table",
    "hub_tables",
    "hub_task",
    "is_loaded",
    "layer_quality",
    "layer_states",
    "layer_tables",
    "make_umap",
    "neighbour_change",
    "pair_flips",
    "paper_scores",
    "pca_steps",
    "preset_scores",
    "quality_sweep",
    "ranking_brush_data",
    "recommendation",
    "shares_reference",
    "spectroscopy",
    "stored_overview",
    "sweep",
    "token_counts",
    "tokens_to_follow",
    "top_tokens",
    "trajectory_table",
    "trustworthiness",
    "umap_picture",
    "uploaded_table",
    "vocabulary_zipf",
    "window_scores",
    "zipf_by_block",
]
