from dataclasses import replace
from itertools import count

import pytest

from fakes import flat_server
from fakes import plugin_values as values
from sfumato.core.choices import Choices
from sfumato.core.request import encode, make_request, make_requests
from sfumato.core.types import Refusal
from sfumato_protocol.errors import ProtocolError
from sfumato_protocol.geometry import default_masks
from sfumato_protocol.messages import Submit

RECIPE = flat_server.WELCOME.recipes[0]


def test_the_message_carries_the_choices_and_the_place() -> None:
    wanted = values.request(seed=11, prompt="a cheek")
    message, (image, selection) = encode(wanted, count(1).__next__)
    assert isinstance(message, Submit)
    assert (message.job, message.recipe, message.seed) == (wanted.job, "two", 11)
    assert (message.prompt, message.crop) == ("a cheek", values.CROP)
    assert message.masks == default_masks(values.CANVAS, values.BOUNDS)
    assert message.blobs() == (image.info, selection.info)


@pytest.mark.parametrize(("depth", "sample"), [("U8", "u8"), ("U16", "u16")])
def test_pixels_go_out_as_krita_gave_them(depth: str, sample: str) -> None:
    wanted = values.request(depth)
    _, (image, selection) = encode(wanted, count(1).__next__)
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
    _, (image, selection) = encode(replace(wanted, reading=views), count(1).__next__)
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


def test_jobs_of_one_click_know_each_other() -> None:
    (one,) = make_requests([values.reading()], RECIPE, Choices(), flat_server.WELCOME)
    assert one.click == ""
    three = make_requests([values.reading()] * 3, RECIPE, Choices(seed=4), flat_server.WELCOME)
    assert len({request.job for request in three}) == 3
    assert {request.click for request in three} == {three[0].job}
    assert {request.choices.seed for request in three} == {4}
    assert all("3 places" in request.remarks[0] for request in three)


def test_the_artist_is_told_of_surroundings_that_had_to_give_way() -> None:
    whole, cut = values.reading(crop=values.CANVAS), values.reading()
    for reading, remarks in ((whole, 0), (cut, 1)):
        (asked,) = make_requests([reading], RECIPE, Choices(), flat_server.WELCOME)
        assert len(asked.remarks) == remarks
        assert all("less of its surroundings" in remark for remark in asked.remarks)
