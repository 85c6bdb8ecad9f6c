"""The `sfumato` command as a person meets it."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from fakes import flat_server
from fakes.flat_server import TOKEN, FlatServer
from sfumato_server.__main__ import main
from sfumato_server.client.client import Client


@pytest.fixture
def server() -> Iterator[FlatServer]:
    with flat_server.running() as running:
        yield running


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    noise = np.random.default_rng(1).integers(0, 256, (200, 300, 3), np.uint8)
    Image.fromarray(noise).save(path)
    return path


def sfumato(*words: object, home: Path | None = None) -> Result:
    environment = {"SFUMATO_HOME": str(home), "HOME": str(home)} if home else {}
    return CliRunner().invoke(main, [str(word) for word in words], env=environment)


def inpaint(server: FlatServer, *words: object) -> Result:
    return sfumato("inpaint", *words, "--url", server.url, "--token", TOKEN)


@pytest.mark.parametrize("command", ["", "serve", "inpaint", "install-plugin", "doctor"])
def test_help_teaches(command: str) -> None:
    result = sfumato(*command.split(), "--help")
    assert result.exit_code == 0
    if command in ("", "serve", "inpaint"):
        assert "  sfumato " in result.output, "an example to copy"


def test_help_and_list_teach_the_recipes_in_the_order_of_the_offer(tmp_path: Path) -> None:
    words = sfumato("inpaint", "--help").output
    listed = sfumato("recipes", "--home", tmp_path).output
    told = re.findall(r"^    ([a-z-]+)  ", words, re.MULTILINE)
    assert told == re.findall(r"^([a-z-]+): ", listed, re.MULTILINE)
    assert told[:2] == ["heal", "artefact-fix"]
    assert "heal: 1.00 whole on patch-diffusion\n    Removes spots" in listed
    assert "0.40 ring → 0.25 wide on patch-diffusion" in listed
    assert listed.count("Not offered yet: sfumato models add.") == 2
    bad = tmp_path / "recipes"
    bad.mkdir()
    (bad / "mine.toml").write_text("strength = much")
    refused = sfumato("recipes", "--home", tmp_path)
    assert refused.exit_code == 1
    assert "mine.toml" in refused.output


def test_inpaint_writes_layers_picture_and_sheet(server: FlatServer, photo: Path) -> None:
    out = photo.with_name("result.ora")
    result = inpaint(
        server, photo, "--selection", "ellipse:140,90,30,20", "--recipe", "two", "--seed", 5,
        "--out", out, "--png", "--sheet",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    with zipfile.ZipFile(out) as archive:
        assert "data/pass-2.png" in archive.namelist()
    with Image.open(out.with_suffix(".png")) as flat:
        assert flat.size == (300, 200)
    assert out.with_suffix(".sheet.png").exists()
    for name in ("result.ora", "result.png", "result.sheet.png"):
        assert name in result.output


def test_inpaint_writes_beside_the_image_unless_told(server: FlatServer, photo: Path) -> None:
    result = inpaint(server, photo, "--selection", "rect:140,90,30,20", "--recipe", "two")
    assert result.exit_code == 0, result.output
    assert photo.with_suffix(".ora").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--selection", "rect:900,900,5,5"], "selects no pixel"),
        (["--selection", "rect:9,9,5,5", "--recipe", "nope"], "expected one of two"),
    ],
)
def test_mistakes_are_one_sentence_and_write_nothing(
    server: FlatServer, photo: Path, words: list[str], sentence: str
) -> None:
    result = inpaint(server, photo, *words)
    assert result.exit_code == 1
    assert sentence in result.output
    assert "Traceback" not in result.output
    assert not photo.with_suffix(".ora").exists()


def test_without_a_server_it_says_how_to_start_one(photo: Path, tmp_path: Path) -> None:
    result = sfumato("inpaint", photo, "--selection", "rect:9,9,5,5", home=tmp_path / "home")
    assert result.exit_code == 1
    assert "sfumato serve" in result.output


def test_serve_listens_says_where_and_stops_on_a_signal(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sfumato_server", "serve", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--home", str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        address = process.stdout.readline().split()[-1]
        second_line = process.stdout.readline()
        third_line = process.stdout.readline()
        token = (tmp_path / "token").read_text().strip()
        with Client.connect(address, token) as client:
            assert {recipe.name for recipe in client.welcome.recipes} >= {"heal", "seam"}
    finally:
        process.terminate()
        rest, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    assert "Ctrl-C stops" in second_line
    assert "give them this address" in third_line, "no client looks at a port that was free"
    assert token not in second_line + rest
    assert errors == ""


def test_serve_on_a_taken_port_says_so(server: FlatServer, tmp_path: Path) -> None:
    port = server.url.split(":")[-1].split("/")[0]
    result = sfumato("serve", "--port", port, "--home", tmp_path)
    assert result.exit_code == 1
    assert "cannot listen" in result.output


def test_doctor_shows_what_is_there_and_no_secret(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("very-secret\n")
    token.chmod(0o600)
    plugin = tmp_path / ".local" / "share" / "krita" / "pykrita" / "sfumato"
    plugin.mkdir(parents=True)
    (plugin / "__init__.py").write_text('__version__ = "0.0.1"\n')
    environment = {"SFUMATO_HOME": str(tmp_path), "HOME": str(tmp_path)}
    cleared = {name: None for name in os.environ if name.startswith("XDG_")}
    result = CliRunner().invoke(main, ["doctor", "--no-self-test"], env={**cleared, **environment})
    assert "very-secret" not in result.output
    assert str(tmp_path) not in result.output, "the home folder has a person's name in it"
    for words in ("Sfumato", "Python 3", "torch", "engine patch-diffusion", "mode 600"):
        assert words in result.output
    assert "plugin 0.0.1 in ~/.local/share/krita (Krita): install anew" in result.output
    assert result.exit_code == 1


def test_doctor_warns_of_a_token_that_others_can_read(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("very-secret\n")
    token.chmod(0o644)
    result = sfumato("doctor", "--no-self-test", home=tmp_path)
    assert "can be read by others (mode 644)" in result.output
    assert result.exit_code == 1
    assert stat.S_IMODE(token.stat().st_mode) == 0o644


def test_doctor_runs_a_whole_job(tmp_path: Path) -> None:
    """In a process of its own, as a person would: the engine's process is started from there."""
    ran = subprocess.run(
        [sys.executable, "-m", "sfumato_server", "doctor"], capture_output=True, text=True,
        check=False, env={**os.environ, "SFUMATO_HOME": str(tmp_path), "HOME": str(tmp_path)},
    )  # fmt: skip
    assert "self-test: a small picture was healed in" in ran.stdout, ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    assert not list(tmp_path.iterdir()), "the self-test leaves the user's own folder alone"


def test_install_plugin_puts_the_built_plugin_where_it_is_told(tmp_path: Path) -> None:
    words = ["install-plugin", "--resources", str(tmp_path / "krita")]
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    ran = subprocess.run(
        [sys.executable, "-m", "sfumato_server", *words], env=environment, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    package = tmp_path / "krita" / "pykrita" / "sfumato"
    assert (package / "_vendor" / "websockets").is_dir()
    assert (tmp_path / "krita" / "actions" / "sfumato.action").is_file()
    assert (package.parent / "sfumato.desktop").is_file()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--port", "70000"], "not in the range"),
        (["--host", "192.0.2.1"], "--host is no address of this machine"),
        (["--home", "{photo}"], "cannot be written (File exists). Name another with --home."),
    ],
)
def test_serve_says_what_keeps_it_from_starting(
    photo: Path, tmp_path: Path, words: list[str], sentence: str
) -> None:
    home = ["--home", str(tmp_path / "home")] if "--home" not in words else []
    result = sfumato("serve", *home, *(word.format(photo=photo) for word in words))
    assert result.exit_code != 0
    assert sentence in result.output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--png", "--out", "{photo.parent}/photo.ora"], "photo.png is the picture itself"),
        (["--out", "{photo}"], "expected a name that ends in .ora"),
        (["--out", "{photo}/inside.ora"], "cannot be written"),
    ],
)
def test_inpaint_overwrites_nothing_it_reads(
    server: FlatServer, photo: Path, words: list[str], sentence: str
) -> None:
    before = photo.read_bytes()
    words = [word.format(photo=photo) for word in words]
    result = inpaint(server, photo, "--selection", "rect:140,90,30,20", "--recipe", "two", *words)
    assert result.exit_code == 1
    assert sentence in result.output
    assert "Pass 1" not in result.output, "said before any work"
    assert photo.read_bytes() == before


def test_inpaint_takes_a_new_name_rather_than_one_that_is_taken(
    server: FlatServer, photo: Path
) -> None:
    before = photo.read_bytes()
    for words, written in [
        ([], {"photo.ora"}),
        ([], {"photo-2.ora"}),
        (["--png"], {"photo-3.ora", "photo-3.png"}),
    ]:
        there = set(photo.parent.iterdir())
        result = inpaint(
            server, photo, "--selection", "rect:140,90,30,20", "--recipe", "two", *words
        )
        assert result.exit_code == 0, result.output
        assert {file.name for file in set(photo.parent.iterdir()) - there} == written
    assert photo.read_bytes() == before


def test_inpaint_spares_the_mask_too(server: FlatServer, photo: Path) -> None:
    mask = photo.with_name("mask.png")
    Image.new("L", (300, 200), 255).save(mask)
    out = mask.with_suffix(".ora")
    result = inpaint(
        server, photo, "--selection", mask, "--recipe", "two", "--out", out, "--png"
    )  # fmt: skip
    assert result.exit_code == 1
    assert "mask.png is the selection itself" in result.output
    assert not out.exists()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("127.0.0.1:9440", "expected an address such as ws://127.0.0.1:9440/sfumato"),
        ("ws://127.0.0.1:99999/sfumato", "expected an address such as"),
        ("ws://127.0.0.1:port/sfumato", "expected an address such as"),
    ],
)
def test_an_address_that_is_none_is_said_to_be_none(photo: Path, url: str, sentence: str) -> None:
    result = sfumato("inpaint", photo, "--selection", "rect:9,9,5,5", "--url", url, "--token", "x")
    assert result.exit_code == 1
    assert sentence in result.output


def test_tls_to_a_server_without_it_is_explained(server: FlatServer, photo: Path) -> None:
    url = server.url.replace("ws:", "wss:")
    result = sfumato("inpaint", photo, "--selection", "rect:9,9,5,5", "--url", url, "--token", "x")
    assert result.exit_code == 1
    assert "is called with ws://" in result.output


def test_without_a_token_for_a_server_elsewhere_it_asks_for_one(
    photo: Path, tmp_path: Path
) -> None:
    words = ["inpaint", photo, "--selection", "rect:9,9,5,5", "--url", "ws://studio:9440/sfumato"]
    result = sfumato(*words, home=tmp_path / "home")
    assert result.exit_code == 1
    assert "--token" in result.output
