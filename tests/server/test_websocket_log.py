"""What the WebSocket library logs: the end of a line in one line, a fault with its trace."""

from __future__ import annotations

import logging

import pytest
from websockets.exceptions import InvalidMessage
from websockets.sync.client import connect

from server.conftest import TOKEN, StartServer
from sfumato_protocol import VERSION
from sfumato_protocol.lifecycle import CLIENT
from sfumato_protocol.messages import Hello
from sfumato_protocol.peer import Peer
from sfumato_server.websocket_log import WebSocketLog


def logged(caplog: pytest.LogCaptureFixture, message: str, fault: Exception) -> logging.LogRecord:
    with caplog.at_level(logging.DEBUG):
        try:
            raise fault
        except Exception:  # noqa: BLE001 - whatever it is, it is logged
            # As the library does it: through an adapter of its own for each connection.
            logging.LoggerAdapter(WebSocketLog("websockets.test"), {}).error(message, exc_info=True)
    (record,) = caplog.records
    return record


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        ("opening handshake failed", InvalidMessage("did not receive a valid HTTP request")),
        ("opening handshake failed", ConnectionResetError("reset by peer")),
        ("opening handshake failed", TimeoutError("10 s are over")),
        ("unexpected internal error", EOFError("stream ended")),
    ],
)
def test_the_end_of_a_line_is_one_quiet_line(
    caplog: pytest.LogCaptureFixture, message: str, fault: Exception
) -> None:
    record = logged(caplog, message, fault)
    assert (record.levelno, record.exc_info) == (logging.INFO, None)
    assert str(fault) in record.getMessage()


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        ("opening handshake failed", ZeroDivisionError("by nothing")),
        ("unexpected internal error", AssertionError("a bug")),
        ("connection handler failed", EOFError("of our own")),
    ],
)
def test_a_fault_keeps_its_trace(
    caplog: pytest.LogCaptureFixture, message: str, fault: Exception
) -> None:
    record = logged(caplog, message, fault)
    assert (record.levelno, record.getMessage()) == (logging.ERROR, message)
    assert record.exc_info is not None
    assert record.exc_info[1] is fault


def test_bytes_that_come_after_the_close_leave_no_trace(
    start_server: StartServer, caplog: pytest.LogCaptureFixture
) -> None:
    """The library's own race, made certain: the answer cannot be taken in before the end is."""
    server = start_server()
    (hello,) = Peer(CLIENT).send(Hello(VERSION, "tests"))
    with caplog.at_level(logging.INFO), connect(
        server.url, additional_headers={"Authorization": f"Bearer {TOKEN}"}, proxy=None,
        logger=WebSocketLog("websockets.client"),
    ) as line:  # fmt: skip
        with line.protocol_mutex:
            line.protocol.send_binary(hello)
            line.send_data()
            line.protocol.receive_eof()
        line.recv_events_thread.join(20)
    told = [one for one in caplog.records if one.name == "sfumato_server.websocket_log"]
    assert [one.getMessage() for one in told] == ["a connection ended early: stream ended"]
    assert not [one for one in caplog.records if one.exc_info]
