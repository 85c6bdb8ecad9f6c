"""The Python client against a server of one trick, over a real socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fakes import flat_server
from fakes.flat_server import ALPHA, COLOURS, TOKEN, WELCOME, FlatServer
from sfumato_protocol import endpoint, errors, messages
from sfumato_protocol.blobs import MAX_SIDE
from sfumato_protocol.geometry import Extent
from sfumato_protocol.peer import Peer
from sfumato_server.client.client import Client
from sfumato_server.client.errors import ClientError, JobFailed, ServerUnreachable
from sfumato_server.client.pixels import Image, Mask


@pytest.fixture
def server() -> Iterator[FlatServer]:
    with flat_server.running() as running:
        yield running


@pytest.fixture
def client(server: FlatServer) -> Iterator[Client]:
    with Client.connect(server.url, TOKEN) as client:
        yield client


def picture(dtype: str = "uint8", channels: int = 3) -> Image:
    """A 300 x 200 gradient without two equal neighbours."""
    top = np.iinfo(np.dtype(dtype)).max
    ramp = np.linspace(0, top, 200 * 300 * channels).reshape(200, 300, channels)
    return ramp.astype(dtype)


def selected(x: int = 140, y: int = 90, side: int = 20) -> Mask:
    mask = np.zeros((200, 300), np.uint8)
    mask[y : y + side, x : x + side] = 255
    return mask


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("channels", [3, 4])
def test_passes_come_back_as_layers_in_the_picture_s_own_type(
    client: Client, dtype: str, channels: int
) -> None:
    image = picture(dtype, channels)
    if channels == 4:
        image[..., 3] = np.iinfo(image.dtype).max
    done = client.inpaint(image, selected(), recipe="two", seed=7)
    assert [one.planned.index for one in done.passes] == [1, 2]
    assert [one.planned.seed for one in done.passes] == [7, 8]
    assert done.engine == "flat"
    scale = 257 if dtype == "uint16" else 1
    for one in done.passes:
        assert one.pixels.dtype == image.dtype
        assert one.pixels.shape == (6, 8, channels)
        assert tuple(one.pixels[0, 0, :3] // scale) == COLOURS[one.planned.index]
        assert (one.mask == ALPHA).all()


def test_only_the_context_crop_is_sent(client: Client, server: FlatServer) -> None:
    image = picture()
    done = client.inpaint(image, selected(), recipe="two")
    received = server.of(messages.Submit)[0]
    submit = received.message
    assert isinstance(submit, messages.Submit)
    crop = submit.crop
    assert crop.width < 300
    assert crop == done.submit.crop
    sent = np.frombuffer(received.blobs[0].pixels(), np.uint8).reshape(crop.height, crop.width, 3)
    expected = image[crop.y : crop.bottom, crop.x : crop.right]
    np.testing.assert_array_equal(sent, expected)


def test_context_gives_way_before_the_server_refuses(server: FlatServer) -> None:
    most = 100 * 100
    limits = replace(WELCOME.limits, crop_pixels=most)
    server.welcome = replace(WELCOME, limits=limits)
    with Client.connect(server.url, TOKEN) as client:
        crop = client.inpaint(picture(), selected(), recipe="two").submit.crop
    assert most / 2 < crop.width * crop.height <= most


def test_every_pass_is_acknowledged(client: Client, server: FlatServer) -> None:
    client.inpaint(picture(), selected(), recipe="two")
    client.shape(selected(), [])
    assert [
        received.message.index
        for received in server.of(messages.Ack)
        if isinstance(received.message, messages.Ack)
    ] == [1, 2]


def test_the_flattened_picture_is_the_stack_of_layers_and_else_untouched(client: Client) -> None:
    image = picture()
    done = client.inpaint(image, selected(), recipe="two")
    area = done.passes[0].area
    inside = np.s_[area.y : area.bottom, area.x : area.right]
    expected = image[inside].astype(float)
    for one in done.passes:
        a = ALPHA / 255
        expected = np.rint(a * np.array(COLOURS[one.planned.index]) + (1 - a) * expected)
    np.testing.assert_array_equal(done.flattened[inside], expected)
    outside = np.ones((200, 300), bool)
    outside[inside] = False
    np.testing.assert_array_equal(done.flattened[outside], image[outside])
    assert len(list(done.stages())) == 2


def test_events_tell_what_happens(client: Client) -> None:
    heard: list[messages.Message] = []
    client.inpaint(picture(), selected(), recipe="two", on_event=heard.append)
    assert [message.type for message in heard] == [
        "accepted", "progress", "pass_done", "progress", "pass_done",
    ]  # fmt: skip


def test_own_passes_replace_the_recipe_s(client: Client) -> None:
    own = (messages.PassSpec("wide", 0.25, prompt="warm light"),)
    done = client.inpaint(picture(), selected(), recipe="two", passes=own, prompt="skin")
    assert [one.planned.prompt for one in done.passes] == ["warm light"]
    assert done.passes[0].title == "1 wide · strength 0.25 · seed 0"


def test_shape_gives_both_masks_for_each_extent(client: Client) -> None:
    mask = selected()
    extents = [Extent("whole", 5, 10, 0), Extent("ring", 0, 10, 10)]
    pairs = client.shape(mask, extents)
    assert len(pairs) == 2
    for denoise, blend in pairs:
        np.testing.assert_array_equal(denoise, mask)
        np.testing.assert_array_equal(blend, 255 - mask)


def test_a_failure_is_the_server_s_own_sentence(client: Client, server: FlatServer) -> None:
    def fail(peer: Peer, submit: messages.Submit) -> flat_server.Answers:
        yield (
            messages.Failed(
                submit.job, errors.QUEUE_FULL, "9 jobs waiting", "at most 8", "Wait for one."
            ),
            (),
        )

    server.answer = fail
    with pytest.raises(JobFailed, match=r"got 9 jobs waiting; expected at most 8. Wait") as caught:
        client.inpaint(picture(), selected(), recipe="two")
    assert caught.value.code == errors.QUEUE_FULL
    server.answer = flat_server.run_ladder
    assert len(client.inpaint(picture(), selected(), recipe="two").passes) == 2


def test_interrupting_cancels_the_job(client: Client, server: FlatServer) -> None:
    def interrupt(event: messages.Message) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        client.inpaint(picture(), selected(), recipe="two", on_event=interrupt)
    assert server.wait_for(messages.Cancel)


@pytest.mark.parametrize(
    ("image", "mask", "sentence"),
    [
        (picture()[..., 0], selected(), r"expected \(height, width, 3 or 4\)"),
        (picture().astype(np.float32), selected(), "float32"),
        (picture(), selected()[:100], r"expected \(200, 300\)"),
        (picture(), selected().astype(bool), "bool"),
        (picture(), np.zeros((200, 300), np.uint8), "without a selected pixel"),
    ],
)
def test_wrong_pictures_are_refused_before_anything_is_sent(
    client: Client, server: FlatServer, image: Image, mask: Mask, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        client.inpaint(image, mask, recipe="two")
    assert not server.of(messages.Submit)


def test_a_selection_too_long_to_be_sent_is_refused_before_anything_is(
    client: Client, server: FlatServer
) -> None:
    image = np.zeros((8, MAX_SIDE + 1, 3), np.uint8)
    sentence = f"is {MAX_SIDE + 1}x8 px; expected at most {MAX_SIDE} px a side. Select a shorter"
    with pytest.raises(ClientError, match=sentence):
        client.inpaint(image, np.full(image.shape[:2], 255, np.uint8), recipe="two")
    assert not server.of(messages.Submit)


def test_an_unknown_recipe_names_those_there_are(client: Client) -> None:
    with pytest.raises(ClientError, match="got the recipe 'three'; expected one of two"):
        client.inpaint(picture(), selected(), recipe="three")
    with pytest.raises(ClientError, match=r"got the recipe 'heal'.* a face need a model"):
        client.inpaint(picture(), selected())


def test_no_server_says_how_to_start_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(ServerUnreachable, match=r"No server at .* Start it with: sfumato"):
            Client.connect(f"ws://127.0.0.1:{port}/sfumato", TOKEN)


def test_a_wrong_token_is_named(server: FlatServer) -> None:
    with pytest.raises(ServerUnreachable, match="the token is not its own"):
        Client.connect(server.url, "wrong")


def test_the_local_token_is_not_shown_to_another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "read_token", lambda *_: "secret")
    with pytest.raises(ServerUnreachable, match="No token for ws://studio"):
        Client.connect("ws://studio.invalid:9440/sfumato")


def test_without_a_token_file_the_server_has_not_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SFUMATO_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(ServerUnreachable, match="no server has run here"):
        Client.connect()


def test_a_refused_greeting_is_the_server_s_sentence(server: FlatServer) -> None:
    server.welcome = messages.Failed("", errors.WRONG_VERSION, "sfumato/1", "sfumato/2", "Update.")
    with pytest.raises(JobFailed, match=r"got sfumato/1; expected sfumato/2. Update."):
        Client.connect(server.url, TOKEN)


def test_a_server_that_leaves_is_named(client: Client, server: FlatServer) -> None:
    def leave(peer: Peer, submit: messages.Submit) -> flat_server.Answers:
        yield messages.Accepted(submit.job, "flat", (), 0), ()
        raise flat_server.Leaves("out of memory")

    server.answer = leave
    with pytest.raises(ServerUnreachable, match=r"closed the connection \(out of memory\)"):
        client.inpaint(picture(), selected(), recipe="two")


def test_transparency_is_kept(client: Client) -> None:
    image = picture("uint8", 4)
    image[..., 3] = np.arange(image.shape[1]) % 256
    done = client.inpaint(image, selected(), recipe="two")
    np.testing.assert_array_equal(done.flattened[..., 3], image[..., 3])
    clear = image[..., 3] == 0
    np.testing.assert_array_equal(done.flattened[clear], image[clear])
    assert (done.flattened != image).any()
