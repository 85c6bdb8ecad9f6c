"""What is timed in the real Krita, for the benchmarks."""

import random
import statistics
import time

from PyQt5.QtCore import QByteArray
from PyQt5.QtWidgets import QDockWidget

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


def jobs(width, height, side, count, below=False):
    """Run `count` jobs whose context crop is side x side px in a document of width x height.

    Each gives: the longest stall from the click to the insertion, the click to the server's
    acceptance (which it sends when it has all bytes), the insertion from its first piece to its
    last, the longest stall in it and in the half second after it, what the docker takes to show a
    step of the job; in ms. below: whether something lies above the active layer, so that it is not
    the whole picture that is read.
    """
    desk.main_window()
    yield desk.connected()
    document = yield from _document(width, height)
    if below:
        yield from _covered(document)
    welcome, recipe = desk.panel().choices._welcome, desk.panel().choices.recipe.currentData()
    framing = Framing(next(r.passes for r in welcome.recipes if r.name == recipe), welcome.limits)
    span = _selection_for(side, document, framing)
    x, y = (width - span) // 2, (height - span) // 2
    select(document, rectangle(x, y, span, span))
    runs = []
    for _ in range(count):
        layers_before = len(_layers(document))
        runs.append((yield from _job(document, side)))
        yield from _undo(document, layers_before)
    return {"runs": runs}


def timed_steps(jobs):
    """From now on, until `del jobs.heard`: how long each step that the server tells of is worked
    on, the docker's part included, in ms."""
    times, heard = [], jobs.heard

    def timed(received):
        begun = time.perf_counter()
        heard(received)
        if type(received.message).__name__ == "Progress":
            times.append(1000 * (time.perf_counter() - begun))

    jobs.heard = timed
    return times


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

    steps = timed_steps(jobs)
    jobs.changed.connect(note)
    yield desk.no_double_click()
    clicked = time.monotonic()
    desk.toolbar_button().defaultAction().trigger()
    yield Until(lambda: "inserted" in moments, "the job to end", 120.0,
                desk.panel().sentence.text)  # fmt: skip
    jobs.changed.disconnect(note)
    del jobs.heard
    yield Pause(500)
    after = time.monotonic()
    heart.stop()
    recorder.stop()
    document.waitForDone()
    return {
        "step": statistics.median(steps),
        "stall": heart.longest_ms(clicked, recorder.begun),
        "accepted": 1000 * (moments["waiting"] - clicked),
        "insertion": 1000 * (recorder.ended - recorder.begun),
        "inserting": heart.longest_ms(recorder.begun, after),
    }


def _covered(document):
    """Half transparent grey over all of it, and the layer below active."""
    base, root = document.activeNode(), document.rootNode()
    width, height = document.width(), document.height()
    grade = document.createNode("grade", "paintlayer")
    content = QByteArray(b"\x80\x80\x80\x40" * (width * height))
    grade.setPixelData(content, 0, 0, width, height)
    root.addChildNode(grade, None)
    document.waitForDone()
    yield Pause(1500)
    yield from desk.activated(document, base)


def select_all(width, height, count):
    """Select everything and click: the longest stall of the click's refusal or reading, in ms."""
    desk.main_window()
    yield desk.connected()
    document = yield from _document(width, height)
    times, said = [], []
    for _ in range(count):
        Krita.instance().action("select_all").trigger()
        document.waitForDone()
        yield Pause(500)
        heart, clicked = desk.Heartbeat(), time.monotonic()
        desk.toolbar_button().defaultAction().trigger()
        yield Pause(500)
        heart.stop()
        times.append(heart.longest_ms(clicked, time.monotonic()))
        said.append(desk.panel().sentence.text())
        for job in desk.panel()._jobs.open():
            desk.panel()._jobs.cancel(job.id)
        yield Until(lambda: not desk.panel()._jobs.open(), "no job to be under way")
    return {"stalls": times, "said": said}


def _undo(document, left=1):
    """Take the group away again, and let Krita paint its thumbnails, so that each run begins
    with Krita at rest."""
    document.waitForDone()
    Krita.instance().action("edit_undo").trigger()
    yield Until(lambda: len(_layers(document)) == left, "the group to be undone")
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


def masks(width, height, side, count):
    """Change the selection `count` times, in a document of width x height, with a crop of side.

    Each gives, in ms: until the docker shows the new mask; the main thread's work in that time, and
    the longest that it is kept busy, both beyond what Krita does itself when the docker is hidden.
    """
    desk.main_window()
    yield desk.connected()
    document = yield from _document(width, height)
    view = desk.panel().mask_part.view
    docker = desk.main_window().findChild(QDockWidget, "sfumato_docker")
    welcome, recipe = desk.panel().choices._welcome, desk.panel().choices.recipe.currentData()
    framing = Framing(next(r.passes for r in welcome.recipes if r.name == recipe), welcome.limits)
    span = _selection_for(side, document, framing) if side else 0
    places = [(number % 7) * 3 for number in range(count)]
    runs = []
    for shown in (False, True):
        docker.setVisible(shown)
        yield Pause(1500)
        for place in places:
            x, y = (width - span) // 2 + place, (height - span) // 2
            wanted = rectangle(x, y, span, span) if side else rectangle(place, 0, width, height)
            runs.append((yield from _mask(document, view, wanted, shown)))
    hidden, seen = runs[:count], runs[count:]
    return {
        "shown": [run["shown"] for run in seen],
        "work": [run["work"] - _middle(hidden, "work") for run in seen],
        "stall": [run["stall"] - _middle(hidden, "stall") for run in seen],
    }


def _mask(document, view, selection, shown):
    before, heart = view.foresight, desk.Heartbeat()
    yield Pause(300)
    begun, worked = time.monotonic(), time.thread_time()
    document.setSelection(selection)
    enough = begun + (20.0 if shown else 0.1)  # looked for as often either way
    yield Until(lambda: view.foresight is not before or time.monotonic() > enough, "the mask")
    moment = time.monotonic()
    assert not shown or view.foresight.places, view.foresight.said
    while time.monotonic() < begun + 0.6:
        yield Pause(50)
    work = time.thread_time() - worked
    heart.stop()
    stall = heart.longest_ms(begun, time.monotonic())
    return {"shown": 1000 * (moment - begun), "work": 1000 * work, "stall": stall}


def _middle(runs, name):
    return sorted(run[name] for run in runs)[len(runs) // 2]


def idle(layers, each, count):
    """Leave a document of so many layers alone, with a selection and the docker in sight: what the
    main thread and the whole process work, in percent of a core, `count` times."""
    desk.main_window()
    yield desk.connected()
    document = yield from _document(1024, 768)
    for number in range(layers):
        document.rootNode().addChildNode(document.createNode(str(number), "paintlayer"), None)
    document.waitForDone()
    yield Pause(5000)
    busy, everything = [], []
    for _ in range(count):
        begun, thread, process = time.monotonic(), time.thread_time(), time.process_time()
        yield Pause(1000 * each)
        took = time.monotonic() - begun
        busy.append(100 * (time.thread_time() - thread) / took)
        everything.append(100 * (time.process_time() - process) / took)
    return {"main thread": busy, "process": everything}
