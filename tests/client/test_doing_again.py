"""What a job would be, and a job done again, with the Python client on a real server."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from fakes import engines as zoo
from fakes import flat_server
from server.conftest import TOKEN, StartServer, start_server
from sfumato_protocol import errors
from sfumato_protocol.geometry import MaskSettings
from sfumato_protocol.messages import PassSpec
from sfumato_server.__main__ import main
from sfumato_server.client.client import Client
from sfumato_server.client.errors import ClientError, JobFailed
from sfumato_server.client.pixels import Image, Mask

__all__ = ["start_server"]

LADDER = (PassSpec("whole", 0.8), PassSpec("ring", 0.5, engine="adder"))
SMALL = MaskSettings(6, 3, 4, 20)


def picture() -> Image:
    ramp = np.linspace(0, 255, 200 * 300 * 3).reshape(200, 300, 3)
    return ramp.astype(np.uint8)


def selected() -> Mask:
    mask = np.zeros((200, 300), np.uint8)
    mask[80:120, 130:170] = 255
    return mask


def test_what_is_planned_is_what_runs(start_server: StartServer) -> None:
    server = start_server(zoo.Painter, zoo.Adder)
    with Client.connect(server.url, TOKEN) as client:
        job = client.prepare(picture(), selected(), passes=LADDER, masks=SMALL, prompt="no scar")
        planned = client.plan(job)
        assert planned.seconds == 0
        assert "prompt.negation" in [note.rule for note in planned.notes]
        done = client.run(job)
        assert planned.plan == done.plan
        for one, (_, blend) in zip(done.passes, planned.masks, strict=True):
            area, crop = one.area, job.submit.crop
            part = blend[area.y - crop.y :, area.x - crop.x :][: area.height, : area.width]
            np.testing.assert_array_equal(part, one.mask)
        assert client.plan(job).seconds > 0
        small = client.plan(job, longest=16).masks[0][0]
        assert max(small.shape) == 16
        with pytest.raises(JobFailed) as failed:
            client.plan(client.prepare(picture(), selected(), passes=LADDER, engine="gone"))
        assert failed.value.code == errors.UNKNOWN_ENGINE


def test_a_job_is_done_again_from_a_pass_on(start_server: StartServer) -> None:
    server = start_server(zoo.Painter, zoo.Adder)
    with Client.connect(server.url, TOKEN) as client:
        base = client.run(client.prepare(picture(), selected(), passes=LADDER, masks=SMALL, seed=1))
        client.acknowledge(base, keep=True)
        same = client.run(client.again(base, 2))
        np.testing.assert_array_equal(same.flattened, base.flattened)
        other = client.run(client.again(base, 1, seed=2, prompt="skin"))
        assert (other.flattened != base.flattened).any()
        assert other.submit.seed == 2
        cleared = np.zeros_like(base.passes[0].mask)
        painted = client.run(client.again(same, 2, earlier=[cleared]))
        np.testing.assert_array_equal(painted.passes[0].mask, cleared)
        np.testing.assert_array_equal(next(painted.stages()), picture())
        for job in (base, same, other, painted):
            client.acknowledge(job)
        with pytest.raises(JobFailed) as failed:
            client.run(client.again(base, 2))
        assert failed.value.code == errors.UNKNOWN_JOB
        assert list((server.home / "spool").glob("*.job")) == []


def test_a_server_of_before_is_not_asked() -> None:
    with flat_server.running() as server, Client.connect(server.url, flat_server.TOKEN) as client:
        job = client.prepare(picture(), selected(), recipe="two")
        with pytest.raises(ClientError, match="Update it"):
            client.plan(job)
        with pytest.raises(ClientError, match="Update it"):
            client.again(job, 1)


def test_the_command_says_what_it_would_do(start_server: StartServer, tmp_path: Path) -> None:
    server = start_server(zoo.Painter, zoo.Adder)
    (tmp_path / "token").write_text(TOKEN)
    for name, pixels in (("photo.png", picture()), ("mask.png", selected())):
        cv2.imwrite(str(tmp_path / name), pixels)
    words = ["inpaint", "photo.png", "--selection", "mask.png", "--recipe", "seam", "--dry-run"]
    options = ["--url", server.url, "--token-file", str(tmp_path / "token")]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        ran = CliRunner().invoke(main, [*words, *options])
        assert ran.exit_code == 0, ran.output
        assert "2 ring · strength" in ran.output
        assert "px at most" in ran.output
        assert "Advice: No prompt" in ran.output
        assert "the server has not run the like yet" in ran.output
        assert not list(tmp_path.glob("*.ora"))
        assert not (server.home / "spool").exists()
