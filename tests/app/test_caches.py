"""What is kept in memory between runs: equal keys share it, what was evicted is forgotten."""

from pathlib import Path

import numpy as np
import pytest
import streamlit as st

from embfilter_core import KeptDirections, load_backbone
from embfilter_core.data.corpora import Corpus, corpus_of
from pages.cached import backbones, corpora
from pages.cached.keys import KEYS, is_there
from pages.cached.loaded import Embedder, LoadedView
from tests.app.acting import clear_caches

CORPUS = corpus_of(["the cat sat", "a dog sleeps", "one sentence"], "few", "here")


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    clear_caches()


def test_clearing_the_caches_forgets_the_backbones(tiny_folder: str) -> None:
    backbones.backbone(tiny_folder, "float32", "cpu")
    assert backbones.is_loaded(tiny_folder, "float32", "cpu")
    assert not backbones.is_loaded(tiny_folder, "bfloat16", "cpu")
    clear_caches()
    assert not backbones.is_loaded(tiny_folder, "float32", "cpu")


def loaded_view(backbone, kept: KeptDirections | None = None, corpus: Corpus = CORPUS, centre=None) -> LoadedView:
    embedder = Embedder(backbone, backbone.default_prompt)
    return LoadedView(embedder, kept or KeptDirections.bulk(backbone.d, 2), corpus, corpus, centre, None, centre)


def test_equal_keys_share_a_result_and_clear_forgets_it(tiny_folder: str) -> None:
    made = []

    @st.cache_resource(hash_funcs=KEYS, max_entries=4, show_spinner=False)
    def count(loaded: LoadedView, corpus: Corpus, query: np.ndarray, kept: KeptDirections) -> int:
        made.append(corpus.id)
        return len(made)

    def ask(d: int = 32, corpus: Corpus = CORPUS, query: float = 1.0, centre=None) -> int:
        backbone = load_backbone(tiny_folder)  # anew: objects of one key that are not the same
        kept = KeptDirections.band(32, 0, d)
        return count(
            loaded_view(backbone, kept, corpus, centre), corpus, np.full(32, query), KeptDirections.bulk(32, 2)
        )

    assert ask() == ask() == 1
    assert ask(d=16) == 1  # the kept directions of a view do not tell it apart
    assert [ask(query=2.0), ask(centre=np.zeros(32)), ask(corpus=corpus_of(["another"], "few", "here"))] == [2, 3, 4]
    count.clear()
    assert ask() == 5


def test_every_type_with_a_key_is_where_its_name_says() -> None:
    from importlib import import_module

    for name in KEYS:
        room, _, kind = str(name).rpartition(".")
        assert hasattr(import_module(room), kind), name


def test_absence_is_not_remembered(tiny_folder: str, own_cache: None) -> None:
    from embfilter_core.embeddings.corpus_embeddings import embed_corpus

    backbone = load_backbone(tiny_folder)
    embedder = Embedder(backbone, backbone.default_prompt)
    assert corpora.corpus_embeddings(embedder, CORPUS) is None
    assert corpora.corpus_coefficients(embedder, CORPUS, None) is None
    embedded = embed_corpus(backbone, CORPUS, backbone.default_prompt)
    assert np.array_equal(corpora.corpus_embeddings(embedder, CORPUS), embedded)
    coefficients = corpora.corpus_coefficients(embedder, CORPUS, embedded.mean(axis=0))
    assert np.allclose(coefficients.mean(axis=0), 0, atol=1e-5)
    assert corpora.corpus_coefficients(embedder, CORPUS, embedded.mean(axis=0)) is coefficients
    assert not coefficients.flags.writeable
    assert not is_there(None)


@pytest.fixture
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EMBFILTER_HOME", str(tmp_path))
