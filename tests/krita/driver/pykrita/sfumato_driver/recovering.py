"""What is kept of a job when the server, the document or Krita itself ends in its middle."""

import os
import signal

from krita import Krita

from . import desk
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
    yield from desk.press_still(lambda: desk.kept_row().as_new)
    yield desk.says("in the document as")
    # The document that the group was built in goes a moment later.
    yield Until(lambda: len(Krita.instance().documents()) == 1, "one document")
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
        "still offered": any(row.as_new.isVisible() for row in panel.rows.in_order()),
        "stages": [job.stage for job in jobs.all()],
    }


def remembered():
    """Where jobs are noted, if any are."""
    names = os.listdir(Krita.instance().getAppDataLocation())
    return [name for name in names if name.startswith("sfumato-") and name.endswith(".json")]


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
