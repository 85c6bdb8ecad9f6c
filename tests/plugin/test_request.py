from dataclasses import replace
from itertools import count

import pytest

from fakes import flat_server
from fakes import plugin_values as values
from sfumato.core.choices import Choices
from sfumato.core.request import encode, extents_for, make_request
from sfumato.core.types import Refusal
from sfumato_protocol.blobs import MAX_SIDE
from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.geometry import RING, WHOLE, Rect, default_masks

RECIPE = flat_server.WELCOME.recipes[0]


def test_the_message_carries_the_choices_and_the_place() -> None:
    wanted = values.request(seed=11, prompt="a cheek")
    message, image, selection = encode(wanted, count(1).__next__)
    assert (message.job, message.recipe, message.seed) == (wanted.job, "two", 11)
    assert (message.prompt, message.crop) == ("a cheek", values.CROP)
    assert message.masks == default_masks(values.CANVAS, values.BOUNDS)
    assert message.blobs() == (image.info, selection.info)


@pytest.mark.parametrize(("depth", "sample"), [("U8", "u8"), ("U16", "u16")])
def test_pixels_go_out_as_krita_gave_them(depth: str, sample: str) -> None:
    wanted = values.request(depth)
    _, image, selection = encode(wanted, count(1).__next__)
    assert image.data == wanted.reading.pixels
    assert (image.info.order, image.info.sample) == ("BGRA", sample)
    assert image.info.profile == values.SRGB
    assert selection.info.encoding == "zlib"
    assert selection.pixels() == wanted.reading.selection


def test_views_into_foreign_memory_are_enough() -> None:
    wanted = values.request()
    views = replace(
        wanted.reading,
        pixels=memoryview(bytearray(wanted.reading.pixels)),
        selection=memoryview(bytearray(wanted.reading.selection)),
    )
    _, image, selection = encode(replace(wanted, reading=views), count(1).__next__)
    assert bytes(image.data) == wanted.reading.pixels
    assert selection.pixels() == wanted.reading.selection


def test_every_request_has_an_id_of_its_own() -> None:
    assert values.request().job != values.request().job


@pytest.mark.parametrize("field", ["pixels", "selection"])
def test_a_short_buffer_is_refused_before_anything_is_sent(field: str) -> None:
    wanted = values.request()
    short = replace(wanted.reading, **{field: getattr(wanted.reading, field)[:-1]})
    with pytest.raises(ProtocolError, match="bytes of pixels"):
        encode(replace(wanted, reading=short), count(1).__next__)


@pytest.mark.parametrize(("model", "depth"), [("CMYKA", "U8"), ("RGBA", "F32"), ("GRAYA", "U16")])
def test_other_colour_spaces_are_refused_by_name(model: str, depth: str) -> None:
    read = values.reading(model=model)
    other = replace(read, colour=replace(read.colour, depth=depth))
    with pytest.raises(Refusal, match=f"{model} {depth}.*Convert"):
        make_request(other, RECIPE, Choices(), flat_server.WELCOME)


def test_the_chosen_engine_is_asked_for_and_one_that_is_gone_is_refused() -> None:
    name = flat_server.WELCOME.engines[0].name
    wanted = make_request(values.reading(), RECIPE, Choices(engine=name), flat_server.WELCOME)
    assert encode(wanted, count(1).__next__)[0].engine == name
    with pytest.raises(Refusal, match=f"no engine “gone”.*{name}"):
        make_request(values.reading(), RECIPE, Choices(engine="gone"), flat_server.WELCOME)


def test_a_crop_beyond_the_servers_limit_is_refused() -> None:
    whole = Rect(0, 0, 300, 200)
    limits = replace(flat_server.WELCOME.limits, crop_pixels=300 * 200)
    assert extents_for(RECIPE, limits)(whole, whole)
    with pytest.raises(Refusal, match="smaller"):
        extents_for(RECIPE, replace(limits, crop_pixels=300 * 200 - 1))(whole, whole)


@pytest.mark.parametrize("upright", [False, True])
def test_a_crop_longer_than_can_be_sent_is_refused(upright: bool) -> None:
    limits = replace(flat_server.WELCOME.limits, crop_pixels=MAX_SIDE * 4096)
    for side in (MAX_SIDE, MAX_SIDE + 1):
        whole = Rect(0, 0, 300, side) if upright else Rect(0, 0, side, 300)
        extents = extents_for(RECIPE, limits)
        if side <= MAX_SIDE:
            assert extents(whole, whole)
            continue
        with pytest.raises(Refusal, match=f"are {side} px long.*at most {MAX_SIDE} px.*shorter"):
            extents(whole, whole)


def test_extents_follow_the_recipe() -> None:
    extents = extents_for(RECIPE, flat_server.WELCOME.limits)(
        Rect(0, 0, 1280, 720), Rect(10, 10, 50, 50)
    )
    assert [extent.zone for extent in extents] == [WHOLE, RING]
    assert extents[0].feather == pytest.approx(50 / 6)
    assert extents[1].width == pytest.approx(50 / 6)
