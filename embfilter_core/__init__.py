"""EmbedFilter Explorer's library: text embeddings of language models, seen through their unembedding matrix.

Its public names stand in `__init__.pyi`, each with the file that it comes from. They
are loaded on first use, so that `import embfilter_core` costs nothing and the app can
draw its first page before torch is imported.
"""

import os

import lazy_loader

__version__ = "0.1.0"

# Torch's threads spin while they wait for each other. Beside another busy process that makes them several times
# slower; asked before torch is imported, they sleep instead.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__getattr__, _list_names, _names = lazy_loader.attach_stub(__name__, __file__)
__all__ = [*_names, "__version__"]


def __dir__() -> list[str]:
    return __all__
