"""The arithmetic of the instrument, run in a browser on what the library packs, and compared with numpy."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from embfilter_core.instrument.measured_bands import measured_bands, nearest_band
from embfilter_core.instrument.packing import packed, quantised
from embfilter_core.quality.bands import BandMap
from embfilter_core.quality.bootstrap import Intervals
from embfilter_core.quality.selections import grid_bands
from embfilter_core.spectral.direction_grid import grid_edges, prefix_sums

pytestmark = pytest.mark.browser

MODULE = Path(__file__).parents[2] / "embfilter_core/instrument/browser/arithmetic.js"
D = 64
EDGES = grid_edges(D)
LAST = len(EDGES) - 1
WHOLE, FIRST, ONE, INSIDE = (0, LAST), (0, 1), (9, 10), (5, LAST - 8)
BANDS = pytest.mark.parametrize("band", [WHOLE, FIRST, ONE, INSIDE], ids=["whole", "first", "one", "inside"])
RNG = np.random.default_rng(0)
Call = Callable[..., object]


@pytest.fixture(scope="module")
def call(browser: Browser) -> Iterator[Call]:
    """Runs an expression in which `a` is the module, `x` the arguments and `edges` the grid's."""
    page = browser.new_page()
    source = base64.b64encode(MODULE.read_bytes()).decode()
    page.evaluate(f"async () => {{ window.a = await import('data:text/javascript;base64,{source}') }}")
    page.evaluate("edges => { window.edges = edges }", EDGES.tolist())

    def run(expression: str, *arguments: object) -> object:
        return page.evaluate(f"(x) => ({expression})", list(arguments))

    yield run
    page.close()


def kept(band: tuple[int, int]) -> slice:
    """The directions of a band of edges."""
    return slice(EDGES[band[0]], EDGES[band[1]])


@pytest.mark.parametrize(("kind", "dtype"), [("f4", "f4"), ("i4", "i4"), ("u2", "u2"), ("u1", "u1")])
def test_numbers_arrive_as_they_were_sent(call: Call, kind: str, dtype: str) -> None:
    sent = (100 * RNG.random(7)).astype(dtype)
    assert call("[...a.unpack(x[0])]", packed(sent, kind)) == sent.tolist()


@BANDS
@pytest.mark.parametrize("removed", [False, True], ids=["kept", "removed"])
def test_top_tokens_are_those_of_the_band(call: Call, band: tuple[int, int], removed: bool) -> None:
    parts, offsets = RNG.normal(size=(200, D)) * np.geomspace(30, 1, D), RNG.normal(size=200)
    numbers = quantised(prefix_sums(parts, EDGES)) | {
        "offsets": packed(offsets, "f4"),
        **{name: packed(np.zeros(200), kind) for name, kind in (("ranks", "i4"), ("rates", "f4"))},
        **{name: packed(np.zeros(200), "u1") for name in ("frequent", "seen")},
    }
    top = call("a.topTokens(a.unpackTokens(x[0], edges), [x[1]], x[2], 12)", numbers, band, removed)
    mine = parts[:, kept(band)].sum(axis=1)
    logits = offsets + (parts.sum(axis=1) - mine if removed else mine)
    assert [logit for _, logit in top] == pytest.approx(np.sort(logits)[:-13:-1], abs=1e-2)
    assert [logit for _, logit in top] == pytest.approx([logits[index] for index, _ in top], abs=1e-2)


@BANDS
def test_cosines_are_those_of_the_band(call: Call, band: tuple[int, int]) -> None:
    query, corpus = RNG.normal(size=D), RNG.normal(size=(50, D))
    query[[0, -1]] *= 1000  # sums up to an edge would drown a single direction between
    corpus[7] = 0  # a text without energy is at 0 from everything
    products = {"dots": corpus * query, "squares": np.square(corpus), "query": np.square(query)[None]}
    numbers = {name: packed(np.diff(prefix_sums(rows, EDGES)), "f4") for name, rows in products.items()}
    found = call("[...a.cosinesOf(a.unpackNear(x[0], edges), [x[1]])]", numbers, band)
    dots = corpus[:, kept(band)] @ query[kept(band)]
    lengths = np.linalg.norm(corpus[:, kept(band)], axis=1) * np.linalg.norm(query[kept(band)])
    assert found == pytest.approx(np.divide(dots, lengths, out=np.zeros(50), where=lengths > 0), abs=1e-5)


def test_the_energy_that_is_removed_is_that_of_all_runs_left_out(call: Call) -> None:
    shares = RNG.random(D)
    shares /= shares.sum()
    runs = [[0, 3], [10, 40]]
    left_out = 1 - shares[:3].sum() - shares[10:40].sum()
    assert call("a.energyRemoved(x[0], x[1])", shares.tolist(), runs) == pytest.approx(left_out)
    assert call("a.energyRemoved(x[0], [[0, 64]])", (1.001 * shares).tolist()) == 0


def test_equal_scores_are_ordered_by_index(call: Call) -> None:
    assert call("a.largest(5, (i) => [1, 2, 2, 2, 0][i], 2)") == [[1, 2], [2, 2]]
    assert call("a.largest(2, (i) => i, 5)") == [[1, 1], [0, 0]]


def test_every_direction_is_found_where_it_lies_and_every_edge_is_its_own(call: Call) -> None:
    middles = call("[...Array(64).keys()].map((i) => (a.shareOf(i, edges) + a.shareOf(i + 1, edges)) / 2)")
    assert middles == sorted(middles)
    assert call("x[0].map((share) => a.directionAt(share, edges))", middles) == list(range(D))
    assert call("edges.map((edge) => a.edgeOf(edge, edges))") == list(range(LAST + 1))
    assert call("[-1, 7].map((share) => [a.edgeAt(share, edges), a.directionAt(share, edges)])") == [
        [0, 0],
        [LAST, D - 1],
    ]


def test_single_directions_at_the_ends_are_as_wide_as_every_other_step(call: Call) -> None:
    ends = [0, 1, D - 2, D - 1]
    widths = call("x[0].map((i) => a.shareOf(i + 1, edges) - a.shareOf(i, edges))", ends)
    assert widths == pytest.approx([1 / LAST] * 4)


@pytest.mark.parametrize(
    ("share", "part"),
    [(0.0, "start"), (0.21, "start"), (0.25, "middle"), (0.5, "middle"), (0.79, "stop"), (1.0, "stop")],
)
def test_a_press_takes_the_part_under_it(call: Call, share: float, part: str) -> None:
    assert call("a.partAt(x[0], 0.2, 0.8, 0.02)", share) == part


def test_handles_at_the_same_end_can_be_pulled_apart(call: Call) -> None:
    assert call("a.partAt(0.1, 1, 1, 0.02)") == "start"
    assert call("a.partAt(0.9, 0, 0, 0.02)") == "stop"


@pytest.mark.parametrize(
    ("band", "part", "by", "expected"),
    [
        ([10, 20], "start", 3, [13, 20]),
        ([10, 20], "start", 30, [19, 20]),
        ([10, 20], "start", -30, [0, 20]),
        ([10, 20], "stop", 100, [10, 48]),
        ([10, 20], "stop", -30, [10, 11]),
        ([10, 20], "middle", 5, [15, 25]),
        ([10, 20], "middle", 100, [38, 48]),
        ([10, 20], "middle", -100, [0, 10]),
        ([0, 48], "middle", 5, [0, 48]),
    ],
)
def test_a_band_never_leaves_the_spectrum_nor_vanishes(
    call: Call, band: list[int], part: str, by: int, expected: list[int]
) -> None:
    assert call("a.moved(x[0], x[1], x[2], 48)", band, part, by) == expected


@pytest.mark.parametrize(
    ("key", "shift", "part", "step"),
    [
        ("ArrowLeft", False, "start", -1),
        ("ArrowUp", False, "stop", 1),
        ("ArrowRight", True, "stop", 5),
        ("PageDown", False, "middle", -5),
        ("Home", False, "stop", -20),
        ("End", False, "start", 38),
        ("a", False, "start", None),
    ],
)
def test_keys_move_as_sliders_do(call: Call, key: str, shift: bool, part: str, step: int | None) -> None:
    assert call("a.keyStep({ key: x[0], shiftKey: x[1] }, x[2], [10, 20], 48) ?? null", key, shift, part) == step


def test_the_axis_is_numbered_by_1_2_and_5_within_its_ends(call: Call) -> None:
    assert call("a.logTicks(0.9, 60)") == pytest.approx([1, 2, 5, 10, 20, 50])


@pytest.mark.parametrize(("k", "written"), [(288, "1.15 GB"), (72, "288 MB"), (576, "2.30 GB")])
def test_bytes_are_those_of_a_million_float32_vectors(call: Call, k: int, written: str) -> None:
    assert call("a.bytesPerMillion(x[0])", k) == written


def test_the_measured_band_that_is_looked_up_is_the_librarys_nearest(call: Call) -> None:
    bands = np.array([kept.bounds for kept in grid_bands(D, 10)])  # the last step is shorter
    gains = RNG.normal(size=len(bands)).astype("f4")
    intervals = Intervals(gains, gains - 1, gains + 1)
    found = BandMap(bands, 10, intervals, intervals, 50.0, "pairs", 100)
    asked = [(start, stop) for start in range(D) for stop in range(start + 1, D + 1)]
    looked_up = "x[1].map((band) => a.nearestMeasured(a.unpackMeasured(x[0]), band))"
    seen = call(looked_up, measured_bands(found, D, "spearman", "these"), asked)
    nearest = [nearest_band(bands, *band) for band in asked]
    assert [[one["start"], one["stop"]] for one in seen] == bands[nearest].tolist()
    told = np.array([[one[name] for name in ("gain", "low", "high")] for one in seen])
    assert np.array_equal(told, np.stack([gains, gains - 1, gains + 1], axis=1)[nearest].astype(float))


def test_a_band_between_two_measured_ones_takes_the_first(call: Call) -> None:
    numbers = {name: packed(np.array([-2.0, 3.0]), "f4") for name in ("gains", "low", "high")}
    numbers |= {"starts": packed(np.array([0, 8]), "u2"), "stops": packed(np.array([40, 40]), "u2")}
    assert call("a.nearestMeasured(a.unpackMeasured(x[0]), [4, 40])", numbers)["start"] == 0
    assert call("a.nearestMeasured(a.unpackMeasured(x[0]), [5, 40])", numbers)["start"] == 8
