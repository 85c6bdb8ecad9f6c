"""What an engine does to colours and detail on the way, and that none of it reaches the layers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from fakes import engines as zoo
from fakes import plain_vae
from server.test_runner import finished, ladder, stack, values
from sfumato_server.engines.base import DenoiseJob, Denoising, Engine, Step
from sfumato_server.engines.diffusion.engine import DiffusersEngine
from sfumato_server.execution import runner
from sfumato_server.imaging.arrays import Float

SIZE = 256
Change = Callable[[Float], Float]


class Through(zoo.Painter):
    """Changes nothing but what `change` does to the whole picture."""

    def __init__(self, change: Change = lambda image: image, native: int = 0) -> None:
        self._change = change
        self.traits = replace(zoo.Painter.traits, native=native, multiple=8, cell=8)
        self.shown: list[DenoiseJob] = []

    def denoise(self, job: DenoiseJob) -> Denoising:
        self.shown.append(job)
        for index in range(1, 4):
            yield Step(index, 3, job.image)
        return np.clip(self._change(job.image), 0, 1).astype(np.float32)


def bgra(rgb: Float) -> np.ndarray:
    """0..1 as 8-bit BGRA."""
    levels = np.rint(np.clip(rgb, 0, 1) * 255).astype(np.uint8)
    return np.dstack([levels[..., ::-1], np.full(rgb.shape[:2], 255, np.uint8)])


def disc(radius: float = 60, x: float = SIZE / 2, y: float = SIZE / 2, size: int = SIZE) -> Float:
    rows, columns = np.mgrid[:size, :size]
    inside: Float = np.clip(radius + 0.5 - np.hypot(columns - x, rows - y), 0, 1, dtype=np.float32)
    return inside


def selection(cover: Float) -> np.ndarray:
    return np.rint(cover * 255).astype(np.uint8)


def spot_on_ground(ground: float, spot: float) -> Float:
    """A disc of one level before a wall of another, in levels of 255, with a little noise."""
    inner = disc(30)
    levels = ground + (spot - ground) * inner
    noise = np.random.default_rng(1).normal(0, 1, (SIZE, SIZE))
    return np.repeat((levels + noise)[..., None] / 255, 3, axis=2).astype(np.float32)


def face() -> Float:
    photo: Float = (data.astronaut()[:SIZE, 100 : 100 + SIZE] / 255 * 0.8 + 0.1).astype(np.float32)
    return photo


PICTURES = {
    "dark on bright": spot_on_ground(200, 40),
    "bright on dark": spot_on_ground(40, 200),
    "a face": face(),
}
X = np.linspace(-1, 1, SIZE, dtype=np.float32)[:, None]
CASTS: dict[str, Change] = {
    "darker by 3 %": lambda image: image * np.float32(0.97),
    "brighter by 3 %": lambda image: image * np.float32(1.03),
    "lifted": lambda image: image + np.float32(6 / 255),
    "darker and lifted": lambda image: image * np.float32(0.96) + np.float32(4 / 255),
    "warmer": lambda image: image * np.array([1.05, 1, 0.95], np.float32),
    "cast": lambda image: image + np.array([15, 0, -10], np.float32) / np.float32(255),
    "light from one side": lambda image: image * (1 + np.float32(0.05) * X),
    "cast that varies": lambda image: (
        image + np.float32(0.05) * X * np.array([1, -0.5, 0.3], np.float32)
    ),
}


@pytest.mark.parametrize("cast", list(CASTS))
@pytest.mark.parametrize("name", list(PICTURES))
def test_a_ladder_takes_back_what_an_engine_does_to_colours(name: str, cast: str) -> None:
    picture = bgra(PICTURES[name])
    job = ladder(picture=picture, selection=selection(disc()))
    before = stack(job, [])[..., :3]
    after = stack(job, finished(job, Through(CASTS[cast])))[..., :3]
    # The grain of single px and 8 bits apart.
    off = cv2.blur(after - before, (7, 7)) * 255
    assert np.abs(off).max() < 2
    assert np.abs(off)[disc(55) > 0].mean() < 0.6


@pytest.mark.parametrize("name", ["dark on bright", "bright on dark"])
@pytest.mark.parametrize("cast", [one for one in CASTS if one != "darker and lifted"])
def test_of_what_was_painted_nothing_gets_worse(name: str, cast: str) -> None:
    """Levels that the surroundings lack are painted anew: what the shift is there is not known.

    Opposite shifts of dark and bright could not be told from a ground that is only one of them.
    """
    noise = cv2.GaussianBlur(np.random.default_rng(3).normal(0, 1, (SIZE, SIZE, 3)), (0, 0), 3)
    painted = PICTURES[name] + (noise * 0.4 * disc(30)[..., None]).astype(np.float32)
    ruined = CASTS[cast](painted)
    job = ladder("heal", picture=bgra(PICTURES[name]), selection=selection(disc()))
    only = finished(job, Through(lambda _: ruined))
    after = stack(job, only)[..., :3]
    core = disc(50) > 0
    left = np.abs(cv2.blur(after - painted, (7, 7)))[core] * 255
    there = np.abs(cv2.blur(np.clip(ruined, 0, 1) - painted, (7, 7)))[core] * 255
    assert (left - there).max() < 1.5
    assert left.mean() < 0.75 * there.mean()


class Overheard:
    """An engine, and what it made."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self.traits = engine, engine.traits
        self.made: list[Float] = []

    def load(self) -> None:
        self._engine.load()

    def denoise(self, job: DenoiseJob) -> Denoising:
        self.made.append((yield from self._engine.denoise(job)))
        return self.made[-1]

    def close(self) -> None:
        self._engine.close()


def test_the_cast_of_a_real_models_vae_is_in_no_layer(tmp_path: Path) -> None:
    """The same model with and without: their layers differ by what rounding does."""
    job = ladder()
    layers, made = [], []
    for number, cast in enumerate([(0, 0, 0), (15 / 255, 0, -10 / 255)]):
        engine = Overheard(DiffusersEngine.of(str(plain_vae.build(tmp_path / str(number), cast)))())
        engine.load()
        layers.append(finished(job, engine))
        made.append(engine.made[0].mean(axis=(0, 1)) * 255)
    assert np.abs(made[1] - made[0]).max() > 4
    for plain, shifted in zip(*layers, strict=True):
        assert plain.area == shifted.area
        there = np.frombuffer(shifted.mask, np.uint8) > 0
        ours, theirs = (
            np.frombuffer(one.result, np.uint8).reshape(-1, 4)[there, :3].astype(float)
            for one in (shifted, plain)
        )
        unclipped = ((theirs > 30) & (theirs < 225)).all(axis=1)
        assert np.abs((ours - theirs)[unclipped].mean(axis=0)).max() < 1.5
        assert values(shifted)["shift"] == pytest.approx(values(plain)["shift"], abs=1.5)


def fine_contrast(picture: Float, where: np.ndarray) -> float:
    grey = picture.mean(axis=2)
    return float((grey - cv2.GaussianBlur(grey, (0, 0), 1.5))[where].std())


def grained() -> Float:
    """A face with the grain of a camera."""
    return face() + np.random.default_rng(4).normal(0, 0.02, (SIZE, SIZE, 3)).astype(np.float32)


@pytest.mark.parametrize("native", [96, 200, 0, 320, 1024])
@pytest.mark.parametrize("cast", ["nothing", "cast", "light from one side"])
def test_three_passes_of_an_engine_that_changes_nothing_soften_nothing(
    native: int, cast: str
) -> None:
    def change(image: Float) -> Float:
        across = np.linspace(-1, 1, image.shape[1], dtype=np.float32)[:, None]
        if cast == "light from one side":
            return image * (1 + np.float32(0.05) * across)
        return CASTS["cast"](image) if cast == "cast" else image

    job = ladder(picture=bgra(grained()), selection=selection(disc()))
    ungrained = tuple(replace(one, grain=False) for one in job.passes)
    passes = finished(replace(job, passes=ungrained), Through(change, native))
    assert len(passes) == 3
    core = disc(60) > 0
    before = fine_contrast(stack(job, [])[..., :3], core)
    after = fine_contrast(stack(job, passes)[..., :3], core)
    assert 0.97 < after / before < 1.03


@pytest.mark.parametrize("native", [96, 1024])
def test_nothing_old_shines_through_what_was_painted(native: int) -> None:
    """The old detail is kept only where the engine kept it."""
    old = np.random.default_rng(5).normal(0, 0.12, (SIZE, SIZE, 1)).astype(np.float32)
    picture = np.repeat(face() * 0.5 + 0.25 + old, 3, axis=2)[..., :3]

    def repainted(image: Float) -> Float:
        other = np.random.default_rng(6).normal(0.5, 0.05, image.shape).astype(np.float32)
        return cv2.GaussianBlur(other, (0, 0), 1).view(np.float32)

    job = ladder("heal", picture=bgra(picture), selection=selection(disc()))
    after = stack(job, finished(job, Through(repainted, native)))[..., :3].mean(axis=2)
    core = disc(45) > 0
    fine = [one - cv2.GaussianBlur(one, (0, 0), 1.5) for one in (after, old[..., 0])]
    assert abs(np.corrcoef(fine[0][core], fine[1][core])[0, 1]) < 0.1


class Marker(Through):
    """Paints a green spot wherever it may."""

    def denoise(self, job: DenoiseJob) -> Denoising:
        made = yield from super().denoise(job)
        green = np.array([0, 1, 0], np.float32)
        return np.where(job.mask[..., None] > 0, green, made)


def spots(size: int, *places: tuple[int, int]) -> np.ndarray:
    cover = sum((disc(10, x, y, size) for x, y in places), np.zeros((size, size), np.float32))
    return selection(np.clip(cover, 0, 1))


FAR = ((100, 100), (900, 120), (880, 900))


def wide_picture() -> np.ndarray:
    photo = cv2.resize(data.astronaut(), (1000, 1000), interpolation=cv2.INTER_AREA) / 255
    return bgra(np.asarray(photo, np.float32))


def test_each_far_spot_is_shown_by_itself_and_none_shrunk() -> None:
    engine = Marker(native=256)
    job = ladder("heal", picture=wide_picture(), selection=spots(1000, *FAR))
    events = list(runner.run(job, lambda _: engine))
    assert len(engine.shown) == 3
    for shown in engine.shown:
        assert shown.image.shape[:2] == shown.mask.shape == (256, 256)
        assert shown.selection is not None
        assert shown.selection.sum() > 314, "at least as large as in the picture"
        x, y, width, height = shown.view
        assert max(width, height) < 256
        assert sum(x < left < x + width and y < top < y + height for left, top in FAR) == 1
    assert [one.continues for one in engine.shown] == [False, True, True]
    told = [(one.step, one.steps) for one in events if isinstance(one, runner.Stepped)]
    assert told == [(step, 9) for step in range(1, 10)]
    (only,) = (one for one in events if isinstance(one, runner.Finished))
    after = stack(job, [only])[..., :3]
    for x, y in FAR:
        assert after[y, x] == pytest.approx([0, 1, 0], abs=0.02)
    assert values(only)["outside"] == 0
    previews = [one for one in events if isinstance(one, runner.Previewed)]
    jpeg = cv2.imdecode(np.frombuffer(previews[0].jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert jpeg is not None
    small = cv2.resize(wide_picture()[..., :3], jpeg.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(jpeg.astype(float) - small).mean() < 4


def test_spots_that_lose_nothing_by_it_share_a_window() -> None:
    engine = Through(native=256)
    near = ((100, 100), (150, 130), (900, 900))
    finished(ladder("heal", picture=wide_picture(), selection=spots(1000, *near)), engine)
    assert len(engine.shown) == 2
    # Nothing is gained where the crop is not shrunk, nor with one island.
    for places, native in ((FAR, 1024), (FAR, 0), (FAR[:1], 256)):
        engine = Through(native=native)
        finished(ladder("heal", picture=wide_picture(), selection=spots(1000, *places)), engine)
        assert [one.view for one in engine.shown] == [(0, 0, 1000, 1000)]


def test_cancelling_in_the_second_window_closes_the_engine() -> None:
    closed: list[int] = []

    class Attentive(Through):
        def denoise(self, job: DenoiseJob) -> Denoising:
            try:
                return (yield from super().denoise(job))
            finally:
                closed.append(len(self.shown))

    engine: Engine = Attentive(native=256)
    job = ladder("heal", picture=wide_picture(), selection=spots(1000, *FAR))
    events = runner.run(job, lambda _: engine)
    while True:
        event = next(events)
        if isinstance(event, runner.Stepped) and event.step == 4:
            break
    events.close()
    assert closed == [1, 2]
