"""Fixtures of the tests of mteb: a folder of results of their own, and what goes through the model."""

from pathlib import Path

import numpy as np
import pytest

from embfilter_core import Backbone, EmbedFilter, Encoder, KeptDirections
from tests.core.embeddings.conftest import forward_passes

__all__ = ["forward_passes"]


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return tmp_path / "results"


@pytest.fixture
def half(llama: Backbone) -> EmbedFilter:
    return EmbedFilter(llama.spectrum, KeptDirections.bulk(llama.d))


@pytest.fixture
def encoder(llama: Backbone, half: EmbedFilter) -> Encoder:
    return Encoder(llama, half)


def lengths(vectors: np.ndarray) -> np.ndarray:
    return np.linalg.norm(vectors, axis=1)
