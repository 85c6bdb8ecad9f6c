"""Two windows of the real Krita are two views of one plugin."""

import json
from pathlib import Path
from typing import Any

from krita_harness.launch import drive
from krita_harness.server import serving


def test_two_windows_show_one_state(
    new_home: Any, display: str, photo: Path, tmp_path: Path
) -> None:
    with serving(tmp_path / "server", ["fakes.engines:Adder"]) as server:
        report = drive(new_home(server), display, "windows.two", photo=str(photo))
    record = json.loads(report["record"])
    words = ["calm sea", "calm sea at dawn", "calm sea at dawn, no boats", record["prompt"]]
    seeds = ["7", "7", "7", str(record["seed"])]
    assert report["shown"] == [[list(one)] * 2 for one in zip(words, seeds, strict=True)]
    assert record["prompt"] == words[2]
    assert record["seed"] != 7
    assert report["said"][0] == report["said"][1]
