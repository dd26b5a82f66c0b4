"""Files of arrays: vectors come back to the bit, and what is broken, dangerous or too large is one clear line."""

import io
import zipfile

import numpy as np
import pytest
from safetensors.numpy import save

from embfilter_core.data.vectors import array_files, limits
from embfilter_core.data.vectors.array_files import read_array_file
from embfilter_core.errors import InputError
from tests.core.data.vectors.files import npy, npz

ROWS = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)
OTHER = ROWS[::-1].copy()
BOTH = np.stack([ROWS, OTHER], axis=1)


def refused(name: str, data: bytes) -> str:
    with pytest.raises(InputError) as problem:
        read_array_file(name, data)
    assert "\n" not in str(problem.value)
    assert problem.value.advice
    return str(problem.value)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("v.npy", npy(ROWS)),
        ("V.NPY", npy(np.asfortranarray(ROWS))),
        ("v.npy", npy(ROWS.astype(np.float64))),
        ("v.npz", npz(vectors=ROWS)),
        ("v.npz", npz(compressed=True, vectors=ROWS)),
        ("v.safetensors", save({"vectors": ROWS})),
    ],
)
def test_one_array_of_any_format_comes_back_as_float32(name: str, data: bytes) -> None:
    (found,) = read_array_file(name, data)
    assert found.dtype == np.float32
    assert np.array_equal(found, ROWS)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("v.npy", npy(BOTH)),
        ("v.npz", npz(first=ROWS, second=OTHER)),
        ("v.safetensors", save({"a": ROWS, "b": OTHER})),
        ("v.safetensors", save({"both": BOTH})),
    ],
)
def test_two_vectors_a_row_are_two_arrays_or_one_with_an_axis_for_them(name: str, data: bytes) -> None:
    first, second = read_array_file(name, data)
    assert np.array_equal(first, ROWS)
    assert np.array_equal(second, OTHER)


def test_half_precision_is_read_and_a_number_beyond_float32_is_infinite() -> None:
    (half,) = read_array_file("v.npy", npy(ROWS.astype(np.float16)))
    assert np.array_equal(half, ROWS.astype(np.float16).astype(np.float32))
    (found,) = read_array_file("v.npy", npy(np.full((2, 2), 1e300)))
    assert np.isinf(found).all()


def test_python_objects_are_refused_without_being_read() -> None:
    class Trap:
        def __reduce__(self) -> tuple:
            return (pytest.fail, ("the file was run",))

    data = npy(np.array([[Trap(), 1], [2, 3]], dtype=object), pickled=True)
    assert "can run code" in refused("v.npy", data)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("v.npy", data)
    assert "can run code" in refused("v.npz", packed.getvalue())


def test_a_header_that_promises_more_than_there_is_takes_no_memory() -> None:
    data = npy(ROWS)
    lying = data.replace(b"(6, 4)", b"(9, 4)").replace(b"(9, 4)", b"(6,4444444)", 1)[: len(data) + 5]
    assert "v.npy" in refused("v.npy", lying)
    assert "not as long as its header says" in refused("v.npy", data.replace(b"(6, 4)", b"(9, 4)"))
    assert "not as long as its header says" in refused("v.npy", data[:-3])


def test_an_archive_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = npz(compressed=True, vectors=np.zeros((1000, 100), dtype=np.float32))
    assert len(data) < 10_000
    monkeypatch.setattr(array_files, "MAX_VECTOR_BYTES", 100_000)
    assert "unpacks to more than is read" in refused("v.npz", data)


def test_files_beyond_the_limits_are_refused_with_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_VECTOR_BYTES", 100)
    assert "the limit is 0 MB" in refused("v.npy", npy(ROWS))
    monkeypatch.undo()
    monkeypatch.setattr(limits, "MAX_NUMBERS", 20)
    assert "have 24 numbers in all; the limit is 20" in refused("v.npy", npy(ROWS))
    monkeypatch.setattr(limits, "MAX_TEXTS", 5)
    assert "has 6 rows; the limit is 5" in refused("v.npy", npy(ROWS))


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("v.npy", b"", "cannot be read"),
        ("v.npy", b"\x93NUMPY\x01\x00 damaged", "cannot be read"),
        ("v.npz", b"PK\x03\x04 damaged", "cannot be read"),
        ("v.safetensors", b"damaged", "cannot be read"),
        ("v.pkl", b"", "no file of arrays"),
        ("v.npy", npy(np.arange(12).reshape(6, 2)), "holds int64, not floating-point"),
        ("v.npy", npy(ROWS.ravel()), r"of shape (24,)"),
        ("v.npy", npy(np.zeros((2, 3, 4))), "of shape (2, 3, 4)"),
        ("v.npy", npy(np.zeros((0, 4))), "has no row"),
        ("v.npz", npz(a=ROWS, b=OTHER[:3]), "of shape (6, 4) and (3, 4)"),
        ("v.npz", npz(**{f"a{i}": ROWS for i in range(9)}), "holds 9 arrays"),
        ("v.safetensors", save({"labels": np.arange(6)}), "holds int64"),
    ],
)
def test_what_cannot_be_vectors_is_one_line(name: str, data: bytes, said: str) -> None:
    assert said in refused(name, data)
