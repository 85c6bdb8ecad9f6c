"""A web page in a real browser on the artist's machine cannot reach the server.

`make test` installs Chromium; without it these tests are left out with one line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from browser import chromium
from browser.pages import site
from fakes import rude_servers
from server.conftest import RunningServer, StartServer, start_server
from sfumato_protocol.messages import Hello

__all__ = ["start_server"]

PATIENCE = 60.0
REBOUND = "evil.example"

Visiting = Callable[[str], None]


@pytest.fixture
def visit(tmp_path: Path) -> Iterator[Visiting]:
    """Open a page in Chromium; it is closed at the end."""
    visits: list[chromium.Visit] = []

    browser = chromium.program()
    if browser is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")

    def open_page(url: str) -> None:
        resolve = f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1"
        visits.append(chromium.Visit(browser, tmp_path / f"profile{len(visits)}", url, resolve))

    yield open_page
    for one in visits:
        one.end()


def report(server: RunningServer, visit: Visiting, host: str) -> dict[str, object]:
    """What a page from `host` could do with the server at each of its names."""
    port = server.url.split(":")[2].split("/")[0]
    targets = [f"ws://{name}:{port}/sfumato" for name in ("127.0.0.1", "localhost", REBOUND)]
    with site(targets, f"http://{host}:{port}/sfumato") as pages:
        visit(f"http://{host}:{pages.port}/")
        return pages.reports.get(timeout=PATIENCE)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", REBOUND])
def test_a_page_gets_no_socket_and_reads_nothing(
    visit: Visiting, start_server: StartServer, host: str
) -> None:
    """The last host is the rebinding attack: the page's own name now leads to this machine."""
    server = start_server()
    found = report(server, visit, host)
    assert [outcome for _, outcome in found["sockets"]] == ["refused"] * 3  # type: ignore[attr-defined]
    assert found["read"] == "refused", "the page could read the server's answer"
    with server.talk(greet=False) as talk:  # and the server is there for those it serves
        talk.say(Hello("sfumato/1", "tests"))
        talk.hear()


def test_the_page_itself_works(visit: Visiting) -> None:
    """It can open a socket where one is offered, so its refusals above mean something."""
    with rude_servers.speaking(lambda connection: None) as url, site([url], "/") as pages:
        visit(f"http://127.0.0.1:{pages.port}/")
        found = pages.reports.get(timeout=PATIENCE)
    assert found["sockets"] == [[url, "open"]]
    assert found["read"] != "refused"
