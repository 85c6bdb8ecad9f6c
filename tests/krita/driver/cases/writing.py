"""Inserting a job's result: exact outside the masks, the composite inside, nothing half done."""

from dataclasses import replace

from pictures import (
    HEIGHT,
    SPACES,
    WIDTH,
    bytes_of,
    noise,
    outside_is_same,
    picture,
    plan,
    worst,
    worst_colour,
)

from sfumato.core.types import ColourSpace, LayerPlan, LayerSpec, Patch
from sfumato.krita_io import layers
from sfumato_protocol.geometry import Rect

AREAS = (Rect(150, 100, 90, 60), Rect(170, 110, 40, 40), Rect(200, 90, 80, 30))
TOUCHED = Rect(150, 90, 130, 70)


def case_composite_and_outside_in_every_supported_space():
    for colour in SPACES:
        with picture(colour) as document:
            before, wanted = bytes_of(document), plan(colour, AREAS)
            layers.insert(document, wanted)
            document.waitForDone()
            after = bytes_of(document)
            assert after != before
            assert outside_is_same(before, after, colour, TOUCHED), colour
            error = worst(document, wanted, before, TOUCHED)
            print("composite", colour.depth, colour.profile, "within", round(error, 4), "/255")
            assert error <= 1.0, (colour, error)


def case_a_full_mask_gives_the_very_bytes():
    for colour in SPACES:
        with picture(colour) as document:
            wanted = plan(colour, AREAS[:1], opacity=255)
            layers.insert(document, wanted)
            document.waitForDone()
            assert bytes_of(document, AREAS[0]) == bytes(wanted.layers[0].pixels), colour


def case_one_layer_shows_a_pass_in_all_its_places():
    colour = SPACES[0]
    near, far = Rect(20, 30, 40, 50), Rect(400, 300, 30, 20)
    with picture(colour) as document:
        before, wanted = bytes_of(document), plan(colour, (near, far), opacity=255)
        first, second = wanted.layers
        patch = Patch(second.area, second.pixels, second.mask)
        one = replace(first, elsewhere=(patch,))
        others = (("sfumato.job.other", b"{}"),)
        layers.insert(document, replace(wanted, layers=(one,), other_records=others))
        document.waitForDone()
        after = bytes_of(document)
        assert bytes_of(document, near) == bytes(first.pixels)
        assert bytes_of(document, far) == bytes(second.pixels)
        row = WIDTH * 4
        for y in range(HEIGHT):
            start = y * row
            inside = [one for one in (near, far) if one.y <= y < one.bottom]
            for rect in inside:
                left, right = start + 4 * rect.x, start + 4 * rect.right
                after = after[:left] + before[left:right] + after[right:]
        assert after == before, "something else changed"
        group = document.topLevelNodes()[-1]
        assert len(group.childNodes()) == 1
        known = group.uniqueId().toString()
        for key in (wanted.provenance_key, "sfumato.job.other"):
            assert document.annotationDescription(key) == known


def case_an_empty_mask_changes_nothing():
    for colour in SPACES:
        with picture(colour) as document:
            before = bytes_of(document)
            layers.insert(document, plan(colour, AREAS, opacity=0))
            document.waitForDone()
            assert bytes_of(document) == before, colour


def case_layers_that_inherit_alpha_keep_it_and_mix_as_over_an_opaque_picture():
    for colour in SPACES:
        size = {"U8": 1, "U16": 2}[colour.depth]
        content = bytearray(noise(colour, WIDTH * HEIGHT, 1))
        for byte in range(size):
            content[3 * size + byte :: 4 * size] = bytes(i % 240 for i in range(WIDTH * HEIGHT))
        with picture(colour, bytes(content)) as document:
            before, wanted = bytes_of(document), plan(colour, AREAS)
            inheriting = tuple(replace(spec, inherit_alpha=True) for spec in wanted.layers)
            layers.insert(document, replace(wanted, layers=inheriting))
            document.waitForDone()
            after = memoryview(bytes_of(document))
            for byte in range(size):
                alphas = slice(3 * size + byte, None, 4 * size)
                assert bytes(after[alphas]) == before[alphas], colour
            assert worst_colour(document, wanted, before, TOUCHED) <= 1.0, colour


def case_one_group_with_named_masked_layers_bottom_first():
    with picture() as document:
        wanted = plan(SPACES[0], AREAS)
        layers.insert(document, wanted)
        bottom, group = document.topLevelNodes()
        assert (bottom.type(), group.type(), group.name()) == (
            "paintlayer", "grouplayer", wanted.group_name)  # fmt: skip
        children = group.childNodes()
        assert [child.name() for child in children] == [spec.name for spec in wanted.layers]
        for child, spec in zip(children, wanted.layers):
            (mask,) = child.childNodes()
            place = (spec.area.x, spec.area.y, spec.area.width, spec.area.height)
            assert (child.type(), mask.type()) == ("paintlayer", "transparencymask")
            assert mask.name() == "Mask of " + spec.name
            assert bytes(mask.pixelData(*place)) == bytes(spec.mask)
            assert bytes(child.pixelData(*place)) == bytes(spec.pixels)
            assert (child.colorModel(), child.colorDepth()) == ("RGBA", "U8")


def case_hiding_a_layer_takes_its_pass_away():
    with picture() as document:
        before, wanted = bytes_of(document), plan(SPACES[0], AREAS)
        layers.insert(document, wanted)
        children = document.topLevelNodes()[1].childNodes()
        children[2].setVisible(False)
        document.refreshProjection()
        document.waitForDone()
        fewer = LayerPlan("", SPACES[0], wanted.layers[:2], "k", b"")
        assert worst(document, fewer, before, TOUCHED) <= 1.0


def case_two_jobs_pile_up():
    with picture() as document:
        before, wanted = bytes_of(document), plan(SPACES[0], AREAS)
        layers.insert(document, wanted)
        layers.insert(document, wanted)
        document.waitForDone()
        assert len(document.topLevelNodes()) == 3
        twice = LayerPlan("", SPACES[0], wanted.layers * 2, "k", b"")
        assert worst(document, twice, before, TOUCHED) <= 1.0


def case_areas_at_and_past_the_edges():
    colour = SPACES[2]
    with picture(colour) as document:
        before = bytes_of(document)
        area = Rect(WIDTH - 30, HEIGHT - 20, 30, 20)
        wanted = plan(colour, (area, Rect(-20, -10, 40, 30)), opacity=255)
        layers.insert(document, wanted)
        document.waitForDone()
        after = bytes_of(document)
        assert bytes_of(document, area) == bytes(wanted.layers[0].pixels)
        assert after[: 8 * 20] != before[: 8 * 20]
        assert after[8 * 20 : 8 * WIDTH] == before[8 * 20 : 8 * WIDTH]


def case_any_kind_of_buffer_is_taken():
    area = AREAS[1]
    pixels = noise(SPACES[0], area.width * area.height, 9)
    for kind in (bytes, bytearray, memoryview):
        with picture() as document:
            mask = kind(b"\xff" * (area.width * area.height))
            spec = LayerSpec("1", area, kind(pixels), mask)
            layers.insert(document, LayerPlan("g", SPACES[0], (spec,), "k", b"{}"))
            document.waitForDone()
            assert bytes_of(document, area) == pixels, kind


def case_the_job_is_recorded_in_the_document():
    with picture() as document:
        wanted = plan(SPACES[0], AREAS)
        layers.insert(document, wanted)
        assert bytes(document.annotation(wanted.provenance_key)) == wanted.provenance
        group = document.topLevelNodes()[-1].uniqueId().toString()
        assert document.annotationDescription(wanted.provenance_key) == group
        assert document.modified()


def case_plans_that_do_not_fit_are_turned_down_untouched():
    area = Rect(10, 10, 20, 10)
    pixels, mask = bytes(800), bytes(200)
    wrong = (
        (SPACES[0], LayerSpec("a", area, pixels[:-1], mask), "799 bytes"),
        (SPACES[0], LayerSpec("a", area, pixels + b"\0", mask), "801 bytes"),
        (SPACES[0], LayerSpec("a", area, pixels, mask[:-1]), "199 bytes"),
        (SPACES[0], LayerSpec("a", Rect(10, 10, 0, 10), b"", b""), "0 bytes"),
        (SPACES[2], LayerSpec("a", area, pixels * 2, mask), "U16"),
        (
            ColourSpace("RGBA", "U8", "sRGB built-in"),
            LayerSpec("a", area, pixels, mask),
            "built-in",
        ),
    )
    for colour, spec, word in wrong:
        with picture() as document:
            document.setModified(False)
            try:
                layers.insert(document, LayerPlan("g", colour, (spec,), "k", b"{}"))
            except ValueError as error:
                assert word in str(error), error
            else:
                raise AssertionError("inserted " + word)
            assert len(document.topLevelNodes()) == 1 and not document.modified()


def case_an_empty_plan_is_turned_down():
    with picture() as document:
        try:
            layers.insert(document, LayerPlan("g", SPACES[0], (), "k", b"{}"))
        except ValueError as error:
            assert "no layers" in str(error)
        else:
            raise AssertionError("inserted nothing")


def case_an_idle_document_can_be_written():
    with picture() as document:
        assert layers.can_write(document)
        layers.insert(document, plan(SPACES[0], AREAS))
        document.waitForDone()
        assert layers.can_write(document)


def case_nothing_is_left_open():
    from krita import Krita

    with picture() as document:
        layers.insert(document, plan(SPACES[0], AREAS))
        assert Krita.instance().documents() == [document]
