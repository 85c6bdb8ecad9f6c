"""What is timed in the real Krita, for the benchmarks."""

import random
import time

from PyQt5.QtCore import QByteArray

from krita import Krita
from sfumato.core.framing import Framing
from sfumato.core.types import ColourSpace, LayerPlan, LayerSpec
from sfumato.krita_io import layers
from sfumato.krita_io.document import Rect

from . import desk
from .records import Recorder
from .refusing import rectangle, select
from .runner import Pause, Until

PROFILE = "sRGB-elle-V2-srgbtrc.icc"


def jobs(width, height, side, count):
    """Run `count` jobs whose context crop is side x side px in a document of width x height.

    Each gives: the longest stall from the click to the insertion, the click to the server's
    acceptance (which it sends when it has all bytes), the insertion; in ms.
    """
    desk.main_window()
    yield desk.connected()
    document = yield from _document(width, height)
    welcome, recipe = desk.panel().choices._welcome, desk.panel().choices.recipe.currentData()
    framing = Framing(next(r.passes for r in welcome.recipes if r.name == recipe), welcome.limits)
    span = _selection_for(side, document, framing)
    x, y = (width - span) // 2, (height - span) // 2
    select(document, rectangle(x, y, span, span))
    runs = []
    for _ in range(count):
        runs.append((yield from _job(document, side)))
        yield from _undo(document)
    return {"runs": runs}


def insertions(width, height, count):
    """Time the insertion of three 1024 x 1024 px layers, in ms each; the first finds Krita cold."""
    desk.main_window()
    document = yield from _document(width, height)
    pixels = random.Random(1).randbytes(1024 * 1024 * 4)
    spec = LayerSpec("layer", Rect(1000, 1000, 1024, 1024), pixels, bytes(range(256)) * 4096)
    colour = ColourSpace("RGBA", "U8", PROFILE)
    plan = LayerPlan("group", colour, (spec,) * 3, "sfumato.job.timing", b"{}")
    times = []
    for _ in range(count):
        begun = time.perf_counter()
        layers.insert(document, plan)
        times.append(1000 * (time.perf_counter() - begun))
        yield from _undo(document)
    return {"insertions": times}


def _job(document, side):
    heart, recorder, moments = desk.Heartbeat(), Recorder(), {}
    jobs = desk.panel()._jobs

    def note(job):
        moments.setdefault(job.stage, time.monotonic())
        crop = job.request.reading.crop
        assert (crop.width, crop.height) == (side, side), crop

    jobs.changed.connect(note)
    yield desk.no_double_click()
    clicked = time.monotonic()
    desk.toolbar_button().defaultAction().trigger()
    yield Until(lambda: "inserted" in moments, "the job to end", 120.0,
                desk.panel().sentence.text)  # fmt: skip
    jobs.changed.disconnect(note)
    heart.stop()
    recorder.stop()
    document.waitForDone()
    return {
        "stall": heart.longest_ms(clicked, recorder.begun),
        "accepted": 1000 * (moments["waiting"] - clicked),
        "insertion": 1000 * (recorder.ended - recorder.begun),
    }


def _undo(document):
    """Take the group away again, and let Krita paint its thumbnails, so that each run begins
    with Krita at rest."""
    document.waitForDone()
    Krita.instance().action("edit_undo").trigger()
    yield Until(lambda: len(_layers(document)) == 1, "the group to be undone")
    document.waitForDone()
    yield Pause(1500)


def _document(width, height):
    krita = Krita.instance()
    document = krita.createDocument(width, height, "picture", "RGBA", "U8", PROFILE, 72.0)
    content = bytearray(random.Random(2).randbytes(width * height * 4))
    content[3::4] = b"\xff" * (width * height)
    document.topLevelNodes()[0].setPixelData(QByteArray(bytes(content)), 0, 0, width, height)
    krita.activeWindow().addView(document)
    document.refreshProjection()
    document.waitForDone()
    yield Until(lambda: document.activeNode() is not None, "an active layer")
    yield desk.at_rest()
    yield Pause(1500)
    return document


def _selection_for(side, document, framing):
    """Side of the square selection whose context crop is side x side px."""
    canvas = Rect(0, 0, document.width(), document.height())
    for span in range(side // 8, side):
        middle = ((canvas.width - span) // 2, (canvas.height - span) // 2)
        bounds = Rect(*middle, span, span)
        crop = framing.crop(canvas, bounds)
        if crop.width == side:
            return span
    raise AssertionError(f"no selection has a crop of {side} px")


def _layers(document):
    return [node for node in document.topLevelNodes() if node.type() != "selectionmask"]
