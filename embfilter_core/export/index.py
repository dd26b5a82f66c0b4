"""Form `index`: a FAISS index of a corpus that takes and gives raw states; centring and filter are part of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embfilter_core.export.reasons import NotThisForm
from embfilter_core.extras import import_extra
from embfilter_core.tables.origin import origin_columns

if TYPE_CHECKING:
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.export.chosen import ChosenFilter
    from embfilter_core.export.conformance import Conformance

FILE, TEXTS = "index.faiss", "texts.parquet"
NEAREST = 5
"""How many of the nearest texts a check asks for, at most."""


def write_index(
    folder: Path, chosen: ChosenFilter, corpus: Corpus, states: np.ndarray, proof: Conformance
) -> dict[str, Any]:
    """Write the index and the texts beside it; return what a check asks of it.

    Args:
        folder: A new folder.
        chosen: The view.
        corpus: The texts.
        states: (n, d) their states, pooled and unfiltered.
        proof: Its states are the queries of the check.

    Raises:
        NotThisForm: FAISS has no index that stores the vectors as the precision does.
        MissingExtra: FAISS is not installed.
    """
    faiss = import_extra("faiss", "faiss")
    index = _through_filter(faiss, chosen)(_inner(faiss, chosen.precision, len(chosen.kept)))
    states = np.ascontiguousarray(states, dtype=np.float32)
    index.train(states)
    index.add(states)
    folder.mkdir()
    faiss.write_index(index, str(folder / FILE))
    _write_texts(folder / TEXTS, corpus)
    _, nearest = index.search(np.ascontiguousarray(proof.right, dtype=np.float32), min(NEAREST, len(corpus)))
    return {"path": f"{folder.name}/{FILE}", "rows": len(corpus), "nearest": nearest.tolist()}


def check_precision(precision: str) -> None:
    """Raise NotThisForm where FAISS has no index that stores vectors as a precision does."""
    if precision == "int8":
        raise NotThisForm(
            "int8 here has one scale for each vector; the 8-bit codes of FAISS scale each dimension by its own range, "
            "which changes what is near.",
            "Choose float16, 4 bits or float32 for an index.",
        )


def _inner(faiss: Any, precision: str, k: int) -> Any:  # noqa: ANN401
    """The index that stores filtered vectors of length 1 as the precision does."""
    check_precision(precision)
    inner_product, quantiser = faiss.METRIC_INNER_PRODUCT, faiss.ScalarQuantizer
    made: dict[str, Callable[[], Any]] = {
        "float32": lambda: faiss.IndexFlat(k, inner_product),
        "float16": lambda: faiss.IndexScalarQuantizer(k, quantiser.QT_fp16, inner_product),
        "4bit": lambda: faiss.IndexScalarQuantizer(k, quantiser.QT_4bit, inner_product),
        "sign": lambda: faiss.IndexLSH(k, k, False, False),
    }
    return made[precision]()


def _through_filter(faiss: Any, chosen: ChosenFilter) -> Callable[[Any], Any]:  # noqa: ANN401
    """What puts centring, filter and scaling to length 1 before an index."""

    def wrap(inner: Any) -> Any:  # noqa: ANN401
        index = faiss.IndexPreTransform(inner)
        index.prepend_transform(faiss.NormalizationTransform(len(chosen.kept), 2.0))
        if chosen.weight is not None:
            linear = faiss.LinearTransform(chosen.backbone.d, len(chosen.kept), chosen.bias is not None)
            faiss.copy_array_to_vector(np.ascontiguousarray(chosen.weight).ravel(), linear.A)
            if chosen.bias is not None:
                faiss.copy_array_to_vector(chosen.bias, linear.b)
            linear.is_trained = True
            linear.set_is_orthonormal()
            index.prepend_transform(linear)
        return index

    return wrap


def _write_texts(path: Path, corpus: Corpus) -> None:
    import pandas as pd

    pd.DataFrame({**origin_columns(corpus), "text": corpus.texts}).to_parquet(path)
