"""What a user gets: a real server of our own, asked by the client with its default masks."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.quality_case import levels
from sfumato_protocol.specs import PassSpec
from sfumato_server.client.client import Client
from sfumato_server.client.result import Inpainted
from sfumato_server.imaging.arrays import Float, Mask

SEED = 1
_STOP_SECONDS = 10


@contextlib.contextmanager
def server() -> Iterator[Client]:
    """A client of a server on a free port, in a home of its own, with the built-in engine."""
    with tempfile.TemporaryDirectory(prefix="sfumato-quality-") as home:
        command = [sys.executable, "-m", "sfumato_server", "serve", "--port", "0", "--home", home]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                greeting = process.stdout.readline().split()
                if not greeting:
                    raise RuntimeError(f"the server ended with status {process.wait()}; see above")
                token = Path(home, "token").read_text(encoding="ascii").strip()
                with Client.connect(greeting[-1], token) as client:
                    yield client
            finally:
                process.terminate()
                try:
                    process.wait(_STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()


def inpainted(
    client: Client,
    image: Float,
    selection: Mask,
    recipe: str,
    passes: Sequence[PassSpec] = (),
    seed: int = SEED,
) -> Inpainted:
    """A finished job. image: (H, W, 3) float32 0..1, sent as 8 bits. selection: (H, W) uint8."""
    return client.inpaint(levels(image), selection, recipe=recipe, passes=passes, seed=seed)
