"""Whatever lies in the models folder costs itself alone."""

from __future__ import annotations

import resource
import time
from pathlib import Path

from fakes import engines as zoo
from fakes.spoiled_models import fill
from server.conftest import TOKEN
from sfumato_protocol import codec
from sfumato_protocol.plain_text import printable
from sfumato_server.config import Config
from sfumato_server.offer.catalogue import Offer
from sfumato_server.offer.models import scan


def test_every_file_is_read_in_a_bounded_way_and_guarded(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    spoiled = fill(folder)
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    shelf = scan(folder)
    assert {one.path.name for one in shelf.refused} == spoiled
    assert len(spoiled) > 62
    assert [one.name for one in shelf.models] == ["mark", "named"]
    assert time.monotonic() - started < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024  # KiB
    for one in shelf.refused:
        assert printable(one.reason) == one.reason
        assert len(one.reason) < 1200
        assert printable(one.path.name)[:60] in one.reason


def test_a_server_starts_beside_them_and_can_tell_its_offer(tmp_path: Path) -> None:
    fill(tmp_path / "models")
    offer = Offer(Config(home=tmp_path, token=TOKEN, engines=(zoo.spec(zoo.Painter),)))
    welcome = offer.latest.welcome()
    assert [one.name for one in welcome.engines] == ["painter", "mark", "named"]
    assert codec.decode(codec.encode(welcome)) == welcome
