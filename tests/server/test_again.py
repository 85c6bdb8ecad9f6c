"""A job asked for again from some pass on: what is taken over, and what cannot be."""

from __future__ import annotations

import os
import time
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fakes import engines as zoo
from server.conftest import SIZE, StartServer, Talk, photo, submission
from server.test_session import failure
from sfumato_protocol import VERSION, errors
from sfumato_protocol.blobs import ZLIB, Blob, make_blob
from sfumato_protocol.geometry import WHOLE, MaskSettings
from sfumato_protocol.messages import (
    Accepted,
    Ack,
    Again,
    Failed,
    Hello,
    JobDone,
    PassDone,
    PassSpec,
    Progress,
    Resume,
    Submit,
)
from sfumato_protocol.offers import AGAIN
from sfumato_protocol.peer import Received
from sfumato_server.engines.retouch.engine import Retouch
from sfumato_server.jobs.spool import Spool

LADDER = (
    PassSpec(WHOLE, 0.8),
    PassSpec("ring", 0.5, seed_offset=1, engine="adder"),
    PassSpec("wide", 0.3, seed_offset=2),
)


def again_of(submit: Submit, first: int, **changes: Any) -> Again:
    fields = {
        name: getattr(submit, name)
        for name in ("engine", "prompt", "negative_prompt", "seed", "masks")
    }
    return Again(uuid.uuid4().hex, submit.job, first, **{**fields, **changes})


def run(talk: Talk, message: Submit | Again, blobs: tuple[Blob, ...] = ()) -> list[Received]:
    """The passes of a job, in order."""
    talk.say(message, blobs)
    end, before = talk.hear_until(JobDone, Failed)
    assert isinstance(end.message, JobDone), end.message
    assert end.message.job == message.job
    assert end.message.passes == 3
    passes = [one for one in before if isinstance(one.message, PassDone)]
    assert [one.message.planned.index for one in passes if isinstance(one.message, PassDone)] == [
        1, 2, 3,
    ]  # fmt: skip
    return passes


def told(received: Received) -> PassDone:
    assert isinstance(received.message, PassDone)
    return received.message


def pixels(received: Received) -> list[bytes]:
    return [bytes(blob.pixels()) for blob in received.blobs]


def same(one: Received, other: Received) -> bool:
    return (told(one).planned, told(one).area, pixels(one)) == (
        told(other).planned, told(other).area, pixels(other),
    )  # fmt: skip


def let_go(talk: Talk, job: str, *, keep: bool) -> None:
    for index in (1, 2, 3):
        talk.say(Ack(job, index, keep))


@pytest.mark.parametrize("sample", ["u8", "u16"])
@pytest.mark.parametrize("engine", ["painter", "patch-diffusion"])
def test_where_nothing_differs_it_is_the_job_to_the_bit(
    start_server: StartServer, engine: str, sample: str
) -> None:
    with start_server(zoo.Painter, zoo.Adder, Retouch).talk() as talk:
        submit, (_, selection) = submission(passes=LADDER, engine=engine, sample=sample)
        picture = photo(sample)
        picture[:40, :, 3] = 0  # a part of it is transparent
        picture[70:80, 60:120, :3] = np.iinfo(picture.dtype).max // 3
        image = make_blob(1, picture.tobytes(), (SIZE, SIZE), "BGRA", sample, submit.image.profile)
        base = run(talk, submit, (image, selection))
        let_go(talk, submit.job, keep=True)
        for first in (1, 2, 3):
            anew = run(talk, again_of(submit, first))
            assert all(same(*pair) for pair in zip(base, anew, strict=True)), first
            figures = [told(one).figures for one in anew]
            assert figures == [told(one).figures for one in base]


def test_from_its_first_pass_on_all_may_differ_and_nothing_before(
    start_server: StartServer,
) -> None:
    with start_server(zoo.Painter, zoo.Adder).talk() as talk:
        submit, blobs = submission(passes=LADDER, engine="painter")
        base = run(talk, submit, blobs)
        smaller = np.zeros((SIZE, SIZE), np.uint8)
        smaller[80:100, 80:100] = 255
        selection = make_blob(7, smaller.tobytes(), (SIZE, SIZE), "G", encoding=ZLIB)
        other = again_of(
            submit,
            2,
            seed=99,
            prompt="a scar",
            engine="adder",
            masks=MaskSettings(6, 3, 5, 12),
            passes=(PassSpec("wide", 1.0), PassSpec(WHOLE, 0.7), PassSpec("ring", 0.2)),
            selection=(selection.info,),
        )
        anew = run(talk, other, (selection,))
        first, second, _ = (told(one).planned for one in anew)
        assert pixels(base[0]) == pixels(anew[0])
        assert first == replace(told(base[0]).planned, engine="painter"), "that is who ran it"
        assert (second.strength, second.seed, second.prompt) == (0.7, 99, "a scar")
        assert (second.extent.feather, second.engine) == (6, "")
        assert told(anew[1]).area.width < told(base[1]).area.width


def test_what_the_artist_painted_on_earlier_masks_is_what_is_worked_on(
    start_server: StartServer,
) -> None:
    with start_server(zoo.Painter, zoo.Adder).talk() as talk:
        submit, blobs = submission(passes=LADDER, engine="painter")
        base = run(talk, submit, blobs)
        area = told(base[0]).area
        none = make_blob(8, bytes(area.width * area.height), (area.height, area.width), "G")
        again = again_of(submit, 2, earlier=(none.info,))
        anew = run(talk, again, (none,))
        assert not any(pixels(anew[0])[1])
        assert pixels(anew[0])[0] == pixels(base[0])[0], "what was made stays under the mask"
        assert told(anew[0]).figures == (), "none of what was measured is true any more"
        # With pass 1 painted away, pass 2 is that of a ladder without it.
        alone, pictures = submission(
            passes=(replace(LADDER[1]), LADDER[2], LADDER[2]), engine="painter"
        )
        assert pixels(run(talk, alone, pictures)[0]) == pixels(anew[1])
        unchanged = base[0].blobs[1]
        mask = make_blob(9, unchanged.pixels(), (area.height, area.width), "G")
        as_it_was = run(talk, again_of(submit, 2, earlier=(mask.info,)), (mask,))
        assert all(same(*pair) for pair in zip(base, as_it_was, strict=True))
        assert told(as_it_was[0]).figures == told(base[0]).figures


def test_earlier_passes_are_not_run_and_time_is_told_for_the_rest(
    start_server: StartServer,
) -> None:
    with start_server(zoo.Painter, zoo.Adder).talk() as talk:
        submit, blobs = submission(passes=LADDER, engine="painter")
        run(talk, submit, blobs)
        again = again_of(submit, 3, seed=8)
        talk.say(again)
        _, before = talk.hear_until(JobDone)
        steps = {one.message.index for one in before if isinstance(one.message, Progress)}
        assert steps == {3}
        (accepted,) = (one.message for one in before if isinstance(one.message, Accepted))
        talk.say(again_of(submit, 1, seed=8))
        whole, _ = talk.hear_until(Accepted)
        assert isinstance(whole.message, Accepted)
        assert 0 < accepted.seconds < whole.message.seconds
        talk.hear_until(JobDone)


def test_kept_passes_outlive_a_restart_and_are_owed_to_nobody(start_server: StartServer) -> None:
    first = start_server(zoo.Painter, zoo.Adder)
    with first.talk() as talk:
        submit, blobs = submission(passes=LADDER, engine="painter")
        base = run(talk, submit, blobs)
        let_go(talk, submit.job, keep=True)
        talk.say(Resume(submit.job))
        assert not [one for one in talk.hear_until(JobDone)[1] if isinstance(one.message, PassDone)]
    first.stop()
    second = start_server(zoo.Painter, zoo.Adder)
    spool = second.home / "spool"
    with second.talk() as talk:
        talk.say(Resume(submit.job))
        assert not [one for one in talk.hear_until(JobDone)[1] if isinstance(one.message, PassDone)]
        anew = run(talk, again := again_of(submit, 3))
        assert all(same(*pair) for pair in zip(base, anew, strict=True))
        let_go(talk, again.job, keep=False)
        let_go(talk, submit.job, keep=False)
        talk.say(again_of(submit, 1))
        assert failure(talk).code == errors.UNKNOWN_JOB
        assert list(spool.iterdir()) == []


def test_a_job_asked_again_goes_on_after_a_restart(start_server: StartServer) -> None:
    first = start_server(zoo.Painter, zoo.StallsInThirdPass)
    ladder = tuple(replace(spec, engine="") for spec in LADDER)
    with first.talk() as talk:
        submit, blobs = submission(passes=ladder, engine="painter")
        base = run(talk, submit, blobs)
        again = again_of(submit, 2, engine="stalls-in-third-pass")
        talk.say(again)
        talk.hear_until(Progress)
    first.stop()
    with start_server(zoo.StallsInThirdPass, zoo.Painter).talk() as talk:
        talk.say(Resume(again.job))
        talk.hear_until(Accepted)
        received, _ = talk.hear_until(PassDone)
        assert pixels(received) == pixels(base[0])
        assert told(received).planned.engine == "painter"


def test_a_client_that_may_ask_again_keeps_what_it_resumes(start_server: StartServer) -> None:
    server = start_server(zoo.Painter, zoo.Adder)
    with server.talk(greet=False) as talk:
        talk.say(Hello(VERSION, "tests", (AGAIN,)))
        talk.hear()
        submit, blobs = submission(passes=LADDER, engine="painter")
        run(talk, submit, blobs)
        talk.say(Resume(submit.job, (1, 2, 3)))
        talk.hear_until(JobDone)
        run(talk, again_of(submit, 3))
    with server.talk() as talk:
        talk.say(Resume(submit.job, (1, 2, 3)))
        talk.hear_until(JobDone)
        run(talk, again_of(submit, 3))


def test_a_recipe_that_is_gone_takes_no_redo_with_it(
    start_server: StartServer, tmp_path: Path
) -> None:
    recipe = tmp_path / "recipes" / "mine.toml"
    recipe.parent.mkdir()
    passes = "".join(f'[[pass]]\nzone = "whole"\nstrength = 0.{n}\n' for n in (5, 4, 3))
    recipe.write_text(f'title = "Mine"\nengine = "adder"\n{passes}')
    server = start_server(zoo.Painter, zoo.Adder)
    with server.talk() as talk:
        submit, blobs = submission("mine")
        base = run(talk, submit, blobs)
    recipe.unlink()
    with server.talk() as talk:
        anew = run(talk, again_of(submit, 2))
        assert all(same(*pair) for pair in zip(base, anew, strict=True))


def refused(talk: Talk, again: Again, *blobs: Blob) -> Failed:
    talk.say(again, blobs)
    failed = failure(talk)
    assert failed.job == again.job
    return failed


def test_what_cannot_be_asked_is_answered_and_costs_nothing(start_server: StartServer) -> None:
    with start_server(zoo.Painter, zoo.Adder).talk() as talk:
        submit, blobs = submission(passes=LADDER, engine="painter")
        nowhere = replace(submit, job=uuid.uuid4().hex)
        for _ in range(25):
            assert refused(talk, again_of(nowhere, 1)).code == errors.UNKNOWN_JOB
        run(talk, submit, blobs)
        assert refused(talk, again_of(submit, 4)).code == errors.BAD_MESSAGE
        wrong = make_blob(5, bytes(12), (3, 4), "G")
        assert "4x3" in refused(talk, again_of(submit, 2, earlier=(wrong.info,)), wrong).got
        assert refused(talk, again_of(submit, 1, selection=(wrong.info,)), wrong).code == (
            errors.BAD_MESSAGE
        )
        assert refused(talk, again_of(submit, 2, passes=LADDER[:1])).code == errors.BAD_MESSAGE
        gone = (*LADDER[:2], replace(LADDER[2], engine="gone"))
        assert refused(talk, again_of(submit, 3, passes=gone)).code == errors.UNKNOWN_ENGINE
        nothing = make_blob(6, bytes(SIZE * SIZE), (SIZE, SIZE), "G", encoding=ZLIB)
        empty = again_of(submit, 1, selection=(nothing.info,))
        assert refused(talk, empty, nothing).code == errors.EMPTY_SELECTION
        broken = replace(nothing, data=bytes(nothing.info.stored))
        assert refused(talk, replace(empty, job="a" * 32), broken).code == errors.BAD_MESSAGE
        unlooked = (replace(LADDER[0], engine="gone"), *LADDER[1:])
        run(talk, again_of(submit, 2, passes=unlooked))


def test_prompts_too_long_to_be_told_with_those_of_the_base_are_refused(
    start_server: StartServer,
) -> None:
    long = PassSpec(WHOLE, 0.5, prompt="語" * 10_000)
    short = replace(long, prompt="")
    with start_server().talk() as talk:
        submit, blobs = submission(passes=(*(long,) * 8, *(short,) * 8))
        talk.say(submit, blobs)
        end, _ = talk.hear_until(JobDone, Failed)
        assert isinstance(end.message, JobDone)
        again = again_of(submit, 9, passes=(*(short,) * 8, *(long,) * 8))
        assert refused(talk, again).code == errors.TOO_LARGE


def test_a_pass_that_is_not_finished_cannot_be_built_upon(start_server: StartServer) -> None:
    with start_server(zoo.StallsInThirdPass).talk() as talk:
        ladder = tuple(replace(spec, engine="") for spec in LADDER)
        submit, blobs = submission(passes=(*ladder, ladder[-1]))
        talk.say(submit, blobs)
        talk.hear_until(PassDone)
        talk.hear_until(PassDone)
        failed = refused(talk, again_of(submit, 4))
        assert failed.code == errors.UNKNOWN_JOB
        assert "pass 3" in failed.got
        again = again_of(submit, 3)
        talk.say(again)
        talk.hear_until(Accepted)
        assert told(talk.hear_until(PassDone)[0]).job == again.job


def test_asked_twice_it_is_done_once(start_server: StartServer) -> None:
    with start_server(zoo.Painter, zoo.Adder).talk() as talk:
        submit, blobs = submission(passes=LADDER, engine="painter")
        run(talk, submit, blobs)
        again = again_of(submit, 2, seed=3)
        once, twice = run(talk, again), run(talk, again)
        assert [told(one).seconds for one in once] == [told(one).seconds for one in twice]


def test_a_damaged_pass_is_said(start_server: StartServer) -> None:
    server = start_server(zoo.Painter, zoo.Adder)
    with server.talk() as talk:
        submit, blobs = submission(passes=LADDER, engine="painter")
        run(talk, submit, blobs)
        let_go(talk, submit.job, keep=True)
        talk.say(Resume(submit.job))
        talk.hear_until(JobDone)
        place = server.home / "spool" / f"{submit.job}-01.kept"
        content = bytearray(place.read_bytes())
        content[-50] ^= 1
        place.write_bytes(content)
        assert refused(talk, again_of(submit, 2)).code == errors.STORAGE
        place.unlink()
        assert refused(talk, again_of(submit, 2)).code == errors.UNKNOWN_JOB


def test_the_cache_goes_first_and_by_its_last_use(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    jobs = []
    for number in range(5):
        submit, blobs = submission()
        spool.put_job(submit, blobs)
        spool.put_end(JobDone(submit.job, 0, 1.0))
        jobs.append(submit.job)
        _age(tmp_path, submit.job, 100 - number)
    size = (tmp_path / f"{jobs[0]}.job").stat().st_size
    spool = Spool(tmp_path, cached_bytes=3 * size + 3000)
    assert spool.surplus() == [jobs[1], jobs[0]]
    spool.touch(jobs[0])
    assert spool.surplus() == [jobs[2], jobs[1]]
    owed, blobs = submission()
    spool.put_job(owed, blobs)
    _age(tmp_path, owed.job, 1000)
    tight = Spool(tmp_path, most_bytes=2 * size + 3000)
    assert owed.job not in tight.surplus()
    assert len(tight.surplus()) == 4


def _age(folder: Path, job: str, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(folder / f"{job}.job", (then, then))
