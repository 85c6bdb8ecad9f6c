"""Which document is which: while it is open, by its file, by the jobs whose passes it has."""

import os
import tempfile
from dataclasses import replace

from pictures import SPACES, picture, plan
from writing import AREAS

from sfumato.krita_io.documents import KritaDocuments
from sfumato_protocol.geometry import Rect
from sfumato_protocol.provenance import PREFIX


def case_a_document_is_itself_whatever_is_done_to_it():
    documents = KritaDocuments()
    with picture() as first, picture() as second:
        one, other = documents.identity(first), documents.identity(second)
        assert one != other
        first.setName("renamed")
        root = first.rootNode().uniqueId()
        first.flatten()
        first.waitForDone()
        assert first.rootNode().uniqueId() != root, "flattening gives another root"
        assert documents.identity(first) == one
        assert documents.find(one) == first
        assert documents.find(other) == second
    assert documents.find(one) is None
    assert documents.find("nobody") is None


def case_a_copy_is_another_document():
    documents = KritaDocuments()
    with picture() as document:
        identity = documents.identity(document)
        copy = document.clone()
        try:
            assert copy.rootNode().uniqueId() == document.rootNode().uniqueId()
            assert documents.identity(copy) != identity
            assert documents.find(identity) == document
        finally:
            copy.setModified(False)
            copy.close()


def case_found_by_its_file_while_it_is_open():
    documents = KritaDocuments()
    with tempfile.TemporaryDirectory() as folder, picture() as document:
        path = os.path.join(folder, "picture.kra")
        assert documents.stored_in(path) is None
        document.setModified(True)
        assert not documents.is_stored(document)
        document.setBatchmode(True)
        assert document.saveAs(path)
        assert documents.is_stored(document)
        assert documents.stored_in(os.path.join(folder, ".", "picture.kra")) == document
        assert documents.stored_in("") is None
        assert (documents.file(document), documents.name(document)) == (path, "picture.kra")
        document.setModified(True)
        assert not documents.is_stored(document)
    assert documents.stored_in(path) is None


def case_a_document_knows_whose_passes_it_has():
    documents = KritaDocuments()
    job = "d" * 32
    with picture() as document:
        assert documents.holding(job) is None
        documents.insert(document, replace(plan(SPACES[0], AREAS), provenance_key=PREFIX + job))
        assert documents.holding(job) == document
        assert documents.holding("e" * 32) is None


def case_a_look_is_what_the_picture_shows():
    documents = KritaDocuments()
    for colour in SPACES:
        with picture(colour) as document:
            area = Rect(17, 23, 101, 1)
            sides = (area.x, area.y, area.width, area.height)
            assert documents.look(document, area) == bytes(document.pixelData(*sides))
