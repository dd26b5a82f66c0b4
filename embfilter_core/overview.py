"""Everything Home shows about one text: made live, or read from the stored example.

Nothing here imports torch before a live overview is made, so that a first visit
sees the stored one at once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.spectral.selection import KeptDirections

STORED = Path(__file__).with_name("stored_overview.json")
EXAMPLE_TEXT = "The central bank raised interest rates again to fight inflation."
TOP_TOKENS = 12
TOP_TEXTS = 5
TABLES = ("tokens", "neighbours")


@dataclass(frozen=True, eq=False)
class Overview:
    """What Home shows.

    Attributes:
        text: The text.
        backbone: Name of the backbone.
        kept: Indices of the kept directions, (k,).
        singular_values: (d,).
        tokens: The lens unfiltered and filtered, as `lens_table` gives it.
        neighbours: Nearest texts unfiltered and filtered, as `neighbour_table` gives them; empty without a corpus.
    """

    text: str
    backbone: str
    kept: np.ndarray
    singular_values: np.ndarray
    tokens: pd.DataFrame
    neighbours: pd.DataFrame

    @property
    def kept_in_words(self) -> str:
        """A sentence on how many directions the filter keeps."""
        k, d = len(self.kept), len(self.singular_values)
        return f"The filter keeps {k} of {d} directions; what an index stores shrinks to {k / d:.0%}."

    @property
    def spectrum_in_words(self) -> str:
        """The singular values in a sentence, for those who do not see the figure."""
        first, last = self.singular_values[0], self.singular_values[-1]
        return f"Singular values of {len(self.singular_values)} directions from {first:.0f} down to {last:.1f}"


def make_overview(
    backbone: Backbone,
    text: str,
    embedding: np.ndarray,
    kept: KeptDirections,
    corpus: Corpus | None = None,
    corpus_coefficients: np.ndarray | None = None,
    centre: np.ndarray | None = None,
) -> Overview:
    """Make an overview from embeddings that are already there; runs no model.

    Args:
        backbone: The backbone.
        text: The text.
        embedding: (d,), of the text.
        kept: Directions kept.
        corpus: Texts to find neighbours in, or None.
        corpus_coefficients: (n, d), of the corpus in the singular directions, centred where `centre` is given.
        centre: (d,) subtracted from the text's embedding first, or None.
    """
    from embfilter_core.lens.comparison import compare_lenses
    from embfilter_core.ranking.cosines import compare_neighbours
    from embfilter_core.spectral.embed_filter import EmbedFilter
    from embfilter_core.tables.lens import lens_table, neighbour_table

    centred = (embedding if centre is None else embedding - centre)[None]
    comparison = compare_lenses(backbone, centred, EmbedFilter(backbone.spectrum, kept).project(centred), TOP_TOKENS)
    near = pd.DataFrame()
    if corpus is not None and corpus_coefficients is not None:
        query = backbone.spectrum.coefficients(centred)[0]
        near = neighbour_table(compare_neighbours(query, corpus_coefficients, kept, TOP_TEXTS), corpus.texts)
    return Overview(
        text=text,
        backbone=backbone.name,
        kept=kept.indices,
        singular_values=backbone.spectrum.singular_values,
        tokens=lens_table(comparison, backbone.token_texts),
        neighbours=near,
    )


def read_stored_overview() -> Overview:
    """Return the overview of `EXAMPLE_TEXT` on the bundled backbone with the default settings, made beforehand."""
    facts = json.loads(STORED.read_text("utf-8"))
    facts |= {name: pd.read_json(StringIO(json.dumps(facts[name])), orient="records") for name in TABLES}
    facts |= {name: np.array(facts[name]) for name in ("kept", "singular_values")}
    return Overview(**facts)


def write_stored_overview() -> None:
    """Make the stored overview again, live; run by `make stored-example`."""
    from embfilter_core import load_backbone
    from embfilter_core.backbones.catalogue import BUNDLED
    from embfilter_core.data.corpora import lee_background
    from embfilter_core.embeddings.corpus_embeddings import embed_corpus
    from embfilter_core.spectral.presets import choose_directions

    backbone, corpus = load_backbone(BUNDLED.id), lee_background()
    overview = make_overview(
        backbone,
        EXAMPLE_TEXT,
        backbone.embed([EXAMPLE_TEXT])[0],
        choose_directions("bulk", backbone.d),
        corpus,
        backbone.spectrum.coefficients(embed_corpus(backbone, corpus, backbone.default_prompt)),
    )
    facts = {
        "text": overview.text,
        "backbone": overview.backbone,
        "kept": overview.kept.tolist(),
        "singular_values": [round(value, 6) for value in overview.singular_values.tolist()],
    }
    facts |= {name: json.loads(getattr(overview, name).to_json(orient="records")) for name in TABLES}
    lines = (f"{json.dumps(name)}: {json.dumps(fact, ensure_ascii=False)}" for name, fact in facts.items())
    STORED.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    write_stored_overview()
