"""Fixtures of the tests of embeddings."""

import pytest

from embfilter_core import Backbone
from embfilter_core.backbones import forward_pass


@pytest.fixture
def forward_passes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Number of texts of every batch that goes through a model."""
    batches: list[int] = []
    forward = forward_pass.forward_batch
    monkeypatch.setattr(
        forward_pass, "forward_batch", lambda a, texts, *g: batches.append(len(texts)) or forward(a, texts, *g)
    )
    return batches


@pytest.fixture
def several_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forward_pass.embed_batches, "__defaults__", (60, None))
    monkeypatch.setattr(Backbone, "faster", lambda self, encoded: None)
