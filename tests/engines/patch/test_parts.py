"""The built-in engine's parts where the right answer is known by construction."""

from __future__ import annotations

import numpy as np

from engines.test_contract import disc, texture
from sfumato_server.engines.patch.cuts import NUDGES, Cuts, finer
from sfumato_server.engines.patch.labels import CUT, assigned
from sfumato_server.engines.patch.offsets import Patches, proposed
from sfumato_server.engines.patch.pyramid import Level, build_level
from sfumato_server.engines.patch.render import closed, copied


def striped(side: int = 96) -> Level:
    """Stripes with a period of 12 px across, and a hole."""
    x = np.arange(side)
    wave = (0.5 + 0.4 * np.sin(2 * np.pi * x / 12)).astype(np.float32)
    picture = np.broadcast_to(wave[None, :, None], (side, side, 3)).astype(np.float32)
    return build_level(picture, np.asarray(disc(side, side, 18) > 0), 1)


def shared_out(level: Level) -> np.ndarray:
    rng = np.random.default_rng(2)
    by = proposed(Patches.of(level, 7), 40, rng)
    *_, field = assigned(level, by, rng)
    return field


def test_the_period_of_a_pattern_is_proposed() -> None:
    by = proposed(Patches.of(striped(), 7), 40, np.random.default_rng(2))
    assert (np.mod(by[:, 1], 12) == 0).mean() > 0.7


def test_a_shift_map_copies_from_what_is_known_and_goes_on_as_around() -> None:
    level = striped()
    field = shared_out(level)
    y, x = np.nonzero(level.hole)
    source = y + field[y, x, 0], x + field[y, x, 1]
    assert not level.hole[source].any()
    error = np.abs(copied(level, field)[..., 0] - level.picture[0, :, 0])[level.hole]
    assert np.percentile(error, 95) < 0.01


def test_settling_never_costs_more() -> None:
    image, hole = texture(96, 96), np.asarray(disc(96, 96, 20) > 0)
    coarse, level = build_level(image, hole, 2), build_level(image, hole, 1)
    cuts = Cuts(level, finer(coarse, shared_out(coarse), level))
    before = cuts.energy()
    for part in range(NUDGES):
        cuts.nudge(part)
    for turn in range(4):
        cuts.settle(turn)
    assert cuts.energy() < before


def test_a_level_holds_nothing_of_the_hole() -> None:
    image, hole = texture(64, 64), np.asarray(disc(64, 64, 14) > 0)
    other = np.where(hole[..., None], np.float32(1), image).astype(np.float32)
    for scale in (1, 2, 4):
        levels = [build_level(each, hole, scale) for each in (image, other)]
        np.testing.assert_array_equal(levels[0].picture, levels[1].picture)


def test_what_is_copied_from_other_light_meets_its_surroundings() -> None:
    """The right half is lighter; the hole on its side copies from the left."""
    image = texture(64, 128) * np.float32(0.5)
    image[:, 64:] += np.float32(0.3)
    hole = np.zeros((64, 128), bool)
    hole[20:44, 90:114] = True
    level, field = build_level(image, hole, 1), np.zeros((64, 128, 2), np.int64)
    field[hole] = (0, -64)
    *_, picture = closed(level, field)
    np.testing.assert_array_equal(picture[~hole], image[~hole])
    assert abs(float(picture[hole].mean() - image[hole].mean())) < 0.05


def test_what_the_rim_has_nowhere_costs_to_copy() -> None:
    """A dark mark some way off is loud, the grain around and another grain are not."""
    grain = np.random.default_rng(4).normal(0.6, 0.01, (128, 128, 3)).astype(np.float32)
    hole = np.asarray(np.roll(disc(128, 128, 20), 24, axis=1) > 0)
    mark = np.asarray(np.roll(disc(128, 128, 6), -40, axis=1) > 0)
    level = build_level(np.where(mark[..., None], np.float32(0.2), grain), hole, 1)
    rim = np.asarray(np.roll(disc(128, 128, 9), -40, axis=1) > 0) & ~mark
    assert level.loud[rim].max() > CUT
    plain = level.loud[:, 40:][~hole[:, 40:]]
    assert np.percentile(plain, 99) < 0.01 * CUT
