"""Unfiltered and filtered as points of one space, and the principal components of both together."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from embfilter_core.errors import InputError
from embfilter_core.maps import projection
from embfilter_core.maps.neighbours import nearest
from embfilter_core.maps.projection import PcaFrame, centred_sides, joint_frame, map_points
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


def framed(c: np.ndarray, kept: KeptDirections = KEPT) -> tuple[PcaFrame, np.ndarray]:
    """The frame of both sides, and where all texts lie in it, (2n, 2)."""
    points = map_points(c, kept)
    sides = (points.unfiltered, points.filtered)
    frame = joint_frame(sides)
    return frame, np.concatenate([frame.place(side, step) for step, side in enumerate(sides)])


def test_the_coefficients_given_are_not_changed() -> None:
    given = C.copy()
    framed(given)
    assert np.array_equal(given, C)


def test_a_text_without_energy_in_the_kept_directions_is_the_origin() -> None:
    c = C.copy()
    c[3, KEPT.indices] = 0
    points = map_points(c, KEPT)
    assert not points.filtered[3].any()
    assert np.isfinite(framed(c)[1]).all()


def test_coefficients_of_another_width_are_refused() -> None:
    with pytest.raises(InputError, match=rf"Pass \(n, {D}\)"):
        map_points(C[:, :5], KEPT)


@pytest.mark.parametrize(("n", "d"), [(30, 10), (4, 10), (8, 40), (3, 10)])
def test_the_frame_is_one_fit_of_scikit_learns_pca_on_all_steps_each_around_its_own_mean(n: int, d: int) -> None:
    c = np.random.default_rng(n).normal(size=(n, d)) * np.linspace(4, 1, d) + 1
    steps = [map_points(c, KeptDirections.bulk(d, ratio)).filtered for ratio in (1, 2, 5)]
    centred = np.concatenate([step - step.mean(axis=0) for step in steps])
    frame, expected = joint_frame(steps), PCA(2).fit(centred)
    places, placed = np.concatenate([frame.place(step, i) for i, step in enumerate(steps)]), expected.transform(centred)
    assert np.allclose(places * np.sign((places * placed).sum(axis=0)), placed)
    assert np.allclose(frame.explained, expected.explained_variance_ratio_)
    assert np.allclose(frame.axes @ frame.axes.T, np.eye(2))
    assert np.allclose(frame.place(steps[1][[2]], 1), places[[n + 2]])  # one text lies where it lies among all


def test_a_large_problem_takes_another_solver_and_gives_the_same_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    _, dense = framed(C)
    monkeypatch.setattr(projection, "LARGEST_DENSE", 4)
    assert np.allclose(framed(C)[1], dense)
    assert np.array_equal(framed(C)[1], framed(C)[1])


def test_the_sign_of_each_axis_is_fixed() -> None:
    for c in (C, -C):
        axes = framed(c)[0].axes
        assert (np.take_along_axis(axes, np.abs(axes).argmax(axis=1, keepdims=True), axis=1) > 0).all()


def test_the_order_of_the_texts_does_not_matter() -> None:
    order = RNG.permutation(30)
    assert np.allclose(framed(C[order])[1], framed(C)[1][[*order, *(30 + order)]])


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


def test_equal_texts_lie_on_one_spot() -> None:
    for d in (D, 3):  # more points than dimensions, and fewer
        frame, places = framed(np.ones((4, d)), KeptDirections.unfiltered(d))
        assert np.allclose(places, 0)
        assert np.isfinite(frame.explained).all()


def test_two_texts_make_no_map() -> None:
    with pytest.raises(InputError, match="at least 3"):
        framed(C[:2])
