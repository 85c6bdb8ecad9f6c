"""The contact sheet: a tile for each thing to look at, none of them empty."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fakes.finished_jobs import finished
from sfumato_server.client import contact_sheet
from sfumato_server.client.contact_sheet import TILE


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_a_sheet_has_a_tile_for_each_thing_to_see(tmp_path: Path, dtype: str) -> None:
    path = tmp_path / "sheet.png"
    contact_sheet.write(path, finished(dtype))
    with Image.open(path) as sheet:
        pixels = np.asarray(sheet.convert("RGB"))
    # original, masks, two passes, result: three columns in two rows
    assert pixels.shape[1] > 3 * TILE
    assert pixels.shape[0] > 2 * TILE
    left, top = 18, 64
    row, column = TILE + 52, TILE + 18
    for place in range(5):
        y, x = top + place // 3 * row, left + place % 3 * column
        assert pixels[y : y + TILE, x : x + TILE].std() > 5, f"tile {place} is flat"
    empty = pixels[top + row : top + row + TILE, left + 2 * column :]
    assert len(np.unique(empty.reshape(-1, 3), axis=0)) == 1


def test_the_result_tile_is_the_last_stage() -> None:
    job = finished()
    sheet = np.asarray(contact_sheet.draw(job))
    row, column = TILE + 52, TILE + 18
    second_pass = sheet[64 + row :, 18:][:TILE, :TILE]
    result = sheet[64 + row :, 18 + column :][:TILE, :TILE]
    np.testing.assert_array_equal(second_pass, result)
