"""What is shown before a job is handed in is what the job then runs with."""

from __future__ import annotations

import contextlib
import os
import threading
import uuid
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fakes import engines as zoo
from server.conftest import SIZE, StartServer, Talk, photo, submission
from sfumato_protocol import errors
from sfumato_protocol.blobs import ZLIB, Blob, make_blob
from sfumato_protocol.geometry import WHOLE, Rect, pass_extent
from sfumato_protocol.messages import (
    Accepted,
    Advice,
    Failed,
    Hello,
    JobDone,
    PassDone,
    PassSpec,
    Shape,
    Shaped,
    Submit,
    Welcome,
)
from sfumato_protocol.offers import PLAN
from sfumato_protocol.peer import Received
from sfumato_server.config import Config
from sfumato_server.jobs.timing import Times, Work
from sfumato_server.offer.catalogue import Catalogue

GONE = "no-such-thing"


def shape_of(submit: Submit, blobs: tuple[Blob, ...], **changes: object) -> Shape:
    """The question that goes before a job."""
    fields = {
        "request": uuid.uuid4().hex,
        "selection": blobs[1].info,
        "extents": (),
        **{
            name: getattr(submit, name)
            for name in (
                "recipe", "engine", "prompt", "negative_prompt", "seed", "masks", "crop", "passes",
            )
        },
        **changes,
    }  # fmt: skip
    return Shape(**fields)  # type: ignore[arg-type]


def shaped(talk: Talk, shape: Shape, *blobs: Blob) -> tuple[Shaped, Received]:
    talk.say(shape, blobs)
    received, _ = talk.hear_until(Shaped, Failed)
    assert isinstance(received.message, Shaped), received.message
    assert received.message.request == shape.request
    return received.message, received


def refused(talk: Talk, shape: Shape, *blobs: Blob) -> Failed:
    talk.say(shape, blobs)
    received, _ = talk.hear_until(Shaped, Failed)
    assert isinstance(received.message, Failed), received.message
    assert (received.message.request, received.message.job) == (shape.request, "")
    return received.message


def test_the_plan_the_masks_and_the_advice_are_those_of_the_job(start_server: StartServer) -> None:
    passes = (
        PassSpec(WHOLE, 0.8, feather=1.5, engine="adder"),
        PassSpec("ring", 0.4, width=2, prompt="not a scar"),
        PassSpec("wide", 0.3, seed_offset=3),
    )
    with start_server(zoo.Painter, zoo.Adder).talk() as talk:
        submit, blobs = submission(prompt="without wrinkles", passes=passes, seed=2**32 - 2)
        small = photo(size=32)
        image = make_blob(5, small.tobytes(), (32, 32), "BGRA", profile=submit.image.profile)
        shape = shape_of(submit, blobs, image=(image.info,))
        answer, received = shaped(talk, shape, blobs[1], image)
        talk.say(submit, blobs)
        _, before = talk.hear_until(JobDone)
        accepted, advice = (
            next(one.message for one in before if isinstance(one.message, kind))
            for kind in (Accepted, Advice)
        )
        assert isinstance(accepted, Accepted)
        assert isinstance(advice, Advice)
        assert answer.plan == accepted.plan
        assert answer.plan[1].extent.narrowest == 16, "two of its engine's cells"
        assert answer.notes == advice.notes
        indices = {note.rule: note.index for note in answer.notes if note.index}
        assert indices == {"strength.drift": 1, "prompt.negation": 2}
        assert all(note.why for note in answer.notes)
        _same_masks(received, [one for one in before if isinstance(one.message, PassDone)])


def _same_masks(received: Received, passes: list[Received]) -> None:
    assert len(passes) == 3
    for one, blend in zip(passes, received.blobs[3:], strict=True):
        assert isinstance(one.message, PassDone)
        whole = np.zeros((SIZE, SIZE), np.uint8)
        area, mask = one.message.area, one.blobs[1]
        part = np.frombuffer(mask.pixels(), np.uint8).reshape(area.height, area.width)
        whole[area.y : area.bottom, area.x : area.right] = part
        assert np.array_equal(whole.ravel(), np.frombuffer(blend.pixels(), np.uint8))


def test_masks_come_as_small_as_they_are_asked_for(start_server: StartServer) -> None:
    with start_server().talk() as talk:
        submit, blobs = submission()
        _, whole = shaped(talk, shape_of(submit, blobs), blobs[1])
        answer, few = shaped(talk, shape_of(submit, blobs, longest=SIZE // 4), blobs[1])
        assert {(one.info.width, one.info.height) for one in few.blobs} == {(SIZE // 4,) * 2}
        for large, small in zip(whole.blobs, few.blobs, strict=True):
            full = np.frombuffer(large.pixels(), np.uint8).reshape(SIZE, SIZE)
            means = full.reshape(SIZE // 4, 4, SIZE // 4, 4).mean((1, 3))
            got = np.frombuffer(small.pixels(), np.uint8).reshape(means.shape)
            assert np.abs(means - got).max() <= 1
        assert len(answer.plan) == 3


def test_light_is_judged_where_it_is_shown(start_server: StartServer) -> None:
    cold = photo(size=48)
    cold[..., :3] = (200, 120, 90)  # B, G, R
    with start_server().talk() as talk:
        submit, blobs = submission(prompt="skin in golden hour")
        image = make_blob(5, cold.tobytes(), (48, 48), "BGRA", profile=submit.image.profile)
        blind, _ = shaped(talk, shape_of(submit, blobs), blobs[1])
        seeing, _ = shaped(talk, shape_of(submit, blobs, image=(image.info,)), blobs[1], image)
        assert "prompt.light" not in {note.rule for note in blind.notes}
        assert "prompt.light" in {note.rule for note in seeing.notes}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"recipe": GONE}, errors.UNKNOWN_RECIPE),
        ({"engine": GONE}, errors.UNKNOWN_ENGINE),
        ({"passes": (PassSpec(WHOLE, 0.5),) * 16, "prompt": "語" * 10_000}, errors.TOO_LARGE),
    ],
)
def test_what_cannot_be_done_is_said_of_the_request_and_costs_no_connection(
    start_server: StartServer, changes: dict[str, object], code: str
) -> None:
    with start_server().talk() as talk:
        submit, blobs = submission()
        for _ in range(25):  # more than the faults that a client may make
            failed = refused(talk, shape_of(submit, blobs, **changes), blobs[1])
            assert failed.code == code
        shaped(talk, shape_of(submit, blobs), blobs[1])


def test_nothing_selected_is_said_of_the_request(start_server: StartServer) -> None:
    with start_server().talk() as talk:
        submit, _ = submission()
        nothing = make_blob(2, bytes(SIZE * SIZE), (SIZE, SIZE), "G", encoding=ZLIB)
        shape = shape_of(submit, (nothing, nothing))
        assert refused(talk, shape, nothing).code == errors.EMPTY_SELECTION
        bare = replace(shape, recipe="", extents=(pass_extent(WHOLE, 1, 1, submit.masks),))
        assert not any(shaped(talk, bare, nothing)[1].blobs[0].pixels())


def test_colours_that_are_refused_and_pictures_too_large(start_server: StartServer) -> None:
    with start_server().talk() as talk:
        submit, blobs = submission()
        odd = make_blob(5, bytes(16), (2, 2), "RGBA", profile="a printer's")
        failed = refused(talk, shape_of(submit, blobs, image=(odd.info,)), blobs[1], odd)
        assert failed.code == errors.UNSUPPORTED_COLOUR
        vast = make_blob(6, bytes(9000 * 9000), (9000, 9000), "G", encoding=ZLIB)
        crop = Rect(0, 0, 9000, 9000)
        shape = shape_of(submit, (vast, vast), crop=crop)
        assert refused(talk, shape, vast).code == errors.TOO_LARGE


def test_the_welcome_says_so_and_old_clients_ask_as_before(start_server: StartServer) -> None:
    with start_server().talk(greet=False) as talk:
        talk.say(Hello("sfumato/1", "tests", ("from the future", PLAN)))
        welcome = talk.hear().message
        assert isinstance(welcome, Welcome)
        assert welcome.understands(PLAN)


def test_time_is_known_once_a_pass_was_run_and_after_a_restart(start_server: StartServer) -> None:
    submit, blobs = submission("heal")
    server = start_server(zoo.Painter)
    with server.talk() as talk:
        assert shaped(talk, shape_of(submit, blobs), blobs[1])[0].seconds == 0
        talk.say(submit, blobs)
        _end, before = talk.hear_until(JobDone)
        assert next(one.message for one in before if isinstance(one.message, Accepted)).seconds == 0
        (done,) = (one.message for one in before if isinstance(one.message, PassDone))
        assert shaped(talk, shape_of(submit, blobs), blobs[1])[0].seconds == pytest.approx(
            done.seconds, abs=1e-3
        )
    server.stop()
    with start_server(zoo.Painter).talk() as talk:
        known = shaped(talk, shape_of(submit, blobs), blobs[1])[0].seconds
        assert known > done.seconds, "its engine is to be loaded again"
        two = replace(submit, passes=(PassSpec(WHOLE, 1.0),) * 2)
        assert shaped(talk, shape_of(two, blobs), blobs[1])[0].seconds > known


def test_an_estimate_goes_by_the_most_alike_and_grows_with_the_work() -> None:
    times = Times()
    small, large = Work("one", WHOLE, 1e4, 1e5), Work("one", WHOLE, 1e6, 1e7)
    assert times.estimate((small,)) == 0
    for _ in range(5):
        times.learn(small, 1.0)
        times.learn(large, 30.0)
    assert times.estimate((small, large)) == pytest.approx(31)
    assert times.estimate((replace(large, effort=2e7),)) == pytest.approx(60)
    assert times.estimate((large, replace(large, engine="unheard of"))) == 0


def test_loading_counts_where_it_comes_first() -> None:
    times = Times()
    one, two = (Work(name, WHOLE, 1e4, 1e5, f"a:{name}") for name in ("one", "two"))
    light = Work("light", WHOLE, 1e4, 1e5)
    for work in (one, two, light):
        times.learn(work, 1.0)
    assert times.estimate((one, light)) == 2, "nobody knows how long it loads"
    for _ in range(9):  # more than are asked, and unlike any pass
        times.learn(one.loading, 10.0)
        times.learn(two.loading, 20.0)
    assert times.estimate((light,)) == 1
    assert times.estimate((one, light, one)) == 13
    assert times.estimate((one, light, one), {"a:one"}) == 3
    assert times.estimate((one, two, one), {"a:one"}) == 3 + 20 + 10


def test_a_slow_disk_keeps_no_estimate_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    replaced = os.replace

    def slowly(*places: Path) -> None:
        begun.set()
        assert go_on.wait(20)
        replaced(*places)

    monkeypatch.setattr("sfumato_server.jobs.timing.os.replace", slowly)
    times, work = Times(tmp_path / "times.json"), Work("one", WHOLE, 1e4, 1e5)
    learning = threading.Thread(target=times.learn, args=(work, 2.0))
    learning.start()
    assert begun.wait(20)
    estimates: list[float] = []
    asking = threading.Thread(target=lambda: estimates.append(times.estimate((work,))))
    asking.start()
    asking.join(5)
    known = list(estimates)
    go_on.set()
    learning.join(20)
    asking.join(20)
    assert known == [2.0]
    assert Times(tmp_path / "times.json").estimate((work,)) == 2.0


@pytest.mark.parametrize("content", ["", "[]", '{"one": [["whole", 1, 2, "x"]]}', '{"one": 3}'])
def test_what_was_learnt_and_cannot_be_read_is_learnt_anew(tmp_path: Path, content: str) -> None:
    file = tmp_path / "times.json"
    file.write_text(content)
    work = Work("one", WHOLE, 1e4, 1e5)
    times = Times(file)
    assert times.estimate((work,)) == 0
    for seconds in (2.0, 0.0, float("inf")):
        times.learn(work, seconds)
    assert Times(file).estimate((work,)) == 2
    with contextlib.suppress(OSError):
        file.chmod(0)
    assert [one.name for one in tmp_path.iterdir()] == ["times.json"]


def test_how_long_a_repair_takes_tells_nothing_of_what_is_drawn_anew(tmp_path: Path) -> None:
    """For engines without steps: they do another thing from strength 0.75 on."""
    offered = Catalogue.of(Config(home=tmp_path))
    submit, _ = submission()
    gentle, bold = (
        offered.job(replace(submit, passes=(PassSpec(WHOLE, strength),)), "here").works[0]
        for strength in (0.7, 0.75)
    )
    assert replace(bold, engine=gentle.engine) == gentle
    times = Times()
    times.learn(bold, 13.0)
    assert times.estimate((bold,)) == 13
    assert times.estimate((gentle,)) == 0
