"""Arrays as short strings that a browser unpacks: `f4:`, `i4:` or `u2:` before little-endian numbers in base64."""

import base64

import numpy as np

LEVELS = 65_535


def packed(array: np.ndarray, kind: str) -> str:
    """Return an array, row after row, as a string; `kind` is `f4`, `i4`, `u2` or `u1`."""
    return f"{kind}:{base64.b64encode(np.ascontiguousarray(array, dtype=f'<{kind}').tobytes()).decode()}"


def unpacked(written: str) -> np.ndarray:
    """Return the numbers in a string that `packed` made, in one row."""
    kind, _, encoded = written.partition(":")
    return np.frombuffer(base64.b64decode(encoded), dtype=f"<{kind}")


def quantised(rows: np.ndarray) -> dict[str, str]:
    """Return rows of numbers, (m, n), each in 65,536 steps from its least to its greatest.

    A difference of two numbers of a row is off by at most a step, 1.5e-5 of the row's range.
    """
    low, high = rows.min(axis=1, keepdims=True), rows.max(axis=1, keepdims=True)
    steps = np.where(high > low, (high - low) / LEVELS, 1.0)
    return {"levels": packed(np.round((rows - low) / steps), "u2"), "steps": packed(steps, "f4")}
