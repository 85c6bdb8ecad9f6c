"""Advice on real requests: what is measured of them and what comes over the socket."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fakes import engines as zoo
from server.conftest import SIZE, StartServer, photo, submission
from sfumato_protocol.blobs import ZLIB, make_blob
from sfumato_protocol.geometry import MaskSettings
from sfumato_protocol.messages import Advice, JobDone, PassSpec
from sfumato_server.advice.measure import advise
from sfumato_server.config import Config
from sfumato_server.offer.catalogue import Catalogue


def rules(
    selection: np.ndarray | None = None,
    picture: np.ndarray | None = None,
    native: int = 0,
    **changes: object,
) -> set[str]:
    """The ids of what is said of a job on an engine with 8 px cells that reads prompts."""
    submit, (image, mask) = submission("artefact-fix", prompt="skin")
    if selection is not None:
        mask = make_blob(2, selection.tobytes(), (SIZE, SIZE), "G", encoding=ZLIB)
    if picture is not None:
        image = make_blob(1, picture.tobytes(), (SIZE, SIZE), "BGRA", "u8", image.info.profile)
    submit = replace(submit, image=image.info, selection=mask.info, **changes)  # type: ignore[arg-type]
    job = Catalogue.of(Config(engines=(zoo.spec(zoo.Painter),))).job(submit, "tests")
    traits = replace(zoo.Painter.traits, native=native)
    return {note.rule for note in advise(job, (traits,), (image, mask)).notes}


WELL = MaskSettings(feather=20, grow=8, ring_width=20, wide_feather=48)


def test_a_sensible_job_is_not_lectured() -> None:
    assert rules(masks=WELL) == set()


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("mask.hard-edge", {"masks": replace(WELL, feather=2)}),
        ("mask.little-margin", {"masks": replace(WELL, grow=0)}),
        ("mask.narrow-ramp", {"masks": replace(WELL, feather=12)}),
        ("mask.too-large", {"native": SIZE // 2, "masks": WELL}),
        ("strength.drift", {"passes": (PassSpec("whole", 0.8),), "masks": WELL}),
        ("strength.replace", {"passes": (PassSpec("whole", 1.0),), "masks": WELL}),
        ("prompt.empty", {"prompt": "", "masks": WELL}),
        ("prompt.negation", {"prompt": "no scars", "masks": WELL}),
    ],
)
def test_what_is_set_is_judged(rule: str, changes: dict[str, object]) -> None:
    assert rule in rules(**changes)  # type: ignore[arg-type]


def test_default_lengths_are_not_lectured() -> None:
    """They are widened to two of the model's cells instead: 16 px, where the documents' are 10."""
    submit, _ = submission("artefact-fix", prompt="skin")
    catalogue = Catalogue.of(Config(engines=(zoo.spec(zoo.Painter),)))
    assert submit.masks.feather == 10
    assert catalogue.job(submit, "tests").plan[0].extent.feather == 16
    assert "mask.narrow-ramp" not in rules()


def test_what_is_selected_is_judged() -> None:
    dot = np.zeros((SIZE, SIZE), np.uint8)
    dot[90:94, 90:94] = 255
    assert "mask.too-small" in rules(dot, masks=replace(WELL, grow=3))
    everything = np.full((SIZE, SIZE), 255, np.uint8)
    assert {"mask.no-context", "mask.at-edge"} <= rules(everything, masks=WELL)


def test_light_is_measured_in_the_picture() -> None:
    cold = photo()
    cold[..., :3] = (200, 120, 90)  # B, G, R
    assert "prompt.light" in rules(picture=cold, prompt="skin in golden hour", masks=WELL)
    warm = photo()
    warm[..., :3] = (90, 130, 200)
    assert "prompt.light" not in rules(picture=warm, prompt="skin in golden hour", masks=WELL)


def test_advice_comes_with_the_job_and_blocks_nothing(start_server: StartServer) -> None:
    with start_server().talk() as talk:
        submit, blobs = submission(prompt="without wrinkles")
        talk.say(submit, blobs)
        end, before = talk.hear_until(JobDone)
        (advice,) = (one.message for one in before if isinstance(one.message, Advice))
        assert isinstance(advice, Advice)
        assert "prompt.negation" in [note.rule for note in advice.notes]
        assert isinstance(end.message, JobDone)
