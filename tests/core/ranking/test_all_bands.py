"""Cosines of every band by cumulative sums, against the direct computation, and the ranks they give."""

import numpy as np
import pytest

from embfilter_core.errors import InputError
from embfilter_core.ranking import order as ordering
from embfilter_core.ranking.all_bands import BandCosines
from embfilter_core.ranking.corpus_energies import CorpusEnergies
from embfilter_core.ranking.cosines import cosines, ranks
from embfilter_core.spectral.families import FAMILIES, family_bands
from embfilter_core.spectral.presets import choose_directions
from embfilter_core.spectral.selection import KeptDirections
from tests.each import for_each

WITHIN = 1e-9


def rank_all(cosines: np.ndarray, positions: list[int] | None = None) -> np.ndarray:
    return ordering.rank_rows(iter(cosines), *cosines.shape, positions)


def draw(seed: int, n: int, d: int, spread: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """A query and a corpus whose directions differ in scale by up to 10^spread, with duplicates and near-zero texts."""
    random = np.random.default_rng(seed)
    scales = 10 ** random.uniform(-spread, 0, size=d)
    query, corpus = random.normal(size=d) * scales, random.normal(size=(n, d)) * scales
    corpus[n // 2] = corpus[0]
    corpus[n // 3] *= 1e-12
    corpus[n // 4] = 0
    return query, corpus


def directly(query: np.ndarray, corpus: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """In extended precision, so that what it says of tiny rests can be trusted."""
    q, c = query[kept].astype(np.longdouble), corpus[:, kept].astype(np.longdouble)
    lengths = np.sqrt((c * c).sum(1)) * np.sqrt((q * q).sum())
    return np.where(lengths > 0, (c * q).sum(1) / np.where(lengths > 0, lengths, 1), 0).astype(float)


def random_bands(seed: int, d: int, count: int) -> list[tuple[int, int]]:
    random = np.random.default_rng(seed)
    drawn = [sorted(random.choice(d + 1, 2, replace=False)) for _ in range(count)]
    return [(int(start), int(stop)) for start, stop in drawn]


@for_each(spread=[0, 3, 6, 12], d=[1, 2, 3, 17, 200])
def test_every_band_and_every_complement_is_the_direct_cosine(d: int, spread: int) -> None:
    query, corpus = draw(d + spread, 40, d, spread)
    every = [(start, stop) for start in range(d) for stop in range(start + 1, d + 1)]
    bands = BandCosines(CorpusEnergies(corpus), query)
    for start, stop in every if d < 20 else random_bands(d, d, 150):
        inside = np.arange(start, stop)
        assert np.abs(bands.band(start, stop) - directly(query, corpus, inside)).max() <= WITHIN
        if stop - start < d:
            rest = np.setdiff1d(np.arange(d), inside)
            assert np.abs(bands.outside(start, stop) - directly(query, corpus, rest)).max() <= WITHIN


def test_many_directions_of_falling_energy_lose_no_precision() -> None:
    query, corpus = draw(1, 12, 3000)
    fall = np.logspace(0, -7, 3000)
    bands = BandCosines(CorpusEnergies(corpus * fall), query * fall)
    for start, stop in [*random_bands(2, 3000, 40), (2999, 3000), (2500, 3000)]:
        expected = directly(query * fall, corpus * fall, np.arange(start, stop))
        assert np.abs(bands.band(start, stop) - expected).max() <= WITHIN


@for_each(share=[1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-14, 1e-30, 1e-200], whose=["texts", "query"])
def test_a_rest_of_any_size_is_exact_where_the_sum_would_have_lost_it(share: float, whose: str) -> None:
    """Equal terms, whose roundings add up instead of cancelling."""
    random = np.random.default_rng(3)
    kept = np.arange(100, 580)
    query, corpus = np.full(600, 0.3), np.full((60, 600), 0.7) * (1 + 0.1 * random.normal(size=(60, 1)))
    corpus[30:] *= random.choice([-1, 1], (30, 600))
    for rows in [corpus] if whose == "texts" else [query[None]]:
        rows[:, kept] *= np.sqrt(share)
    bands = BandCosines(CorpusEnergies(corpus), query)
    assert np.abs(bands.band(100, 580) - directly(query, corpus, kept)).max() <= WITHIN


@pytest.mark.parametrize("scale", [1e-150, 1e-40, 1e40, 1e150])
def test_length_does_not_matter_however_extreme(scale: float) -> None:
    query, corpus = draw(4, 20, 30)
    plain = BandCosines(CorpusEnergies(corpus), query)
    for query_scale, corpus_scale in ((1, scale), (scale, 1), (scale, scale)):
        scaled = BandCosines(CorpusEnergies(corpus * corpus_scale), query * query_scale)
        assert np.abs(scaled.band(5, 25) - plain.band(5, 25)).max() <= 1e-12


def test_without_kept_energy_the_cosine_is_zero() -> None:
    query, corpus = draw(5, 20, 10)
    corpus[7, 3:6] = 0
    corpus[9, [0, 1, 2, 6, 7, 8, 9]] = 0
    bands = BandCosines(CorpusEnergies(corpus), query)
    silent = 20 // 4  # all zero
    assert bands.band(3, 6)[[silent, 7]].tolist() == [0, 0]
    assert bands.outside(3, 6)[[silent, 9]].tolist() == [0, 0]
    assert np.count_nonzero(bands.band(3, 6)) == 18


def test_energy_too_small_for_the_sum_is_not_taken_for_none() -> None:
    query, corpus = draw(6, 8, 10)
    corpus[7] = 1e-200
    corpus[7, 0] = 1e3
    bands = BandCosines(CorpusEnergies(corpus), query)
    assert abs(bands.band(4, 8)[7] - query[4:8].sum() / 2 / np.linalg.norm(query[4:8])) <= WITHIN


def test_a_query_that_keeps_nothing_is_at_zero_from_everything() -> None:
    query, corpus = draw(7, 20, 10)
    query[3:6] = 0
    bands = BandCosines(CorpusEnergies(corpus), query)
    assert bands.band(3, 6).tolist() == [0] * 20


def test_a_query_of_zeros_is_at_zero_from_everything_everywhere() -> None:
    _, corpus = draw(8, 20, 10)
    bands = BandCosines(CorpusEnergies(corpus), np.zeros(10))
    assert not bands.family("edges").any()


@pytest.mark.parametrize("seed", range(3))
def test_equal_texts_have_equal_cosines_to_the_last_bit_wherever_they_stand(seed: int) -> None:
    random = np.random.default_rng(seed)
    query, one = random.normal(size=70), random.normal(size=70)
    query[20:40] *= 1e-8  # so that both ways of computing are taken
    corpus = random.normal(size=(1030, 70))
    copies = random.choice(1030, 60, replace=False)
    corpus[copies] = one
    bands = BandCosines(CorpusEnergies(corpus), query)
    for start, stop in [(21, 38), *random_bands(seed, 70, 20)]:
        assert len(set(bands.band(start, stop)[copies])) == 1
        assert len(set(bands.outside(start, stop)[copies])) == 1


def test_in_one_direction_every_cosine_is_exactly_one_or_minus_one() -> None:
    query, corpus = draw(9, 300, 40)
    corpus = corpus[np.any(corpus, axis=1)]
    bands = BandCosines(CorpusEnergies(corpus), query)
    for j in range(40):
        assert np.array_equal(bands.band(j, j + 1), np.sign(corpus[:, j] * query[j]))


def test_float32_coefficients_are_summed_in_float64() -> None:
    query, corpus = (array.astype(np.float32) for array in draw(10, 300, 40))
    bands = BandCosines(CorpusEnergies(corpus), query)
    exact = BandCosines(CorpusEnergies(corpus.astype(float)), query.astype(float))
    assert np.array_equal(bands.family("bulk"), exact.family("bulk"))


@for_each(name=FAMILIES, d=[1, 2, 3, 8, 57], bulk_start=[None, 0, 2, 100])
def test_the_bands_of_a_family_are_those_of_its_preset(name: str, d: int, bulk_start: int | None) -> None:
    bands = family_bands(name, d, bulk_start=bulk_start)
    assert bands.shape == (d, 2)
    for k, (start, stop) in enumerate(bands, start=1):
        kept = np.arange(start, stop)
        if name == "edges":
            kept = np.setdiff1d(np.arange(d), kept)
        assert np.array_equal(kept, choose_directions(name, d, keep=k, bulk_start=bulk_start).indices)


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_holds_the_cosines_of_its_preset_for_the_k_and_texts_asked_for(name: str) -> None:
    query, corpus = draw(11, 50, 30)
    bands = BandCosines(CorpusEnergies(corpus), query)
    every = bands.family(name)
    for k in range(1, 31):
        expected = cosines(query, corpus, getattr(KeptDirections, name)(30, keep=k))
        assert np.abs(every[k - 1] - expected).max() <= 1e-9
    assert np.array_equal(bands.family(name, ks=[30, 4, 11], positions=[49, 0, 12]), every[[29, 3, 10]][:, [49, 0, 12]])


def test_the_bulk_can_start_where_a_backbone_fixes_it() -> None:
    query, corpus = draw(12, 50, 30)
    bands = BandCosines(CorpusEnergies(corpus), query)
    fixed = bands.family("bulk", ks=[5, 28], bulk_start=4)
    assert np.array_equal(fixed, [bands.band(4, 9), bands.band(2, 30)])


@pytest.mark.parametrize("positions", [None, [3], [40, 0, 7], list(range(30))])
@pytest.mark.parametrize("radix_from", [0, 10**9], ids=["radix", "comparing"])
def test_ranks_are_those_of_every_row_alone(
    monkeypatch: pytest.MonkeyPatch, positions: list[int] | None, radix_from: int
) -> None:
    monkeypatch.setattr(ordering, "FEWEST_FOR_RADIX", radix_from)
    random = np.random.default_rng(13)
    rows = np.concatenate([random.uniform(-1, 1, (5, 60)), random.integers(-2, 3, (5, 60)) / 2])
    found = rank_all(rows, positions)
    expected = np.array([ranks(row) for row in rows])
    assert np.array_equal(found, expected if positions is None else expected[:, positions])


def test_long_rows_are_ordered_exactly_where_cosines_differ_in_the_last_bit_or_not_at_all() -> None:
    random = np.random.default_rng(14)
    near = 0.25 + random.integers(-9, 10, 4000) * np.spacing(0.25)
    far = random.uniform(-1, 1, 4000)
    beyond = np.array([1, -1, 1 + 1e-9, -1 - 1e-9, 0.0, -0.0])
    row = random.permutation(np.concatenate([near, far, far[:50], beyond]))
    assert len(row) >= ordering.FEWEST_FOR_RADIX
    assert np.array_equal(ordering.order(row), np.argsort(-row, kind="stable"))
    assert np.array_equal(rank_all(row[None])[0], ranks(row))


def test_a_few_positions_of_a_long_row_are_counted_to_the_same_ranks() -> None:
    random = np.random.default_rng(15)
    rows = random.integers(-500, 500, (3, ordering.FEWEST_FOR_RADIX + 7)) / 500
    positions = [0, 5, len(rows[0]) - 1]
    assert np.array_equal(rank_all(rows, positions), rank_all(rows)[:, positions])


@pytest.mark.parametrize("name", FAMILIES)
def test_the_ranks_of_a_family_are_those_of_its_cosines(name: str) -> None:
    query, corpus = draw(16, 80, 20, spread=4)
    bands = BandCosines(CorpusEnergies(corpus), query)
    assert np.array_equal(bands.ranks(name), rank_all(bands.family(name)))
    few = bands.ranks(name, ks=[7, 2], positions=[5, 79])
    assert np.array_equal(few, rank_all(bands.family(name, ks=[7, 2]))[:, [5, 79]])


def test_the_coefficients_are_not_copied_and_the_sums_cannot_be_changed() -> None:
    _, corpus = draw(17, 33, 20)
    energies = CorpusEnergies(corpus)
    assert energies.coefficients is corpus
    with pytest.raises(ValueError, match="read-only"):
        energies.cumulative[0] = 1


def test_an_empty_corpus_has_no_cosines_and_no_ranks() -> None:
    bands = BandCosines(CorpusEnergies(np.empty((0, 4))), np.ones(4))
    assert bands.family("bulk").shape == bands.ranks("edges").shape == (4, 0)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (lambda bands: bands.band(3, 3), "The band 3 to 3 does not fit 4"),
        (lambda bands: bands.band(-1, 3), "The band -1 to 3"),
        (lambda bands: bands.band(0, 5), "The band 0 to 5"),
        (lambda bands: bands.outside(0, 4), "The band 0 to 4"),
        (lambda bands: bands.family("random"), "'random' is no family"),
        (lambda bands: bands.family("bulk", ks=[1, 5]), "5 of 4"),
        (lambda bands: bands.ranks("edges", ks=[0, 2]), "0 of 4"),
        (lambda bands: bands.family("bulk", bulk_start=-1), "-1"),
    ],
)
def test_a_band_or_family_that_does_not_exist_is_refused(wrong, complaint: str) -> None:
    bands = BandCosines(CorpusEnergies(np.ones((3, 4))), np.ones(4))
    with pytest.raises(InputError, match=complaint):
        wrong(bands)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e200])
def test_coefficients_whose_squares_are_not_finite_are_refused_by_position(value: float) -> None:
    corpus = np.ones((3, 4))
    corpus[1, 2] = value
    with pytest.raises(InputError, match="text 2 is not finite"):
        CorpusEnergies(corpus)


def test_a_query_that_does_not_fit_is_refused() -> None:
    energies = CorpusEnergies(np.ones((3, 4)))
    with pytest.raises(InputError, match=r"shape \(5,\), the corpus 4 directions"):
        BandCosines(energies, np.ones(5))
    with pytest.raises(InputError, match="query is not finite"):
        BandCosines(energies, np.array([1, 2, np.nan, 4]))
    with pytest.raises(InputError, match="no corpus"):
        CorpusEnergies(np.ones(4))
