"""A new document for passes whose own is gone: empty, of the same kind, and theirs alone."""

from pictures import HEIGHT, SPACES, WIDTH, bytes_of, plan
from writing import AREAS

from sfumato.krita_io import document as reader
from sfumato.krita_io import layers, opening
from sfumato.krita_io.document import Rect


def made(colour, width=WIDTH, height=HEIGHT):
    return opening.create(Rect(0, 0, width, height), colour)


def case_new_and_transparent_in_every_supported_space():
    for colour in SPACES:
        document = made(colour)
        try:
            assert reader.colour_space(document) == colour
            assert (document.width(), document.height()) == (WIDTH, HEIGHT)
            assert document.fileName() == ""
            assert not document.modified()
            content = bytes_of(document)
            assert content.count(0) == len(content), colour
        finally:
            document.close()


def case_sizes_that_are_no_whole_number_of_strips():
    for width, height in ((1, 1), (300, 256), (257, 513)):
        document = made(SPACES[0], width, height)
        try:
            assert bytes(document.pixelData(0, 0, width, height)) == bytes(4 * width * height)
        finally:
            document.close()


def case_the_layers_are_all_there_is_to_see():
    for colour in SPACES:
        document = made(colour)
        try:
            layers.insert(document, plan(colour, AREAS))
            document.waitForDone()
            assert [node.type() for node in document.topLevelNodes()] == [
                "paintlayer",
                "grouplayer",
            ]
            assert any(bytes_of(document))
            assert document.modified()
        finally:
            document.setModified(False)
            document.close()
