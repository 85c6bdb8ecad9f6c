"""The packaged plugin: complete, relative, and a good neighbour of other plugins."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

from fakes import flat_server, rude_servers
from fakes.places import ROOT
from sfumato_protocol import codec, messages


@pytest.fixture(scope="session")
def built(package_plugin: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plugin built from the wheels that pip has fetched into build/wheels."""
    wheels = package_plugin.fetch_wheels(ROOT / "build" / "wheels")
    folder: Path = package_plugin.build(tmp_path_factory.mktemp("packaged") / "plugin", wheels)
    return folder


def run(built: Path, code: str, *arguments: str) -> str:
    """What a clean Python that sees only the built plugin prints; warnings are errors."""
    done = subprocess.run(
        [sys.executable, "-I", "-B", "-W", "error", "-c", code, str(built), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


FOREIGN = """
import sys, types
foreign = types.ModuleType("websockets")
foreign.__path__ = []
sys.modules["websockets"] = foreign
sys.modules["msgpack"] = other = types.ModuleType("msgpack")
before = list(sys.path)
sys.path.insert(0, sys.argv[1])
import sfumato.studio
assert sys.modules["websockets"] is foreign
assert vars(foreign).keys() == vars(other).keys() | {"__path__"}
assert sys.path[1:] == before
leaked = [name for name in sys.modules if name.split(".")[0] in ("sfumato_protocol", "krita")
          or name.startswith(("websockets.", "msgpack."))]
assert not leaked, leaked
assert sys.modules["sfumato._vendor.websockets.sync.client"]
assert sys.modules["sfumato._vendor.msgpack.fallback"]
"""


def test_it_lives_beside_a_foreign_websockets_and_leaks_nothing(built: Path) -> None:
    run(built, FOREIGN)


def test_every_module_imports_its_vendored_packages_relatively(
    built: Path, package_plugin: ModuleType
) -> None:
    sources = sorted((built / "sfumato").rglob("*.py"))
    assert len(sources) > 60
    for source in sources:
        assert package_plugin.absolute_imports(source.read_text("utf-8")) == [], source


def test_nothing_compiled_is_shipped(built: Path) -> None:
    kinds = {path.suffix for path in built.rglob("*") if path.is_file()}
    assert kinds <= {".py", ".desktop", ".action", ".html", ".json", ""}
    for package in ("websockets", "msgpack"):
        assert (built / "sfumato" / "_vendor" / package / "LICENSE").is_file()


def test_its_manual_is_where_krita_looks(built: Path) -> None:
    entry = dict(
        line.split("=", 1)
        for line in (built / "sfumato.desktop").read_text("utf-8").splitlines()[1:]
    )
    ElementTree.fromstring((built / "sfumato" / entry["X-Krita-Manual"]).read_text("utf-8"))


def test_every_module_parses_as_python_3_8(built: Path) -> None:
    for source in sorted((built / "sfumato").rglob("*.py")):
        ast.parse(source.read_text("utf-8"), str(source), feature_version=(3, 8))


DIALS = """
import json, sys
sys.path.insert(0, sys.argv[1])
from sfumato.core.status import Unreachable
from sfumato.dial import Address, dial
from sfumato.line import Ears
ears = Ears(lambda received: None, lambda error: None)
kinds = []
for url, token in json.loads(sys.argv[2]):
    address = url
    try:
        line = dial(Address(url, token, False), ears)
    except Unreachable as error:
        kinds.append(error.status.kind + ": " + error.status.sentence.split(address)[-1].strip())
    else:
        kinds.append(line.welcome.server)
        line.close()
        assert line.run() == ""
print(json.dumps(kinds))
"""


def test_the_vendored_client_meets_servers_as_the_installed_one_does(built: Path) -> None:
    nowhere = f"ws://127.0.0.1:{rude_servers.free_port()}/sfumato"
    not_found = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    with (
        flat_server.running() as good,
        rude_servers.answering_http(not_found) as web,
        rude_servers.answering_http(b"") as mute,
        rude_servers.answering_http(b"220 mail\r\n") as mail,
        rude_servers.speaking(lambda connection: connection.send("text")) as talker,
    ):
        asked = [
            (good.url, flat_server.TOKEN),
            (good.url, "wrong"),
            (nowhere, None),
            (web, None),
            (mute, None),
            (mail, None),
            (talker, None),
            ("http://x", None),
        ]
        kinds = json.loads(run(built, DIALS, json.dumps(asked)))
    assert [kind.split(":")[0] for kind in kinds] == [
        "fake",
        "wrong_token",
        "no_server",
        *["refused"] * 5,
    ]
    assert "(HTTP 404)" in kinds[3]
    assert all("does not speak" in kind for kind in kinds[4:7])
    assert "is no server address" in kinds[7]


UPLOAD = """
import queue, sys, threading
sys.path.insert(0, sys.argv[1])
from sfumato import dial
from sfumato._vendor.sfumato_protocol.geometry import Rect
from sfumato.core.choices import Choices
from sfumato.core.request import make_request
from sfumato.core.types import ColourSpace, Reading
from sfumato.line import Ears
url, token, side, until = sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5]
dial.STALL_SECONDS = 0.2
heard, troubles = queue.Queue(), []
ears = Ears(lambda received: heard.put(received.message.type), troubles.append)
line = dial.dial(dial.Address(url, token, False), ears)

def serve():
    line.run()
    heard.put("ended")

threading.Thread(target=serve, daemon=True).start()
crop = Rect(0, 0, side, side)
pixels = bytes(range(256)) * (side * side * 4 // 256)
selection = bytes([255]) * (side * side)
reading = Reading("d", crop, ColourSpace("RGBA", "U8", "sRGB"), crop, crop, pixels, selection)
line.submit(make_request(reading, line.welcome.recipes[0], Choices(), line.welcome))
while heard.get(timeout=20) != until:
    pass
assert not troubles, troubles
"""


def test_masked_frames_arrive_as_they_were(built: Path) -> None:
    with flat_server.running() as server:
        run(built, UPLOAD, server.url, flat_server.TOKEN, "512", "job_done")
        image, selection = server.of(messages.Submit)[0].blobs
    assert bytes(image.pixels()) == bytes(range(256)) * (512 * 512 * 4 // 256)
    assert selection.pixels() == b"\xff" * (512 * 512)


def test_the_vendored_client_gives_up_on_a_server_that_reads_nothing_more(built: Path) -> None:
    with rude_servers.mute_after(codec.encode(flat_server.WELCOME)) as url:
        run(built, UPLOAD, url, "", "2048", "ended")


def test_the_zip_has_an_entry_for_each_folder_and_is_reproducible(
    built: Path, package_plugin: ModuleType, tmp_path: Path
) -> None:
    first = package_plugin.make_zip(built, tmp_path / "a.zip")
    second = package_plugin.make_zip(built, tmp_path / "b" / "b.zip")
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    assert {"sfumato/", "sfumato.desktop", "sfumato.action", "sfumato/_vendor/"} <= set(names)
    # Krita takes the first folder of the plugin's name.
    assert next(name for name in names if name.endswith("/")) == "sfumato/"


@pytest.mark.parametrize(
    ("source", "package", "expected"),
    [
        ("from websockets import a", "._vendor", "from ._vendor.websockets import a"),
        ("from sfumato_protocol import x", "..", "from ..sfumato_protocol import x"),
        ("import msgpack", "..", "from .. import msgpack"),
        ("def f():\n    from msgpack import Unpacker\n", "._vendor",
         "def f():\n    from ._vendor.msgpack import Unpacker\n"),
        ("import os  # websockets\nfrom . import websockets", "._vendor",
         "import os  # websockets\nfrom . import websockets"),
        ("x = 'é'; from msgpack import y", "..", "x = 'é'; from ..msgpack import y"),
    ],
)  # fmt: skip
def test_import_lines_are_rewritten(
    package_plugin: ModuleType, source: str, package: str, expected: str
) -> None:
    assert package_plugin.relative_imports(source, package) == expected


@pytest.mark.parametrize(
    "source", ["import msgpack as m", "import websockets.client", "import os, msgpack"]
)
def test_import_lines_that_cannot_be_rewritten_stop_the_build(
    package_plugin: ModuleType, source: str
) -> None:
    with pytest.raises(package_plugin.PackagingError, match="line 1"):
        package_plugin.relative_imports(source, "._vendor")


def test_without_the_package_index_it_says_what_to_fetch(
    package_plugin: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "nothing"))
    with pytest.raises(package_plugin.PackagingError, match=r"websockets-13\.1.* yourself"):
        package_plugin.fetch_wheels(tmp_path)


def test_a_wheel_with_another_content_stops_the_build(
    package_plugin: ModuleType, tmp_path: Path
) -> None:
    wheel = package_plugin.WHEELS[0]
    (tmp_path / wheel.filename).write_bytes(b"tampered")
    with pytest.raises(package_plugin.PackagingError, match="Delete it"):
        package_plugin.fetch_wheels(tmp_path)
