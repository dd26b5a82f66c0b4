"""Maps of bands hold the numbers of filtering directly, and say which band is best."""

import pytest

from embfilter_core import KeptDirections
from embfilter_core.errors import InputError
from embfilter_core.quality import bands
from embfilter_core.quality.bands import BandMap, describe_bands, map_bands
from embfilter_core.quality.measuring import cost_of, measures_of
from embfilter_core.quality.selections import band_step
from tests.core.scored_by_hand import score
from tests.core.synthetic_tasks import TASKS, D, all_pairs, disjoint_pairs, labelled

CASES = [(kind, name) for kind, make in TASKS.items() for name in measures_of(make()[0])]
WIDE = 580


def kept_columns(vectors: tuple, kept: KeptDirections) -> tuple:
    return tuple(part[:, kept.indices] for part in vectors)


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_every_band_is_scored_as_its_columns_alone(kind: str, name: str) -> None:
    task, vectors = TASKS[kind](d=D)
    found = map_bands(task, vectors, name)
    assert found.step == band_step(D, cost_of(task)) == 1
    spans = [(start, stop) for start in range(D) for stop in range(start + 1, D + 1)]
    assert found.bands.tolist() == [list(span) for span in spans]
    for at in range(0, len(spans), 11):
        columns = kept_columns(vectors, KeptDirections.band(D, *spans[at]))
        assert found.scores.values[at] == pytest.approx(100 * score(task, columns, name), abs=1e-9)
    whole = spans.index((0, D))
    to_unfiltered = found.to_unfiltered
    assert [ends[whole] for ends in (to_unfiltered.values, to_unfiltered.low, to_unfiltered.high)] == [0, 0, 0]
    assert found.unfiltered == found.scores.values[whole]
    assert to_unfiltered.values == pytest.approx(found.scores.values - found.unfiltered, abs=1e-9)


@pytest.fixture(scope="module")
def wide() -> tuple:
    return all_pairs(8, d=WIDE)


@pytest.fixture(scope="module")
def coarse(wide: tuple) -> BandMap:
    return map_bands(*wide, "pearson")


@pytest.mark.parametrize(
    "around", [(130, 455), (0, WIDE), (13, 567), (0, 13), (567, WIDE), (286, 299), (7, 570)], ids=str
)
def test_around_a_band_the_map_is_finer_and_holds_it_and_both_its_ends(
    wide: tuple, coarse: BandMap, around: tuple[int, int]
) -> None:
    fine = map_bands(*wide, "pearson", around=around)
    assert 1 <= fine.step < coarse.step == 13
    starts, stops = fine.bands.T
    assert (starts >= 0).all()
    assert (starts < stops).all()
    assert (stops <= WIDE).all()
    assert list(around) in fine.bands.tolist()
    assert starts.min() == max(0, around[0] - 24)
    assert stops.max() == min(WIDE, around[1] + 24)
    at = fine.bands.tolist().index(list(around))
    assert fine.unfiltered == pytest.approx(coarse.unfiltered, abs=1e-9)
    for intervals in (fine.scores, fine.to_unfiltered):
        assert [len(ends) for ends in (intervals.values, intervals.low, intervals.high)] == [len(fine.bands)] * 3
    if list(around) in coarse.bands.tolist():
        known = coarse.scores.values[coarse.bands.tolist().index(list(around))]
        assert fine.scores.values[at] == pytest.approx(known, abs=1e-9)


@pytest.mark.parametrize("around", [(5, 5), (9, 4), (-1, 8), (3, D + 1)])
def test_a_band_that_is_none_is_refused(around: tuple[int, int]) -> None:
    with pytest.raises(InputError, match=r"band"):
        map_bands(*disjoint_pairs(), around=around)


def test_a_finer_look_takes_not_many_more_bands_than_the_whole_map(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bands, "cost_of", lambda task: 180_000)  # as of 3,000 texts
    task, vectors = labelled(d=64)
    whole, finer = map_bands(task, vectors), map_bands(task, vectors, around=(16, 48))
    assert finer.step < whole.step
    assert [16, 48] in finer.bands.tolist()
    assert len(finer.bands) <= 1.3 * len(whole.bands)


def test_bands_are_counted_and_none_is_named_as_the_best(coarse: BandMap) -> None:
    said = describe_bands(coarse, 1)
    assert said.startswith(f"Unfiltered scores {coarse.unfiltered:.1f}. ")
    assert "best" not in said
    near = int((coarse.to_unfiltered.low >= -1).sum())
    assert near >= 1
    assert f"{near:,} lose at most 1 points" in said
    above = int((coarse.to_unfiltered.low > 0).sum())
    assert f"bands, {above:,} score" in said
    wide_margin = describe_bands(coarse, 1000)
    assert f"{len(coarse.bands):,} lose at most 1000 points" in wide_margin
    assert "of 0 these data cannot tell" in wide_margin
