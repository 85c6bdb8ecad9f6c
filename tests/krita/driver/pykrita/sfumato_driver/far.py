"""Places far apart in a large photograph: one click, one group, one layer a pass."""

from krita import Krita, Selection

from . import desk
from .records import jobs_in, tree
from .refusing import PROFILE, idle, select
from .runner import Pause, Until

SIZE = (6000, 4000)
PLACES = ((300, 200, 120, 90), (5500, 500, 80, 80), (2900, 3700, 60, 100))


def places():
    """Click with all of them selected; what the picture holds then. One undo takes it away."""
    krita = Krita.instance()
    desk.main_window()
    yield desk.connected()
    document = krita.createDocument(*SIZE, "photo", "RGBA", "U8", PROFILE, 72.0)
    krita.activeWindow().addView(document)
    yield Until(lambda: document.activeNode() is not None, "an active layer")
    chosen = Selection()
    for place in PLACES:
        chosen.select(*place, 255)
    select(document, chosen)
    yield Pause(300)
    yield Until(lambda: idle(document), "Krita to be at rest")
    desk.press(desk.toolbar_button())
    yield desk.says("in the document as")
    (group,) = groups(document)
    report = {
        "records": [bytes(document.annotation(k)).decode() for k in jobs_in(document)],
        "group": tree(group),
        "masks": [
            [mask.pixelData(x + 20, y + 20, 1, 1).at(0)[0] for x, y, _, _ in PLACES]
            for mask in (layer.childNodes()[0] for layer in group.childNodes())
        ],
        "advice": desk.panel().rows.details.advice.text(),
    }
    krita.action("edit_undo").trigger()
    yield Until(lambda: not groups(document), "one undo to take it all away")
    return report


def groups(document):
    document.waitForDone()
    return [node for node in document.topLevelNodes() if node.type() == "grouplayer"]
