"""Every baseline is its formula, or what scikit-learn computes."""

import numpy as np
import pytest
from sklearn.decomposition import PCA as ScikitPCA
from sklearn.preprocessing import StandardScaler

from embfilter_core.errors import InputError
from embfilter_core.quality.comparison import compare_baselines
from embfilter_core.quality.sweep import sweep_quality
from embfilter_core.spectral.baselines.base import Baseline
from embfilter_core.spectral.baselines.fitted import PCA, AllButTheTop, Whitening
from embfilter_core.spectral.baselines.registry import BASELINES, BaselineInfo, make_baseline
from embfilter_core.spectral.baselines.unfitted import RandomOrthonormal
from tests.core.synthetic_tasks import TASKS
from tests.each import for_each

D = 12
RNG = np.random.default_rng(0)
REFERENCE = RNG.normal(size=(40, D)) @ RNG.normal(size=(D, D)) + 5
TEXTS = RNG.normal(size=(7, D)) + 5
TOKEN = RNG.normal(size=D)
NEED_REFERENCE = [key for key, info in BASELINES.items() if info.needs_reference]


def made(baseline_id: str, k: int = 4, seed: int = 0):
    return make_baseline(baseline_id, k, seed, TOKEN)


def same_up_to_signs(one: np.ndarray, other: np.ndarray) -> bool:
    return np.allclose(one * np.sign((one * other).sum(axis=0)), other)


@pytest.mark.parametrize("baseline_id", BASELINES)
def test_every_baseline_gives_finite_float64_of_the_promised_width_and_leaves_its_input_alone(baseline_id) -> None:
    texts, reference = TEXTS.astype(np.float32), REFERENCE.astype(np.float32)
    before = texts.copy(), reference.copy()
    made_of = made(baseline_id).fit(reference).transform(texts)
    assert made_of.shape == (7, 4 if "k" in BASELINES[baseline_id].needs else D)
    assert made_of.dtype == np.float64
    assert np.isfinite(made_of).all()
    made_of[:] = 0
    assert np.array_equal(texts, before[0])
    assert np.array_equal(reference, before[1])


def test_centring_subtracts_the_mean_of_the_reference() -> None:
    assert np.allclose(made("centring").fit(REFERENCE).transform(TEXTS), TEXTS - REFERENCE.mean(axis=0))


@pytest.mark.parametrize("k", [1, 4, D])
def test_pca_is_scikit_learns(k: int) -> None:
    expected = ScikitPCA(k).fit(REFERENCE).transform(TEXTS)
    assert same_up_to_signs(made("pca", k).fit(REFERENCE).transform(TEXTS), expected)


@pytest.mark.parametrize("k", [1, 4, D])
def test_whitening_is_scikit_learns_up_to_the_divisor_of_the_covariance(k: int) -> None:
    expected = ScikitPCA(k, whiten=True).fit(REFERENCE).transform(TEXTS) * np.sqrt(40 / 39)  # n - 1 there, n here
    assert same_up_to_signs(made("whitening", k).fit(REFERENCE).transform(TEXTS), expected)


def test_the_whitened_reference_has_the_unit_covariance() -> None:
    whitened = Whitening(6).fit(REFERENCE).transform(REFERENCE)
    assert np.allclose(whitened.mean(axis=0), 0)
    assert np.allclose(whitened.T @ whitened / 40, np.eye(6))


def test_z_score_is_scikit_learns() -> None:
    expected = StandardScaler().fit(REFERENCE).transform(TEXTS)
    assert np.allclose(made("z-score").fit(REFERENCE).transform(TEXTS), expected)


@pytest.mark.parametrize("removed", [None, 1, 3])
def test_all_but_the_top_removes_the_top_directions_one_by_one(removed: int | None) -> None:
    mean = REFERENCE.mean(axis=0)
    axes = np.linalg.eigh(np.cov(REFERENCE.T))[1][:, ::-1].T
    expected = TEXTS - mean
    for axis in axes[: removed or 1]:
        expected = expected - np.outer((TEXTS - mean) @ axis, axis)
    assert np.allclose(AllButTheTop(removed).fit(REFERENCE).transform(TEXTS), expected)


@pytest.mark.parametrize(("d", "removed"), [(30, 1), (199, 1), (250, 2)])
def test_all_but_the_top_removes_a_hundredth_of_the_directions_by_default(d: int, removed: int) -> None:
    reference = np.random.default_rng(d).normal(size=(20, d))
    assert np.linalg.matrix_rank(AllButTheTop().fit(reference).transform(reference)) == 19 - removed


def test_truncation_keeps_the_first_coordinates() -> None:
    assert np.array_equal(made("truncation").transform(TEXTS), TEXTS[:, :4])


def test_random_directions_are_orthonormal_and_the_same_for_the_same_seed() -> None:
    axes = RandomOrthonormal(4, seed=3).transform(np.eye(D))
    assert np.allclose(axes.T @ axes, np.eye(4))
    assert np.array_equal(axes, RandomOrthonormal(4, seed=3).transform(np.eye(D)))
    assert not np.allclose(axes, RandomOrthonormal(4, seed=4).transform(np.eye(D)))


def test_random_directions_lean_to_no_side() -> None:
    firsts = np.array([RandomOrthonormal(2, seed).transform(np.eye(3)) for seed in range(400)])
    assert np.abs(firsts.mean(axis=0)).max() < 4 / np.sqrt(3 * 400)  # four standard errors of a coordinate


def test_the_average_token_leaves_no_trace_and_nothing_else_is_lost() -> None:
    without = made("average-token").transform(TEXTS)
    assert np.allclose(without @ TOKEN, 0)
    assert np.allclose(without, TEXTS @ (np.eye(D) - np.outer(TOKEN, TOKEN) / (TOKEN @ TOKEN)))


@pytest.mark.parametrize("baseline_id", [key for key, info in BASELINES.items() if "k" in info.needs])
def test_the_first_columns_are_the_baseline_of_a_smaller_k(baseline_id: str) -> None:
    large, small = (made(baseline_id, k).fit(REFERENCE).transform(TEXTS) for k in (9, 4))
    assert np.allclose(large[:, :4], small)


@pytest.mark.parametrize("baseline_id", BASELINES)
def test_a_dimension_that_never_varies_gives_no_nan_and_no_giant(baseline_id: str) -> None:
    reference, texts = REFERENCE.copy(), TEXTS.copy()
    reference[:, 2] = texts[:, 2] = 0.1  # its mean is not exactly 0.1
    texts[0, 2] = 0.2
    assert np.abs(made(baseline_id, D - 1).fit(reference).transform(texts)).max() < 100


def test_a_constant_dimension_is_no_direction_of_variance_however_large_it_is() -> None:
    reference = REFERENCE.copy()
    reference[:, 2] = 1e7 / 3
    with pytest.raises(InputError, match=f"Ask for {D - 1} at most"):
        Whitening(D).fit(reference)


@pytest.mark.parametrize("maker", [PCA, Whitening, AllButTheTop])
def test_a_reference_too_small_says_what_is_possible(maker: type) -> None:
    assert maker(5).fit(REFERENCE[:6]).transform(TEXTS).shape[0] == 7
    with pytest.raises(InputError, match=r"at least 6 reference texts .* here are 5, .* Ask for 4 at most"):
        maker(5).fit(REFERENCE[:5])


def test_equal_texts_count_once() -> None:
    with pytest.raises(InputError, match=r"differ in 1\. Ask for 1 at most"):
        PCA(2).fit(REFERENCE[[0, 1, 0, 1, 1]])
    with pytest.raises(InputError, match="Use different texts"):
        PCA(1).fit(REFERENCE[[0, 0, 0]])


@pytest.mark.parametrize("baseline_id", NEED_REFERENCE)
def test_an_empty_reference_is_refused(baseline_id: str) -> None:
    with pytest.raises(InputError, match="reference"):
        made(baseline_id).fit(np.empty((0, D)))


@pytest.mark.parametrize("baseline_id", BASELINES)
def test_only_a_baseline_that_needs_a_reference_refuses_to_do_without(baseline_id: str) -> None:
    if baseline_id in NEED_REFERENCE:
        with pytest.raises(InputError, match="Call fit"):
            made(baseline_id).transform(TEXTS)
    else:
        fitted = made(baseline_id).fit(REFERENCE).transform(TEXTS)
        assert np.array_equal(made(baseline_id).transform(TEXTS), fitted)


@pytest.mark.parametrize("baseline_id", BASELINES)
def test_another_width_than_that_of_the_reference_is_refused(baseline_id: str) -> None:
    with pytest.raises(InputError, match=rf"width 9 .* Pass \(m, {D}\)"):
        made(baseline_id).fit(REFERENCE).transform(TEXTS[:, :9])


def test_a_reference_of_another_width_than_the_average_token_is_refused() -> None:
    with pytest.raises(InputError, match="width 9"):
        made("average-token").fit(REFERENCE[:, :9])


@pytest.mark.parametrize("wrong", [np.ones(D), np.full((3, D), np.nan)], ids=["vector", "nan"])
def test_what_is_no_set_of_embeddings_is_refused(wrong: np.ndarray) -> None:
    baseline = made("centring")
    with pytest.raises(InputError, match="no set of embeddings"):
        baseline.fit(wrong)
    with pytest.raises(InputError, match="no set of embeddings"):
        baseline.fit(REFERENCE).transform(wrong)


@for_each(k=[0, -1, 2.5], baseline_id=[key for key, info in BASELINES.items() if "k" in info.needs])
def test_a_number_of_dimensions_that_is_no_count_is_refused(baseline_id: str, k: float) -> None:
    with pytest.raises(InputError, match="whole number from 1"):
        made(baseline_id, k)


@pytest.mark.parametrize("baseline_id", ["truncation", "random-orthonormal"])
def test_more_dimensions_than_there_are_is_refused(baseline_id: str) -> None:
    with pytest.raises(InputError, match=f"Use k up to {D}"):
        made(baseline_id, D + 1).transform(TEXTS)


@pytest.mark.parametrize("token", [np.zeros(D), np.full(D, np.nan), np.ones((1, D))], ids=["zero", "nan", "matrix"])
def test_an_average_token_without_a_direction_is_refused(token: np.ndarray) -> None:
    with pytest.raises(InputError, match="no vector with a direction"):
        make_baseline("average-token", average_token=token)


def test_what_a_baseline_needs_must_be_given() -> None:
    with pytest.raises(InputError, match="Use one of centring,"):
        make_baseline("magic")
    with pytest.raises(InputError, match="Give k"):
        make_baseline("whitening")
    with pytest.raises(InputError, match="average token"):
        make_baseline("average-token", 4)
    with pytest.raises(InputError, match="negative"):
        make_baseline("random-orthonormal", 4, seed=-1)


def test_the_registry_is_complete_in_every_line() -> None:
    for key, info in BASELINES.items():
        assert key == info.id
        assert all((info.name, info.explanation, info.source))
        assert "\n" not in info.explanation


def test_another_baseline_is_one_entry_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    class Reversed(Baseline):
        def _apply(self, embeddings: np.ndarray) -> np.ndarray:
            return embeddings[:, ::-1]

    entry = BaselineInfo("reversed", "Reversed", "turn the dimensions round", "here", lambda given: Reversed())
    monkeypatch.setitem(BASELINES, "reversed", entry)
    assert np.array_equal(make_baseline("reversed").transform(TEXTS), TEXTS[:, ::-1])
    task, vectors = TASKS["disjoint pairs"]()
    compared, left_out = compare_baselines(task, vectors, None, sweep_quality(task, vectors, "spearman"), k=4)
    assert "Reversed" in [one.name for one in compared]
    assert "Reversed" not in left_out
