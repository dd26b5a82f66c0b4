"""A model hub on the loopback address that serves a folder, refuses, or never answers."""

import hashlib
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

COMMIT = "c0ffee" * 6 + "beef"


class FakeHub:
    """Serves `folder` under every owner but those with a behaviour of their own.

    Owners: `open` (everything works), `gated` (the facts can be read, the files need
    permission), `hidden` (even the facts need permission), `absent`, `broken` (answers
    500), `silent` (accepts a connection and never answers), `pickled` (only .bin weights), `slow` (a file takes its
    time, and can be fetched from any byte on), `ggufs` (only GGUF files, which the others do not have).
    """

    def __init__(self, folder: Path) -> None:
        self.files = {path.name: path.read_bytes() for path in folder.iterdir()}
        self.requests: list[str] = []
        self.resumed_at: list[int] = []
        self.stopped = Event()
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hub.answer(self, with_body=True)

            def do_HEAD(self) -> None:
                hub.answer(self, with_body=False)

            def log_message(self, *_: object) -> None:
                """Keep the test output clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Close the port: from now on a connection is refused."""
        if self.stopped.is_set():
            return
        self.stopped.set()
        self.server.shutdown()
        self.server.server_close()

    def answer(self, request: BaseHTTPRequestHandler, with_body: bool) -> None:
        path = request.path.partition("?")[0]
        self.requests.append(f"{request.command} {path}")
        is_api = path.startswith("/api/models/")
        owner, name, *rest = path.removeprefix("/api/models/").strip("/").split("/")
        if owner == "silent":
            self.stopped.wait(60)
        elif owner == "broken":
            _send(request, 500, b"trouble", with_body)
        elif owner == "absent":
            _send(request, 401, b"", with_body, {"X-Error-Code": "RepoNotFound"})
        elif owner == "hidden" or (owner == "gated" and not is_api):
            _send(request, 403, b"", with_body, {"X-Error-Code": "GatedRepo"})
        elif not is_api:
            self._send_file(request, rest[-1], with_body, slowly=owner == "slow")
        elif rest[:1] == ["tree"]:
            _send(request, 404, b"", with_body, {"X-Error-Code": "EntryNotFound"})
        else:
            _send(request, 200, json.dumps(self._facts(owner, name)).encode(), with_body)

    def _facts(self, owner: str, name: str) -> dict:
        names = [name for name in sorted(self.files) if name.endswith(".gguf") is (owner in ("ggufs", "slow"))]
        if owner == "pickled":
            names = ["config.json", "pytorch_model.bin"]
        return {
            "_id": "0",
            "id": f"{owner}/{name}",
            "modelId": f"{owner}/{name}",
            "sha": COMMIT,
            "private": False,
            "gated": "manual" if owner == "gated" else False,
            "tags": [],
            "downloads": 0,
            "likes": 0,
            "cardData": {"license": "mit"},
            "siblings": [{"rfilename": file, "size": len(self.files.get(file, b""))} for file in names],
        }

    def _send_file(self, request: BaseHTTPRequestHandler, name: str, with_body: bool, slowly: bool) -> None:
        content = self.files.get(name)
        if content is None:
            _send(request, 404, b"", with_body, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT})
            return
        headers = {"X-Repo-Commit": COMMIT, "ETag": f'"{hashlib.sha256(content).hexdigest()}"'}
        if slowly and with_body:
            self._send_slowly(request, content, headers)
        else:
            _send(request, 200, content, with_body, headers)

    def _send_slowly(self, request: BaseHTTPRequestHandler, content: bytes, headers: dict[str, str]) -> None:
        """Send a file from the byte that is asked for, a megabyte at a time."""
        start = int(request.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0])
        if start:
            self.resumed_at.append(start)
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        request.send_response(206 if start else 200)
        for name, value in {**headers, "Content-Length": str(len(content) - start)}.items():
            request.send_header(name, value)
        request.end_headers()
        for at in range(start, len(content), 1_000_000):
            request.wfile.write(content[at : min(at + 1_000_000, len(content))])
            self.stopped.wait(0.03)


def _send(
    request: BaseHTTPRequestHandler, status: int, body: bytes, with_body: bool, headers: dict[str, str] | None = None
) -> None:
    request.send_response(status)
    for name, value in (headers or {}).items():
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    if with_body:
        request.wfile.write(body)
