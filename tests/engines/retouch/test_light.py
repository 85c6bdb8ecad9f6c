"""The line round a region, the steps across it, and the light told from them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from fakes.retouching import depth as depth_of
from fakes.retouching import disc
from sfumato_server.engines.retouch import field, grade
from sfumato_server.engines.retouch.jump import Jump, depths, jump
from sfumato_server.engines.retouch.outline import outlines, sides, strips
from sfumato_server.imaging.arrays import Float

SIZE = 160
STEP = np.array([-0.2, -0.12, -0.05], np.float32)  # log light, inside less outside


def grainy(spread: float, seed: int = 3) -> Float:
    """Log light around that of skin, (SIZE, SIZE, 3)."""
    noise = np.random.default_rng(seed).normal(0, spread, (SIZE, SIZE, 3))
    return np.asarray(np.log(0.5 + grade.FLOOR) + noise, np.float32)


def with_hole() -> Float:
    return disc((SIZE, SIZE), 80, 80, 50) - disc((SIZE, SIZE), 80, 80, 20)


def corner() -> Float:
    return disc((SIZE, SIZE), 0, 0, 60)


@pytest.mark.parametrize(
    ("region", "lengths"),
    [
        (disc((SIZE, SIZE), 80, 80, 40), [2 * np.pi * 40]),
        (with_hole(), [2 * np.pi * 50, 2 * np.pi * 20]),
        (corner(), [60 * np.pi / 2 + 120]),
    ],
    ids=["disc", "ring", "corner"],
)
def test_outlines_are_closed_even_and_point_inwards(region: Float, lengths: list[float]) -> None:
    depth = depth_of(region)
    lines = sorted(outlines(depth), key=lambda line: -len(line.points))
    assert len(lines) == len(lengths)
    for line, length in zip(lines, lengths, strict=True):
        assert len(line.points) == pytest.approx(length, rel=0.06)
        apart = np.linalg.norm(np.diff(line.points, axis=0, append=line.points[:1]), axis=1)
        assert np.median(apart) == pytest.approx(1, abs=0.08)
        assert np.percentile(apart, 95) < 1.8
        np.testing.assert_allclose(np.linalg.norm(line.normals, axis=1), 1, atol=1e-4)
        in_picture = ((line.points > 4) & (line.points < SIZE - 5)).all(1)
        inner = np.rint(line.points + 3 * line.normals)[in_picture].astype(int)
        assert (depth[inner[:, 1], inner[:, 0]] > 0).mean() > 0.99


@pytest.mark.parametrize("feather", [0.0, 2.0])
def test_a_step_that_is_at_the_line_is_found(feather: float) -> None:
    light, depth = grainy(0.03), depth_of(disc((SIZE, SIZE), 80, 80, 45))
    across = depth[..., None] if feather else np.where(depth > 0, 1e3, -1e3)[..., None]
    ramp = np.clip(across / (2 * max(feather, 1)) + 0.5, 0, 1)
    light = light + STEP * (ramp * ramp * (3 - 2 * ramp)).astype(np.float32)
    found = stepped(light, depth, feather)
    weight = found.trust[:, None] / found.trust.sum()
    np.testing.assert_allclose((found.step * weight).sum(0), STEP, atol=0.1 * 0.2)
    assert np.median(found.trust) > 0.4


def test_an_edge_beside_the_line_is_distrusted() -> None:
    light, shape = grainy(0.03), (SIZE, SIZE)
    depth = depth_of(disc(shape, 80, 80, 45))
    there = stepped(light + 3 * STEP * disc(shape, 80, 80, 45)[..., None], depth)
    for radius in (42, 48):
        beside = stepped(light + 3 * STEP * disc(shape, 80, 80, radius)[..., None], depth)
        assert np.median(beside.trust) < 0.35 * np.median(there.trust)


def stepped(light: Float, depth: Float, feather: float = 0.0) -> Jump:
    (line,) = outlines(depth)
    found = strips(sides(light, depth > 0), line, depths(feather))
    return jump(found, np.full(len(line.points), 0.5, np.float32), feather)


def test_gain_and_gradient_are_drawn_through_outliers() -> None:
    turn = np.linspace(0, 2 * np.pi, 300, endpoint=False)
    base = np.stack([np.ones(300), np.cos(turn), np.sin(turn)], 1)
    light = np.array([[-0.2, -0.15, -0.1], [0.1, 0.1, 0.1], [0.05, 0.05, 0.05]])
    chance = np.random.default_rng(5)
    steps = base @ light + chance.normal(0, 0.02, (300, 3))
    wrong = chance.permutation(300)[:120]  # 40 %, as hair against skin: large, of any sign
    steps[wrong] = chance.uniform(-1.5, 1.5, (120, 1)) + chance.normal(0, 0.1, (120, 3))
    jumps = Jump(steps.astype(np.float32), np.ones(300, np.float32))
    fit = field.fitted(jumps, base, seed=1, least=grade.LEAST)
    np.testing.assert_allclose(fit.factors, light, atol=0.03)
    assert fit.evidence > 0.9


@pytest.mark.parametrize("what", ["finer", "coarser", "striped"])
def test_another_texture_under_the_same_light_is_not_graded(what: str) -> None:
    depth = depth_of(disc((SIZE, SIZE), 80, 80, 45))
    light = grainy(0.08)
    y, x = np.indices((SIZE, SIZE))
    inside = {
        "finer": grainy(0.01, 4),
        "coarser": np.log(0.5 + grade.FLOOR)
        + 3 * (cv2.GaussianBlur(light, (0, 0), 2) - light.mean()),
        "striped": light + 0.25 * np.sin((x + 0.6 * y) / 1.7)[..., None],
    }[what]
    mixed = np.where(depth[..., None] > 0, inside, light).astype(np.float32)
    found = grade.mismatch(mixed, depth, 1)
    assert found is None or found.evidence * np.abs(found.over).max() < 0.02
