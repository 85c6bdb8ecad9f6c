"""Lets an artist's job run through accidents, and says what was found broken afterwards."""

from __future__ import annotations

import time

from websockets.exceptions import WebSocketException

from faults.artist import Accident, Artist
from faults.cutting_proxy import CuttingProxy
from faults.server_process import ServerProcess
from sfumato_protocol.messages import JobDone

LAST_BREATH = 10.0  # s within which whatever outlived the server has to be gone
PASSES = 3


def see_through(
    artist: Artist,
    server: ServerProcess,
    proxy: CuttingProxy | None = None,
    most_accidents: int = 20,
) -> int:
    """Converse until the job is over, restarting what was killed; how many accidents there were."""
    for accidents in range(most_accidents):
        server.restart()
        try:
            artist.converse(server.url, proxy.connect() if proxy else None)
        except (OSError, WebSocketException, Accident):
            continue
        return accidents
    raise AssertionError("the job did not end")


def wounds(artist: Artist, server: ServerProcess) -> list[str]:
    """What is wrong with a job that should have come through, and with what it left on disk."""
    found = list(artist.faults)
    if not isinstance(artist.end, JobDone):
        found.append(f"the job ended with {artist.end}")
    if sorted(artist.passes) != list(range(1, PASSES + 1)):
        found.append(f"passes {sorted(artist.passes)} arrived")
    spool = server.home / "spool"
    found += [f"{file.name} is left" for file in spool.glob(f"{artist.submit.job}*")]
    found += [f"{file.name} is left" for file in spool.glob("*.part")]
    return found


def remains(server: ServerProcess) -> list[str]:
    """What is left of a server that has ended, after a moment to die in."""
    deadline = time.monotonic() + LAST_BREATH
    while (left := _left(server)) and time.monotonic() < deadline:
        time.sleep(0.05)  # nobody can be told of the death of another's child
    return left


def _left(server: ServerProcess) -> list[str]:
    processes = [f"process {pid} lives on" for pid in server.processes()]
    return processes + [f"shared memory {name} is left" for name in server.shared_memory()]


def spread(total: int, budget: int) -> list[int]:
    """At most `budget` of the numbers 1..total, evenly spread."""
    count = min(total, budget)
    return sorted({1 + round(i * (total - 1) / max(1, count - 1)) for i in range(count)})
