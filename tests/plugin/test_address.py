import pytest

from sfumato.core.address import completed, same_server
from sfumato_protocol import endpoint


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", endpoint.url()),
        ("  ", endpoint.url()),
        ("studio", "ws://studio:9440/sfumato"),
        ("studio.local:8000", "ws://studio.local:8000/sfumato"),
        (" 192.168.1.5 ", "ws://192.168.1.5:9440/sfumato"),
        ("[::1]", "ws://[::1]:9440/sfumato"),
        ("wss://studio", "wss://studio:443/sfumato"),
        ("wss://studio/sfumato", "wss://studio:443/sfumato"),
        ("wss://studio:9440", "wss://studio:9440/sfumato"),
        ("ws://studio:1/", "ws://studio:1/sfumato"),
        ("ws://studio:1/other", "ws://studio:1/other"),
    ],
)
def test_what_is_left_out_is_filled_in(typed: str, meant: str) -> None:
    assert completed(typed) == meant
    assert completed(meant) == meant


@pytest.mark.parametrize("typed", ["two words", "ws://", "host:port", "::1"])
def test_what_is_no_address_stays_as_it_is(typed: str) -> None:
    assert completed(typed) == typed


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("ws://localhost:9440/sfumato", True),
        ("ws://[::1]:9440/sfumato", True),
        ("ws://LOCALHOST:9440/sfumato", True),
        ("ws://localhost:9441/sfumato", False),
        ("ws://localhost:9440/other", False),
        ("wss://localhost:9440/sfumato", False),
        ("ws://localhost.example:9440/sfumato", False),
        ("ws://192.168.1.5:9440/sfumato", False),
        ("ws://localhost:port/sfumato", False),
        ("", False),
    ],
)
def test_this_computer_s_names_for_itself_are_one_server(other: str, same: bool) -> None:
    assert same_server("ws://127.0.0.1:9440/sfumato", other) == same
    assert same_server(other, "ws://127.0.0.1:9440/sfumato") == same
    assert same_server(other, other)


def test_a_port_that_is_not_named_is_the_scheme_s_own() -> None:
    assert same_server("wss://studio/sfumato", "wss://studio:443/sfumato")
    assert not same_server("wss://studio/sfumato", "wss://studio:9440/sfumato")
    assert not same_server("wss://studio/sfumato", "ws://studio/sfumato")
