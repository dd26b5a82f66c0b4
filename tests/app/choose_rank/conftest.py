"""A backbone, a reference corpus and a count of measurements for the Choose rank page."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from embfilter_core import Backbone, load_backbone
from embfilter_core.data.corpora import Corpus, lee_background
from embfilter_core.embeddings.corpus_embeddings import embed_corpus
from embfilter_core.quality import bands as bands_module
from embfilter_core.quality import clustering
from embfilter_core.quality import forest as forest_module
from embfilter_core.quality import sweep as study
from embfilter_core.quality.decisions import measure_treatments
from pages.cached import corpora
from pages.frame.jobs.queue import queue


@pytest.fixture
def anew() -> Iterator[None]:
    """Nothing measured before is kept, and nothing measured here is kept for another test."""
    corpora.corpus_coefficients.clear()
    queue.clear()
    yield
    queue.clear()


@pytest.fixture
def tiny(own_home: Path, tiny_folder: str, anew: None) -> Backbone:
    """The backbone of the pages; what they measure is of the embeddings in this test's own folder."""
    return load_backbone(tiny_folder)


@pytest.fixture
def measurings(monkeypatch: pytest.MonkeyPatch, anew: None) -> list[str]:
    """Grows by a name whenever something is measured."""
    done: list[str] = []
    homes = {
        "sweep_quality": study,
        "measure_treatments": measure_treatments,
        "measure_forest": forest_module,
        "map_bands": bands_module,
        "cluster_quality": clustering,
    }
    for name, home in homes.items():
        real = getattr(home, name)
        counted = lambda *given, real=real, name=name, **more: done.append(name) or real(*given, **more)  # noqa: E731
        monkeypatch.setattr(home, name, counted)
    return done


@pytest.fixture
def reference(tiny: Backbone, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    """A reference corpus of forty documents, embedded."""
    few = Corpus("forty-documents", "Forty documents", tuple(dict.fromkeys(lee_background().texts))[:40], "here")
    embed_corpus(tiny, few, tiny.default_prompt)
    import_module("embfilter_core.lens.frequent_tokens")  # else it would hold these few documents for ever
    monkeypatch.setattr("embfilter_core.data.corpora.lee_background", lambda: few)
    return few
