"""What a server is told at its start, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from sfumato_protocol import endpoint
from sfumato_protocol.messages import Limits

from .engines.registry import BUILT_IN

DEFAULT_LIMITS = Limits(crop_pixels=4096 * 4096, pending_bytes=192 * 1024 * 1024, jobs=16)


@dataclass(frozen=True)
class Config:
    """A server's settings.

    host, port: where to listen; port 0 takes any free one. home: folder of token, recipes and
    spool. token: None to use the one in `home`, made at the first start, and anew with new_token.
    allowed_hosts: further
    values of the Host header to accept, "name" or "name:port". engines: import paths
    "module:Class", the first is the default. hang_seconds: silence of an engine after which its
    process is killed. tls: certificate chain and key, PEM files, for clients elsewhere.
    arriving_bytes: most bytes of pictures on their way from all clients together; own_bytes: what
    each of them may send even so.
    """

    host: str = endpoint.HOST
    port: int = endpoint.PORT
    home: Path = field(default_factory=endpoint.home)
    token: str | None = None
    new_token: bool = False
    allowed_hosts: tuple[str, ...] = ()
    engines: tuple[str, ...] = BUILT_IN
    limits: Limits = DEFAULT_LIMITS
    hang_seconds: float = 300.0
    tls: tuple[Path, Path] | None = None
    arriving_bytes: int = 1 << 30
    own_bytes: int = 24 << 20

    @property
    def recipes_folder(self) -> Path:
        """Where the user's own recipes lie."""
        return self.home / "recipes"

    @property
    def models_folder(self) -> Path:
        """Where the user's models lie, with LoRAs in a sub-folder `loras`."""
        return self.home / "models"

    @property
    def spool_folder(self) -> Path:
        """Where finished passes wait until clients have them."""
        return self.home / "spool"

    @property
    def times_file(self) -> Path:
        """Where it is kept how long passes take here."""
        return self.home / "times.json"
