"""How things stand with the server: one word for the program, one sentence for the artist."""

from dataclasses import dataclass, replace
from typing import Optional

from sfumato_protocol.messages import Offer, Welcome

from . import sentences

OFF = "off"
CONNECTING = "connecting"
READY = "ready"
NO_SERVER = "no_server"
WRONG_TOKEN = "wrong_token"
WRONG_VERSION = "wrong_version"
REFUSED = "refused"
LOST = "lost"


@dataclass(frozen=True)
class Status:
    """kind: one of this module's words. welcome: what the server offers, while READY.
    startable: there is none, and one can be started here."""

    kind: str
    sentence: str
    welcome: Optional[Welcome] = None
    startable: bool = False


def offering(now: Status, offer: Offer) -> Status:
    """The same, once the server offers something else."""
    if now.welcome is None:
        return now
    welcome = replace(
        now.welcome, engines=offer.engines, recipes=offer.recipes, dropped=offer.dropped
    )
    return replace(now, welcome=welcome)


def stopped() -> Status:
    """Nobody looks for a server."""
    return Status(OFF, sentences.not_connected())


def seeking() -> Status:
    """The server is looked for."""
    return Status(CONNECTING, sentences.connecting())


class Unreachable(Exception):
    """A connection that did not come about; carries the status to show."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status = Status(kind, sentence)
