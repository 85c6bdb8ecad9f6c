"""Selections in words: exact rectangles, ellipses with true coverage, mask files."""

from __future__ import annotations

import math
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sfumato_server.cli.selections import BadSelection, parse


def test_a_rectangle_is_exact() -> None:
    mask = parse("rect:3,4,10,6", 40, 30)
    assert mask.shape == (30, 40)
    assert (mask[4:10, 3:13] == 255).all()
    assert mask.sum() == 60 * 255


@pytest.mark.parametrize(("width", "height"), [(20, 20), (31, 17), (9, 40)])
def test_an_ellipse_covers_its_area(width: int, height: int) -> None:
    mask = parse(f"ellipse:5,6,{width},{height}", 60, 60)
    area = math.pi * width * height / 4
    assert mask.sum() / 255 == pytest.approx(area, rel=0.01)
    rows, columns = np.nonzero(mask)
    assert (columns.min(), columns.max() + 1) == (5, 5 + width)
    assert (rows.min(), rows.max() + 1) == (6, 6 + height)
    np.testing.assert_array_equal(mask, np.roll(mask[:, ::-1], 2 * 5 + width - 60, axis=1))


def test_a_large_ellipse_takes_little_memory() -> None:
    tracemalloc.start()
    try:
        mask = parse("ellipse:0,0,1500,1000", 1500, 1000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert mask.sum() / 255 == pytest.approx(math.pi * 750 * 500, rel=1e-4)
    assert peak < 10 * mask.nbytes


def test_shapes_are_cut_at_the_picture_s_edge() -> None:
    whole = parse("ellipse:10,10,20,20", 60, 60)
    cut = parse("ellipse:-10,10,20,20", 60, 60)
    np.testing.assert_array_equal(cut[:, :10], whole[:, 20:30])
    assert not cut[:, 10:].any()


def test_a_mask_file_is_taken_as_it_is(tmp_path: Path) -> None:
    soft = np.arange(256, dtype=np.uint8).reshape(8, 32)
    Image.fromarray(soft).save(tmp_path / "mask.png")
    np.testing.assert_array_equal(parse(str(tmp_path / "mask.png"), 32, 8), soft)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("ellipse:1,2,3", "expected four numbers"),
        ("rect:a,b,c,d", "expected four numbers"),
        ("rect:100,100,5,5", "selects no pixel"),
        ("rect:5,5,0,5", "selects no pixel"),
        ("nowhere.png", "expected a mask image or ellipse"),
    ],
)
def test_mistakes_are_explained(words: str, sentence: str) -> None:
    with pytest.raises(BadSelection, match=sentence):
        parse(words, 40, 30)


def test_mask_files_that_do_not_fit_are_explained(tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    Image.new("L", (30, 40)).save(path)
    with pytest.raises(BadSelection, match="mask of 30x40 px; expected the picture's size, 40x30"):
        parse(str(path), 40, 30)
    with pytest.raises(BadSelection, match="selects no pixel"):
        parse(str(path), 30, 40)
    Image.new("L", (30, 40), 1).save(path)
    with pytest.raises(BadSelection, match="nearly black: its brightest level is 1 of 255"):
        parse(str(path), 30, 40)
    path.write_text("not an image")
    with pytest.raises(BadSelection, match="no image"):
        parse(str(path), 30, 40)


def test_what_is_transparent_is_not_selected(tmp_path: Path) -> None:
    drawn = np.full((8, 32, 4), 255, np.uint8)
    drawn[..., 3] = np.arange(32) * 8
    Image.fromarray(drawn).save(tmp_path / "mask.png")
    np.testing.assert_array_equal(parse(str(tmp_path / "mask.png"), 32, 8), drawn[..., 3])


def test_a_16_bit_mask_keeps_its_softness(tmp_path: Path) -> None:
    soft = np.arange(256, dtype=np.uint8).reshape(8, 32)
    Image.fromarray(soft.astype(np.uint16) * 257).save(tmp_path / "mask.png")
    np.testing.assert_array_equal(parse(str(tmp_path / "mask.png"), 32, 8), soft)


def test_a_damaged_mask_or_a_folder_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    Image.effect_noise((40, 30), 60).save(path)
    path.write_bytes(path.read_bytes()[:400])
    with pytest.raises(BadSelection, match="cannot be read"):
        parse(str(path), 40, 30)
    for words in (str(tmp_path), "", "x" * 5000):
        with pytest.raises(BadSelection, match="expected a mask image or ellipse"):
            parse(words, 40, 30)


def test_a_black_and_a_white_near_the_ends_are_black_and_white(tmp_path: Path) -> None:
    """Else the crop would be the whole picture: it is cut round all that is not black."""
    drawn = np.full((60, 80), 4, np.uint8)
    drawn[20:40, 30:50] = 235
    noise = np.random.default_rng(1).integers(0, 3, drawn.shape, np.uint8)
    for mask in (drawn, drawn + noise):
        Image.fromarray(mask).save(tmp_path / "mask.png")
        found = parse(str(tmp_path / "mask.png"), 80, 60)
        rows, columns = np.nonzero(found)
        assert (rows.min(), rows.max(), columns.min(), columns.max()) == (20, 39, 30, 49)
        assert found[30, 40] >= 230


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_labels_of_0_and_1_are_black_and_white(tmp_path: Path, dtype: str) -> None:
    labels = np.zeros((30, 40), dtype)
    labels[10:20, 10:20] = 1
    Image.fromarray(labels).save(tmp_path / "mask.png")
    found = parse(str(tmp_path / "mask.png"), 40, 30)
    np.testing.assert_array_equal(found, labels.astype(np.uint8) * 255)
