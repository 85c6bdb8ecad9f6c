"""What a command writes replaces nothing that it was not told to replace."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from fakes import flat_server
from fakes.finished_jobs import finished
from fakes.flat_server import TOKEN, FlatServer
from sfumato_protocol import messages
from sfumato_server.__main__ import main
from sfumato_server.cli.outputs import BadOutput, Outputs


@pytest.fixture
def server() -> Iterator[FlatServer]:
    with flat_server.running() as running:
        yield running


@pytest.fixture
def photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SFUMATO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SFUMATO_TOKEN", TOKEN)
    path = tmp_path / "photo.png"
    Image.fromarray(np.random.default_rng(1).integers(0, 256, (60, 80, 3), np.uint8)).save(path)
    return path


def inpaint(server: FlatServer, photo: Path, *words: object) -> Result:
    chosen = ["--selection", "rect:30,20,12,12", "--recipe", "two", "--url", server.url]
    return CliRunner().invoke(main, ["inpaint", str(photo), *chosen, *map(str, words)])


@pytest.mark.parametrize("there", ["x.ora", "x.png", "x.sheet.png"])
def test_no_file_is_replaced_unless_told(server: FlatServer, photo: Path, there: str) -> None:
    precious = photo.with_name(there)
    precious.write_bytes(b"precious")
    words = ["--out", photo.with_name("x.ora"), "--png", "--sheet"]
    refused = inpaint(server, photo, *words)
    assert refused.exit_code == 1
    assert f"{precious} is there already" in refused.output
    assert "--overwrite" in refused.output
    assert precious.read_bytes() == b"precious"
    assert not server.of(messages.Submit), "said before any work"
    assert {file.name for file in photo.parent.iterdir()} <= {"photo.png", there, "home"}
    told = inpaint(server, photo, *words, "--overwrite")
    assert told.exit_code == 0, told.output
    assert precious.read_bytes() != b"precious"


def test_a_file_that_came_while_the_job_ran_stays(tmp_path: Path) -> None:
    wanted = Outputs(tmp_path / "x.ora", png=True)
    wanted.check()
    (tmp_path / "x.png").write_bytes(b"precious")
    with pytest.raises(BadOutput, match=r"x.png is there already"):
        wanted.write(finished())
    assert [file.name for file in tmp_path.iterdir()] == ["x.png"]


def test_what_is_no_ordinary_file_is_said_to_be_none(server: FlatServer, photo: Path) -> None:
    pipe = photo.with_name("pipe.ora")
    os.mkfifo(pipe)
    (photo.with_name("lost.ora")).symlink_to(photo.with_name("nowhere"))
    for words, sentence in (
        (["--out", pipe, "--overwrite"], "is no ordinary file"),
        (["--out", photo.with_name("lost.ora")], "is there already"),
    ):
        refused = inpaint(server, photo, *words)
        assert refused.exit_code == 1
        assert sentence in refused.output
        assert not server.of(messages.Submit)


def test_a_link_that_may_be_overwritten_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.ora").write_bytes(b"old")
    link = tmp_path / "link.ora"
    link.symlink_to("real.ora")
    Outputs(link, overwrite=True).write(finished())
    assert link.is_symlink()
    assert zipfile.is_zipfile(tmp_path / "real.ora")


def test_what_a_job_was_made_with_is_in_all_that_is_written(
    server: FlatServer, photo: Path
) -> None:
    prompt = "soft light, “café” \x1b[31m"
    out = photo.with_name("x.ora")
    ran = inpaint(server, photo, "--out", out, "--png", "--seed", 7, "--prompt", prompt)
    assert ran.exit_code == 0, ran.output
    for file in (out, out.with_suffix(".png")):
        told = CliRunner().invoke(main, ["provenance", str(file)])
        assert told.exit_code == 0
        assert "\x1b" not in told.output
        record = json.loads(told.stdout)
        assert record["prompt"] == prompt
        assert (record["seed"], record["recipe"], record["engine"]) == (7, "two", "flat")
        assert [one["index"] for one in record["passes"]] == [1, 2]
        assert record["complete"]
    nothing = CliRunner().invoke(main, ["provenance", str(photo)])
    assert "No Sfumato job is recorded" in nothing.output


def test_a_record_in_a_png_is_believed_no_more_than_any(tmp_path: Path) -> None:
    from sfumato_server.client import png

    path = tmp_path / "odd.png"
    path.write_bytes(png.encode(finished().image, None, {"sfumato.job.x": b"{" * 100}))
    told = CliRunner().invoke(main, ["provenance", str(path)])
    assert told.exit_code == 1
    assert "cannot be read" in told.output
