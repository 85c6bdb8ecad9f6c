"""Whose job made a layer: written by us, kept by Krita in its file, read back."""

import os
import tempfile
from dataclasses import replace

from pictures import SPACES, picture, plan
from writing import AREAS

from krita import Krita
from sfumato.krita_io import layers, records
from sfumato_protocol import provenance
from sfumato_protocol.geometry import Extent, MaskSettings
from sfumato_protocol.messages import Figure, PlannedPass


def job(digit, prompt):
    """A record, and the plan that carries it into a document."""
    planned = PlannedPass(1, Extent("whole", 5.0, 10.0, 0.0), 0.7, 20, -1.0, 7, "")
    area = AREAS[0]
    layer = provenance.Layer(1, "1 whole", area, 0.125, (Figure("seam", 1.25),))
    record = provenance.Provenance(
        "sfumato/1", "tests", digit * 32, "heal", "patch", prompt, "", 7,
        MaskSettings(10.0, 5.0, 10.0, 48.0), area, area, area, SPACES[0], True, "",
        ("mask.small",), (planned,), (layer,),
    )  # fmt: skip
    wanted = plan(SPACES[0], AREAS)
    name = provenance.PREFIX + record.job
    return record, replace(wanted, provenance_key=name, provenance=provenance.write(record))


def case_a_layer_leads_to_its_job_in_a_file_opened_again():
    first, first_plan = job("a", "größer “x”\\ \n✨")
    second, second_plan = job("b", "")
    with tempfile.TemporaryDirectory() as folder, picture() as document:
        layers.insert(document, first_plan)
        layers.insert(document, second_plan)
        document.waitForDone()
        path = os.path.join(folder, "picture.kra")
        document.setBatchmode(True)
        assert document.saveAs(path)
        copy = Krita.instance().openDocument(path)
        try:
            bottom, *made = copy.topLevelNodes()
            assert len(records.groups(copy)) == len(made) == 2
            for group, wanted in zip(made, (first, second)):
                group.setName("renamed")
                layer = group.childNodes()[1]
                for node in (group, layer, layer.childNodes()[0]):
                    found = provenance.read(records.record_around(copy, node))
                    assert found == wanted, node.name()
            assert records.record_around(copy, bottom) == b""
            assert records.record_around(copy, None) == b""
        finally:
            copy.setModified(False)
            copy.close()


def case_a_record_that_is_too_large_is_cut_and_refused():
    _, wanted = job("c", "")
    huge = wanted.provenance + b" " * provenance.LARGEST
    with picture() as document:
        layers.insert(document, replace(wanted, provenance=huge))
        document.waitForDone()
        content = records.record_around(document, document.topLevelNodes()[-1])
        assert len(content) == provenance.LARGEST + 1
        try:
            provenance.read(content)
        except provenance.Unreadable as refusal:
            assert "bytes of at most" in str(refusal)
        else:
            raise AssertionError("it was read")
