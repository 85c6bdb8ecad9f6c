"""Figures whose right answer is known by construction."""

from __future__ import annotations

from collections import Counter

import cv2
import numpy as np
import pytest
from benchmarks.figure_thresholds import (
    NAMES,
    cast,
    elsewhere,
    judged,
    scenes,
    spot,
    stored_anew,
    untouched,
)
from benchmarks.quality_case import photograph as photograph_named
from skimage import data

from sfumato_protocol.geometry import Extent
from sfumato_server.imaging.arrays import Float, Mask
from sfumato_server.imaging.figures.measure import Measured, Region, measure, outside
from sfumato_server.imaging.figures.seam import seam
from sfumato_server.imaging.figures.words import TABLES, told
from sfumato_server.imaging.masks.zones import SelectionShape, blend_mask

from .shapes import coverage, disc

SIZE = 256


def masks(feather: float) -> tuple[Float, Mask]:
    """D and A of a disc."""
    shape = SelectionShape(coverage(disc(128, 128, 70), SIZE))
    denoise = shape.denoise_mask(
        Extent("whole", grow=feather / 2, feather=feather, width=0, keep_inside=False)
    )
    return denoise, blend_mask(denoise)


def laid(result: Float, context: Float, blend: Mask) -> Float:
    alpha = (blend / 255)[..., None].astype(np.float32)
    return alpha * result + (1 - alpha) * context


def texture(blur: float = 0, seed: int = 0) -> Float:
    """The same in every direction and place, so that no line in it is special."""
    noise = np.random.default_rng(seed).normal(0, 1, (SIZE, SIZE, 3)).astype(np.float32)
    if blur:
        noise = cv2.GaussianBlur(noise, (0, 0), blur).view(np.float32)
    shown: Float = np.clip(0.5 + 0.1 * noise / noise.std(), 0, 1).astype(np.float32)
    return shown


def photograph(row: int = 0) -> Float:
    pixels = data.astronaut()[row : row + SIZE, 100 : 100 + SIZE]
    photo: Float = (pixels / 255).astype(np.float32)
    return photo


@pytest.mark.parametrize("feather", [0, 10, 20])
@pytest.mark.parametrize("blur", [0, 1.0])
def test_a_perfect_blend_has_no_seam(feather: float, blur: float) -> None:
    scores = [seam(texture(blur, seed), masks(feather)[1]) for seed in range(4)]
    assert np.mean([score or 0 for score in scores]) == pytest.approx(1, abs=0.05)


def test_a_plain_ground_has_no_seam() -> None:
    assert seam(np.full((SIZE, SIZE, 3), 0.4, np.float32), masks(10)[1]) == pytest.approx(1)


@pytest.mark.parametrize(("feather", "least"), [(0, 8), (10, 5), (40, 2)])
def test_a_step_on_a_plain_ground_shows(feather: float, least: float) -> None:
    ground = np.full((SIZE, SIZE, 3), 0.4, np.float32)
    blend = masks(feather)[1]
    faint, strong = (seam(laid(ground + step, ground, blend), blend) for step in (0.03, 0.1))
    assert strong is not None
    assert faint is not None
    assert strong > least
    assert 1.2 < faint < strong


def test_a_harder_edge_scores_higher_in_a_photograph() -> None:
    photo = photograph()
    hard, soft = masks(0)[1], masks(20)[1]
    scores = [seam(laid(photo + np.float32(0.2), photo, blend), blend) for blend in (hard, soft)]
    clean = seam(photo, hard)
    assert clean is not None
    assert scores[0] is not None
    assert scores[1] is not None
    assert scores[0] > scores[1] > clean * 1.1
    assert scores[0] > 2


def test_without_an_edge_there_is_no_seam() -> None:
    photo = photograph()
    assert seam(photo, np.zeros((SIZE, SIZE), np.uint8)) is None
    assert seam(photo, np.full((SIZE, SIZE), 255, np.uint8)) is None


def region(feather: float = 10) -> Region:
    denoise, blend = masks(feather)
    return Region(denoise, blend, blend > 127)


def words(measured: Measured, strength: float = 0.5) -> dict[str, str]:
    return {figure.name: figure.word for figure in told(measured, strength)[0]}


@pytest.mark.parametrize("feather", [0, 10, 40])
@pytest.mark.parametrize("row", [0, 60, 200])
def test_an_untouched_photograph_is_as_before_whatever_lies_at_the_edge(
    feather: float, row: int
) -> None:
    """A seam of 0.7 or 1.1 is the photograph's own there and says nothing of a pass."""
    photo = photograph(row)
    found = measure(photo, photo, photo, region(feather))
    assert found.seam == found.grain == 1
    assert found.identity == pytest.approx(1)
    assert found.shift == found.drift == found.outside == 0
    assert "look here" not in words(found).values()


def test_a_region_that_is_unlike_its_surroundings_has_its_own_grain() -> None:
    """Cloth before a smooth backdrop: 14 times as much, and that is as before."""
    noise = np.random.default_rng(1).normal(0, 14 / 255, (SIZE, SIZE, 3)).astype(np.float32)
    where = region()
    picture = laid(np.float32(0.5) + noise, np.float32(0.5) + noise / np.float32(14), where.blend)
    assert measure(picture, picture, picture, where).grain == 1
    smooth = np.float32(0.5) + noise[::-1] / np.float32(14)
    found = measure(picture, picture, laid(smooth, picture, where.blend), where)
    assert found.grain == pytest.approx(1, abs=0.05)
    noisier = laid(np.float32(0.5) + 4 * noise, picture, where.blend)
    found = measure(picture, picture, np.clip(noisier, 0, 1), where)
    assert words(found)["grain"] == "look here"


def test_what_lost_the_grain_that_it_had_and_that_is_beside_it_is_told() -> None:
    noise = np.random.default_rng(1).normal(0, 8 / 255, (SIZE, SIZE, 3)).astype(np.float32)
    picture, where = np.float32(0.5) + noise, region()
    found = measure(picture, picture, laid(np.full_like(noise, 0.5), picture, where.blend), where)
    assert found.grain is not None
    assert found.grain < 0.2
    assert words(found)["grain"] == "look here"


def test_identity_is_structure_and_no_light() -> None:
    photo, where = photograph(), region()
    darker = measure(photo, photo, laid(photo * np.float32(0.8), photo, where.blend), where)
    other = measure(photo, photo, laid(photo[::-1, ::-1], photo, where.blend), where)
    assert darker.identity is not None
    assert other.identity is not None
    assert darker.identity > 0.97 > 0.3 > other.identity
    assert words(darker)["identity"] == "good"
    assert words(other)["identity"] == "look here"
    assert words(other, strength=1.0)["identity"] == "as asked"


def test_shift_is_what_the_step_across_the_edge_has_grown_by() -> None:
    photo, where = photograph(), region()
    lighter = laid(np.clip(photo * np.float32(1.3), 0, 1), photo, where.blend)
    found, back = measure(photo, photo, lighter, where), measure(lighter, lighter, photo, where)
    assert found.shift is not None
    assert back.shift is not None
    assert found.shift > 3
    assert back.shift == pytest.approx(-found.shift)
    assert words(found)["shift"] == "look here"
    assert words(back)["shift"] == "good"
    assert found.drift is not None
    assert found.drift > 3


def test_a_seam_is_told_against_the_edge_as_it_was() -> None:
    photo, where = photograph(), region(0)
    cut = laid(np.clip(photo * np.float32(0.7), 0, 1), photo, where.blend)
    worse, better = measure(photo, photo, cut, where), measure(cut, cut, photo, where)
    assert worse.seam is not None
    assert better.seam is not None
    assert worse.seam * better.seam == pytest.approx(1)
    assert (words(worse)["seam"], words(better)["seam"]) == ("look here", "good")


def test_what_is_too_small_is_not_measured_and_says_so() -> None:
    photo = photograph()
    small = coverage(disc(128, 128, 6), SIZE)
    where = Region((small / 255).astype(np.float32), small, small > 127)
    figures, unmeasured = told(measure(photo, photo, photo, where), 1.0)
    assert {"identity", "grain"} == {note.rule for note in unmeasured}
    assert {figure.name for figure in figures} == {"seam", "shift", "drift", "outside"}
    assert all("Not measurable here" in note.sentence for note in unmeasured)


def test_nothing_but_numbers_gets_out() -> None:
    for level in (0.0, 0.5, 1.0):
        plain = np.full((SIZE, SIZE, 3), level, np.float32)
        for other in (plain, photograph()):
            found = measure(plain, plain, other, region())
            values = [value for value in vars(found).values() if value is not None]
            assert np.isfinite(values).all()
            assert set(words(found)) | {note.rule for note in told(found, 0.5)[1]} == set(TABLES)


def test_words_on_what_is_right_are_false_alarms_less_than_once_in_twenty() -> None:
    every = list(scenes([photograph_named(name) for name in NAMES], 60))
    for change in (untouched, stored_anew, spot, cast):
        counted = Counter(
            (figure.name, figure.word)
            for measured in judged(every, change, perfect=True)
            for figure in told(measured, 0.5)[0]
        )
        for name in ("seam", "shift", "grain"):
            assert counted[name, "look here"] < 0.05 * len(every), (change.__name__, counted)
    faults = Counter(
        figure.name
        for measured in judged(every, elsewhere, perfect=False)
        for figure in told(measured, 0.5)[0]
        if figure.word == "look here"
    )
    assert min(faults["seam"], faults["shift"]) > 0.7 * len(every)


def test_outside_is_the_greatest_change_where_nothing_may() -> None:
    before, blend = photograph(), masks(10)[1]
    after = laid(texture(), before, blend)
    after[blend == 0] = before[blend == 0]
    assert outside(before, after, blend) == 0
    after[0, 0, 2] += np.float32(0.01)
    assert outside(before, after, blend) == pytest.approx(0.01, abs=1e-6)
    assert outside(before, after, np.full((SIZE, SIZE), 255, np.uint8)) == 0


@pytest.mark.parametrize("shape", [(1, 1), (3, 40), (20, 9)])
def test_tiny_crops_have_figures_too(shape: tuple[int, int]) -> None:
    picture = np.full((*shape, 3), 0.5, np.float32)
    for level in (0, 255):
        blend = np.full(shape, level, np.uint8)
        where = Region((blend / 255).astype(np.float32), blend, blend > 127)
        assert measure(picture, picture, picture, where).outside == 0
