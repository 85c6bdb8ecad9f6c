"""What is kept of a job when the server, the document or Krita itself ends in its middle."""

import os
import signal

from krita import Krita

from . import desk
from .asking import again
from .records import describe
from .refusing import rectangle, select
from .runner import Until
from .session import open_photo


def server_killed(photo, server):
    """Kill the server, by its process id, after the second of three passes; another takes over."""
    document, jobs = yield from begin(photo, 2)
    os.kill(server, signal.SIGKILL)
    yield desk.says("the job goes on when the server answers again")
    yield desk.says("in the document as")
    document.waitForDone()
    return {"nodes": describe(document, None)["nodes"], "stages": [j.stage for j in jobs.all()]}


def document_closed(photo, gate):
    """Close the document after the first of three passes; take what is offered instead."""
    document, jobs = yield from begin(photo, 1)
    colour = describe(document, None)["colour"]
    yield from desk.close(document)
    open_gate(gate)
    yield desk.says("The job's document was closed (photo.png, 512 × 512 px); 3 finished passes")
    panel = desk.panel()
    desk.make_room()
    yield desk.at_rest()
    desk.press(panel.as_new)
    yield desk.says("in the document as")
    (made,) = Krita.instance().documents()
    made.waitForDone()
    pixels = bytes(made.pixelData(0, 0, made.width(), made.height()))
    return {
        **describe(made, None),
        "was": colour,
        "file": made.fileName(),
        "in front": Krita.instance().activeDocument() == made,
        "corner": list(pixels[:4]),
        "middle": pixels[4 * (120 * 512 + 125) + 3],
        "still offered": panel.as_new.isVisible(),
        "stages": [job.stage for job in jobs.all()],
    }


def krita_crashes(photo):
    """End Krita without a word as soon as the first of three passes has come."""
    yield from begin(photo, 1)
    return {"job": desk.panel()._jobs.open()[0].id}


def krita_again(photo, kept):
    """After the restart: open the picture again, take the layers that are offered, and save."""
    desk.main_window()
    yield desk.connected()
    yield desk.says("1 job from an earlier session is finished (photo.png, 512 × 512 px)")
    document = yield from open_photo(photo, "", "")
    before = describe(document, None)["nodes"]
    desk.make_room()
    yield desk.at_rest()
    yield from again(True, "")
    yield desk.says("in the document as")
    document.waitForDone()
    document.setBatchmode(True)
    document.saveAs(kept)
    yield Until(lambda: not desk.panel()._jobs.debts(), "the server to have heard of it")
    return {
        "before": before,
        "nodes": describe(document, None)["nodes"],
        "jobs": [job.id for job in desk.panel()._jobs.all()],
        "remembered": [
            name
            for name in os.listdir(Krita.instance().getAppDataLocation())
            if name.startswith("sfumato-") and name.endswith(".json")
        ],
    }


def begin(photo, passes):
    """Click, and wait until so many passes have come: the document and the jobs."""
    desk.main_window()
    yield desk.connected()
    document = yield from open_photo(photo, "", "")
    select(document, rectangle(100, 100, 50, 40))
    jobs = desk.panel()._jobs
    desk.press(desk.toolbar_button())
    yield Until(lambda: jobs.open() and len(jobs.open()[0].results) == passes,
                f"{passes} passes", 60.0, desk.panel().sentence.text)  # fmt: skip
    return document, jobs


def open_gate(path):
    """Let the engine go on that waits at the named pipe."""
    with open(path, "wb"):
        pass
