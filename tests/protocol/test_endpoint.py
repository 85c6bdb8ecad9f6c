"""To whom the local server's token is shown."""

from pathlib import Path

import pytest

from sfumato_protocol import endpoint


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (endpoint.url(), True),
        (endpoint.url(port=1), True),
        (endpoint.url("::1", secure=True), True),
        ("ws://localhost:9440/sfumato", True),
        ("ws://127.0.0.2/sfumato", True),
        ("ws://studio:9440/sfumato", False),
        ("wss://192.168.1.5:9440/sfumato", False),
        ("ws://127.0.0.1.evil.example/sfumato", False),
        ("ws://127.0.0.1@evil.example/sfumato", False),
        ("ws://[::1", False),
        ("", False),
    ],
)
def test_the_local_token_is_for_this_machine_alone(
    tmp_path: Path, address: str, shown: bool
) -> None:
    (tmp_path / "token").write_text("secret\n")
    token = endpoint.token_for(address, {"SFUMATO_HOME": str(tmp_path)})
    assert token == ("secret" if shown else None)
