"""Presets by name, and bands in thousandths of d."""

import argparse
from itertools import pairwise

import numpy as np
import pytest

from embfilter_core.cli.options import add_filter_options
from embfilter_core.errors import InputError
from embfilter_core.quality.comparison import compare_presets
from embfilter_core.quality.sweep import sweep_quality
from embfilter_core.spectral.families import FAMILIES
from embfilter_core.spectral.per_mille import PER_MILLE, directions_per_mille
from embfilter_core.spectral.presets import PRESETS, Preset, Request, choose_directions, choose_family
from embfilter_core.spectral.selection import KeptDirections
from tests.core.synthetic_tasks import TASKS
from tests.each import for_each

WIDTHS = [1, 7, 32, 576, 896, 1000, 4096]
FILTERS = [name for name in PRESETS if name != "unfiltered"]


def scores_for(d: int) -> np.ndarray:
    return np.random.default_rng(0).random(d)


@for_each(preset=FILTERS, d=[32, 33, 576, 4096], ratio=[2, 4, 8])
def test_every_preset_keeps_one_in_ratio(preset: str, d: int, ratio: int) -> None:
    kept = choose_directions(preset, d, ratio, spectroscopy_scores=scores_for(d))
    assert (len(kept), kept.d, kept.name) == (d // ratio, d, preset)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_says_rightly_whether_it_keeps_one_band(preset: str) -> None:
    assert (choose_directions(preset, 576, spectroscopy_scores=scores_for(576)).bounds is not None) == PRESETS[
        preset
    ].contiguous


@pytest.mark.parametrize("preset", FILTERS)
def test_k_may_be_given_instead_of_the_ratio(preset: str) -> None:
    assert len(choose_directions(preset, 576, ratio=2, keep=77, spectroscopy_scores=scores_for(576))) == 77


@pytest.mark.parametrize("ratio", [1, 2, 8])
def test_everything_keeps_everything_whatever_the_ratio(ratio: int) -> None:
    assert choose_directions("unfiltered", 33, ratio).is_unfiltered


def test_what_each_preset_keeps_is_where_its_name_says() -> None:
    d, k = 40, 10
    assert choose_directions("bulk", d, 4).indices.tolist() == list(range(15, 25))
    assert choose_directions("dominant", d, 4).indices.tolist() == list(range(k))
    assert choose_directions("secondary", d, 4).indices.tolist() == list(range(d - k, d))
    assert choose_directions("edges", d, 4).indices.tolist() == [*range(5), *range(35, 40)]


def test_the_seed_is_for_random_alone() -> None:
    same, again, other = (choose_directions("random", 576, seed=seed).indices.tolist() for seed in (3, 3, 4))
    assert same == again != other
    assert choose_directions("bulk", 576, seed=3).indices.tolist() == choose_directions("bulk", 576).indices.tolist()


def test_a_backbones_own_start_is_for_the_bulk_alone() -> None:
    assert choose_directions("bulk", 4096, 4, bulk_start=128).bounds == (128, 128 + 1024)
    for preset in ("dominant", "secondary", "edges", "random"):
        with_start = choose_directions(preset, 4096, 4, bulk_start=128)
        assert with_start.indices.tolist() == choose_directions(preset, 4096, 4).indices.tolist()


@pytest.mark.parametrize("name", ["", "BULK", "custom", "<script>", "band"])
def test_an_unknown_preset_is_named_with_those_there_are(name: str) -> None:
    with pytest.raises(InputError) as refusal:
        choose_directions(name, 32)
    assert repr(name) in refusal.value.what
    assert all(preset in refusal.value.advice for preset in PRESETS)


@for_each(preset=FILTERS, ratio=[0, -1, 33])
def test_an_impossible_ratio_is_refused_by_every_filter(preset: str, ratio: int) -> None:
    with pytest.raises(InputError, match=str(ratio)):
        choose_directions(preset, 32, ratio, spectroscopy_scores=scores_for(32))


def test_another_preset_is_one_entry_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    def every_second(asked: Request) -> KeptDirections:
        return KeptDirections(asked.d, np.arange(0, asked.d, 2), "combed")

    entry = Preset("combed", "Combed", "every second direction", every_second, contiguous=False)
    monkeypatch.setitem(PRESETS, "combed", entry)
    assert choose_directions("combed", 8).indices.tolist() == [0, 2, 4, 6]
    parser = argparse.ArgumentParser()
    add_filter_options(parser, "bulk")
    assert "combed" in parser.format_help()
    task, vectors = TASKS["disjoint pairs"]()
    compared = compare_presets(task, vectors, sweep_quality(task, vectors, "spearman"), k=4)
    assert [one.name for one in compared if one.id == "combed"] == ["Combed"]


def test_quiet_cannot_be_chosen_without_scores() -> None:
    with pytest.raises(InputError, match="scores"):
        choose_directions("quiet", 32)


def rounded(d: int, start: int, stop: int) -> tuple[int, int]:
    """A band as an old link holds it."""
    return round(start * PER_MILLE / d), round(stop * PER_MILLE / d)


@pytest.mark.parametrize("d", [1, 7, 32, 576, 896, 1000])
def test_every_band_of_up_to_a_thousand_directions_survives_the_way_through_thousandths(d: int) -> None:
    edges = np.unique(np.linspace(0, d, min(d + 1, 33)).astype(int))
    for start in edges:
        for stop in edges[edges > start]:
            assert directions_per_mille(d, *rounded(d, start, stop)).bounds == (start, stop)


@pytest.mark.parametrize("d", [2048, 4096])
def test_a_band_of_a_wider_backbone_comes_back_within_half_a_thousandth(d: int) -> None:
    for start, stop in [(0, d), (128, 1152), (d // 3, d // 2), (d - 9, d)]:
        first, last = directions_per_mille(d, *rounded(d, start, stop)).bounds
        assert abs(first - start) <= d / PER_MILLE / 2 + 1
        assert abs(last - stop) <= d / PER_MILLE / 2 + 1


@pytest.mark.parametrize("d", WIDTHS)
def test_every_thousandth_is_a_band_with_at_least_one_direction(d: int) -> None:
    for start in range(0, PER_MILLE + 1, 37):
        for stop in {start, min(start + 1, PER_MILLE), PER_MILLE}:
            first, last = directions_per_mille(d, start, stop).bounds
            assert 0 <= first < last <= d


def test_the_whole_range_is_everything() -> None:
    assert all(directions_per_mille(d, 0, PER_MILLE).is_unfiltered for d in WIDTHS)


@pytest.mark.parametrize(("start", "stop"), [(-1, 5), (5, 4), (0, 1001), (1001, 1001)])
def test_an_impossible_band_is_refused(start: int, stop: int) -> None:
    with pytest.raises(InputError, match=f"{start} to {stop}"):
        directions_per_mille(576, start, stop)


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("d", [7, 24])
def test_each_selection_of_a_family_is_the_preset_and_holds_the_one_before(name: str, d: int) -> None:
    made = choose_family(name, d, range(1, d + 1))
    for k, kept in enumerate(made, start=1):
        preset = getattr(KeptDirections, name)(d, keep=k)
        assert kept.indices.tolist() == preset.indices.tolist()
    assert all(set(small.indices) < set(large.indices) for small, large in pairwise(made))


def test_a_preset_of_another_kind_is_no_family() -> None:
    with pytest.raises(InputError, match="'random' is not a family"):
        choose_family("random", 24, [3])
