"""Places far apart in a photograph of 24 megapixels, in the real Krita."""

import json
from pathlib import Path
from typing import Any

from krita_harness.launch import drive
from krita_harness.server import serving


def test_places_far_apart_become_one_group_by_one_click(
    new_home: Any, display: str, tmp_path: Path
) -> None:
    with serving(tmp_path / "server", ["fakes.engines:Adder"]) as server:
        told = drive(new_home(server), display, "far.places")
    records = [json.loads(record) for record in told["records"]]
    assert [record["selection"]["width"] for record in records] == [120, 80, 60]
    assert sum(one["crop"]["width"] * one["crop"]["height"] for one in records) < 1_000_000
    names = [layer[1].split(" · ")[0] for layer in told["group"][2]]
    assert names == ["1 whole", "2 ring", "3 wide"], "one layer a pass, in all places"
    whole, _ring, wide = told["masks"]
    assert whole == wide == [255] * 3
    assert "3 places, too far apart" in told["advice"]
