"""EmbedFilter Explorer's library: text embeddings of language models, seen through their unembedding matrix.

The names below are loaded on first use, so that `import embfilter_core` costs
nothing and the app can draw its first page before torch is imported.
"""

import os
from importlib import import_module

__version__ = "0.1.0"

# Torch's threads spin while they wait for each other. Beside another busy process that makes them several times
# slower; asked before torch is imported, they sleep instead.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

_HOMES = {
    "load_backbone": "embfilter_core.backbones.loading",
    "Backbone": "embfilter_core.backbones.backbone",
    "Prompt": "embfilter_core.backbones.prompts",
    "Spectrum": "embfilter_core.spectral.spectrum",
    "KeptDirections": "embfilter_core.spectral.selection",
    "EmbedFilter": "embfilter_core.spectral.embed_filter",
    "compare_lenses": "embfilter_core.lens.comparison",
    "EmbFilterError": "embfilter_core.errors",
}
__all__ = [*_HOMES, "__version__"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
