"""How visible an edge is, how visible it should be, and drawing it in until it is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engines.test_contract import disc, texture
from sfumato_server.engines.patch.quiet import foretold, with_quiet_edges
from sfumato_server.imaging.arrays import Flags, Float
from sfumato_server.imaging.figures.seam import steps
from sfumato_server.imaging.smooth_fill import plate


def soft(picture: Float, sigma: float) -> Float:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)


def lighter_inside(picture: Float, mask: Float, by: float) -> Float:
    return np.where(mask[..., None] > 0, picture + np.float32(by), picture).astype(np.float32)


def outlined(radius: float) -> Float:
    """A dark soft-edged disc on a textured ground: at 1 to 2 px off a hole, its outline crosses
    the hole's edge all along."""
    ground = np.float32(0.6) + np.float32(0.05) * texture(96, 96)
    figure = disc(96, 96, radius)[..., None] * np.float32(0.5)
    return soft(ground - figure, 1.5)


def smooth_edged() -> tuple[Float, Flags]:
    """A texture with a disc whose first line of px is too smooth for its place, and the disc."""
    picture, inside = soft(texture(96, 96), 0.5), disc(96, 96, 20) > 0
    rim = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 5)
    line = (rim > 0) & (rim < 1.5)
    picture[line] = plate(picture, inside)[line]
    return picture, inside


def test_an_edge_that_shows_is_drawn_in_as_far_as_is_foretold() -> None:
    truth, mask = texture(96, 96), disc(96, 96, 20)
    inside = mask > 0
    lighter = lighter_inside(truth, mask, 0.04)
    quiet = with_quiet_edges(lighter, mask, 0.98)
    wanted = foretold(lighter, inside, ~inside)
    assert steps(lighter, inside).visibility > 1.02 * wanted
    assert steps(quiet, inside).visibility == pytest.approx(wanted, rel=0.02)
    np.testing.assert_array_equal(quiet[~inside], lighter[~inside])
    changed = np.abs(quiet - lighter).max(2) > 0
    within = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 5)
    assert within[changed].max() < 2


def test_the_foretold_edge_is_nearer_to_the_true_one_than_an_unseen_one_is() -> None:
    """On the mean over places of one texture; 1 is unseen."""
    picture, off, plain = soft(texture(240, 240), 1.0), [], []
    for top in range(0, 145, 48):
        for left in range(0, 145, 48):
            place = np.ascontiguousarray(picture[top : top + 96, left : left + 96])
            inside = disc(96, 96, 20) > 0
            true = steps(place, inside).visibility
            off.append(abs(np.log2(foretold(place, inside, ~inside) / true)))
            plain.append(abs(np.log2(true)))
    assert np.mean(off) < 0.6 * np.mean(plain)


def test_an_edge_smoother_than_it_should_be_is_drawn_out() -> None:
    picture, inside = smooth_edged()
    before, wanted = steps(picture, inside).visibility, foretold(picture, inside, ~inside)
    assert before < 0.95 * wanted
    quiet = with_quiet_edges(picture, inside.astype(np.float32), 0.98)
    assert 1.02 * before < steps(quiet, inside).visibility <= 1.02 * wanted


def test_an_outline_along_the_edge_may_be_seen() -> None:
    """What is inside the hole is not looked at but for its own steps: the slope tells."""
    picture, inside = outlined(20), disc(96, 96, 20) > 0
    assert steps(picture, inside).visibility > 1.5
    assert foretold(picture, inside, ~inside) > 1.5


def test_an_edge_that_is_as_it_should_be_stays() -> None:
    picture, mask = outlined(20), disc(96, 96, 20)
    quiet = with_quiet_edges(picture, mask, 0.98)
    assert np.abs(quiet - picture).mean() < 0.1 * np.abs(picture - soft(picture, 2)).mean()


def test_a_soft_edge_is_left_alone() -> None:
    truth, mask = texture(96, 96), disc(96, 96, 20, 0.5)
    lighter = lighter_inside(truth, mask, 0.1)
    np.testing.assert_array_equal(with_quiet_edges(lighter, mask, 0.98), lighter)


def test_a_hole_with_next_to_nothing_around_it_is_not_foretold() -> None:
    picture, mask = texture(40, 40), np.ones((40, 40), np.float32)
    mask[:2] = 0
    inside = mask > 0
    assert foretold(picture, inside, ~inside) == 1
    assert np.isfinite(with_quiet_edges(picture, mask, 0.98)).all()


def test_a_white_px_on_an_edge_that_is_drawn_out_stays_white() -> None:
    picture, inside = smooth_edged()
    picture.reshape(-1, 3)[np.flatnonzero(inside)[0]] = 1
    quiet = with_quiet_edges(picture, inside.astype(np.float32), 0.98)
    assert np.abs(quiet - picture).max() > 0
    assert 0 <= quiet.min() <= quiet.max() <= 1
