"""The layered file: its structure, and that its layers give back the picture."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from fakes.finished_jobs import SIDE, finished
from sfumato_server.client import openraster, png
from sfumato_server.client.pixels import Image as Pixels
from sfumato_server.client.pixels import Mask
from sfumato_server.client.result import Inpainted, PassResult


@pytest.fixture(params=["uint8", "uint16"])
def written(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Inpainted, Path]:
    job = finished(request.param)
    path = tmp_path / "out.ora"
    openraster.write(path, job)
    return job, path


def read(archive: zipfile.ZipFile, name: str) -> NDArray[np.generic]:
    """A PNG of the archive with channels in the order RGB(A)."""
    stored = cv2.imdecode(np.frombuffer(archive.read(name), np.uint8), cv2.IMREAD_UNCHANGED)
    assert stored is not None
    conversion = cv2.COLOR_BGRA2RGBA if stored.shape[2] == 4 else cv2.COLOR_BGR2RGB
    return cv2.cvtColor(stored, conversion)


def test_the_mimetype_is_the_first_entry_and_stored(written: tuple[Inpainted, Path]) -> None:
    content = written[1].read_bytes()
    assert content[30:54] == b"mimetypeimage/openraster"
    with zipfile.ZipFile(written[1]) as archive:
        first = archive.infolist()[0]
        assert first.compress_type == zipfile.ZIP_STORED
        assert not first.extra
        assert archive.testzip() is None


def test_the_stack_names_its_layers_top_first(written: tuple[Inpainted, Path]) -> None:
    with zipfile.ZipFile(written[1]) as archive:
        image = ElementTree.fromstring(archive.read("stack.xml"))
        names = set(archive.namelist())
    assert (image.get("w"), image.get("h")) == (str(SIDE), str(SIDE))
    group, original = list(image[0])
    assert (group.tag, group.get("name")) == ("stack", "Sfumato · two · seed 7")
    assert group.get("isolation") == "auto"  # passed through: isolated, it rounds once more
    assert [layer.get("name") for layer in group] == [
        "2 whole · strength 0.50 · seed 9",
        "1 whole · strength 0.50 · seed 8",
    ]
    assert (group[1].get("x"), group[1].get("y")) == ("10", "12")
    assert original.get("name") == "Original"
    sources = {layer.get("src") for layer in image.iter("layer")}
    assert sources <= names
    assert {"mergedimage.png", "Thumbnails/thumbnail.png"} <= names


def test_layers_carry_the_pixels_and_the_mask_as_alpha(written: tuple[Inpainted, Path]) -> None:
    job, path = written
    scale = 257 if job.image.dtype == np.uint16 else 1
    with zipfile.ZipFile(path) as archive:
        np.testing.assert_array_equal(read(archive, "data/original.png"), job.image)
        np.testing.assert_array_equal(read(archive, "mergedimage.png"), job.flattened)
        for done in job.passes:
            layer = read(archive, f"data/pass-{done.planned.index}.png")
            np.testing.assert_array_equal(layer[..., :3], done.pixels)
            np.testing.assert_array_equal(layer[..., 3], done.mask.astype(np.uint32) * scale)


def test_over_transparency_the_layers_lie_atop_and_in_no_group(tmp_path: Path) -> None:
    """Composed as the file says, they give the picture that was computed, and its own alpha."""
    opaque = finished()
    alpha = np.random.default_rng(2).integers(0, 256, (SIDE, SIDE, 1)).astype(np.uint8)
    alpha[::3] = 0
    job = replace(opaque, image=with_channel(opaque.image, alpha[..., 0]))
    job = replace(job, passes=tuple(with_own_alpha(done) for done in job.passes))
    openraster.write(tmp_path / "out.ora", job)
    with zipfile.ZipFile(tmp_path / "out.ora") as archive:
        *layers, original = list(ElementTree.fromstring(archive.read("stack.xml"))[0])
        shown = read(archive, original.attrib["src"]).astype(np.float64)
        for layer in reversed(layers):
            assert layer.get("composite-op") == "svg:src-atop"
            pixels = read(archive, layer.attrib["src"]).astype(np.float64)
            x, y = int(layer.attrib["x"]), int(layer.attrib["y"])
            below = shown[y : y + pixels.shape[0], x : x + pixels.shape[1]]
            visible = below[..., 3] > 0
            mixed = below[..., :3] + pixels[..., 3:] / 255 * (pixels[..., :3] - below[..., :3])
            below[..., :3][visible] = mixed[visible]
        merged = read(archive, "mergedimage.png").astype(np.float64)
    assert np.abs(shown - merged).max() <= 1
    np.testing.assert_array_equal(merged[..., 3], alpha[..., 0])


def with_own_alpha(done: PassResult) -> PassResult:
    return replace(done, pixels=with_channel(done.pixels, np.full_like(done.mask, 255)))


def with_channel(colour: Pixels, alpha: Mask) -> Pixels:
    joined: Pixels = np.dstack([colour, alpha]).astype(np.uint8)
    return joined


def test_the_thumbnail_is_small_and_8_bit(tmp_path: Path) -> None:
    job = finished("uint16")
    large = np.zeros((300, 1000, 3), np.uint16)
    path = tmp_path / "large.ora"
    openraster.write(path, Inpainted(job.submit, "flat", large, large[..., 0].astype(np.uint8)))
    with zipfile.ZipFile(path) as archive:
        thumbnail = read(archive, "Thumbnails/thumbnail.png")
    assert thumbnail.shape == (77, 256, 3)
    assert thumbnail.dtype == np.uint8


def test_an_old_file_stays_when_writing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out.ora"
    path.write_bytes(b"precious")

    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(OSError, match="disk full"):
        openraster.write(path, finished())
    assert path.read_bytes() == b"precious"


@pytest.mark.parametrize(("dtype", "chunk"), [("uint8", "srgb"), ("uint16", "icc_profile")])
def test_png_is_marked_as_srgb_and_read_by_others(dtype: str, chunk: str) -> None:
    content = png.encode(finished(dtype).image)
    with Image.open(io.BytesIO(content)) as opened:
        opened.load()
        assert opened.size == (SIDE, SIDE)
        assert chunk in opened.info
        if chunk == "icc_profile":
            profile = ImageCms.ImageCmsProfile(io.BytesIO(opened.info[chunk]))
            assert "sRGB" in ImageCms.getProfileDescription(profile)


def test_a_layer_s_own_alpha_counts() -> None:
    colour = np.full((1, 2, 4), 128, np.uint8)
    mask = np.array([[255, 128]], np.uint8)
    assert png.with_alpha(colour, mask)[0, :, 3].tolist() == [128, 64]


def test_what_cannot_be_written_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    path = tmp_path / "out.ora"
    path.write_bytes(b"an older one")
    monkeypatch.setattr(openraster, "encode", full)
    with pytest.raises(OSError, match="No space left"):
        openraster.write(path, finished("uint8"))
    assert [file.name for file in tmp_path.iterdir()] == ["out.ora"]
    assert path.read_bytes() == b"an older one"
