"""Tiny models that do not take padding as others do, or attend both ways: saved once, loaded once."""

from collections.abc import Callable
from functools import cache

import pytest

from embfilter_core import Backbone, load_backbone
from tests.core.backbones.proofs.odd_models import BOTH_WAYS, UNPADDED, save_odd


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Backbone]:
    """A loaded backbone of `UNPADDED`, by name; shared between tests."""
    return cache(lambda name: load_backbone(str(save_odd(tmp_path_factory.mktemp(name), UNPADDED[name]()))))


@pytest.fixture(scope="session")
def both_ways(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Backbone]:
    """A loaded backbone of `BOTH_WAYS`, by name; shared between tests."""
    return cache(lambda name: load_backbone(str(save_odd(tmp_path_factory.mktemp(name), BOTH_WAYS[name]()))))
