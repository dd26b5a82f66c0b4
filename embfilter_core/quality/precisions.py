"""What an index stores of a vector: its numbers in fewer bits, and what can be read back of them.

Every vector has length 1 before it is encoded, as in an index of cosines. A score is taken
from the cosines of decoded vectors, which is what an index of such codes ranks by; for sign
bits that cosine is 1 - 2 h / k, h the Hamming distance of the codes, hence the same ranking.
Only the vectors are counted, not what an index adds to them once (ranges, links, ids).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from embfilter_core.errors import InputError, check_known
from embfilter_core.quality.metrics import unit_rows

LARGEST_INT8 = 127
STEPS_OF_4_BITS = 15


@dataclass(frozen=True)
class Precision:
    """A way to store the numbers of a vector.

    Attributes:
        id: Short name.
        name: Name for people.
        explanation: What is stored, in one line.
        bytes_a_vector: Bytes that k numbers take.
        encode_and_decode: What is read back of unit rows (n, k) whose ranges are those of other unit rows (m, k).
        learns: Whether the codes depend on the vectors that it was trained on.
    """

    id: str
    name: str
    explanation: str
    bytes_a_vector: Callable[[int], int]
    encode_and_decode: Callable[[np.ndarray, np.ndarray], np.ndarray]
    learns: bool = False

    def decoded(self, vectors: np.ndarray, trained_on: np.ndarray | None = None) -> np.ndarray:
        """Return what an index gives back of vectors, (n, k) -> (n, k) float64; rows are scaled to length 1 first.

        Args:
            vectors: Any vectors.
            trained_on: (m, k) of the vectors that fix the ranges, where the precision has any; `vectors` by default.

        Raises:
            InputError: The widths differ, or there is no vector to be trained on.
        """
        units = unit_rows(vectors)
        reference = units if trained_on is None or not self.learns else unit_rows(trained_on)
        if reference.shape[1:] != units.shape[1:] or len(reference) == 0:
            raise InputError(
                f"Vectors of shape {reference.shape} cannot fix the ranges of codes of shape {units.shape}.",
                "Train on vectors of the same width.",
            )
        return self.encode_and_decode(units, reference)


def _float32(units: np.ndarray, _: np.ndarray) -> np.ndarray:
    """As they are: rounding to float32 is too fine for a score to show."""
    return units


def _float16(units: np.ndarray, _: np.ndarray) -> np.ndarray:
    return units.astype(np.float16).astype(np.float64)


def _int8(units: np.ndarray, _: np.ndarray) -> np.ndarray:
    """Symmetric, one scale a vector: its largest number is 127 or -127; nothing is shifted, no dimension is scaled."""
    scale = np.abs(units).max(axis=1, keepdims=True) / LARGEST_INT8
    codes = np.rint(np.divide(units, scale, out=np.zeros_like(units), where=scale > 0))
    decoded: np.ndarray = codes * scale
    return decoded


def _four_bits(units: np.ndarray, trained_on: np.ndarray) -> np.ndarray:
    """FAISS SQ4 (QT_4bit): 16 steps between the smallest and largest number of each dimension, read at their middle."""
    low, high = trained_on.min(axis=0), trained_on.max(axis=0)
    width = high - low
    share = np.divide(units - low, width, out=np.zeros_like(units), where=width > 0)
    codes = np.floor(STEPS_OF_4_BITS * np.clip(share, 0, 1))
    decoded: np.ndarray = low + (codes + 0.5) / STEPS_OF_4_BITS * width
    return decoded


def _sign_bits(units: np.ndarray, _: np.ndarray) -> np.ndarray:
    return np.where(units > 0, 1.0, -1.0)


PRECISIONS: dict[str, Precision] = {
    one.id: one
    for one in (
        Precision("float32", "float32", "4 bytes a number, as embeddings are usually kept", lambda k: 4 * k, _float32),
        Precision("float16", "float16", "2 bytes a number", lambda k: 2 * k, _float16),
        Precision("int8", "int8", "a byte a number, and a scale of 4 bytes a vector", lambda k: k + 4, _int8),
        Precision(
            "4bit",
            "4 bits",
            "16 steps between the ends of each dimension over the indexed vectors (FAISS SQ4)",
            lambda k: -(-k // 2),
            _four_bits,
            learns=True,
        ),
        Precision(
            "sign", "sign bits", "whether each number is above 0, compared by Hamming", lambda k: -(-k // 8), _sign_bits
        ),
    )
}
"""Every precision by its id, the finest first."""


def find_precision(precision: str) -> Precision:
    """Return a precision by its id.

    Raises:
        InputError: There is none of that id.
    """
    check_known("precision", precision, PRECISIONS)
    return PRECISIONS[precision]
