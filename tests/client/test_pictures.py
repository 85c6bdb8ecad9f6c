"""Image files to arrays: depth, alpha, orientation and colour space kept or refused."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from sfumato_server.cli.pictures import UnreadablePicture, read
from sfumato_server.client import png

GRADIENT = np.dstack([np.arange(256, dtype=np.uint8).reshape(16, 16)] * 3)
GRADIENT[..., 1] //= 2


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_what_is_written_is_read(tmp_path: Path, dtype: str, channels: int) -> None:
    top = np.iinfo(np.dtype(dtype)).max
    values = np.random.default_rng(1).integers(0, top + 1, (9, 7, channels))
    image = values.astype(dtype)
    path = tmp_path / "image.png"
    path.write_bytes(png.encode(image))
    found = read(path)
    assert found.dtype == image.dtype
    np.testing.assert_array_equal(found, image)


def test_grey_files_become_colour(tmp_path: Path) -> None:
    path = tmp_path / "grey.png"
    Image.fromarray(GRADIENT[..., 0]).save(path)
    assert read(path).shape == (16, 16, 3)
    deep = np.arange(256, dtype=np.uint16).reshape(16, 16) * 257
    cv2.imwrite(str(path), deep)
    np.testing.assert_array_equal(read(path)[..., 2], deep)


def test_a_turned_photograph_stands_upright(tmp_path: Path) -> None:
    path = tmp_path / "turned.png"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(GRADIENT[:8]).save(path, exif=exif)
    assert read(path).shape == (16, 8, 3)


def test_what_is_no_image_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "text.png"
    path.write_text("hello")
    with pytest.raises(UnreadablePicture, match="no image that can be read"):
        read(path)


def test_a_damaged_file_and_one_beyond_all_size_are_explained(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    Image.fromarray(np.random.default_rng(1).integers(0, 256, (40, 40, 3), np.uint8)).save(path)
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(UnreadablePicture, match="may be damaged"):
        read(path)
    Image.new("1", (20_000, 20_000)).save(path)
    with pytest.raises(UnreadablePicture, match="more than 178 megapixels"):
        read(path)
    Image.new("F", (4, 4)).save(path.with_suffix(".tif"))
    with pytest.raises(UnreadablePicture, match="floating-point"):
        read(path.with_suffix(".tif"))
