"""What cannot become a job is refused with one sentence, and nothing is changed."""

from pictures import HEIGHT, WIDTH, picture, select

from krita import Selection
from sfumato.core import sentences
from sfumato.core.types import ColourSpace, Frame, Refusal
from sfumato.krita_io import document as reader


def whole(canvas, bounds, coverage):
    """One frame of all there is."""
    return (Frame(bounds, canvas),)


def sentence(document):
    """The refusal that reading ends in."""
    names = [node.name() for node in document.topLevelNodes()]
    document.setModified(False)
    try:
        reader.read(document, whole)
    except Refusal as refusal:
        assert not document.modified()
        assert [node.name() for node in document.topLevelNodes()] == names
        return str(refusal)
    raise AssertionError("the document was read")


def case_no_document():
    try:
        reader.active()
    except Refusal as refusal:
        assert str(refusal) == sentences.no_document()
    else:
        raise AssertionError("kritarunner has no active document")


def case_no_selection():
    with picture() as document:
        assert sentence(document) == sentences.no_selection()


def case_an_empty_selection():
    with picture() as document:
        document.setSelection(Selection())
        assert sentence(document) == sentences.empty_selection()


def case_off_the_canvas_on_every_side():
    places = ((-80, 50), (50, -80), (WIDTH, 50), (50, HEIGHT), (5000, 5000))
    for x, y in places:
        with picture() as document:
            select(document, x, y, 80, 80)
            assert sentence(document) == sentences.off_canvas(), (x, y)


def case_bounds_that_meet_the_canvas_where_the_selection_does_not():
    with picture() as document:
        corner = Selection()
        corner.select(-40, -40, WIDTH, 20, 255)
        other = Selection()
        other.select(-40, -40, 20, HEIGHT, 255)
        corner.add(other)
        document.setSelection(corner)
        assert document.selection().height() == HEIGHT
        assert sentence(document) == sentences.off_canvas()


def case_spaces_that_are_not_supported_yet():
    spaces = (
        ColourSpace("RGBA", "F32", "sRGB-elle-V2-g10.icc"),
        ColourSpace("RGBA", "F16", "sRGB-elle-V2-g10.icc"),
        ColourSpace("RGBA", "U8", "Rec2020-elle-V4-g10.icc"),
        ColourSpace("RGBA", "U16", "ClayRGB-elle-V2-g22.icc"),
        ColourSpace("GRAYA", "U8", "Gray-D50-elle-V2-srgbtrc.icc"),
        ColourSpace("LABA", "U16", "Lab identity built-in"),
    )
    for colour in spaces:
        with picture(colour) as document:
            select(document, 100, 100, 50, 50)
            said = sentence(document)
            for word in (colour.model, colour.depth, colour.profile, "Convert Image Color Space"):
                assert word in said, (word, said)


def case_other_names_of_srgb_are_fine():
    for profile in ("sRGB built-in", "scRGB (linear)"):
        with picture(ColourSpace("RGBA", "U16", profile)) as document:
            select(document, 100, 100, 50, 50)
            (reading,) = reader.read(document, whole)
            assert reading.colour.profile == profile
