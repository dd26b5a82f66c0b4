"""Precisions: what is read back is what an index of such codes holds, and no scaling hides in it."""

import faiss
import numpy as np
import pytest
from scipy.stats import rankdata

from embfilter_core.errors import InputError
from embfilter_core.quality.metrics import unit_rows
from embfilter_core.quality.precisions import PRECISIONS, find_precision

RANDOM = np.random.default_rng(0)
SCALES = np.geomspace(0.05, 3, 24)
VECTORS = RANDOM.normal(size=(200, 24)) * SCALES + SCALES
OTHERS = RANDOM.normal(size=(150, 24)) * SCALES
UNITS = unit_rows(VECTORS)


def test_four_bits_are_the_codes_of_faiss() -> None:
    index = faiss.IndexScalarQuantizer(24, faiss.ScalarQuantizer.QT_4bit, faiss.METRIC_INNER_PRODUCT)
    index.train(unit_rows(OTHERS).astype(np.float32))
    index.add(UNITS.astype(np.float32))
    theirs = index.reconstruct_n(0, len(UNITS))
    ours = PRECISIONS["4bit"].decoded(VECTORS, OTHERS)
    steps = np.ptp(unit_rows(OTHERS), axis=0) / 15
    apart = np.abs(ours - theirs) > 1e-5
    assert apart.mean() < 0.002  # a number on the edge of two steps may be rounded to either
    assert (np.abs(ours - theirs) <= 1.01 * steps).all()
    assert index.sa_code_size() == PRECISIONS["4bit"].bytes_a_vector(24)


def test_int8_has_one_scale_a_vector_and_no_dimension_is_scaled_or_shifted() -> None:
    decoded = PRECISIONS["int8"].decoded(VECTORS)
    for ours, unit in zip(decoded[:20], UNITS, strict=False):
        scale = max(abs(number) for number in unit) / 127
        assert ours.tolist() == pytest.approx([round(number / scale) * scale for number in unit])
    assert np.abs(decoded - UNITS).max() <= np.abs(UNITS).max() / 127 / 2 + 1e-12


def test_sign_bits_rank_as_the_hamming_distance_does() -> None:
    decoded = PRECISIONS["sign"].decoded(VECTORS)
    bits = VECTORS > 0
    hamming = (bits[:1] != bits).sum(axis=1)
    cosines = decoded @ decoded[0] / 24
    assert cosines == pytest.approx(1 - 2 * hamming / 24)
    assert rankdata(-cosines).tolist() == rankdata(hamming).tolist()


def test_finer_codes_come_closer_to_the_numbers() -> None:
    errors = {name: np.abs(one.decoded(VECTORS) - UNITS).max() for name, one in PRECISIONS.items()}
    order = ["float32", "float16", "int8", "4bit", "sign"]
    assert list(PRECISIONS) == sorted(order, key=errors.__getitem__) == order
    assert errors["float32"] == 0


def test_the_bytes_of_a_vector() -> None:
    sizes = {name: [one.bytes_a_vector(k) for k in (576, 9)] for name, one in PRECISIONS.items()}
    assert sizes == {"float32": [2304, 36], "float16": [1152, 18], "int8": [580, 13], "4bit": [288, 5], "sign": [72, 2]}


@pytest.mark.parametrize("name", PRECISIONS)
def test_length_does_not_matter_and_zeros_and_constant_dimensions_stay_finite(name: str) -> None:
    one = PRECISIONS[name]
    assert one.decoded(7 * VECTORS) == pytest.approx(one.decoded(VECTORS), abs=1e-9)
    flat = VECTORS.copy()
    flat[:, 3] = 0
    flat[5] = 0
    assert np.isfinite(one.decoded(flat)).all()


def test_only_the_ranges_of_four_bits_depend_on_what_they_are_trained_on() -> None:
    for name, one in PRECISIONS.items():
        assert one.learns == (not np.array_equal(one.decoded(VECTORS), one.decoded(VECTORS, OTHERS))), name


def test_what_cannot_be_encoded_is_refused() -> None:
    with pytest.raises(InputError, match="Unknown precision 'int4'"):
        find_precision("int4")
    for trained_on in (OTHERS[:, :9], OTHERS[:0]):
        with pytest.raises(InputError, match="cannot fix the ranges"):
            PRECISIONS["4bit"].decoded(VECTORS, trained_on)
