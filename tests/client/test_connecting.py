"""Why there is no conversation: one sentence with the true cause, and no trace."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trustme
from click.testing import CliRunner, Result
from PIL import Image
from websockets.exceptions import ConnectionClosedError
from websockets.sync.server import serve

from fakes import flat_server, rude_servers
from fakes.flat_server import TOKEN, Answers, FlatServer
from sfumato_protocol import errors, messages
from sfumato_protocol.geometry import Rect
from sfumato_protocol.peer import Peer
from sfumato_server.__main__ import main
from sfumato_server.client import opening


@pytest.fixture
def server() -> Iterator[FlatServer]:
    with flat_server.running() as running:
        yield running


@pytest.fixture
def photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SFUMATO_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SFUMATO_TOKEN", raising=False)
    path = tmp_path / "photo.png"
    Image.fromarray(np.random.default_rng(1).integers(0, 256, (60, 80, 3), np.uint8)).save(path)
    return path


def inpaint(photo: Path, url: str, *words: object, token: str | None = TOKEN) -> Result:
    chosen = ["--selection", "rect:30,20,12,12", "--recipe", "two", "--url", url]
    environment = {"SFUMATO_TOKEN": token}
    return CliRunner().invoke(main, ["inpaint", str(photo), *chosen, *map(str, words)],
                              env=environment)  # fmt: skip


def refused(photo: Path, url: str, *words: object) -> str:
    ran = inpaint(photo, url, *words)
    assert ran.exit_code == 1
    assert ran.exception is None or isinstance(ran.exception, SystemExit)
    assert len(ran.output.splitlines()) == 1, ran.output
    assert not photo.with_suffix(".ora").exists()
    return ran.output


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", "answers for the server"),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "sends us elsewhere"),
        (b"", "closed the connection before it answered"),
        (b"SSH-2.0-OpenSSH_9\r\n", "is no Sfumato server"),
    ],
)
def test_what_stands_in_the_way_is_named(photo: Path, answer: bytes, sentence: str) -> None:
    with rude_servers.answering_http(answer) as url:
        assert sentence in refused(photo, url)


def test_a_connection_that_is_reset_before_a_word_is_told_as_that(
    photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a server that was killed: who comes through its socket's last moment meets that."""

    def reset(*_: object, **__: object) -> None:
        raise ConnectionClosedError(None, None)

    monkeypatch.setattr(opening, "open_socket", reset)
    assert "closed the connection before it" in refused(photo, "ws://127.0.0.1:9/sfumato")


def test_a_name_that_nobody_has_and_a_port_where_nobody_listens(photo: Path) -> None:
    url = "ws://no-such-machine.invalid:9440/sfumato"
    assert "No computer is known by the name no-such-machine.invalid" in refused(photo, url)
    url = f"ws://127.0.0.1:{rude_servers.free_port()}/sfumato"
    assert "Start it with: sfumato serve" in refused(photo, url)


def test_an_unknown_certificate_is_told_as_that(photo: Path) -> None:
    chain = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(chain)
    with serve(lambda _: None, "127.0.0.1", 0, ssl=chain) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        try:
            url = f"wss://localhost:{listening.socket.getsockname()[1]}/sfumato"
            said = refused(photo, url)
        finally:
            listening.shutdown()
            thread.join()
    assert "The certificate of wss://localhost" in said
    assert "cannot be trusted" in said


def test_a_token_comes_from_a_file_or_the_environment(server: FlatServer, photo: Path) -> None:
    place = photo.with_name("token.txt")
    place.write_bytes(b"\xef\xbb\xbf" + TOKEN.encode() + b"\r\n")
    ran = inpaint(photo, server.url, "--token-file", place, token=None)
    assert ran.exit_code == 0, ran.output
    assert "--token can be read" not in ran.output
    assert inpaint(photo, server.url).exit_code == 0
    ran = inpaint(photo, server.url, "--token", TOKEN, token=None)
    assert ran.exit_code == 0
    assert "--token can be read by every user" in ran.output
    for content in (b"", b"two words", b"\xff\xfe", b"x\ny"):
        place.write_bytes(content)
        ran = inpaint(photo, server.url, "--token-file", place)
        assert ran.exit_code == 1
        assert "The token file" in ran.output
    assert "cannot be read" in inpaint(photo, server.url, "--token-file", photo.parent).output


def test_a_wrong_token_is_named_and_one_that_is_none(server: FlatServer, photo: Path) -> None:
    assert "not its own" in inpaint(photo, server.url, token="wrong").output
    assert "no token has" in inpaint(photo, server.url, token="a\nb").output


def outside(peer: Peer, submit: messages.Submit) -> Answers:
    plan = flat_server.planned(submit)
    yield messages.Accepted(submit.job, "flat", plan, 0), ()
    message, blobs = flat_server.pass_done(peer, submit, plan[0])
    assert isinstance(message, messages.PassDone)
    crop = submit.crop
    yield replace(message, area=Rect(crop.right - 2, crop.y, 8, 6)), blobs


def unplanned(peer: Peer, submit: messages.Submit) -> Answers:
    plan = flat_server.planned(submit)
    yield messages.Accepted(submit.job, "flat", plan[:1], 0), ()
    yield messages.Progress(submit.job, 9, 1, 2, "[/red]\x1b[31m"), ()
    yield messages.Progress(submit.job, 1, 1, 2, "[/red]\x1b[31m"), ()
    note = messages.Note("mask.x", "[/bold]\x1b]0;title\x07 \u2028 \x9b31m")
    yield messages.Advice(submit.job, (note,)), ()
    yield flat_server.pass_done(peer, submit, plan[1])


def rude(peer: Peer, submit: messages.Submit) -> Answers:
    yield messages.Failed(submit.job, errors.INTERNAL, "\x1b[2Jnothing\x9b\u2028", "", "\r\n"), ()


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (outside, "expected a part of"),
        (unplanned, "not in its plan"),
        (rude, "\\x1b[2Jnothing\\x9b\\u2028"),
    ],
)
def test_a_server_that_lies_gets_nothing_written_and_no_terminal(
    server: FlatServer, photo: Path, answer: object, sentence: str
) -> None:
    server.answer = answer  # type: ignore[assignment]
    ran = inpaint(photo, server.url)
    assert ran.exit_code == 1
    assert sentence in ran.output
    assert "Traceback" not in ran.output
    assert not set(ran.output) & set("\x1b\x07\x9b\u2028\r")
    assert not photo.with_suffix(".ora").exists()
