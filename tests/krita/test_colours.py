"""Plugin and server must know the same colour profiles: what one sends the other takes."""

from sfumato.core import colours
from sfumato_server.imaging import encoding


def test_plugin_and_server_know_the_same_profiles() -> None:
    assert colours.PROFILES == encoding.SRGB_PROFILES | encoding.LINEAR_PROFILES
