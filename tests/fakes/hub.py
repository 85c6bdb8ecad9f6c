"""A model hub on loopback: one repository with a folder's files, over a line that can break."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "c0ffee" + 34 * "0"


@dataclass
class Hub:
    """What is served and what was asked for.

    spoils: files of which another byte arrives than was sent.
    breaks: file → byte of it at which the line goes dead, once; `stuck` is set then and the
    connection hangs until `let_go`. asked: (file, first byte) of every download.
    """

    name: str
    folder: Path
    breaks: dict[str, int] = field(default_factory=dict)
    spoils: set[str] = field(default_factory=set)
    asked: list[tuple[str, int]] = field(default_factory=list)
    address: str = ""
    stuck: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)

    def files(self) -> list[str]:
        """The repository's files, with slashes."""
        every = sorted(path for path in self.folder.rglob("*") if path.is_file())
        return [path.relative_to(self.folder).as_posix() for path in every]


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """Serve `hub` on a free port; its `address` is what HF_ENDPOINT takes."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub))
    hub.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield hub
    finally:
        hub.let_go.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *said: Any) -> None:
            """Keep quiet."""

        def do_HEAD(self) -> None:
            self._answer(False)

        def do_GET(self) -> None:
            self._answer(True)

        def _answer(self, body: bool) -> None:
            place = unquote(urlsplit(self.path).path)
            file = place.removeprefix(f"/{hub.name}/resolve/").partition("/")[2]
            if place.startswith(f"/api/models/{hub.name}"):
                self._listing(body, place.partition("/tree/")[2])
            elif place.startswith(f"/{hub.name}/resolve/") and file in hub.files():
                self._file(file, body)
            else:
                self._send(404, {"X-Error-Code": "RepoNotFound"}, b"", body)

        def _listing(self, body: bool, tree: str) -> None:
            key, entry = ("path", {"type": "file"}) if tree else ("rfilename", {})
            files: list[dict[str, Any]] = [
                {**entry, key: file, **_described(hub.folder / file)} for file in hub.files()
            ]
            found = files if tree else {"id": hub.name, "sha": COMMIT, "siblings": files}
            self._send(200, {"Content-Type": "application/json"}, json.dumps(found).encode(), body)

        def _file(self, file: str, body: bool) -> None:
            content = (hub.folder / file).read_bytes()
            asked = self.headers.get("Range", "")
            first = int(asked.removeprefix("bytes=").partition("-")[0]) if asked else 0
            headers = {
                "ETag": f'"{_tag(hub.folder / file)}"',
                "X-Repo-Commit": COMMIT,
                "Accept-Ranges": "bytes",
            }
            if asked:
                headers["Content-Range"] = f"bytes {first}-{len(content) - 1}/{len(content)}"
            if body:
                hub.asked.append((file, first))
            if file in hub.spoils:
                content = content[:-1] + bytes([content[-1] ^ 1])
            dead = hub.breaks.pop(file, None) if body else None
            until = len(content) if dead is None else dead
            self._send(206 if asked else 200, headers, content[first:], body, until - first)

        def _send(
            self,
            status: int,
            headers: dict[str, str],
            content: bytes,
            body: bool,
            until: int | None = None,
        ) -> None:
            self.send_response(status)
            for key, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(key, value)
            self.end_headers()
            if body:
                self.wfile.write(content[:until])
            if body and until is not None and until < len(content):
                self.wfile.flush()
                hub.stuck.set()
                hub.let_go.wait(60)
                self.close_connection = True

    return Handler


def _described(path: Path) -> dict[str, Any]:
    """What a hub says of a file; weights are kept apart (LFS) under their SHA-256."""
    size = path.stat().st_size
    said: dict[str, Any] = {"size": size, "oid": 40 * "1", "blobId": 40 * "1"}
    if path.suffix == ".safetensors":
        lfs = {"size": size, "oid": _tag(path), "sha256": _tag(path), "pointerSize": 134}
        said["lfs"] = lfs
    return said


def _tag(path: Path) -> str:
    """The file's ETag."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
