"""A web site on this machine whose page tries to reach a Sfumato server and reports what it got."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = """<!doctype html><title>harmless</title><script>
const report = (what) => fetch("/report", {method: "POST", body: JSON.stringify(what)});
const tries = TRIES.map((address) => new Promise((done) => {
  const socket = new WebSocket(address);
  socket.onopen = () => done([address, "open"]);
  socket.onerror = () => done([address, "refused"]);
}));
Promise.all(tries).then(async (found) => {
  const http = await fetch("HTTP", {mode: "no-cors"}).then((r) => r.type, () => "refused");
  const read = await fetch("HTTP").then((r) => r.text(), () => "refused");
  report({sockets: found, http: http, read: read, host: location.host});
});
</script>"""


@dataclass
class Site:
    """A running site; `reports` holds what its pages said."""

    port: int
    reports: queue.Queue[dict[str, object]] = field(default_factory=queue.Queue)


@contextmanager
def site(targets: list[str], http: str) -> Iterator[Site]:
    """Serve the page; it opens a WebSocket to each target and fetches `http`."""
    page = PAGE.replace("TRIES", json.dumps(targets)).replace("HTTP", http).encode()
    found: list[Site] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(page)

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            found[0].reports.put(json.loads(self.rfile.read(length)))
            self._answer(b"")

        def _answer(self, content: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *values: object) -> None:
            del format, values

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.append(Site(server.server_address[1]))
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield found[0]
        finally:
            server.shutdown()
            thread.join()
