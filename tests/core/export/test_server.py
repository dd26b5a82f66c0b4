"""check.py asks a running server in either style, and vectors of a file."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
from safetensors.numpy import load_file

from embfilter_core.export.bundle import Exported
from tests.core.export.conftest import checked


@contextmanager
def serving(vectors: dict[str, list[list[float]]]) -> Iterator[str]:
    """A server that answers a path with vectors: `/v1/embeddings` as OpenAI's does, others as TEI's `/embed`."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path not in vectors:
                self.send_error(404)
                return
            found: object = vectors[self.path]
            if self.path.endswith("/embeddings"):
                assert body["input"] and body["model"]
                rows = [{"index": i, "embedding": vector} for i, vector in enumerate(found)]
                found = {"data": rows[::-1]}  # a server may answer in another order
            else:
                assert body["inputs"]
            answer = json.dumps(found).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_servers_of_both_styles_and_files_are_compared_and_the_cause_of_a_difference_is_said(
    written: Exported, tmp_path: Path
) -> None:
    right = json.loads((written.place / "conformance.json").read_text())["expected"]
    unfiltered = load_file(written.place / "conformance.safetensors")["right"]
    units = unfiltered / np.linalg.norm(unfiltered, axis=1, keepdims=True)
    np.save(tmp_path / "raw.npy", unfiltered)
    np.save(tmp_path / "few.npy", unfiltered[:3])
    (tmp_path / "right.json").write_text(json.dumps(right))
    with serving({"/v1/embeddings": right, "/embed": right}) as good, serving({"/embed": units.tolist()}) as bad:
        told = checked(
            (written.place, ["--url", good]),
            (written.place, ["--url", f"{good}/embed"]),
            (written.place, ["--vectors", str(tmp_path / "right.json")]),
            (written.place, ["--url", bad]),
            (written.place, ["--vectors", str(tmp_path / "raw.npy")]),
            (written.place, ["--vectors", str(tmp_path / "few.npy")]),
            (written.place, ["--url", f"{bad}/nothing/embed"]),
        )
    assert [one.code for one in told] == [0, 0, 0, 1, 1, 1, 2]
    assert all("10 of 10 texts agree" in one.said for one in told[:3])
    assert "Likely cause: the vectors are not filtered (10 texts" in told[3].said
    assert "Likely cause: the vectors are not filtered, and the vectors are not scaled to length 1" in told[4].said
    assert "3 vectors for 10 texts" in told[5].said
    assert "no vectors to compare" in told[6].said


def test_the_texts_are_printed_in_the_order_in_which_vectors_are_expected(written: Exported) -> None:
    (told,) = checked((written.place, ["--texts"]))
    texts = json.loads((written.place / "conformance.json").read_text())["texts"]
    assert json.loads(told.said) == [one["text"] for one in texts]
