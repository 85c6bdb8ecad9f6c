"""Who may connect: token, Host, Origin and path are looked at before anything else."""

from __future__ import annotations

import logging
import os
import socket
import ssl
import stat
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import trustme
from click.testing import CliRunner
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from server.conftest import TOKEN, StartServer
from sfumato_protocol import endpoint
from sfumato_server.__main__ import main
from sfumato_server.transport.auth import (
    MOST_FAILURES,
    WINDOW_SECONDS,
    Failures,
    new_token,
    own_token,
)
from sfumato_server.transport.tls import TlsError, server_context

BEARER = {"Authorization": f"Bearer {TOKEN}"}


def connect_to(url: str, headers: dict[str, str]) -> None:
    with connect(url, additional_headers=headers, proxy=None):
        pass


@pytest.mark.parametrize(
    ("headers", "path", "status"),
    [
        ({}, "/sfumato", 401),
        ({"Authorization": "Bearer something else"}, "/sfumato", 401),
        ({"Authorization": TOKEN}, "/sfumato", 401),
        (BEARER, "/", 404),
        ({**BEARER, "Origin": "http://127.0.0.1"}, "/sfumato", 403),
        ({**BEARER, "Origin": "null"}, "/sfumato", 403),
    ],
)
def test_strangers_stay_outside(
    start_server: StartServer, headers: dict[str, str], path: str, status: int
) -> None:
    server = start_server()
    address = server.url.replace("/sfumato", path)
    with pytest.raises(InvalidStatus) as caught:
        connect_to(address, headers)
    assert caught.value.response.status_code == status
    with server.talk() as talk:
        assert talk.peer.lifecycle.connection == "ready"


def test_a_rebound_name_is_refused_and_an_allowed_one_is_not(start_server: StartServer) -> None:
    server = start_server(allowed_hosts=("studio.example",))
    port = server.url.split(":")[2].split("/")[0]
    for name, status in (("evil.example", 403), ("localhost", 101), ("studio.example", 101)):
        assert status_for(server.url, f"{name}:{port}") == status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:9999", 101),
        ("LOCALHOST:1", 101),
        ("localhost", 101),
        ("[::1]:65535", 101),
        ("studio.example:9441", 403),
        ("127.0.0.1.evil.example:80", 403),
        ("localhost.evil.example", 403),
        ("localhost:9440:1", 403),
        ("localhost:", 403),
        ("evil.example#localhost", 403),
        ("user@localhost", 403),
        ("", 403),
    ],
)
def test_a_tunnel_from_another_local_port_gets_in_and_no_rebound_name(
    start_server: StartServer, host: str, status: int
) -> None:
    server = start_server(allowed_hosts=("studio.example",))
    assert status_for(server.url, host) == status


def test_a_wrong_host_is_told_with_the_flag(start_server: StartServer) -> None:
    server = start_server()
    status, answer = answer_for(server.url, "studio.example:9440")
    assert status == 403
    assert "'studio.example:9440': start the server with --allow-host" in answer


def status_for(url: str, host: str) -> int:
    """The answer's status when a handshake carries a Host of one's own choice."""
    return answer_for(url, host)[0]


def answer_for(url: str, host: str) -> tuple[int, str]:
    """The answer's status and all of it."""
    name, port = url.split("/")[2].split(":")
    lines = [
        "GET /sfumato HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        f"Authorization: Bearer {TOKEN}",
    ]
    with socket.create_connection((name, int(port)), 10) as raw:
        raw.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = raw.recv(4096).decode()
        return int(answer.split()[1]), answer


def test_the_token_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    home = tmp_path / "sfumato"
    token = own_token(home)
    assert len(token) >= 32
    assert own_token(home) == token
    assert stat.S_IMODE(os.stat(home / "token").st_mode) == 0o600
    (home / "token").chmod(0o644)
    assert own_token(home) == token
    assert stat.S_IMODE(os.stat(home / "token").st_mode) == 0o600
    (home / "token").write_text("")
    assert own_token(home) not in ("", token)


def test_a_token_with_a_byte_order_mark_is_read_on_both_sides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SFUMATO_HOME", str(tmp_path))
    (tmp_path / "token").write_bytes(b"\xef\xbb\xbfa-token-by-hand\r\n")
    assert own_token(tmp_path) == endpoint.read_token() == "a-token-by-hand"


@pytest.mark.parametrize(
    "content", ["tökén-tökén".encode(), b"two words here", b"\xff\xfet\0o\0", b"short", b"\0" * 9]
)
def test_what_is_no_token_is_told_at_the_start(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "token").write_bytes(content)
    ran = CliRunner().invoke(main, ["serve", "--home", str(tmp_path), "--port", "0"])
    assert ran.exit_code == 1
    assert f"The server cannot start: {tmp_path / 'token'} holds no token" in ran.output
    assert "--new-token" in ran.output


def test_a_new_token_replaces_the_old(tmp_path: Path) -> None:
    old = own_token(tmp_path)
    new = new_token(tmp_path)
    assert new != old
    assert own_token(tmp_path) == new
    assert stat.S_IMODE(os.stat(tmp_path / "token").st_mode) == 0o600


def test_too_many_wrong_tokens_are_counted_by_address_and_forgiven_in_time() -> None:
    now = 100.0
    failures = Failures(clock=lambda: now)
    for _ in range(MOST_FAILURES):
        assert not failures.too_many("10.0.0.7")
        failures.note("10.0.0.7")
    assert failures.too_many("10.0.0.7")
    assert not failures.too_many("10.0.0.8")
    now += WINDOW_SECONDS
    assert not failures.too_many("10.0.0.7")


def test_guessing_is_slowed_and_the_right_token_still_gets_in_from_here(
    start_server: StartServer,
) -> None:
    server = start_server()
    wrong = {"Authorization": "Bearer guess"}
    statuses = []
    for _ in range(MOST_FAILURES + 2):
        with pytest.raises(InvalidStatus) as caught:
            connect_to(server.url, wrong)
        statuses.append(caught.value.response.status_code)
    assert statuses == [401] * MOST_FAILURES + [429] * 2
    with server.talk() as talk:
        assert talk.peer.lifecycle.connection == "ready"


def make_certificate(folder: Path, end: datetime | None = None) -> tuple[Path, Path]:
    """A certificate for this machine and its key, PEM files; the certificate vouches for itself."""
    certificate, key = folder / "cert.pem", folder / "key.pem"
    authority = trustme.CA()
    issued = authority.issue_cert("localhost", "127.0.0.1", not_after=end)
    chain = [*issued.cert_chain_pems, authority.cert_pem]
    certificate.write_bytes(b"".join(pem.bytes() for pem in chain))
    issued.private_key_pem.write_to_path(key)
    return certificate, key


def test_with_tls_only_those_who_trust_the_certificate_get_in(
    start_server: StartServer, tmp_path: Path
) -> None:
    certificate, key = make_certificate(tmp_path)
    server = start_server(tls=(certificate, key))
    assert server.url.startswith("wss://")
    trusting = ssl.create_default_context(cafile=str(certificate))
    with connect(server.url, additional_headers=BEARER, proxy=None, ssl=trusting) as talk:
        assert talk.ping().wait(10)
        assert isinstance(talk.socket, ssl.SSLSocket)
        assert talk.socket.version() == "TLSv1.3"
        assert talk.socket.session is not None
        assert not talk.socket.session.has_ticket, "it makes clients hang now and then"
    with pytest.raises(ssl.SSLCertVerificationError):
        connect_to(server.url, BEARER)


@pytest.mark.parametrize(
    ("days", "said"), [(-1, "has expired: clients"), (3, "expires in "), (300, "")]
)
def test_a_certificate_out_of_date_is_told_at_the_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, days: int, said: str
) -> None:
    end = datetime.now(timezone.utc) + timedelta(days=days)
    certificate, key = make_certificate(tmp_path, end)
    with caplog.at_level(logging.WARNING):
        server_context(certificate, key)
    assert (str(certificate) in caplog.text) == bool(said)
    assert said in caplog.text


def test_a_bad_certificate_is_named(tmp_path: Path) -> None:
    certificate, _ = make_certificate(tmp_path)
    with pytest.raises(TlsError, match=r"missing\.pem is not there"):
        server_context(certificate, tmp_path / "missing.pem")
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(TlsError, match="do not work together"):
        server_context(certificate, make_certificate(other)[1])


def test_a_key_that_may_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    certificate, key = make_certificate(tmp_path)
    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", refuse)
    with pytest.raises(TlsError, match=r"key\.pem cannot be read: Permission denied\."):
        server_context(certificate, key)
    monkeypatch.setattr(Path, "is_file", refuse)
    with pytest.raises(TlsError, match="cannot be read"):
        server_context(certificate, key)
