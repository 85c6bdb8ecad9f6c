"""A saved picture opens again as it was."""

import os
import tempfile

from pictures import SPACES, bytes_of, picture, plan
from writing import AREAS

from krita import Krita
from sfumato.krita_io import layers


def case_saved_and_reopened_in_every_supported_space():
    for colour in SPACES:
        with tempfile.TemporaryDirectory() as folder, picture(colour) as document:
            path, wanted = os.path.join(folder, "picture.kra"), plan(colour, AREAS)
            layers.insert(document, wanted)
            document.waitForDone()
            before = bytes_of(document)
            document.setBatchmode(True)
            assert document.saveAs(path)
            check_copy(path, before, wanted)


def check_copy(path, before, wanted):
    copy = Krita.instance().openDocument(path)
    try:
        assert bytes_of(copy) == before, wanted.colour
        (group,) = [node for node in copy.topLevelNodes() if node.type() == "grouplayer"]
        assert group.name() == wanted.group_name
        for child, spec in zip(group.childNodes(), wanted.layers):
            (mask,) = child.childNodes()
            place = (spec.area.x, spec.area.y, spec.area.width, spec.area.height)
            assert (child.name(), mask.type()) == (spec.name, "transparencymask")
            assert bytes(mask.pixelData(*place)) == bytes(spec.mask)
            assert bytes(child.pixelData(*place)) == bytes(spec.pixels)
        assert bytes(copy.annotation(wanted.provenance_key)) == wanted.provenance
    finally:
        copy.close()
