"""What a session leaves for the test to look at: plain values in the report, pixels in files."""

import os
import time

from sfumato.krita_io import building, layers


class Recorder:
    """Takes note of the plan that is inserted and of when, from its first piece on; what happens
    stays as it is."""

    def __init__(self):
        self.plan = None
        self.begun = self.ended = 0.0
        self._insert, self._step = layers.insert, building.Building.step
        layers.insert = self._recorded
        building.Building.step = lambda built: self._stepped(built)

    def stop(self):
        layers.insert, building.Building.step = self._insert, self._step

    def _stepped(self, built):
        self.begun = self.begun or time.monotonic()
        return self._step(built)

    def _recorded(self, document, plan, *prepared):
        self.plan = plan
        self.begun = self.begun or time.monotonic()
        done = self._insert(document, plan, *prepared)
        self.ended = time.monotonic()
        return done


def describe(document, plan):
    """The document's layers and, with a plan, its record of the job."""
    found = {
        "size": [document.width(), document.height()],
        "colour": [document.colorModel(), document.colorDepth(), document.colorProfile()],
        "nodes": [tree(n) for n in document.topLevelNodes() if n.type() != "selectionmask"],
        "modified": document.modified(),
    }
    if plan is not None:
        found["group_name"] = plan.group_name
        found["areas"] = [[s.area.x, s.area.y, s.area.width, s.area.height] for s in plan.layers]
        found["provenance"] = bytes(document.annotation(plan.provenance_key)).decode()
    return found


def jobs_in(document):
    """The names of the annotations that hold the records of jobs."""
    return [kind for kind in document.annotationTypes() if kind.startswith("sfumato.job.")]


def tree(node):
    """[type, name, children]"""
    return [node.type(), node.name(), [tree(child) for child in node.childNodes()]]


def write_projection(document, path):
    """The document as one sees it, raw."""
    with open(path, "wb") as file:
        file.write(document.pixelData(0, 0, document.width(), document.height()))


def dump_layers(document, plan, place):
    """What each inserted layer and its mask hold, raw, for the plan's areas."""
    group = document.topLevelNodes()[-1]
    if group.type() == "selectionmask":
        group = document.topLevelNodes()[-2]
    for number, (layer, spec) in enumerate(zip(group.childNodes(), plan.layers)):
        area = (spec.area.x, spec.area.y, spec.area.width, spec.area.height)
        for name, node in (("pixels", layer), ("mask", layer.childNodes()[0])):
            with open(os.path.join(place, f"{name}{number}"), "wb") as file:
                file.write(node.pixelData(*area))
