"""A tiny backbone with the demo topics embedded; UMAP answers at once, without its process."""

from pathlib import Path

import numpy as np
import pytest

from embfilter_core import Backbone, load_backbone
from embfilter_core.data.corpora import topics
from embfilter_core.embeddings.corpus_embeddings import embed_corpus
from embfilter_core.maps import umap_map
from embfilter_core.maps.projection import MapPoints, Picture
from pages.map import cached, umap


@pytest.fixture
def tiny(own_home: Path, tiny_folder: str) -> Backbone:
    return load_backbone(tiny_folder)


@pytest.fixture
def coefficients(tiny: Backbone, own_home: Path, tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """The demo topics are embedded with the tiny backbone, by the first test that needs it; their coefficients."""
    kept_in = tmp_path_factory.getbasetemp() / "tiny-topics"
    kept_in.mkdir(exist_ok=True)
    (own_home / "embeddings").symlink_to(kept_in)
    return tiny.spectrum.coefficients(embed_corpus(tiny, topics(), tiny.default_prompt))


@pytest.fixture(autouse=True)
def umap_process(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No test starts a process; grows by a name whenever the page warms one up or lets it make a map."""
    cached.umap_picture.clear()
    asked: list[str] = []

    def make(points: MapPoints, progress: object) -> Picture:
        asked.append("make")
        progress("layout", 1, 2)
        made = Picture(points.unfiltered[:, :2], points.filtered[:, :2], "UMAP")
        monkeypatch.setattr(umap_map, "stored_umap", lambda _: made)
        return made

    monkeypatch.setattr(umap_map, "umap_map", make)
    monkeypatch.setattr(umap, "warm_up", lambda: asked.append("warm up"))
    return asked
