"""What the Similarity page shows, and the same rankings without any page."""

import numpy as np
import pandas as pd
from streamlit.testing.v1 import AppTest

from embfilter_core import Backbone, KeptDirections
from embfilter_core.data.corpora import Corpus, topics
from embfilter_core.data.folding import fold_corpus
from embfilter_core.embeddings.corpus_embeddings import stored_embeddings
from embfilter_core.ranking.corpus_energies import CorpusEnergies
from embfilter_core.ranking.search import Ranking, Sweep, rank_corpus, sweep_family
from tests.app.conftest import Open
from tests.app.reading import errors

SIMILARITY = "pages/3_Similarity.py"


TEXT = "the cat sat on one sentence"


def open_similarity(open_page: Open, corpus: str = "topics", **params: object) -> AppTest:
    return open_page(
        SIMILARITY, **{"corpus": corpus, "text": TEXT, "pairs_open": "true", "ranking_open": "true", **params}
    )


def paste(at: AppTest, *texts: str) -> AppTest:
    return at.text_area(key="corpus_text").set_value("\n".join(texts)).run()


def rows(at: AppTest) -> pd.DataFrame:
    """The whole ranking as it is listed."""
    assert errors(at) == []
    (found,) = (frame.value for frame in at.dataframe if frame.key == "ranking_rows")
    return found


def computed(
    backbone: Backbone,
    kept: KeptDirections,
    corpus: Corpus | None = None,
    text: str = TEXT,
    mean: np.ndarray | float = 0,
    family: str = "bulk",
) -> tuple[Ranking, Sweep]:
    """The ranking without any page."""
    embedded = stored_embeddings(backbone, fold_corpus(corpus or topics()).corpus, backbone.default_prompt)
    energies = CorpusEnergies(backbone.spectrum.coefficients(embedded - mean))
    query = backbone.spectrum.coefficients(backbone.embed([text]) - mean)[0]
    return rank_corpus(energies, query, kept), sweep_family(energies, query, family, 15)


def assert_is(table: pd.DataFrame, ranking: Ranking, sweep: Sweep) -> None:
    at = table["position"].argsort().argsort().to_numpy()  # among the different texts
    assert sorted(at) == list(range(len(ranking.ranks_unfiltered)))
    for column, expected in (
        ("rank_unfiltered", ranking.ranks_unfiltered),
        ("rank_filtered", ranking.ranks_filtered),
        ("change", ranking.ranks_unfiltered - ranking.ranks_filtered),
        ("near_tie", ranking.near_ties),
    ):
        assert table[column].tolist() == expected[at].tolist(), column
    assert np.allclose(table["cosine_unfiltered"], ranking.cosines_unfiltered[at], atol=1e-6)
    assert np.allclose(table["cosine_filtered"], ranking.cosines_filtered[at], atol=1e-6)
    assert table["flips"].tolist() == [", ".join(map(str, sweep.flips[i].tolist())) for i in at]
