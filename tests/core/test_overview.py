"""Home's overview: the stored one is true and light, a live one agrees with its parts."""

import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from embfilter_core import Backbone, EmbedFilter, KeptDirections, compare_lenses, load_backbone
from embfilter_core.backbones import forward_pass
from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.data.corpora import Corpus, lee_background
from embfilter_core.embeddings.corpus_embeddings import embed_corpus
from embfilter_core.overview import (
    EXAMPLE_TEXT,
    TABLES,
    TOP_TEXTS,
    TOP_TOKENS,
    Overview,
    make_overview,
    read_stored_overview,
)
from embfilter_core.spectral.presets import choose_directions
from embfilter_core.tables.lens import LENS_COLUMNS, lens_table
from tests.tiny import WORDS

TEXT = "the cat sat on one word"
CORPUS = Corpus("demo", "Demo", tuple(f"the {word} sat on one {word}" for word in WORDS), "made up")


@pytest.fixture
def overview(llama: Backbone) -> Callable[..., Overview]:
    """Makes an overview of `TEXT` on the tiny backbone."""

    def make(kept: KeptDirections | None = None, **more: object) -> Overview:
        embedding = llama.embed([TEXT])[0]
        return make_overview(llama, TEXT, embedding, kept or KeptDirections.bulk(llama.d), **more)

    return make


def with_corpus(llama: Backbone) -> dict[str, object]:
    return {"corpus": CORPUS, "corpus_coefficients": llama.spectrum.coefficients(llama.embed(CORPUS.texts))}


def test_the_stored_overview_is_read_without_torch() -> None:
    code = (
        "import sys; from embfilter_core.overview import read_stored_overview; o = read_stored_overview();"
        "print(len(o.tokens), 'torch' in sys.modules, 'transformers' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [str(2 * TOP_TOKENS), "False", "False"]


def test_the_stored_overview_is_of_the_example_and_the_default_settings() -> None:
    stored = read_stored_overview()
    assert (stored.text, stored.backbone) == (EXAMPLE_TEXT, BUNDLED.name)
    assert stored.kept.tolist() == choose_directions("bulk", BUNDLED.d).indices.tolist()
    assert stored.singular_values.shape == (BUNDLED.d,)
    assert (np.diff(stored.singular_values) <= 0).all()
    assert list(stored.tokens.columns) == LENS_COLUMNS
    for column in ("rank_unfiltered", "rank_filtered"):
        assert set(range(1, TOP_TEXTS + 1)) <= set(stored.neighbours[column])


@pytest.mark.real
def test_a_live_overview_of_the_example_equals_the_stored_one() -> None:
    stored, backbone, corpus = read_stored_overview(), load_backbone(BUNDLED.id), lee_background()
    live = make_overview(
        backbone,
        EXAMPLE_TEXT,
        backbone.embed([EXAMPLE_TEXT])[0],
        choose_directions("bulk", backbone.d),
        corpus,
        backbone.spectrum.coefficients(embed_corpus(backbone, corpus, backbone.default_prompt)),
    )
    assert live.text == stored.text
    assert live.kept.tolist() == stored.kept.tolist()
    assert np.abs(live.singular_values - stored.singular_values).max() <= 1e-3
    for name in TABLES:
        assert_alike(getattr(live, name), getattr(stored, name))


def assert_alike(live: pd.DataFrame, stored: pd.DataFrame) -> None:
    """Floats agree to 1e-3, everything else exactly."""
    assert list(live.columns) == list(stored.columns)
    assert len(live) == len(stored)
    for column in live.columns:
        if pd.api.types.is_float_dtype(live[column]):
            assert np.allclose(live[column], stored[column].astype(float), atol=1e-3, rtol=0, equal_nan=True), column
        else:
            assert live[column].tolist() == stored[column].tolist(), column


def test_an_overview_runs_no_model(
    llama: Backbone, overview: Callable[..., Overview], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = with_corpus(llama)
    embedding = llama.embed([TEXT])[0]
    monkeypatch.setattr(forward_pass, "forward_batch", lambda *_: pytest.fail("a model was run"))
    made = make_overview(llama, TEXT, embedding, KeptDirections.bulk(llama.d), **given)
    assert len(made.tokens) == 2 * TOP_TOKENS


def test_its_tokens_are_the_lens_unfiltered_and_filtered(llama: Backbone, overview: Callable[..., Overview]) -> None:
    kept = KeptDirections.edges(llama.d)
    embeddings = llama.embed([TEXT])
    filtered = EmbedFilter(llama.spectrum, kept).project(embeddings)
    expected = lens_table(compare_lenses(llama, embeddings, filtered, TOP_TOKENS), llama.token_texts)
    pd.testing.assert_frame_equal(overview(kept).tokens, expected)


def test_it_carries_the_facts_it_was_given(llama: Backbone, overview: Callable[..., Overview]) -> None:
    made = overview(KeptDirections.random(llama.d, seed=3))
    assert (made.text, made.backbone) == (TEXT, llama.name)
    assert made.kept.tolist() == KeptDirections.random(llama.d, seed=3).indices.tolist()
    assert made.singular_values.tolist() == llama.spectrum.singular_values.tolist()
    k = len(made.kept)
    assert made.kept_in_words == f"The filter keeps {k} of 32 directions; what an index stores shrinks to {k / 32:.0%}."
    assert made.spectrum_in_words.startswith("Singular values of 32 directions from ")


def test_without_a_corpus_there_are_no_neighbours(overview: Callable[..., Overview]) -> None:
    assert overview().neighbours.empty
    assert overview(corpus=CORPUS, corpus_coefficients=None).neighbours.empty


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


@pytest.mark.parametrize("centred", [False, True], ids=["as it is", "centred"])
def test_its_neighbours_are_the_nearest_by_the_embeddings_and_by_the_filtered_ones(
    llama: Backbone, overview: Callable[..., Overview], centred: bool
) -> None:
    embedded = llama.embed(CORPUS.texts)
    centre = embedded.mean(axis=0) if centred else None
    shift = centre if centred else 0
    kept = KeptDirections.bulk(llama.d)
    coefficients = llama.spectrum.coefficients(embedded - shift)
    made = overview(kept, centre=centre, corpus=CORPUS, corpus_coefficients=coefficients)
    query = llama.embed([TEXT])[0].astype(np.float64) - shift
    texts = embedded.astype(np.float64) - shift
    basis = llama.spectrum.directions[kept.indices]
    plain = np.array([cosine(query, text) for text in texts])
    filtered = np.array([cosine(basis @ query, basis @ text) for text in texts])
    ranks_plain, ranks_filtered = ([1 + int((own > value).sum()) for value in own] for own in (plain, filtered))
    listed = [i for i in range(len(CORPUS)) if min(ranks_plain[i], ranks_filtered[i]) <= TOP_TEXTS]
    listed.sort(key=lambda i: ranks_filtered[i])
    near = made.neighbours
    assert near["text"].tolist() == [CORPUS.texts[i] for i in listed]
    assert near["rank_unfiltered"].tolist() == [ranks_plain[i] for i in listed]
    assert near["rank_filtered"].tolist() == [ranks_filtered[i] for i in listed]
    assert np.allclose(near["cosine_unfiltered"], plain[listed], atol=1e-6)
    assert np.allclose(near["cosine_filtered"], filtered[listed], atol=1e-6)


def test_centring_changes_the_tokens(llama: Backbone, overview: Callable[..., Overview]) -> None:
    centre = llama.embed(CORPUS.texts).mean(axis=0)
    assert overview(centre=centre).tokens["logit"].tolist() != overview().tokens["logit"].tolist()


def test_keeping_everything_changes_nothing(llama: Backbone, overview: Callable[..., Overview]) -> None:
    made = overview(KeptDirections.unfiltered(llama.d), **with_corpus(llama))
    assert (made.tokens["status"] == "stayed").all()
    assert (made.tokens["change"] == 0).all()
    assert made.neighbours["rank_unfiltered"].tolist() == made.neighbours["rank_filtered"].tolist()
    assert np.allclose(made.neighbours["cosine_unfiltered"], made.neighbours["cosine_filtered"])
