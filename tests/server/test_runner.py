"""The ladder: chained through its own composite, exact outside, what the layers' stack shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fakes import engines as zoo
from server.conftest import SIZE, photo, square, submission
from sfumato_server.engines.base import DenoiseJob, Denoising, Engine, Step
from sfumato_server.execution import runner
from sfumato_server.imaging.composite import atop
from sfumato_server.imaging.encoding import Encoding, to_float, to_srgb
from sfumato_server.imaging.transparency import opaque
from sfumato_server.offer.planner import plan
from sfumato_server.offer.recipes import load

PROFILES = {"gamma": "sRGB-elle-V2-srgbtrc.icc", "linear": "sRGB-elle-V2-g10.icc"}


def ladder(
    recipe: str = "face-swap-boundary",
    sample: str = "u8",
    profile: str = "gamma",
    picture: np.ndarray | None = None,
    selection: np.ndarray | None = None,
) -> runner.Ladder:
    submit, _ = submission(recipe, sample)
    picture = photo(sample) if picture is None else picture
    selection = square() if selection is None else selection
    height, width = selection.shape
    return runner.Ladder(
        width=width,
        height=height,
        encoding=Encoding("BGRA", sample, PROFILES[profile]),
        pixels=picture.tobytes(),
        selection=selection.tobytes(),
        passes=plan(submit, load(engines=())[recipe]),
        negative_prompt="",
    )


def finished(job: runner.Ladder, engine: Engine) -> list[runner.Finished]:
    return [
        event for event in runner.run(job, lambda _: engine) if isinstance(event, runner.Finished)
    ]


def values(one: runner.Finished) -> dict[str, float]:
    return {figure.name: figure.value for figure in one.figures}


def stack(job: runner.Ladder, passes: list[runner.Finished]) -> np.ndarray:
    """What an editor shows that lays the passes over the crop, (H, W, 4) float32."""
    below = to_float(job.pixels, job.height, job.width, job.encoding)
    for one in passes:
        x, y, width, height = one.area
        layer = to_float(one.result, height, width, job.encoding)[..., :3]
        mask = np.frombuffer(one.mask, np.uint8).reshape(height, width)
        alpha = mask.astype(np.float32) / np.float32(255)
        part = (slice(y, y + height), slice(x, x + width))
        below[part] = atop(below[part], layer, alpha)
    return below


class Watcher(zoo.Adder):
    """Keeps what it was shown."""

    def __init__(self) -> None:
        self.shown: list[DenoiseJob] = []

    def denoise(self, job: DenoiseJob) -> Denoising:
        self.shown.append(job)
        return (yield from super().denoise(job))


@pytest.mark.parametrize("sample", ["u8", "u16"])
@pytest.mark.parametrize("profile", ["gamma", "linear"])
def test_each_pass_sees_what_the_artist_sees_below_it(sample: str, profile: str) -> None:
    job = ladder(sample=sample, profile=profile)
    engine = Watcher()
    passes = finished(job, engine)
    assert len(engine.shown) == len(passes) == 3
    for count, seen in enumerate(engine.shown):
        expected = to_srgb(opaque(stack(job, passes[:count])), job.encoding)
        np.testing.assert_allclose(seen.image, expected, atol=2e-6)


def test_nothing_changes_outside_the_mask() -> None:
    job = ladder(sample="u16")
    passes = finished(job, zoo.Painter())
    before = to_float(job.pixels, SIZE, SIZE, job.encoding)
    after = stack(job, passes)
    touched = np.zeros((SIZE, SIZE), bool)
    for one in passes:
        x, y, width, height = one.area
        mask = np.frombuffer(one.mask, np.uint8).reshape(height, width)
        assert mask[0].any()
        assert mask[-1].any()
        assert mask[:, 0].any()
        assert mask[:, -1].any()
        touched[y : y + height, x : x + width] |= mask > 0
    assert touched.any()
    assert not touched.all()
    np.testing.assert_array_equal(after[~touched], before[~touched])
    assert np.abs(after - before)[touched].max() > 0.05


def test_strengths_seeds_and_masks_reach_the_engine() -> None:
    engine = Watcher()
    job = ladder()
    finished(job, engine)
    assert [one.strength for one in engine.shown] == [0.7, 0.4, 0.25]
    assert [one.seed for one in engine.shown] == [7, 8, 9]
    ring = engine.shown[1].mask
    assert ring[SIZE // 3, SIZE // 2] == 1.0, "the ring lies on the selection's edge"
    for one in engine.shown:
        assert one.image.dtype == one.mask.dtype == np.float32
        assert one.mask.min() >= 0
        assert one.mask.max() <= 1


def test_an_engine_with_a_native_size_is_shown_that_size() -> None:
    class Fixed(Watcher):
        traits = replace(zoo.Adder.traits, native=64, multiple=8)

    engine = Fixed()
    (only,) = finished(ladder("heal"), engine)
    assert engine.shown[0].image.shape == (64, 64, 3)
    assert engine.shown[0].mask.shape == (64, 64)
    assert only.area[2] > 32


def test_progress_and_previews_are_told() -> None:
    painter = zoo.Painter()
    events = list(runner.run(ladder("heal"), lambda _: painter))
    steps = [event for event in events if isinstance(event, runner.Stepped)]
    assert [(one.index, one.step, one.steps) for one in steps] == [(1, n, 4) for n in (1, 2, 3, 4)]
    previews = [event for event in events if isinstance(event, runner.Previewed)]
    assert previews
    assert all(one.jpeg.startswith(b"\xff\xd8") for one in previews)


def test_closing_the_run_closes_the_engine() -> None:
    closed: list[bool] = []

    class Attentive(zoo.Painter):
        def denoise(self, job: DenoiseJob) -> Denoising:
            try:
                yield Step(1, 2)
                yield Step(2, 2)
            finally:
                closed.append(True)
            return job.image

    attentive = Attentive()
    events = runner.run(ladder("heal"), lambda _: attentive)
    next(events)
    events.close()
    assert closed == [True]


def test_a_selection_that_leaves_no_pixel_is_said() -> None:
    nothing = np.zeros((SIZE, SIZE), np.uint8)
    with pytest.raises(runner.NothingToDo, match="pass 1"):
        finished(ladder(selection=nothing), zoo.Painter())


def test_labels_instead_of_levels_are_said_to_be_nearly_black() -> None:
    labels = (square() > 0).astype(np.uint8)
    with pytest.raises(runner.NothingToDo, match="nearly black: its brightest level is 1 of 255"):
        finished(ladder(selection=labels), zoo.Painter())


def cut_out(sample: str = "u8") -> np.ndarray:
    """A disc whose rim runs through the selection: 6 px from full to none."""
    picture = photo(sample)
    y, x = np.indices(picture.shape[:2])
    inside = np.clip((SIZE / 5 - np.hypot(x - SIZE * 0.4, y - SIZE * 0.4) + 3) / 6, 0, 1)
    picture[..., 3] = np.rint(inside * np.iinfo(picture.dtype).max)
    picture[inside == 0, :3] = 0
    return picture


@pytest.mark.parametrize("sample", ["u8", "u16"])
@pytest.mark.parametrize("profile", ["gamma", "linear"])
def test_transparency_is_kept_to_the_bit(sample: str, profile: str) -> None:
    picture = cut_out(sample)
    job = ladder(sample=sample, profile=profile, picture=picture)
    passes = finished(job, zoo.Painter())
    after = stack(job, passes)
    before = to_float(job.pixels, SIZE, SIZE, job.encoding)
    assert np.abs(after - before)[..., :3].max() > 0.05
    np.testing.assert_array_equal(after[..., 3], before[..., 3])
    alpha = picture[..., 3]
    for one in passes:
        assert one.keeps_alpha
        x, y, width, height = one.area
        mask = np.frombuffer(one.mask, np.uint8).reshape(height, width)
        under = alpha[y : y + height, x : x + width]
        assert not mask[under == 0].any(), "laid over by any means it stays transparent"
    assert not any(one.keeps_alpha for one in finished(ladder(), zoo.Painter()))


def test_a_rim_that_no_engine_changes_keeps_its_colour() -> None:
    """Mixed with what is behind, it would come back as that mixture and fringe the cut-out."""

    class Idle(zoo.Painter):
        def denoise(self, job: DenoiseJob) -> Denoising:
            yield Step(1, 1)
            return job.image

    picture = cut_out()
    job = ladder(picture=picture)
    after = stack(job, finished(job, Idle()))
    before = to_float(job.pixels, SIZE, SIZE, job.encoding)
    assert np.abs(after - before).max() <= 1 / 255 + 1e-6


def test_a_selection_of_nothing_but_transparent_pixels_is_said() -> None:
    picture = photo()
    picture[..., 3] = 0
    with pytest.raises(runner.NothingToDo, match="transparent"):
        finished(ladder("heal", picture=picture), zoo.Painter())


@pytest.mark.parametrize("sample", ["u8", "u16"])
def test_a_ladder_taken_up_again_ends_as_if_it_had_not_stopped(sample: str) -> None:
    job = ladder(sample=sample)
    whole = [replace(one, seconds=0) for one in finished(job, zoo.Painter())]
    rest = finished(job.after(tuple(whole[:1])), zoo.Painter())
    assert [replace(one, seconds=0) for one in rest] == whole[1:]


def test_what_an_engine_has_not_run_itself_it_does_not_continue() -> None:
    class Asker(zoo.Painter):
        def __init__(self) -> None:
            self.told: list[bool] = []

        def denoise(self, job: DenoiseJob) -> Denoising:
            self.told.append(job.continues)
            return (yield from super().denoise(job))

    first, second = Asker(), Asker()
    passes = finished(ladder(), first)
    finished(ladder().after(tuple(passes[:1])), second)
    assert first.told == [False, True, True]
    assert second.told == [False, True]


def test_a_colour_cast_over_everything_is_taken_back_before_it_is_laid_over() -> None:
    """The seam figure and the layers are those of an engine without the cast, or nearly."""
    job = ladder("heal")
    (plain,), (cast,) = finished(job, zoo.Adder()), finished(job, zoo.Shifter())
    there = np.frombuffer(cast.result, np.uint8).astype(int)
    here = np.frombuffer(plain.result, np.uint8).astype(int)
    assert plain.area == cast.area
    assert np.abs(there - here).max() <= 3
    shifts = [values(one)["shift"] for one in (cast, plain)]
    assert shifts[0] == pytest.approx(shifts[1], abs=0.5)


def test_every_pass_is_measured() -> None:
    for one in finished(ladder(), zoo.Painter()):
        assert values(one)["outside"] == 0
        named = set(values(one)) | {note.rule for note in one.unmeasured}
        assert named == {"seam", "shift", "grain", "identity", "drift", "outside"}
        assert all(figure.word and figure.sentence for figure in one.figures)


def test_identity_is_judged_only_where_the_inside_was_to_be_kept() -> None:
    picture = photo()
    picture[..., :3] = np.random.default_rng(1).integers(0, 256, picture.shape[:2])[..., None]
    full = ladder(picture=picture)
    gentle = replace(full, passes=tuple(replace(one, strength=0.5) for one in full.passes))
    for job, word in ((ladder("heal", picture=picture), "as asked"), (gentle, "look here")):
        for one in finished(job, zoo.Painter()):
            assert {figure.name: figure.word for figure in one.figures}["identity"] == word


def test_filling_a_transparent_part_changes_nothing_elsewhere() -> None:
    """What is behind transparent pixels is no part of the picture: it is the same all along."""
    picture = photo()
    picture[..., :3] = 60
    picture[: SIZE // 2, :, 3] = 0
    picture[-20:, :, 3] = 100
    for one in finished(ladder(picture=picture), zoo.Painter()):
        assert values(one)["outside"] == 0


def test_grain_can_be_switched_off_for_a_pass() -> None:
    noise = np.random.default_rng(5).normal(0, 6, (SIZE, SIZE, 3))
    picture = photo()
    picture[..., :3] = np.clip(128 + noise, 0, 255).astype(np.uint8)
    job = ladder("heal", picture=picture)
    smooth = replace(job, passes=tuple(replace(one, grain=False) for one in job.passes))
    spread = []
    for each in (job, smooth):
        (only,) = finished(each, zoo.Painter())
        width, height = only.area[2:]
        pixels = np.frombuffer(only.result, np.uint8).reshape(height, width, 4)
        middle = slice(height // 3, 2 * height // 3), slice(width // 3, 2 * width // 3)
        spread.append(pixels[middle][..., 0].std())
    assert spread[1] < 1
    assert 0.7 < spread[0] / 6 < 1.3


class Idle(zoo.Painter):
    """Gives back what it was given."""

    def denoise(self, job: DenoiseJob) -> Denoising:
        yield Step(1, 1)
        return job.image


def test_a_pass_without_effect_is_told() -> None:
    told = [note for one in finished(ladder(), Idle()) for note in one.notes]
    assert [(note.rule, note.index) for note in told] == [
        ("strength.no-effect", index) for index in (1, 2, 3)
    ]
    assert all(note.why for note in told)
    assert not any(one.notes for one in finished(ladder(), zoo.Painter()))
