"""The arithmetic of the band brush, run in a browser and compared with numpy."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

MODULE = Path(__file__).parents[2] / "pages/band_brush/arithmetic.js"
BLOCKS = 48
RNG = np.random.default_rng(0)
Call = Callable[..., object]


@pytest.fixture(scope="module")
def call(browser: Browser) -> Iterator[Call]:
    """Calls a function of the module in the page, or runs an expression in which `a` is the module."""
    page = browser.new_page()
    source = base64.b64encode(MODULE.read_bytes()).decode()
    page.evaluate(f"async () => {{ window.a = await import('data:text/javascript;base64,{source}') }}")

    def run(expression: str, *arguments: object) -> object:
        return page.evaluate(f"(x) => ({expression})", list(arguments))

    yield run
    page.close()


def floats(array: np.ndarray) -> str:
    return base64.b64encode(array.astype("<f4").tobytes()).decode()


def test_floats_arrive_as_they_were_sent(call: Call) -> None:
    sent = RNG.normal(size=100).astype(np.float32)
    assert np.array_equal(np.array(call("[...a.decodeFloats(x[0])]", floats(sent)), dtype=np.float32), sent)


def test_prefix_sums_are_those_of_each_row(call: Call) -> None:
    parts = RNG.normal(size=(3, BLOCKS))
    sums = np.array(call("[...a.prefixSums(x[0], 48)]", parts.ravel().tolist())).reshape(3, BLOCKS + 1)
    assert np.allclose(sums[:, 1:], parts.cumsum(axis=1))
    assert not sums[:, 0].any()


@pytest.mark.parametrize(("start", "stop"), [(0, 48), (0, 1), (47, 48), (12, 36)])
def test_top_tokens_are_those_of_the_band(call: Call, start: int, stop: int) -> None:
    parts, offsets = RNG.normal(size=(200, BLOCKS)), RNG.normal(size=200)
    top = call(
        "a.topTokens({prefix: a.prefixSums(x[0], 48), offsets: x[1]}, 48, x[2], x[3], 12)",
        parts.ravel().tolist(), offsets.tolist(), start, stop,
    )  # fmt: skip
    logits = offsets + parts[:, start:stop].sum(axis=1)
    order = np.argsort(-logits, kind="stable")[:12]
    assert [index for index, _ in top] == order.tolist()
    assert np.allclose([logit for _, logit in top], logits[order])


@pytest.mark.parametrize(("start", "stop"), [(0, 48), (0, 1), (47, 48), (12, 36)])
def test_top_neighbours_are_those_of_the_band(call: Call, start: int, stop: int) -> None:
    query, corpus = RNG.normal(size=BLOCKS), RNG.normal(size=(50, BLOCKS))
    corpus[7] = 0  # a text without energy is at 0 from everything
    arguments = [(corpus * query).ravel(), np.square(corpus).ravel(), np.square(query)]
    top = call(
        "a.topNeighbours({dots: a.prefixSums(x[0], 48), squares: a.prefixSums(x[1], 48),"
        " query: a.prefixSums(x[2], 48)}, 48, x[3], x[4], 50)",
        *[argument.tolist() for argument in arguments], start, stop,
    )  # fmt: skip
    dots = (corpus * query)[:, start:stop].sum(axis=1)
    lengths = np.linalg.norm(corpus[:, start:stop], axis=1) * np.linalg.norm(query[start:stop])
    cosines = np.divide(dots, lengths, out=np.zeros(50), where=lengths > 0)
    found = dict(top)
    assert [found[i] for i in range(50)] == pytest.approx(cosines.tolist())
    assert [cosine for _, cosine in top] == sorted((cosine for _, cosine in top), reverse=True)


def test_equal_scores_are_ordered_by_index(call: Call) -> None:
    assert call("a.largest(5, (i) => [1, 2, 2, 2, 0][i], 2)") == [[1, 2], [2, 2]]
    assert call("a.largest(2, (i) => i, 5)") == [[1, 1], [0, 0]]


@pytest.mark.parametrize(
    ("share", "edge"), [(-1, 0), (0, 0), (0.24, 1), (0.26, 1), (0.4, 2), (0.99, 4), (1, 4), (7, 4)]
)
def test_the_nearest_edge_is_found_also_outside(call: Call, share: float, edge: int) -> None:
    assert call("a.nearestEdge(x[0], [0, 25, 50, 75, 100])", share) == edge


@pytest.mark.parametrize(
    ("share", "part"),
    [(0.0, "start"), (0.21, "start"), (0.25, "middle"), (0.5, "middle"), (0.79, "stop"), (1.0, "stop")],
)
def test_a_press_takes_the_part_under_it(call: Call, share: float, part: str) -> None:
    assert call("a.partAt(x[0], 0.2, 0.8, 0.02)", share) == part


@pytest.mark.parametrize(("share", "part"), [(0.1, "start"), (0.9, "stop"), (0.0, "start")])
def test_handles_at_the_same_end_can_be_pulled_apart(call: Call, share: float, part: str) -> None:
    at = 0.0 if share == 0.9 else 1.0
    expected = part if share else "start"
    assert call("a.partAt(x[0], x[1], x[1], 0.02)", share, at) == expected


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
    ("key", "part", "step"),
    [("ArrowLeft", "start", -1), ("ArrowUp", "stop", 1), ("PageDown", "middle", -6), ("Home", "start", -10),
     ("Home", "stop", -20), ("End", "start", 38), ("End", "stop", 28), ("a", "start", None)],
)  # fmt: skip
def test_keys_move_as_sliders_do(call: Call, key: str, part: str, step: int | None) -> None:
    assert call("a.keyStep(x[0], x[1], [10, 20], 48) ?? null", key, part) == step


@pytest.mark.parametrize(("k", "written"), [(288, "1.15 GB"), (72, "288 MB"), (576, "2.30 GB")])
def test_bytes_are_those_of_a_million_float32_vectors(call: Call, k: int, written: str) -> None:
    assert call("a.bytesPerMillion(x[0])", k) == written
