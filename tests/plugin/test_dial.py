"""What the artist reads for each way a server cannot be reached."""

from __future__ import annotations

from dataclasses import replace

import pytest
from websockets.sync.server import ServerConnection

from fakes import flat_server, rude_servers
from sfumato.core import status
from sfumato.core.status import Status, Unreachable
from sfumato.dial import Address, dial
from sfumato.line import Ears
from sfumato_protocol import codec, errors, messages
from sfumato_protocol.offers import OFFER, WAITING

DEAF = Ears(lambda received: None, lambda error: None)


def refusal(url: str, token: str | None = None, own_token: bool = False) -> Status:
    with pytest.raises(Unreachable) as caught:
        dial(Address(url, token, own_token), DEAF)
    return caught.value.status


def saying(message: messages.Message) -> Status:
    def converse(connection: ServerConnection) -> None:
        connection.recv()
        connection.send(codec.encode(message))

    with rude_servers.speaking(converse) as url:
        return refusal(url)


def test_a_good_server_is_greeted_and_its_offer_kept() -> None:
    with flat_server.running() as server:
        line = dial(Address(server.url, flat_server.TOKEN, False), DEAF)
        line.close()
        line.run()
    assert line.welcome == flat_server.WELCOME
    hello = server.of(messages.Hello)[0].message
    assert isinstance(hello, messages.Hello)
    assert hello.client.startswith("krita-sfumato/")
    assert hello.features == (OFFER, WAITING)


def test_nobody_there() -> None:
    url = f"ws://127.0.0.1:{rude_servers.free_port()}/sfumato"
    got = refusal(url)
    assert got.kind == status.NO_SERVER
    assert url in got.sentence
    assert "sfumato serve" in got.sentence


@pytest.mark.parametrize(
    ("token", "own_token", "words"),
    [
        (None, False, "token file"),
        ("wrong", False, "token file"),
        ("wrong", True, "Server settings"),
    ],
)
def test_wrong_token(token: str | None, own_token: bool, words: str) -> None:
    with flat_server.running() as server:
        got = refusal(server.url, token, own_token)
    assert got.kind == status.WRONG_TOKEN
    assert words in got.sentence
    assert "wrong" not in got.sentence.split("refused")[1]  # a token is never shown


def test_server_of_another_version_says_failed() -> None:
    got = saying(messages.Failed("", errors.WRONG_VERSION, "sfumato/1", "sfumato/2", "Update."))
    assert got.kind == status.WRONG_VERSION
    assert "speaks sfumato/2, this plugin sfumato/1" in got.sentence


def test_server_of_another_version_says_welcome() -> None:
    got = saying(replace(flat_server.WELCOME, version="sfumato/3"))
    assert got.kind == status.WRONG_VERSION
    assert "sfumato/3" in got.sentence


def test_server_that_refuses_tells_why() -> None:
    got = saying(messages.Failed("", errors.INTERNAL, "a closing server", "", "Wait."))
    assert (got.kind, got.sentence) == (status.REFUSED, "a closing server. Wait.")


@pytest.mark.parametrize("frame", [b"", b"\xc1garbage", "text", b"\x80"])
def test_server_that_speaks_something_else(frame: bytes | str) -> None:
    def converse(connection: ServerConnection) -> None:
        connection.recv()
        connection.send(frame)

    with rude_servers.speaking(converse) as url:
        got = refusal(url)
    assert got.kind == status.REFUSED
    assert "does not speak sfumato/1" in got.sentence


def test_server_that_hangs_up_before_its_welcome() -> None:
    with rude_servers.speaking(lambda connection: connection.close(1001, "bye")) as url:
        assert refusal(url).kind == status.REFUSED


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "HTTP 404"),
        (
            b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
            "start it with --allow-host 127.0.0.1.",
        ),
        (b"220 mail.example.org ESMTP\r\n", "does not speak"),
        (b"", "does not speak"),
    ],
)
def test_another_kind_of_server(answer: bytes, words: str) -> None:
    with rude_servers.answering_http(answer) as url:
        got = refusal(url)
    assert got.kind == status.REFUSED
    assert words in got.sentence


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:9440", "http://127.0.0.1:9440", "ws://h:99999/", "ws://", "ws://h:0/x"]
)
def test_addresses_that_are_none(url: str) -> None:
    got = refusal(url)
    assert got.kind == status.REFUSED
    assert f"“{url}”" in got.sentence


def test_tls_towards_a_plain_server() -> None:
    with flat_server.running() as server:
        got = refusal(server.url.replace("ws://", "wss://"))
    assert got.kind == status.REFUSED
    assert "secure connection" in got.sentence
