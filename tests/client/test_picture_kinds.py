"""Kinds of picture files that are easily read wrong: numbers, depth and colour as meant."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from fakes import profiles
from sfumato_server.cli import icc
from sfumato_server.cli.pictures import UnreadablePicture, load, read
from sfumato_server.client import png, png_chunks
from sfumato_server.client.colour import LINEAR, SRGB, Colour, for_screens

DEEP = np.random.default_rng(1).integers(0, 65536, (8, 12, 3), dtype=np.uint16)
EIGHT = (DEEP >> 8).astype(np.uint8)


def tiff(path: Path, stored: NDArray[Any], **how: Any) -> Path:
    tifffile.imwrite(path, stored, **how)
    return path


def turned(orientation: int) -> NDArray[Any]:
    exif = Image.Exif()
    exif[0x0112] = orientation
    plain = Image.fromarray(EIGHT)
    plain.getexif()[0x0112] = orientation
    moves = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
    }  # fmt: skip
    return np.asarray(plain.transpose(moves[orientation]))


@pytest.mark.parametrize("orientation", range(2, 9))
def test_deep_files_stand_upright_with_all_their_bits(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    whole = png.encode(DEEP, Colour(exif=exif.tobytes().removeprefix(b"Exif\0\0")))
    (tmp_path / "a.png").write_bytes(whole)
    tag = (274, "H", 1, orientation, True)
    tiff(tmp_path / "a.tif", DEEP, photometric="rgb", extratags=[tag])
    packed = Image.fromarray(EIGHT)
    packed.save(tmp_path / "b.tif", compression="tiff_lzw", tiffinfo={274: orientation})
    np.testing.assert_array_equal(read(tmp_path / "b.tif"), turned(orientation))
    for name in ("a.png", "a.tif"):
        found = read(tmp_path / name)
        assert found.dtype == np.uint16
        np.testing.assert_array_equal(found >> 8, turned(orientation), name)


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_tiff_in_every_order(tmp_path: Path, dtype: str) -> None:
    rgb = EIGHT if dtype == "uint8" else DEEP
    top = int(np.iinfo(rgb.dtype).max)
    planes = np.ascontiguousarray(np.moveaxis(rgb, 2, 0))
    path = tiff(tmp_path / "p.tif", planes, photometric="rgb", planarconfig="separate")
    np.testing.assert_array_equal(read(path), rgb)
    path = tiff(tmp_path / "w.tif", rgb[..., 0], photometric="miniswhite")
    np.testing.assert_array_equal(read(path)[..., 1], top - rgb[..., 0])
    whole = np.full((4, 5, 4), (top // 3, 0, 0, top // 3), rgb.dtype)
    path = tiff(tmp_path / "a.tif", whole, photometric="rgb", extrasamples=["assocalpha"])
    assert read(path)[0, 0].tolist() == [top, 0, 0, top // 3]
    grey = np.full((4, 5, 2), (top // 5, top // 5), rgb.dtype)
    path = tiff(tmp_path / "g.tif", grey, photometric="minisblack", planarconfig="contig",
                extrasamples=["assocalpha"])  # fmt: skip
    assert read(path)[0, 0].tolist() == [top, top, top, top // 5]
    ink = np.full((4, 5, 4), (0, top, top, 0), rgb.dtype)
    path = tiff(tmp_path / "c.tif", ink, photometric="separated", planarconfig="contig")
    assert read(path)[0, 0].tolist() == [top, 0, 0]


def test_a_deep_tiff_packed_by_lzw_or_by_deflate_is_read(tmp_path: Path) -> None:
    path = tmp_path / "lzw.tif"
    cv2.imwrite(str(path), DEEP[..., ::-1])
    np.testing.assert_array_equal(read(path), DEEP)
    tiff(path, DEEP, photometric="rgb", compression="zlib", predictor=True)
    np.testing.assert_array_equal(read(path), DEEP)


def test_netpbm_files_keep_their_bits_whatever_white_is(tmp_path: Path) -> None:
    path = tmp_path / "a.pgm"
    path.write_bytes(b"P5 2 1 65535\n" + bytes([0x55, 0x55, 0xFF, 0xFF]))
    assert read(path)[0, :, 0].tolist() == [0x5555, 65535]
    path.write_bytes(b"P6 1 1 1023\n" + bytes([3, 255, 0, 0, 1, 255]))
    assert read(path)[0, 0].tolist() == [65535, 0, round(511 / 1023 * 65535)]


def test_depth_is_not_lost_without_a_word(tmp_path: Path) -> None:
    deeper = (DEEP.astype(np.uint32) << 16) + 7
    found = load(tiff(tmp_path / "a.tif", deeper, photometric="rgb"))
    np.testing.assert_array_equal(found.pixels, DEEP)
    assert "32 bits a channel; 16 of them are used" in found.notes[0]
    for dtype in (np.float32, np.int16):
        path = tiff(tmp_path / "f.tif", DEEP.astype(dtype), photometric="rgb")
        with pytest.raises(UnreadablePicture, match=r"floating-point|int16"):
            read(path)


def test_a_wide_gamut_and_linear_light_keep_numbers_and_profile(tmp_path: Path) -> None:
    path = tmp_path / "wide.png"
    Image.fromarray(EIGHT).save(path, icc_profile=profiles.swapped(), dpi=(300, 300))
    wide = load(path)
    np.testing.assert_array_equal(wide.pixels, EIGHT)
    assert (wide.colour.profile, wide.colour.icc) == (SRGB, profiles.swapped())
    assert np.abs(for_screens(wide.pixels, wide.colour).astype(int) - EIGHT[..., ::-1]).max() <= 1
    path.write_bytes(png.encode(wide.pixels, wide.colour))
    assert load(path).colour == wide.colour
    path.write_bytes(png.encode(DEEP, Colour(LINEAR, icc.linear())))
    linear = load(path)
    np.testing.assert_array_equal(linear.pixels, DEEP)
    assert linear.colour.profile == LINEAR


def test_grey_with_a_profile_for_grey_looks_the_same(tmp_path: Path) -> None:
    curve = b"curv" + bytes(4) + b"\0\0\0\1\1\0\0\0"  # gamma 1
    grey = icc._with_curve(curve).replace(b"rTRC", b"kTRC", 1)
    path = tmp_path / "grey.png"
    Image.fromarray(EIGHT[..., 0]).save(path, icc_profile=grey[:16] + b"GRAY" + grey[20:])
    found = load(path)
    np.testing.assert_array_equal(found.pixels[..., 0], EIGHT[..., 0])
    assert found.colour.profile == LINEAR
    assert icc.space(found.colour.icc or b"") == "RGB"


@pytest.mark.parametrize(
    ("profile", "why"),
    [(b"no profile" * 30, "damaged"), (profiles.of_space(b"GRAY"), "is for GRAY")],
)
def test_a_broken_or_foreign_profile_is_left_with_a_word(
    tmp_path: Path, profile: bytes, why: str
) -> None:
    path = tmp_path / "odd.png"
    Image.fromarray(EIGHT).save(path, icc_profile=profile)
    found = load(path)
    np.testing.assert_array_equal(found.pixels, EIGHT)
    assert found.colour.icc is None
    assert "sRGB" in found.notes[0]
    assert why in found.notes[0]


def test_texts_of_any_size_are_no_matter(tmp_path: Path) -> None:
    about = PngImagePlugin.PngInfo()
    about.add_text("parameters", "x" * 3_000_000, zip=True)
    path = tmp_path / "chatty.png"
    Image.fromarray(EIGHT).save(path, pnginfo=about)
    np.testing.assert_array_equal(read(path), EIGHT)


def test_dpi_and_exif_are_kept_but_not_the_orientation(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = 6, "Ada"
    exif.get_ifd(0x8769)[0x9003] = "2026:01:02 03:04:05"
    path = tmp_path / "photo.jpg"
    Image.fromarray(EIGHT).save(path, exif=exif, dpi=(300, 200))
    found = load(path)
    assert found.colour.dpi == pytest.approx((200, 300))
    path = tmp_path / "out.png"
    path.write_bytes(png.encode(found.pixels, found.colour))
    with Image.open(path) as written:
        assert written.info["dpi"] == pytest.approx((200, 300), rel=0.001)
        kept = written.getexif()
        assert kept[0x013B] == "Ada"
        assert 0x0112 not in kept
        assert kept.get_ifd(0x8769)[0x9003].startswith("2026")


def test_names_that_are_no_text_end_no_process(tmp_path: Path) -> None:
    """In a process of its own, which it took with it."""
    name = os.fsencode(tmp_path) + b"/b\xfcro.png"
    with open(name, "wb") as file:
        file.write(png.encode(DEEP))
    words = "from pathlib import Path; from sfumato_server.cli.pictures import read; import os, sys"
    code = f"{words}; print(read(Path(os.fsdecode({name!r}))).dtype)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.stdout.strip() == "uint16", ran.stderr


def test_a_png_s_chunks_are_walked_within_bounds() -> None:
    whole = png.encode(EIGHT)
    assert png_chunks.without(whole[:-20], frozenset({b"tEXt"})) == whole[:-20]
    with pytest.raises(ValueError, match="more than 10"):
        png_chunks.unpacked(zlib.compress(bytes(1 << 20)), 10)


@pytest.mark.parametrize(
    ("ending", "modes"),
    [
        ("png", ("1", "P", "LA", "L")),
        ("tif", ("1", "P", "LA", "L", "CMYK", "YCbCr", "LAB")),
        ("jpg", ("1", "L", "CMYK", "YCbCr")),
    ],
)
def test_every_mode_of_8_bits_is_read(tmp_path: Path, ending: str, modes: tuple[str, ...]) -> None:
    path = tmp_path / f"a.{ending}"
    for mode in modes:
        Image.new(mode, (6, 4)).save(path)
        assert read(path).shape == (4, 6, 4 if mode == "LA" else 3), mode


def test_a_grey_that_is_told_to_be_clear_is_clear(tmp_path: Path) -> None:
    grey = np.array([[0x0102, 0x0202]], np.uint16)
    header = struct.pack(">IIBBBBB", 2, 1, 16, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" + grey.astype(">u2").tobytes())
    parts = ((b"IHDR", header), (b"tRNS", b"\1\2"), (b"IDAT", rows), (b"IEND", b""))
    path = tmp_path / "a.png"
    path.write_bytes(png_chunks.SIGNATURE + b"".join(png_chunks.chunk(*part) for part in parts))
    assert read(path)[0, :, 3].tolist() == [0, 65535]
