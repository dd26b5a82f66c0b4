"""Unfiltered and filtered as points of one space, and the principal components of both together."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from embfilter_core.errors import InputError
from embfilter_core.maps import projection
from embfilter_core.maps.neighbours import nearest
from embfilter_core.maps.projection import centred_sides, joint_frame, map_points, pca_frame, pca_map
from embfilter_core.spectral.selection import KeptDirections

D = 10
RNG = np.random.default_rng(0)
C = RNG.normal(size=(30, D)) * np.linspace(4, 1, D) + 1
KEPT = KeptDirections.bulk(D, keep=6)


def test_points_have_length_one_and_the_left_out_directions_are_empty_where_filtered() -> None:
    points = map_points(C, KEPT)
    assert points.unfiltered.shape == points.filtered.shape == (30, D)
    assert np.allclose(np.linalg.norm(points.stacked, axis=1), 1)
    assert not points.filtered[:, [0, 1, 8, 9]].any()
    assert np.allclose(points.filtered[:, 2:8], C[:, 2:8] / np.linalg.norm(C[:, 2:8], axis=1, keepdims=True))


def test_the_coefficients_given_are_not_changed() -> None:
    given = C.copy()
    pca_map(map_points(given, KEPT))
    assert np.array_equal(given, C)


def test_a_text_without_energy_in_the_kept_directions_is_the_origin() -> None:
    c = C.copy()
    c[3, KEPT.indices] = 0
    points = map_points(c, KEPT)
    assert not points.filtered[3].any()
    assert np.isfinite(pca_map(points).filtered).all()


def test_coefficients_of_another_width_are_refused() -> None:
    with pytest.raises(InputError, match=rf"Pass \(n, {D}\)"):
        map_points(C[:, :5], KEPT)


@pytest.mark.parametrize(("n", "d"), [(30, 10), (4, 10), (8, 40)], ids=["tall", "wide", "wider"])
def test_the_picture_is_one_fit_of_scikit_learns_pca_on_both_sides(n: int, d: int) -> None:
    c = np.random.default_rng(n).normal(size=(n, d)) * np.linspace(4, 1, d)
    points = map_points(c, KeptDirections.bulk(d, ratio=2))
    expected = PCA(2).fit(points.stacked)
    picture, frame = pca_map(points), pca_frame(points)
    both = np.concatenate([picture.unfiltered, picture.filtered])
    placed = expected.transform(points.stacked)
    assert np.allclose(both * np.sign((both * placed).sum(axis=0)), placed)
    assert np.allclose(frame.explained, expected.explained_variance_ratio_)
    assert np.allclose(frame.axes @ frame.axes.T, np.eye(2))


def test_with_each_side_centred_on_its_own_the_shift_between_them_is_no_axis() -> None:
    points = map_points(C, KEPT)
    centred = np.concatenate([side - side.mean(axis=0) for side in (points.unfiltered, points.filtered)])
    expected = PCA(2).fit(centred)
    picture, frame = pca_map(points, centre_each=True), pca_frame(points, centre_each=True)
    placed, both = expected.transform(centred), np.concatenate([picture.unfiltered, picture.filtered])
    assert np.allclose(both * np.sign((both * placed).sum(axis=0)), placed)
    assert np.allclose(frame.explained, expected.explained_variance_ratio_)
    assert np.allclose([picture.unfiltered.mean(axis=0), picture.filtered.mean(axis=0)], 0)
    own = frame.place(points.filtered[[4]], "filtered")
    assert np.allclose(own, picture.filtered[[4]])


def test_a_large_problem_takes_another_solver_and_gives_the_same_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    points = map_points(C, KEPT)
    dense = pca_map(points)
    monkeypatch.setattr(projection, "LARGEST_DENSE", 4)
    assert np.allclose(pca_map(points).unfiltered, dense.unfiltered)
    assert np.array_equal(pca_map(points).filtered, pca_map(points).filtered)


def test_the_sign_of_each_axis_is_fixed() -> None:
    for c in (C, -C):
        axes = pca_frame(map_points(c, KEPT)).axes
        assert (np.take_along_axis(axes, np.abs(axes).argmax(axis=1, keepdims=True), axis=1) > 0).all()


def test_the_order_of_the_texts_does_not_matter() -> None:
    order = RNG.permutation(30)
    shuffled, plain = pca_map(map_points(C[order], KEPT)), pca_map(map_points(C, KEPT))
    assert np.allclose(shuffled.unfiltered, plain.unfiltered[order])
    assert np.allclose(shuffled.filtered, plain.filtered[order])


def test_nothing_moves_where_everything_is_kept() -> None:
    picture = pca_map(map_points(C, KeptDirections.unfiltered(D)))
    assert not picture.distances.any()


def test_distances_are_those_of_the_picture() -> None:
    picture = pca_map(map_points(C, KEPT))
    assert picture.distances[7] == pytest.approx(np.hypot(*(picture.filtered[7] - picture.unfiltered[7])))


def test_a_text_of_ones_own_is_placed_in_the_same_frame() -> None:
    points = map_points(C, KEPT)
    frame, picture = pca_frame(points), pca_map(points)
    assert np.allclose(frame.place(points.filtered[[4, 9]], "filtered"), picture.filtered[[4, 9]])
    assert np.allclose(frame.place(points.unfiltered[[4, 9]], "unfiltered"), picture.unfiltered[[4, 9]])


def test_only_sides_centred_on_their_own_have_neighbours_on_the_other_side() -> None:
    c = C + 20 * np.eye(D)[0]  # one direction shared by all, which the filter leaves out
    points = map_points(c, KEPT)
    centred = centred_sides(points)
    assert np.allclose(np.linalg.norm(centred.stacked, axis=1), 1)
    for sides, least, most in ((points, 0.0, 0.0), (centred, 0.3, 1.0)):
        near = nearest(sides.stacked, 1)[:, 0]
        across = ((near < 30) != (np.arange(60) < 30)).mean()
        assert least <= across <= most


def test_centring_equal_texts_leaves_the_origin() -> None:
    same = map_points(np.tile(C[:1], (4, 1)), KEPT)
    assert np.allclose(centred_sides(same).stacked, 0)


def test_two_steps_make_the_frame_of_both_sides_centred_each() -> None:
    points = map_points(C, KEPT)
    one, other = pca_frame(points, centre_each=True), joint_frame([points.unfiltered, points.filtered])
    assert np.allclose(one.axes, other.axes)
    assert np.allclose(one.explained, other.explained)
    assert np.allclose(one.place(points.filtered, "filtered"), other.place(points.filtered, 1))


@pytest.mark.parametrize("n", [30, 3], ids=["tall", "wide"])
def test_every_step_lies_around_the_middle_of_its_joint_frame(n: int) -> None:
    steps = [map_points(C[:n], KeptDirections.bulk(D, ratio)).filtered for ratio in (1, 2, 5)]
    frame = joint_frame(steps)
    for number, step in enumerate(steps):
        assert np.allclose(frame.place(step, number).mean(axis=0), 0)
    stacked = np.concatenate([step - step.mean(axis=0) for step in steps])
    squares = np.linalg.svd(stacked, compute_uv=False) ** 2
    assert np.allclose(frame.explained, squares[:2] / squares.sum())


def test_equal_texts_lie_on_one_spot() -> None:
    for d in (D, 3):  # more points than dimensions, and fewer
        points = map_points(np.ones((4, d)), KeptDirections.unfiltered(d))
        picture = pca_map(points)
        assert np.allclose(picture.unfiltered, 0)
        assert np.isfinite(pca_frame(points).explained).all()


def test_two_texts_make_no_map() -> None:
    with pytest.raises(InputError, match="at least 3"):
        pca_map(map_points(C[:2], KEPT))
