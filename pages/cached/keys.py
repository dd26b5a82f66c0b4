"""What every cached function shares: how its arguments are told apart, and what is true of its results.

`@st.cache_resource(hash_funcs=KEYS, ...)` makes two arguments the same where their
keys are equal. A `LoadedView` is told apart without its kept directions: a function
that reads those takes them as an argument of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

Key = tuple[object, ...] | str

# By name, since importing some of these types imports torch, which a first visit does not wait for.
KEYS: dict[str | type[Any], Callable[[Any], Any]] = {
    "embfilter_core.backbones.backbone.Backbone": lambda backbone: backbone.key,
    "embfilter_core.data.corpora.Corpus": lambda corpus: corpus.id,
    "embfilter_core.data.folding.FoldedCorpus": lambda folded: folded.corpus.id,
    "embfilter_core.data.hub_tables.HubTables": lambda tables: (tables.repo, tables.revision),
    "embfilter_core.data.tasks.LabelledTask": lambda task: task.id,
    "embfilter_core.data.tasks.PairTask": lambda task: task.id,
    "embfilter_core.data.tasks.RetrievalTask": lambda task: task.id,
    "embfilter_core.lens.token_counts.TokenCounts": lambda counts: (counts.source, counts.counts.tobytes()),
    "embfilter_core.maps.projection.Picture": lambda picture: (picture.method, picture.unfiltered, picture.filtered),
    "embfilter_core.spectral.selection.KeptDirections": lambda kept: (kept.d, kept.indices.tobytes()),
    "pages.cached.loaded.Embedder": lambda embedder: embedder.key,
    "pages.cached.loaded.LoadedView": lambda loaded: loaded.key,
    "pages.cached.stored_backbones.Stored": lambda stored: stored.key,
    "pages.cached.uploads.Upload": lambda upload: (upload.name, upload.sha256),
}


def is_there(value: object) -> bool:
    """Whether there is a result: as `validate` of a cache, it makes sure that absence is not remembered."""
    return value is not None


def read_only(array: np.ndarray) -> np.ndarray:
    """Return the array itself, which cannot be written to from now on: several sessions share it."""
    array.setflags(write=False)
    return array
