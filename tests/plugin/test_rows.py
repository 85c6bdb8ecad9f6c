"""What a job's row says and shows, and how long a job is said to take."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fakes import plugin_values as values
from sfumato.core import job as states
from sfumato.core import rows
from sfumato.core.job import Job, PassResult, begun, hear, on_hold
from sfumato.core.job_sentences import time_left
from sfumato.core.thumbnail import thumbnail
from sfumato.core.types import ColourSpace
from sfumato_protocol.geometry import Rect
from sfumato_protocol.messages import Accepted, Message, Progress, Waiting


def asked(number: int = 0) -> Job:
    return begun(replace(values.request(), job=f"{number:032x}"))


def told(job: Job, *messages: Message, now: float = 0.0) -> Job:
    for message in messages:
        job = hear(job, message, (), now)
    return job


def accepted(job: Job, ahead: int = 0, seconds: float = 0.0) -> Job:
    plan = values.plan(job.request)
    return told(job, Accepted(job.id, "flat", plan, ahead, seconds))


def test_rows_are_in_the_servers_order() -> None:
    first, second, third, fourth, over, older = (asked(number) for number in range(6))
    waiting = [accepted(first, 2), accepted(second, 1)]
    running = told(accepted(third), Progress(third.id, 1, 1, 10))
    done = over.settled(states.INSERTED, "")
    gone = older.settled(states.CANCELLED, "")
    order = rows.in_order([done, gone, *waiting, running, fourth])
    assert [job.id for job in order] == [
        one.id for one in (third, second, first, fourth, older, over)
    ]


def test_a_place_in_line_that_changes_is_told() -> None:
    job = accepted(asked(), 3)
    assert rows.words(job) == "Waiting, 3 before it"
    assert rows.words(told(job, Waiting(job.id, 1))) == "Waiting, 1 before it"
    assert rows.words(told(job, Waiting(job.id, 0))) == "Next in line"


@pytest.mark.parametrize(
    ("which", "by", "expected"),
    [
        (1, -1, (True, 0)),
        (0, 1, (True, 2)),
        (1, 1, (True, None)),
        (0, -1, (False, None)),
        (2, 1, (False, None)),
        (0, 2, (True, None)),
    ],
)
def test_where_a_moved_job_goes(which: int, by: int, expected: tuple[bool, int | None]) -> None:
    jobs = [accepted(asked(number), number + 1) for number in range(3)]
    possible, before = expected
    name = "" if before is None else jobs[before].id
    assert rows.before_it(jobs, jobs[which], by) == (possible, name)


def test_a_job_that_does_not_wait_in_line_has_no_place_there() -> None:
    held, waiting = on_hold(accepted(asked(0), 0), "gone"), accepted(asked(1), 1)
    assert rows.before_it([held, waiting], held, 1) == (False, "")
    assert rows.before_it([held, waiting], waiting, -1) == (False, "")


def test_time_left_follows_the_steps() -> None:
    job = accepted(asked(), seconds=100.0)
    assert job.left == pytest.approx(100.0)
    job = told(job, Progress(job.id, 1, 0, 10), now=50.0)  # a model was loaded until here
    assert job.left == pytest.approx(100.0)
    half = told(job, Progress(job.id, 1, 10, 10), now=51.0)
    share = 0.7 / 1.1
    assert half.share == pytest.approx(share)
    assert half.left == pytest.approx((1 - share) / share)
    assert "about 1 s left" not in rows.words(half)
    assert rows.words(half).startswith("Pass 1 of 2 · ")


def test_passes_that_another_job_has_done_take_no_time() -> None:
    new = asked()
    job = accepted(replace(new, request=replace(new.request, base="b" * 32, first=2)), seconds=10.0)
    first = job.plan[0]
    area = job.request.reading.crop
    reused = PassResult(first, area, b"", b"", 1.0)
    job = told(replace(job, results=(reused,)), Progress(job.id, 2, 0, 10), now=1.0)
    assert job.left == pytest.approx(10.0)


def test_without_an_estimate_the_first_steps_decide() -> None:
    job = accepted(asked())
    assert job.left is None
    job = told(job, Progress(job.id, 1, 0, 10), now=10.0)
    assert job.left is None
    assert rows.words(job) == "Pass 1 of 2"
    job = told(job, Progress(job.id, 1, 5, 10), now=17.0)
    assert job.left == pytest.approx(7 * (1 - 0.35 / 1.1) / (0.35 / 1.1))
    assert rows.words(job) == "Pass 1 of 2 · about 15 s left"


def test_time_that_a_job_waits_in_its_middle_is_not_its_own() -> None:
    job = told(accepted(asked()), Progress(asked().id, 1, 0, 10), now=0.0)
    job = told(job, Progress(job.id, 1, 5, 10), now=5.0)
    job = told(job, Waiting(job.id, 2), now=6.0)
    assert job.left is None
    job = told(job, Progress(job.id, 1, 5, 10), now=1000.0)
    job = told(job, Progress(job.id, 1, 10, 10), now=1005.0)
    assert job.left is not None
    assert job.left < 6.0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""), (0.5, "almost done"), (7.4, "about 7 s left"), (43, "about 45 s left"),
        (61, "about 1 min left"), (600, "about 10 min left"),
    ],
)  # fmt: skip
def test_time_in_words(seconds: float | None, words: str) -> None:
    assert time_left(seconds) == words


def test_what_a_row_says_at_each_stage() -> None:
    job = asked()
    assert rows.words(job) == "Sending…"
    assert rows.words(on_hold(job, "The connection was lost.")) == "Waits for its server"
    job = accepted(job)
    assert rows.words(replace(job, stopping=True)) == "Stopping; the finished passes are kept."
    note = told(job, Progress(job.id, 1, 0, 0, "loading the model"))
    assert rows.words(note) == "Pass 1 of 2 · loading the model"
    finished = values.finished_job()
    assert rows.words(finished) == "2 passes"
    assert rows.words(replace(finished, stage=states.KEPT)) == "2 passes, kept"
    fewer = replace(finished, results=finished.results[:1], stage=states.INSERTED)
    assert rows.words(fewer) == "1 of 2 passes"
    assert rows.words(job.settled(states.FAILED, "x")) == "Failed"
    assert rows.words(job.settled(states.CANCELLED, "x")) == "Cancelled"


def test_segments_show_each_pass() -> None:
    job = told(accepted(asked()), Progress(asked().id, 1, 5, 20))
    works, shares = zip(*rows.segments(job), strict=True)
    assert works == pytest.approx((21.0, 12.0))
    assert shares == (0.25, 0.0)
    assert [share for _work, share in rows.segments(values.finished_job())] == [1.0, 1.0]


def test_a_small_picture_has_every_nth_pixel() -> None:
    reading = values.reading()
    small = thumbnail(reading.pixels, reading.crop, reading.colour)
    assert small is not None
    assert (small.columns, small.rows, small.area) == (64, 48, reading.crop)
    assert small.pixels[0::4] == bytes(reading.pixels)[0::4]
    assert set(small.pixels[3::4]) == {255}


def test_a_small_picture_of_a_large_one_in_16_bits() -> None:
    area = Rect(5, 6, 300, 100)
    pixels = bytearray(300 * 100 * 8)
    for x in range(300):
        pixels[8 * x + 1 : 8 * (50 * 300 + x) + 2 : 8 * 300] = bytes([x % 256]) * 51
    mask = bytes(x % 251 for x in range(300)) * 100
    small = thumbnail(pixels, area, ColourSpace("RGBA", "U16", values.SRGB), mask)
    assert small is not None
    assert (small.columns, small.rows) == (100, 34)
    assert list(small.pixels[:400:4]) == [(3 * x) % 256 for x in range(100)]
    assert list(small.pixels[3:400:4]) == [(3 * x) % 251 for x in range(100)]
    linear = thumbnail(pixels, area, ColourSpace("RGBA", "U16", "sRGB-elle-V2-g10.icc"))
    assert linear is not None
    assert linear.pixels[4 * 20] > small.pixels[4 * 20]


def test_what_is_gone_has_no_picture() -> None:
    reading = values.reading()
    assert thumbnail(b"", reading.crop, reading.colour) is None
    assert asked().small is not None
    job = values.finished_job().settled(states.INSERTED, "in")
    assert [result.pixels for result in job.results] == [b"", b""]
    assert all(result.small is not None for result in job.results)
