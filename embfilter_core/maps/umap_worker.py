"""The child process that fits UMAP: `python -m embfilter_core.maps.umap_worker`.

It compiles on a small set of points, says so, and then answers one request after another until
its input ends. Both ways a message is a line of JSON; an array follows as raw float32.
A fit cannot be stopped from within, but this process can be killed at any time: it writes no file.
"""

import json
import os
import re
import sys
from typing import BinaryIO

import numpy as np

from embfilter_core.maps.neighbours import nearest

STEP = re.compile(r"(\d+)/(\d+)")
NICENESS = 5
WARM_UP = {"n_neighbors": 5, "min_dist": 0.1, "seed": 0, "epochs": 20}


class EpochLines:
    """What tqdm takes for its output: every written bar becomes a message."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def write(self, bar: str) -> None:
        """Pass on the counts of a bar."""
        if step := STEP.search(bar):
            send(self._out, {"stage": "layout", "done": int(step[1]), "total": int(step[2])})

    def flush(self) -> None:
        """Nothing is held back."""


def send(out: BinaryIO, message: dict, array: np.ndarray | None = None) -> None:
    """Write a message, and the array that belongs to it."""
    if array is not None:
        message = {**message, "shape": array.shape}
    out.write(json.dumps(message).encode() + b"\n")
    if array is not None:
        out.write(np.ascontiguousarray(array, dtype=np.float32).tobytes())
    out.flush()


def receive(stream: BinaryIO) -> tuple[dict, np.ndarray | None] | None:
    """Read a message and its array; None where the stream ends, even in the middle of one."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        return None
    message = json.loads(line)
    if "shape" not in message:
        return message, None
    size = 4 * int(np.prod(message["shape"]))
    raw = stream.read(size)
    return (message, np.frombuffer(raw, dtype=np.float32).reshape(message["shape"])) if len(raw) == size else None


def fit(points: np.ndarray, request: dict, out: BinaryIO) -> np.ndarray:
    """Lay out points of length 1, (m, d) -> (m, 2) float32; the neighbours are exact, so nothing else is compiled."""
    import umap

    k = request["n_neighbors"]
    points = points.astype(np.float64)
    send(out, {"stage": "neighbours", "done": 0, "total": 1})
    others = nearest(points, k - 1)
    cosines = np.stack([np.einsum("md,md->m", points, points[column]) for column in others.T], axis=1)
    own = np.arange(len(points))[:, None]
    distances = np.concatenate([np.zeros(own.shape), np.maximum(1 - cosines, 0)], axis=1).astype(np.float32)
    bars = {"disable": False, "file": EpochLines(out), "bar_format": "{n_fmt}/{total_fmt}\n", "mininterval": 0.2}
    layout = umap.UMAP(
        metric="cosine",
        n_neighbors=k,
        min_dist=request["min_dist"],
        n_epochs=request["epochs"],
        random_state=request["seed"],
        n_jobs=1,
        precomputed_knn=(np.concatenate([own, others], axis=1), distances, None),
        force_approximation_algorithm=True,
        tqdm_kwds=bars,
    )
    placed: np.ndarray = layout.fit_transform(points.astype(np.float32))
    return placed


def main() -> None:
    """Compile, then answer requests; an error is a message too, and ends the process."""
    requests, out = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print must not come between the messages
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    try:
        warm = np.random.default_rng(0).normal(size=(32, 8))
        fit(warm / np.linalg.norm(warm, axis=1, keepdims=True), WARM_UP, out)
        send(out, {"stage": "ready"})
        while (message := receive(requests)) is not None:
            request, points = message
            if points is not None:
                send(out, {"stage": "done"}, fit(points, request, out))
    except BrokenPipeError:
        return  # nobody listens any more
    except Exception as error:
        send(out, {"stage": "failed", "why": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    main()
