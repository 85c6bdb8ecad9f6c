"""Whole conversations with a real server over a real socket, engines from the zoo."""

from __future__ import annotations

import contextlib
import threading
import uuid
from dataclasses import replace

import msgpack
import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed

from fakes import engines as zoo
from server.conftest import SIZE, StartServer, Talk, square, submission
from sfumato_protocol import codec, errors
from sfumato_protocol.blobs import ZLIB, make_blob
from sfumato_protocol.geometry import WHOLE, Extent, pass_extent
from sfumato_protocol.messages import (
    Accepted,
    Ack,
    Cancel,
    Failed,
    Hello,
    JobDone,
    Limits,
    PassDone,
    PassSpec,
    Progress,
    Resume,
    Shape,
    Shaped,
    Submit,
    Welcome,
)
from sfumato_server.jobs.spool import Spool
from sfumato_server.offer.catalogue import Catalogue
from sfumato_server.offer.shaping import Shaper
from sfumato_server.transport import advising


def passes_of(talk: Talk) -> tuple[list[PassDone], JobDone | Failed]:
    end, before = talk.hear_until(JobDone, Failed)
    assert isinstance(end.message, (JobDone, Failed))
    return [one.message for one in before if isinstance(one.message, PassDone)], end.message


def failure(talk: Talk) -> Failed:
    received, _ = talk.hear_until(Failed)
    assert isinstance(received.message, Failed)
    return received.message


def test_the_welcome_lists_engines_recipes_and_limits(start_server: StartServer) -> None:
    with start_server(zoo.Painter, zoo.Adder).talk(greet=False) as talk:
        talk.say(Hello("sfumato/1", "tests"))
        welcome = talk.hear().message
        assert isinstance(welcome, Welcome)
        assert [engine.name for engine in welcome.engines] == ["painter", "adder"]
        assert "face-swap-boundary" in [recipe.name for recipe in welcome.recipes]


def test_another_version_is_told_so_and_shown_out(start_server: StartServer) -> None:
    with start_server().talk(greet=False) as talk:
        talk.say(Hello("sfumato/9", "the future"))
        refused = failure(talk)
        assert refused.code == errors.WRONG_VERSION
        assert "sfumato/9" in refused.got
        assert refused.expected == "sfumato/1"


@pytest.mark.parametrize("sample", ["u8", "u16"])
def test_a_ladder_from_end_to_end(start_server: StartServer, sample: str) -> None:
    with start_server().talk() as talk:
        submit, blobs = submission(sample=sample)
        talk.say(submit, blobs)
        accepted = talk.hear().message
        assert isinstance(accepted, Accepted)
        assert [one.strength for one in accepted.plan] == [0.7, 0.4, 0.25]
        end, before = talk.hear_until(JobDone, Failed)
        assert isinstance(end.message, JobDone), end.message
        done = [(one.message, one.blobs) for one in before if isinstance(one.message, PassDone)]
        assert [message.planned.index for message, _ in done] == [1, 2, 3]
        assert any(isinstance(one.message, Progress) for one in before)
        for message, (result, mask) in done:
            assert (result.info.sample, result.info.order) == (sample, "BGRA")
            assert submit.crop.contains(message.area)
            assert len(mask.pixels()) == mask.info.width * mask.info.height


def test_the_first_heal_of_a_fresh_server_imports_no_diffusers(start_server: StartServer) -> None:
    with start_server(zoo.Sparing).talk() as talk:
        talk.say(*submission("heal", engine="sparing"))
        passes, end = passes_of(talk)
        assert isinstance(end, JobDone), end
        assert len(passes) == 1


def test_a_plan_too_long_to_be_told_is_refused(start_server: StartServer) -> None:
    with start_server().talk() as talk:
        submit, blobs = submission(passes=(PassSpec(WHOLE, 0.5),) * 16, prompt="語" * 10_000)
        talk.say(submit, blobs)
        refused = failure(talk)
        assert (refused.job, refused.code) == (submit.job, errors.TOO_LARGE)
        assert "prompt" in refused.remedy


def test_the_same_id_twice_does_the_work_once(start_server: StartServer) -> None:
    with start_server().talk() as talk:
        submit, blobs = submission()
        talk.say(submit, blobs)
        first, _ = passes_of(talk)
        talk.say(submit, blobs)
        second, end = passes_of(talk)
        assert isinstance(end, JobDone)
        assert [one.seconds for one in second] == [one.seconds for one in first]


def test_a_job_outlives_its_socket_and_acknowledged_passes_are_forgotten(
    start_server: StartServer,
) -> None:
    server = start_server()
    submit, blobs = submission()
    with server.talk() as talk:
        talk.say(submit, blobs)
        talk.hear_until(Accepted)
    with server.talk() as talk:
        talk.say(Resume(submit.job))
        passes, end = passes_of(talk)
        assert len(passes) == 3
        assert isinstance(end, JobDone)
        spool = server.home / "spool"
        assert len(list(spool.glob("*.pass"))) == 3
        talk.say(Ack(submit.job, 1))
        talk.say(Resume(submit.job, have=(2,)))
        again, _ = passes_of(talk)
        assert [one.planned.index for one in again] == [3]
        assert len(list(spool.glob("*.pass"))) == 1, "what is safe is acknowledged by that"


def test_cancel_stops_a_running_and_a_waiting_job(start_server: StartServer) -> None:
    with start_server(zoo.Endless).talk() as talk:
        running, blobs = submission()
        waiting = replace(running, job=uuid.uuid4().hex)
        talk.say(running, blobs)
        talk.hear_until(Progress)
        talk.say(waiting, blobs)
        talk.hear_until(Accepted)
        talk.say(Cancel(waiting.job))
        assert (failure(talk).job, failure_code(talk, running)) == (waiting.job, errors.CANCELLED)


def failure_code(talk: Talk, submit: Submit) -> str:
    talk.say(Cancel(submit.job))
    ended = failure(talk)
    assert ended.job == submit.job
    return ended.code


def test_a_cancel_just_before_the_engine_is_asked_is_not_lost(
    start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def held_up(*_: object) -> int:
        begun.set()
        assert go_on.wait(20)
        return 1

    monkeypatch.setattr(Spool, "note_try", held_up)
    with start_server().talk() as talk:
        submit, blobs = submission()
        talk.say(submit, blobs)
        assert begun.wait(20)
        talk.say(Cancel(submit.job))
        mask = make_blob(3, square().tobytes(), (SIZE, SIZE), "G", encoding=ZLIB)
        talk.say(Shape(uuid.uuid4().hex, mask.info, ()), (mask,))
        talk.hear_until(Shaped)  # so the server has heard the word before it
        go_on.set()
        assert failure(talk).code == errors.CANCELLED


def test_a_cancelled_job_is_ahead_of_nobody(start_server: StartServer) -> None:
    with start_server(zoo.Endless).talk() as talk:
        first, second, third = (submission() for _ in range(3))
        talk.say(*first)
        talk.hear_until(Progress)
        talk.say(*second)
        talk.say(Cancel(second[0].job))
        assert failure(talk).job == second[0].job
        talk.say(*third)
        accepted = talk.hear_until(Accepted)[0].message
        assert isinstance(accepted, Accepted)
        assert (accepted.job, accepted.ahead) == (third[0].job, 1)


def test_a_cancel_of_an_unknown_job_is_answered(start_server: StartServer) -> None:
    with start_server().talk() as talk:
        talk.socket.send(codec.encode(Cancel(uuid.uuid4().hex)))
        assert failure(talk).code == errors.UNKNOWN_JOB


def test_asking_again_for_a_running_job_confuses_nobody(start_server: StartServer) -> None:
    with start_server(zoo.StallsInThirdPass).talk() as talk:
        submit, blobs = submission()
        talk.say(submit, blobs)
        talk.hear_until(Progress)
        talk.say(submit, blobs)
        talk.hear_until(Accepted)
        talk.say(Cancel(submit.job))
        assert failure(talk).code == errors.CANCELLED


def test_cancel_while_the_pixels_are_on_their_way(start_server: StartServer) -> None:
    with start_server().talk() as talk:
        submit, blobs = submission()
        frames = list(talk.peer.send(submit, blobs))
        talk.socket.send(frames[0])
        talk.say(Cancel(submit.job))
        assert failure(talk).code == errors.CANCELLED
        for frame in frames[1:]:
            talk.socket.send(frame)
        again, blobs = submission()
        talk.say(again, blobs)
        assert isinstance(passes_of(talk)[1], JobDone)


def test_a_job_that_kills_its_engine_once_goes_on_from_its_last_pass(
    start_server: StartServer,
) -> None:
    """The zoo's engine dies in the second pass of each process: 1, death, 2, death, end."""
    with start_server(zoo.SecondPassDies).talk() as talk:
        submit, blobs = submission("expression")
        talk.say(submit, blobs)
        last, before = talk.hear_until(JobDone, Failed)
        assert isinstance(last.message, JobDone)
        heard = [one.message for one in before]
        assert [one.planned.index for one in heard if isinstance(one, PassDone)] == [1, 2]
        notes = [one for one in heard if isinstance(one, Progress) and one.note]
        assert [(one.index, one.note) for one in notes] == [
            (1, "loading the engine"),
            (2, "loading the engine"),
        ]
        submit, blobs = submission()
        talk.say(submit, blobs)
        passes, end = passes_of(talk)
        assert isinstance(end, Failed)
        assert end.code == errors.ENGINE_CRASHED
        assert len(passes) < 3


def test_shape_gives_the_masks_of_a_selection(start_server: StartServer) -> None:
    with start_server().talk() as talk:
        mask = make_blob(1, square().tobytes(), (SIZE, SIZE), "G", encoding=ZLIB)
        extents = (Extent(WHOLE, 5, 10, 0),)
        talk.say(Shape(uuid.uuid4().hex, mask.info, extents), (mask,))
        received = talk.hear()
        assert isinstance(received.message, Shaped)
        denoise, blend = (
            np.frombuffer(blob.pixels(), np.uint8).reshape(SIZE, SIZE) for blob in received.blobs
        )
        assert denoise[SIZE // 2, SIZE // 2] == blend[SIZE // 2, SIZE // 2] == 255
        assert not blend[denoise == 0].any()


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"recipe": "sorcery"}, errors.UNKNOWN_RECIPE, "face-swap-boundary"),
        ({"engine": "flux-9000"}, errors.UNKNOWN_ENGINE, "painter"),
        ({"profile": "AdobeRGB"}, errors.UNSUPPORTED_COLOUR, "AdobeRGB"),
        ({"empty": True}, errors.EMPTY_SELECTION, "selected"),
    ],
)
def test_what_cannot_be_done_is_said_and_the_next_job_runs(
    start_server: StartServer, changes: dict[str, object], code: str, words: str
) -> None:
    with start_server().talk() as talk:
        submit, (image, mask) = submission()
        if "profile" in changes:
            image = replace(image, info=replace(image.info, profile="AdobeRGB"))
            submit = replace(submit, image=image.info)
        elif "empty" in changes:
            mask = make_blob(2, bytes(SIZE * SIZE), (SIZE, SIZE), "G", encoding=ZLIB)
            submit = replace(submit, selection=mask.info)
        else:
            submit = replace(submit, **changes)  # type: ignore[arg-type]
        talk.say(submit, (image, mask))
        refused = failure(talk)
        assert (refused.code, refused.job) == (code, submit.job)
        assert words in " ".join((refused.got, refused.expected, refused.remedy))
        good, blobs = submission()
        talk.say(good, blobs)
        assert isinstance(passes_of(talk)[1], JobDone)


def test_too_many_pixels_are_refused_before_they_arrive(start_server: StartServer) -> None:
    small = Limits(crop_pixels=64 * 64, pending_bytes=SIZE * SIZE * 2, jobs=2)
    with start_server(limits=small).talk() as talk:
        submit, blobs = submission()
        talk.socket.send(next(iter(talk.peer.send(submit, blobs))))
        assert failure(talk).code == errors.TOO_LARGE


def test_a_client_with_too_many_jobs_has_to_wait(start_server: StartServer) -> None:
    few = Limits(crop_pixels=SIZE * SIZE, pending_bytes=2**24, jobs=2)
    with start_server(zoo.Endless, limits=few).talk() as talk:
        submit, blobs = submission()
        ids = [uuid.uuid4().hex for _ in range(3)]
        for job in ids:
            talk.say(replace(submit, job=job), blobs)
        refused = failure(talk)
        assert (refused.job, refused.code) == (ids[2], errors.QUEUE_FULL)


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\xc1",
        b"garbage",
        msgpack.packb([1, 2, 3]),
        msgpack.packb({"type": "dance"}),
        msgpack.packb({"type": "submit"}),
        msgpack.packb({"type": "cancel", "job": "../../etc/passwd"}),
        msgpack.packb({"type": "chunk", "blob": 5, "offset": 0, "data": b"x"}),
        msgpack.packb({"type": "welcome"}),
        "text",
    ],
)
def test_garbage_is_answered_and_harms_nobody(
    start_server: StartServer, frame: bytes | str
) -> None:
    server = start_server()
    with server.talk() as bystander, server.talk() as talk:
        submit, blobs = submission()
        bystander.say(submit, blobs)
        talk.socket.send(frame)
        assert failure(talk).got
        assert isinstance(passes_of(bystander)[1], JobDone)
        again, blobs = submission()
        talk.say(again, blobs)
        assert isinstance(passes_of(talk)[1], JobDone)


def test_a_fault_of_the_server_costs_its_job_and_not_the_connection(
    start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with start_server().talk() as talk:
        submit, blobs = submission()
        with monkeypatch.context() as broken:
            broken.setattr(Catalogue, "job", fail)
            talk.say(submit, blobs)
            told = failure(talk)
        assert (told.job, told.code) == (submit.job, errors.INTERNAL)
        assert "ZeroDivisionError" in told.got
        again, blobs = submission()
        talk.say(again, blobs)
        assert isinstance(passes_of(talk)[1], JobDone)


def test_a_fault_in_a_rule_costs_the_advice_and_not_the_job(
    start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(advising, "advise", fail)
    with start_server().talk() as talk:
        talk.say(*submission())
        passes, end = passes_of(talk)
        assert len(passes) == 3
        assert isinstance(end, JobDone)


def test_heavy_masks_keep_no_job_waiting(
    start_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    heavy = threading.Event()
    shaped = Shaper.answer
    monkeypatch.setattr(Shaper, "answer", lambda *one: (heavy.wait(20), shaped(*one))[1])
    submit, blobs = submission("heal")
    mask = blobs[1]
    shape = Shape("0" * 32, mask.info, (pass_extent(WHOLE, 1, 1, submit.masks),))
    server = start_server()
    with contextlib.ExitStack() as stack:
        talks = [stack.enter_context(server.talk()) for _ in range(40)]
        for number, talk in enumerate(talks[:-1]):
            talk.say(replace(shape, request=f"{number:032x}"), (mask,))
        talks[-1].say(submit, blobs)
        assert isinstance(passes_of(talks[-1])[1], JobDone)
        heavy.set()
        for talk in talks[:-1]:
            talk.hear_until(Shaped)


def talk_garbage(talk: Talk) -> None:
    """Goes on until the server closes, which may come before the last word."""
    for _ in range(25):
        talk.socket.send(b"\xc1")
    talk.hear_until(Hello)  # which no server says


def test_a_client_that_only_talks_garbage_is_shown_out(start_server: StartServer) -> None:
    server = start_server()
    with server.talk() as talk:
        with pytest.raises(ConnectionClosed) as shown_out:
            talk_garbage(talk)
        assert shown_out.value.rcvd is not None
        assert shown_out.value.rcvd.code == 1008
    with server.talk() as other:
        assert other.peer.lifecycle.connection == "ready"


def test_a_wrong_short_picture_is_refused(start_server: StartServer) -> None:
    with start_server().talk() as talk:
        submit, _ = submission()
        content = msgpack.unpackb(codec.encode(submit))
        content["crop"]["height"] -= 1
        talk.socket.send(msgpack.packb(content))
        assert "crop's size" in failure(talk).expected
