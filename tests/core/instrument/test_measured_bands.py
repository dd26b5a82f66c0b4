"""The bands that a browser looks up are those that were measured, in few bytes."""

import json
from base64 import b64decode

import numpy as np
import pytest

from embfilter_core.errors import InputError
from embfilter_core.instrument.measured_bands import measured_bands, nearest_band
from embfilter_core.quality.bands import BandMap, map_bands
from embfilter_core.quality.bootstrap import Intervals
from embfilter_core.quality.selections import grid_bands
from tests.core.synthetic_tasks import D, disjoint_pairs


def unpacked(written: str) -> np.ndarray:
    kind, _, data = written.partition(":")
    return np.frombuffer(b64decode(data), dtype=f"<{kind}")


@pytest.fixture(scope="module")
def found() -> BandMap:
    return map_bands(*disjoint_pairs())


def test_every_band_has_its_difference_and_interval(found: BandMap) -> None:
    data = measured_bands(found, D, "spearman", "Made-up pairs")
    assert np.stack([unpacked(data["starts"]), unpacked(data["stops"])], axis=1).tolist() == found.bands.tolist()
    for name, values in (("gains", "values"), ("low", "low"), ("high", "high")):
        assert unpacked(data[name]) == pytest.approx(getattr(found.to_unfiltered, values), abs=1e-4)
    assert (data["d"], data["step"], data["count"]) == (D, found.step, len(found.bands))
    assert data["what"].startswith("Spearman correlation of cosine and judgement on Made-up pairs, in points to")
    assert "over 30 pairs" in data["what"]


def test_the_nearest_band_is_itself_where_it_was_measured_and_else_the_one_with_the_nearest_ends() -> None:
    bands = np.array([kept.bounds for kept in grid_bands(64, 8)])
    for at in range(0, len(bands), 5):
        assert nearest_band(bands, *bands[at].tolist()) == at
    assert bands[nearest_band(bands, 9, 55)].tolist() == [8, 56]
    assert bands[nearest_band(bands, 30, 33)].tolist() == [24, 32]
    for nonsense in ((5, 5), (9, 4), (-1, 3)):
        with pytest.raises(InputError, match="band"):
            nearest_band(bands, *nonsense)


def test_the_largest_map_of_a_wide_backbone_stays_below_60_kilobytes() -> None:
    bands = np.array([kept.bounds for kept in grid_bands(8192, -(-8192 // 48))])
    assert len(bands) > 1_000
    rows = np.random.default_rng(0).normal(scale=9, size=(3, len(bands)))
    found = BandMap(bands, 171, Intervals(*rows), Intervals(*rows), 47.3, "queries", 100_000)
    data = measured_bands(found, 8192, "recall@100", "x" * 200)
    assert len(json.dumps(data)) < 60_000
    assert unpacked(data["stops"]).max() == 8192
