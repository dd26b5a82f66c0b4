"""Neighbours against their definitions, written out, and against scikit-learn."""

import numpy as np
import pytest
from sklearn.manifold import trustworthiness as scikit_trustworthiness

from embfilter_core.errors import InputError
from embfilter_core.maps import neighbours
from embfilter_core.maps.neighbours import (
    jaccard,
    mean_cosine,
    mean_cosine_to,
    nearest,
    purity,
    surviving_share,
    trustworthiness,
)
from embfilter_core.spectral.geometry import measure_shape
from tests.each import for_each

RNG = np.random.default_rng(0)


def unit(points: np.ndarray) -> np.ndarray:
    return points / np.linalg.norm(points, axis=1, keepdims=True)


POINTS = unit(RNG.normal(size=(41, 7)) + 0.5)


@pytest.fixture(params=[256, 10, 1], autouse=True)
def rows_per_block(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "ROWS_PER_BLOCK", request.param)


@for_each(k=[1, 5, 40])
def test_the_nearest_are_those_of_a_full_sort(k: int) -> None:
    found = nearest(POINTS, k)
    for i, row in enumerate(POINTS @ POINTS.T):
        others = [j for j in np.argsort(-row, kind="stable") if j != i]
        assert found[i].tolist() == others[:k]


def test_ties_go_by_position_and_a_text_is_never_its_own_neighbour() -> None:
    points = POINTS[[0, 1, 1, 0, 1, 0]]
    assert nearest(points, 3).tolist() == [[3, 5, 1], [2, 4, 0], [1, 4, 0], [0, 5, 1], [1, 2, 0], [0, 3, 1]]


def test_rounding_makes_no_order_among_equals() -> None:
    points = unit(np.array([[1.0, 2], [3, 1], [3, 1 + 1e-14], [3, 1 - 1e-14], [-1, 0]]))
    assert nearest(points, 3)[0].tolist() == [1, 2, 3]


@pytest.mark.parametrize("k", [0, 41])
def test_more_neighbours_than_other_texts_are_refused(k: int) -> None:
    with pytest.raises(InputError, match="Use 1 to 40"):
        nearest(POINTS, k)


def test_overlap_counts_sets_and_not_places() -> None:
    unfiltered, filtered = np.array([[1, 2, 3, 4], [0, 2, 3, 4]]), np.array([[4, 3, 9, 8], [4, 3, 2, 0]])
    assert surviving_share(unfiltered, filtered) == pytest.approx([0.5, 1])
    assert jaccard(unfiltered, filtered) == pytest.approx([2 / 6, 1])


def test_jaccard_is_intersection_over_union() -> None:
    unfiltered, filtered = (np.array([RNG.choice(30, 6, replace=False) for _ in range(20)]) for _ in range(2))
    expected = [
        len({*a} & {*b}) / len({*a} | {*b}) for a, b in zip(unfiltered.tolist(), filtered.tolist(), strict=True)
    ]
    assert jaccard(unfiltered, filtered) == pytest.approx(expected)


@for_each(kind=["strings", "numbers", "objects"])
def test_purity_is_the_share_of_neighbours_with_ones_own_label(kind: str) -> None:
    labels = {"strings": np.array(["a", "a", "b"]), "numbers": np.array([1, 1, 2])}.get(kind)
    labels = np.array(["a", "a", "b"], dtype=object) if labels is None else labels
    assert purity(np.array([[1, 2], [0, 2], [0, 1]]), labels) == pytest.approx([0.5, 0.5, 0])


def test_a_text_without_label_has_no_purity_and_counts_for_nobody() -> None:
    found = purity(np.array([[1, 2], [0, 2], [0, 1]]), np.array(["a", "a", ""]))
    assert found[:2] == pytest.approx([0.5, 0.5])
    assert np.isnan(found[2])
    assert np.isnan(purity(np.array([[1], [0]]), np.array(["", ""]))).all()


def test_the_mean_cosine_to_neighbours_is_the_mean_of_theirs() -> None:
    near = nearest(POINTS, 4)
    expected = [(POINTS[i] @ POINTS[near[i]].T).mean() for i in range(41)]
    assert mean_cosine_to(POINTS, near) == pytest.approx(expected)


def test_the_mean_cosine_of_all_pairs_is_the_anisotropy_of_the_shape() -> None:
    assert mean_cosine(POINTS) == pytest.approx(measure_shape(POINTS).anisotropy)
    assert mean_cosine(np.eye(4)) == pytest.approx(0)
    with_origin = np.concatenate([POINTS, np.zeros((1, 7))])
    assert mean_cosine(with_origin) == pytest.approx(measure_shape(with_origin).anisotropy)
    with pytest.raises(InputError, match="no pairs"):
        mean_cosine(POINTS[:1])


@for_each(k=[1, 5, 20])
def test_trustworthiness_is_scikit_learns_with_cosine(k: int) -> None:
    for picture in (POINTS[:, :2], RNG.normal(size=(41, 2)) + 100):
        expected = scikit_trustworthiness(POINTS, picture, n_neighbors=k, metric="cosine")
        assert trustworthiness(POINTS, picture, k) == pytest.approx(expected, abs=1e-12)


def test_a_picture_that_keeps_every_neighbour_is_trusted_fully() -> None:
    angles = np.sort(RNG.uniform(0, np.pi, 30))
    circle = np.column_stack([np.cos(angles), np.sin(angles)])  # on a circle, cosine and distance agree
    assert trustworthiness(circle, circle, 6) == 1


@pytest.mark.parametrize("k", [0, 21])
def test_trustworthiness_is_refused_where_it_is_not_defined(k: int) -> None:
    with pytest.raises(InputError, match="not defined"):
        trustworthiness(POINTS, POINTS[:, :2], k)
